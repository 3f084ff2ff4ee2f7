//! Forearm, wrist and hand, palm down, fingers up: one skeleton, of which each region shows its part.
//!
//! The origin is the middle of the capitate; the thumb lies to the left.

use super::*;

pub(super) fn hand(chance: &mut Chance) -> Skeleton {
    let mut arm = build(chance, 110.0);
    arm.view = View { centre: [-8.0, -68.0], width_mm: 195.0, height_mm: 264.0, ..arm.view };
    // Where hands break: the neck of the little finger's metacarpal first.
    for (bone, share) in [(METACARPAL + 4, 0.78), (METACARPAL + 4, 0.8), (METACARPAL + 3, 0.5), (METACARPAL + 1, 0.55)]
    {
        arm.breaks(bone, share, chance.between(-30.0, 30.0), Moves::Far, SHAFT_BREAKS);
    }
    for (bone, share) in [(METACARPAL, 0.18), (METACARPAL + 4, 0.45), (METACARPAL + 2, 0.45)] {
        arm.breaks(bone, share, chance.between(-35.0, 35.0), Moves::Far, SHAFT_BREAKS);
    }
    for finger in 0..5 {
        arm.breaks(PROXIMAL + finger, chance.between(0.2, 0.75), chance.between(-35.0, 35.0), Moves::Far, SHAFT_BREAKS);
    }
    for finger in 0..4 {
        arm.breaks(MIDDLE + finger, chance.between(0.3, 0.7), chance.between(-25.0, 25.0), Moves::Far, SHAFT_BREAKS);
    }
    arm
}

pub(super) fn wrist(chance: &mut Chance) -> Skeleton {
    let mut arm = build(chance, 150.0);
    arm.view = View { centre: [-5.0, 8.0], width_mm: 118.0, height_mm: 170.0, ..arm.view };
    distal_radius(&mut arm, chance);
    arm.breaks(ULNA, 0.975, chance.between(-15.0, 15.0), Moves::Far, END_BREAKS);
    let scaphoid = Site {
        bone: CARPALS,
        at: [-15.5, 3.0],
        normal: [-0.3, -0.95],
        pivot: [-18.0, -3.0],
        width_mm: 9.0,
        manner: &[Manner::Crack, Manner::Displaced],
    };
    arm.sites.push(scaphoid);
    arm
}

pub(super) fn forearm(chance: &mut Chance) -> Skeleton {
    let mut arm = build(chance, 330.0);
    arm.view = View { centre: [-2.0, 140.0], width_mm: 140.0, height_mm: 330.0, ..arm.view };
    for bone in [RADIUS, RADIUS, ULNA] {
        arm.breaks(bone, chance.between(0.35, 0.75), chance.between(-30.0, 30.0), Moves::Far, SHAFT_BREAKS);
    }
    distal_radius(&mut arm, chance);
    arm
}

fn distal_radius(arm: &mut Skeleton, chance: &mut Chance) {
    for share in [0.90, 0.92, 0.935] {
        arm.breaks(RADIUS, share, chance.between(-12.0, 20.0), Moves::Far, END_BREAKS);
    }
}

// The order in which `build` adds the bones.
const RADIUS: usize = 0;
const ULNA: usize = 1;
const CARPALS: usize = 2;
const METACARPAL: usize = CARPALS + 8;
const PROXIMAL: usize = METACARPAL + 5;
const MIDDLE: usize = PROXIMAL + 5;

fn build(chance: &mut Chance, below_mm: f32) -> Skeleton {
    let view = View { centre: [0.0, 0.0], width_mm: 200.0, height_mm: 250.0, scatter: 0.16, askew_degrees: 9.0 };
    let mut arm = Skeleton::new(chance.between(1.5, 3.0), view);
    let stout = chance.vary(1.0, 0.06);
    long_bones(&mut arm, stout, chance);
    carpals(&mut arm, chance);
    fingers(&mut arm, stout, chance);
    forearm_flesh(&mut arm, stout, below_mm);
    arm
}

fn long_bones(arm: &mut Skeleton, stout: f32, chance: &mut Chance) {
    let lean = chance.between(-4.0, 4.0);
    // Both point up the film, to the hand, so that left in their rows is the ulnar side.
    let radius: Vec<[f32; 5]> = [
        [0.0, -7.0, 7.0, 8.0, 0.3],
        [3.0, -11.5, 11.0, 10.5, 0.35],
        [9.0, -11.0, 10.5, 10.0, 0.5],
        [18.0, -7.0, 6.5, 7.0, 0.8],
        [32.0, -9.0, 6.5, 7.5, 0.95],
        [46.0, -7.5, 6.5, 7.0, 1.0],
        [80.0, -6.8, 8.0, 6.5, 1.1],
        [130.0, -6.2, 9.0, 6.5, 1.1],
        [180.0, -6.5, 7.5, 6.5, 1.0],
        [205.0, -8.5, 8.5, 7.5, 0.75],
        [222.0, -13.0, 12.5, 9.5, 0.45],
        [234.0, -15.5, 15.0, 11.0, 0.32],
        [241.0, -15.0, 16.0, 10.5, 0.3],
        [248.0, -13.0, 15.5, 9.0, 0.3],
    ]
    .map(|row| widen(row, stout))
    .to_vec();
    let radius_end = End { bulge: -0.009, slant: -0.21, round_mm: 4.0 };
    arm.long_bone([-6.0 + lean, 260.0], [-8.5, 15.0], &radius, [head(-0.006, 3.0), radius_end], 3.0);
    let ulna: Vec<[f32; 5]> = [
        [0.0, -8.0, 8.0, 9.0, 0.4],
        [4.0, -12.0, 11.5, 12.0, 0.45],
        [16.0, -12.5, 12.0, 12.0, 0.6],
        [30.0, -11.5, 13.0, 11.0, 0.7],
        [48.0, -9.0, 10.0, 9.0, 0.9],
        [80.0, -7.5, 7.5, 7.5, 1.1],
        [140.0, -6.5, 6.5, 6.5, 1.1],
        [200.0, -5.2, 5.4, 5.5, 1.0],
        [235.0, -5.2, 5.4, 5.5, 0.8],
        [252.0, -7.5, 7.5, 7.0, 0.5],
        [262.0, -9.0, 8.0, 8.0, 0.35],
        [267.0, -8.5, 7.0, 7.0, 0.3],
    ]
    .map(|row| widen(row, stout))
    .to_vec();
    let ulna_end = End { bulge: 0.012, slant: 0.22, round_mm: 3.5 };
    arm.long_bone([13.0 + lean * 0.6, 286.0], [13.0, 17.0], &ulna, [head(0.008, 6.0), ulna_end], 2.8);
    arm.mounts.push(Mount { from: [-5.0, 190.0], to: [-7.0, 50.0], half_width_mm: 7.0, kind: MountKind::Shaft });
    arm.mounts.push(Mount { from: [13.0, 200.0], to: [13.0, 60.0], half_width_mm: 6.0, kind: MountKind::Shaft });
    arm.mounts.push(Mount { from: [-8.0, 62.0], to: [-8.5, 20.0], half_width_mm: 11.0, kind: MountKind::Slender });
}

fn carpals(arm: &mut Skeleton, chance: &mut Chance) {
    let jitter = chance.vary(1.0, 0.03);
    let bones: [(&[Point], f32); 8] = [
        // Scaphoid, lunate, triquetrum, pisiform.
        (
            &[
                [-22.5, -4.0],
                [-18.0, -6.5],
                [-13.5, -2.5],
                [-9.0, 3.0],
                [-8.5, 9.0],
                [-12.5, 11.5],
                [-17.5, 8.0],
                [-19.0, 2.5],
            ],
            6.0,
        ),
        (&[[-7.5, 6.0], [-2.5, 3.5], [3.0, 5.5], [4.2, 10.0], [1.0, 14.5], [-5.0, 14.5], [-8.5, 11.0]], 7.0),
        (&[[5.0, 5.0], [10.5, 0.5], [16.0, 0.0], [17.0, 5.0], [12.5, 10.0], [7.0, 11.5]], 6.0),
        (&[[10.5, 3.0], [14.5, 1.2], [17.8, 4.5], [16.0, 9.0], [12.0, 9.3]], 4.5),
        // Trapezium, trapezoid, capitate, hamate.
        (&[[-29.0, -14.0], [-23.0, -17.5], [-18.0, -16.0], [-17.5, -9.0], [-21.5, -7.0], [-27.0, -8.0]], 6.5),
        (&[[-16.5, -16.5], [-10.5, -19.0], [-8.0, -15.5], [-9.5, -9.0], [-13.5, -6.8], [-16.5, -9.5]], 6.0),
        (
            &[
                [-7.0, -17.0],
                [-1.0, -18.5],
                [4.0, -17.0],
                [4.0, -9.0],
                [3.5, -2.0],
                [0.0, 2.6],
                [-5.0, 2.2],
                [-8.0, -2.5],
                [-8.2, -9.0],
            ],
            7.5,
        ),
        (&[[5.5, -16.0], [11.5, -17.5], [18.0, -14.5], [17.0, -8.0], [12.0, -2.5], [6.5, 2.8], [4.8, -3.0]], 7.0),
    ];
    for (corners, half_depth) in bones {
        let count = corners.len() as f32;
        let middle = corners.iter().fold([0.0, 0.0], |sum, [x, y]| [sum[0] + x / count, sum[1] + y / count]);
        // Seen from the back of the hand, neighbours overlap a little.
        let corners: Vec<Point> = corners.iter().map(|&corner| along(middle, corner, 1.12 * jitter)).collect();
        arm.bone(vec![plate(&corners, half_depth, 5.0)], Frame::IDENTITY, 1.1);
    }
}

fn fingers(arm: &mut Skeleton, stout: f32, chance: &mut Chance) {
    let spread = chance.between(0.55, 1.45);
    let size = chance.vary(1.0, 0.03);
    // Thumb to little finger: base of the metacarpal, its direction, the lengths of its bones, their width.
    let rays: [(Point, f32, [f32; 4], f32); 5] = [
        ([-27.0, -19.0], -38.0, [45.0, 31.0, 0.0, 22.0], 14.5),
        ([-14.5, -21.5], -9.0, [66.0, 40.0, 24.0, 17.5], 14.5),
        ([-3.5, -20.5], -2.0, [64.0, 44.0, 28.0, 18.5], 14.5),
        ([6.5, -19.0], 6.0, [57.0, 41.0, 26.5, 18.5], 13.0),
        ([15.0, -17.0], 15.0, [52.0, 33.0, 19.0, 16.5], 12.5),
    ];
    let mut segments: [Vec<(Point, Point, f32)>; 4] = Default::default();
    for (base, degrees, lengths, width) in rays {
        let mut from = base;
        let mut direction = degrees * (0.7 + 0.3 * spread) + chance.between(-1.5, 1.5);
        let mut flesh = vec![[from[0], from[1], width * 0.95]];
        for (row, length) in lengths.into_iter().enumerate().filter(|&(_, length)| length > 0.0) {
            if row == 1 {
                direction = degrees * spread * 0.9 + chance.between(-3.0, 3.0);
            } else if row > 1 {
                direction += chance.between(-2.5, 2.5);
            }
            let to = reach(from, direction, length * size);
            segments[row].push((from, to, width * stout));
            let thick = [0.85, 0.78, 0.68, 0.62][row] * width;
            let middle = midpoint(from, to);
            flesh.push([middle[0], middle[1], thick]);
            flesh.push([to[0], to[1], if row == 3 { thick * 0.72 } else { thick * 1.02 }]);
            from = reach(to, direction, [2.6, 2.0, 1.6, 2.0][row]);
        }
        arm.tissue_tube(&flesh, 0.92);
    }
    for &(from, to, width) in &segments[0] {
        tubular(arm, from, to, width, &METACARPAL_ROWS, [head(-0.012, 2.5), head(0.035, 4.5)], 2.1);
    }
    for &(from, to, width) in &segments[1] {
        tubular(arm, from, to, width, &PHALANX_ROWS, [head(-0.02, 2.0), head(0.02, 3.0)], 2.0);
    }
    for &(from, to, width) in &segments[2] {
        tubular(arm, from, to, width * 0.86, &PHALANX_ROWS, [head(-0.015, 2.0), head(0.02, 2.5)], 1.7);
    }
    for &(from, to, width) in &segments[3] {
        tubular(arm, from, to, width * 0.76, &TIP_ROWS, [head(-0.015, 1.8), head(0.05, 2.0)], 1.2);
    }
    for &(from, to, _) in segments[0].iter().skip(1) {
        let (from, to) = (along(from, to, 0.2), along(from, to, 0.85));
        arm.mounts.push(Mount { from, to, half_width_mm: 4.5, kind: MountKind::Slender });
    }
    for &(from, to, _) in segments[1].iter().skip(1) {
        arm.mounts.push(Mount { from, to, half_width_mm: 4.0, kind: MountKind::Slender });
    }
    // The palm and the ball of the thumb.
    arm.flesh.push(plate(
        &[
            [-32.0, 4.0],
            [-45.0, -38.0],
            [-38.0, -62.0],
            [-29.0, -92.0],
            [-4.0, -100.0],
            [22.0, -90.0],
            [37.0, -70.0],
            [36.0, -30.0],
            [28.0, 6.0],
            [0.0, 30.0],
        ],
        13.0,
        22.0,
    ));
    arm.flesh.push(curve(&[[-20.0, 0.0, 15.0], [-34.0, -25.0, 16.0], [-46.0, -45.0, 11.0]], 0.9));
}

fn forearm_flesh(arm: &mut Skeleton, stout: f32, below_mm: f32) {
    let points = [
        [0.0, -5.0, 30.0],
        [1.0, 20.0, 28.5],
        [1.5, 45.0, 28.0],
        [2.0, 90.0, 32.0],
        [3.0, 150.0, 39.0],
        [3.0, 210.0, 44.0],
        [4.0, 270.0, 46.0],
        [6.0, 330.0, 45.0],
    ];
    let points: Vec<[f32; 3]> = points.into_iter().map(|[x, y, radius]| [x, y, radius * (0.5 + 0.5 * stout)]).collect();
    arm.tissue_tube(&points, 0.8);
    if below_mm < 300.0 {
        return;
    }
    // The lower end of the humerus.
    let rows = [
        [0.0, -11.0, 11.0, 10.0, 1.0],
        [40.0, -12.0, 12.0, 9.0, 0.9],
        [62.0, -19.0, 20.0, 9.0, 0.6],
        [80.0, -27.0, 32.0, 9.5, 0.4],
        [90.0, -27.0, 31.0, 10.0, 0.35],
        [101.0, -24.0, 20.0, 10.0, 0.3],
    ];
    arm.long_bone(
        [6.0, 366.0],
        [3.0, 264.0],
        &rows,
        [head(0.0, 1.0), End { bulge: 0.0, slant: -0.1, round_mm: 5.0 }],
        3.4,
    );
}

/// A short tubular bone; the template's rows are `[share of length, left, right, depth]` in widths of the bone, and cortex.
fn tubular(
    arm: &mut Skeleton,
    from: Point,
    to: Point,
    width: f32,
    template: &[[f32; 5]],
    ends: [End; 2],
    cortex_mm: f32,
) {
    let length = super::super::frame::distance(from, to);
    let rows: Vec<[f32; 5]> =
        template.iter().map(|&[share, l, r, d, c]| [share * length, l * width, r * width, d * width, c]).collect();
    arm.long_bone(from, to, &rows, ends, cortex_mm);
}

fn widen([y, left, right, depth, cortex]: [f32; 5], by: f32) -> [f32; 5] {
    [y, left * by, right * by, depth * by, cortex]
}

const METACARPAL_ROWS: [[f32; 5]; 9] = [
    [0.0, -0.44, 0.42, 0.42, 0.3],
    [0.07, -0.50, 0.48, 0.45, 0.35],
    [0.18, -0.42, 0.40, 0.36, 0.6],
    [0.35, -0.30, 0.30, 0.28, 1.0],
    [0.55, -0.28, 0.28, 0.27, 1.1],
    [0.72, -0.34, 0.33, 0.31, 0.8],
    [0.86, -0.48, 0.47, 0.45, 0.4],
    [0.94, -0.47, 0.47, 0.46, 0.3],
    [1.0, -0.36, 0.36, 0.4, 0.3],
];

const PHALANX_ROWS: [[f32; 5]; 9] = [
    [0.0, -0.44, 0.44, 0.34, 0.3],
    [0.06, -0.50, 0.50, 0.37, 0.32],
    [0.16, -0.42, 0.42, 0.33, 0.6],
    [0.34, -0.31, 0.31, 0.26, 1.0],
    [0.58, -0.28, 0.28, 0.23, 1.1],
    [0.78, -0.30, 0.30, 0.23, 0.8],
    [0.89, -0.38, 0.38, 0.26, 0.45],
    [0.96, -0.39, 0.39, 0.27, 0.35],
    [1.0, -0.34, 0.34, 0.25, 0.35],
];

const TIP_ROWS: [[f32; 5]; 7] = [
    [0.0, -0.46, 0.46, 0.32, 0.35],
    [0.1, -0.50, 0.50, 0.34, 0.4],
    [0.3, -0.31, 0.31, 0.24, 0.9],
    [0.6, -0.21, 0.21, 0.17, 1.0],
    [0.8, -0.29, 0.29, 0.15, 0.7],
    [0.92, -0.30, 0.30, 0.13, 0.6],
    [1.0, -0.20, 0.20, 0.08, 0.6],
];
