//! Shoulder girdle and upper arm, from the front: one skeleton, of which each region shows its part.
//!
//! The origin is the centre of the humeral head; the chest lies to the right.

use super::*;

pub(super) fn shoulder(chance: &mut Chance) -> Skeleton {
    let mut girdle = build(chance);
    girdle.view.centre = [32.0, 36.0];
    surgical_neck(&mut girdle, chance);
    let clavicle = Site {
        bone: CLAVICLE,
        at: [58.0, -50.0],
        normal: [-0.95, 0.2],
        pivot: [0.0, -36.0],
        width_mm: 11.0,
        manner: SHAFT_BREAKS,
    };
    girdle.sites.push(Site { at: [70.0, -53.0], ..clavicle.clone() });
    girdle.sites.push(clavicle);
    girdle.breaks(HUMERUS, chance.between(0.26, 0.32), chance.between(-30.0, 30.0), Moves::Far, SHAFT_BREAKS);
    girdle
}

pub(super) fn humerus(chance: &mut Chance) -> Skeleton {
    let mut girdle = build(chance);
    girdle.view = View { centre: [2.0, 146.0], width_mm: 170.0, height_mm: 390.0, scatter: 0.22, askew_degrees: 8.0 };
    for _ in 0..3 {
        girdle.breaks(HUMERUS, chance.between(0.3, 0.75), chance.between(-35.0, 35.0), Moves::Far, SHAFT_BREAKS);
    }
    surgical_neck(&mut girdle, chance);
    girdle.breaks(HUMERUS, 0.87, chance.between(-15.0, 15.0), Moves::Far, END_BREAKS);
    girdle
}

fn surgical_neck(girdle: &mut Skeleton, chance: &mut Chance) {
    for share in [0.155, 0.17] {
        girdle.breaks(HUMERUS, share, chance.between(-18.0, 18.0), Moves::Near, END_BREAKS);
    }
}

const HUMERUS: usize = 0;
const CLAVICLE: usize = 1;

fn build(chance: &mut Chance) -> Skeleton {
    let view = View { centre: [32.0, 36.0], width_mm: 225.0, height_mm: 215.0, scatter: 0.25, askew_degrees: 5.0 };
    let mut girdle = Skeleton::new(chance.between(4.0, 9.0), view);
    upper_arm(&mut girdle, chance);
    scapula(&mut girdle, chance);
    chest(&mut girdle, chance);
    girdle
}

fn upper_arm(girdle: &mut Skeleton, chance: &mut Chance) {
    let stout = chance.vary(1.0, 0.05);
    let abducted = chance.between(2.0, 22.0);
    let rows: Vec<[f32; 5]> = [
        [0.0, -1.0, 14.0, 10.0, 0.3],
        [4.0, -9.0, 22.0, 17.0, 0.28],
        [8.0, -18.0, 26.0, 19.0, 0.27],
        [12.0, -27.0, 28.5, 21.0, 0.26],
        [19.0, -30.5, 30.5, 23.0, 0.26],
        [28.0, -30.0, 30.0, 22.5, 0.26],
        [38.0, -27.0, 25.5, 21.0, 0.28],
        [48.0, -22.0, 20.0, 17.5, 0.42],
        [64.0, -16.0, 14.0, 14.0, 0.75],
        [95.0, -13.0, 11.8, 12.0, 1.0],
        [150.0, -13.0, 10.8, 11.5, 1.1],
        [215.0, -11.0, 10.8, 11.0, 1.1],
        [255.0, -14.0, 14.0, 9.5, 0.9],
        [280.0, -22.0, 23.0, 9.0, 0.6],
        [296.0, -27.5, 33.0, 9.5, 0.4],
        [304.0, -27.0, 32.0, 10.5, 0.35],
        [312.0, -25.0, 22.0, 11.0, 0.3],
        [321.0, -22.0, 20.0, 10.0, 0.3],
    ]
    .map(|[y, l, r, d, c]| [y, l * stout, r * stout, d * stout, c])
    .to_vec();
    // The head is centred on the origin, a little towards the chest from the axis.
    let turn = Frame::new([0.0, 0.0], abducted, 1.0);
    let (top, bottom) = (turn.outward([-7.0, -25.0]), turn.outward([-9.0, 296.0]));
    let ends = [head(0.004, 12.0), End { bulge: 0.0, slant: 0.1, round_mm: 5.0 }];
    let bone = girdle.long_bone(top, bottom, &rows, ends, 4.2);
    girdle.bones[bone].shapes.push(ellipsoid([9.0, 24.5], [23.5, 23.5, 23.0]));
    let flesh: Vec<[f32; 3]> = [
        [4.0, -8.0, 44.0],
        [-10.0, 30.0, 48.0],
        [-8.0, 80.0, 45.0],
        [-6.0, 150.0, 42.0],
        [-6.0, 230.0, 38.0],
        [-6.0, 290.0, 40.0],
        [-6.0, 380.0, 38.0],
    ]
    .map(|[x, y, radius]| {
        let [x, y] = turn.outward([x, y]);
        [x, y, radius]
    })
    .to_vec();
    girdle.tissue_tube(&flesh, 0.95);
    // The forearm's ends at the elbow.
    let elbow = turn.outward([-4.0, 300.0]);
    let ulna = [
        [0.0, -9.0, 9.0, 11.0, 0.45],
        [10.0, -12.0, 12.0, 12.0, 0.6],
        [26.0, -11.5, 12.5, 11.0, 0.7],
        [60.0, -8.0, 8.0, 8.0, 1.0],
        [110.0, -7.0, 7.0, 7.0, 1.0],
    ];
    let radius = [
        [0.0, -8.0, 8.0, 8.5, 0.3],
        [3.0, -11.5, 11.0, 10.5, 0.35],
        [10.0, -10.5, 10.5, 10.0, 0.5],
        [18.0, -7.0, 7.0, 7.0, 0.8],
        [36.0, -7.0, 9.0, 7.5, 1.0],
        [100.0, -7.0, 7.0, 7.0, 1.0],
    ];
    let start = [elbow[0] + 9.0, elbow[1] - 22.0];
    girdle.long_bone(start, reach(start, 180.0 - 4.0 - abducted, 110.0), &ulna, [head(0.01, 6.0), head(0.0, 1.0)], 2.8);
    let start = [elbow[0] - 17.0, elbow[1] + 1.0];
    girdle.long_bone(
        start,
        reach(start, 180.0 - 2.0 - abducted, 100.0),
        &radius,
        [head(-0.006, 3.0), head(0.0, 1.0)],
        2.8,
    );
    // Keep the numbers: the clavicle follows the humerus.
    let clavicle = curve(
        &[
            [2.0, -36.0, 5.5],
            [16.0, -41.0, 6.5],
            [36.0, -46.0, 5.8],
            [62.0, -51.0, 5.3],
            [90.0, -46.0, 6.0],
            [114.0, -36.0, 7.5],
            [128.0, -30.0, 9.0],
            [133.0, -28.0, 8.5],
        ],
        0.9,
    );
    girdle.bone(vec![clavicle], Frame::IDENTITY, 1.9);
    let last = girdle.bones.len() - 1;
    girdle.bones.swap(CLAVICLE, last);
    let (from, to) = (turn.outward([-8.0, 45.0]), turn.outward([-8.0, 200.0]));
    girdle.mounts.push(Mount { from, to, half_width_mm: 12.0, kind: MountKind::Shaft });
    let (from, to) = (turn.outward([-8.0, 80.0]), turn.outward([-8.0, 220.0]));
    girdle.mounts.push(Mount { from, to, half_width_mm: 12.0, kind: MountKind::Shaft });
}

fn scapula(girdle: &mut Skeleton, chance: &mut Chance) {
    let drop = chance.between(-4.0, 6.0);
    // Blade, thick lateral border, neck and socket are one bone.
    let blade = plate(
        &[
            [32.0, -14.0],
            [52.0, -20.0],
            [78.0, -34.0 + drop],
            [92.0, -30.0 + drop],
            [90.0, 10.0],
            [82.0, 60.0],
            [72.0, 104.0 + drop],
            [64.0, 110.0 + drop],
            [56.0, 88.0],
            [44.0, 48.0],
            [34.0, 22.0],
        ],
        2.6,
        4.0,
    );
    let border = curve(
        &[[34.0, 16.0, 8.0], [40.0, 32.0, 5.5], [48.0, 56.0, 4.5], [58.0, 86.0, 4.0], [66.0, 110.0 + drop, 3.5]],
        1.2,
    );
    let neck =
        plate(&[[33.0, -18.0], [46.0, -18.0], [58.0, -6.0], [54.0, 14.0], [40.0, 26.0], [32.0, 20.0]], 6.5, 12.0);
    let glenoid = plate(
        &[[28.5, -18.0], [33.0, -20.0], [38.0, -10.0], [39.0, 6.0], [35.0, 21.0], [29.5, 21.0], [27.5, 2.0]],
        9.0,
        5.0,
    );
    let blade = girdle.bone(vec![blade, border, neck, glenoid], Frame::IDENTITY, 1.1);
    girdle.bones[blade].tissue.grain = 0.2;
    let spine = curve(
        &[
            [92.0, -12.0 + drop, 3.0],
            [70.0, -18.0, 3.6],
            [44.0, -26.0, 4.5],
            [20.0, -34.0, 6.0],
            [0.0, -38.0, 8.0],
            [-14.0, -35.0, 8.0],
            [-22.0, -30.0, 6.0],
        ],
        0.75,
    );
    girdle.bone(vec![spine], Frame::IDENTITY, 1.3);
    let coracoid = curve(&[[44.0, -14.0, 8.0], [36.0, -24.0, 7.0], [24.0, -22.0, 6.0], [17.0, -14.0, 5.0]], 1.0);
    girdle.bone(vec![coracoid], Frame::IDENTITY, 1.3);
}

fn chest(girdle: &mut Skeleton, chance: &mut Chance) {
    let middle = 150.0 + chance.between(-4.0, 4.0);
    // The spine, and the ribs behind and in front of the lung.
    for k in 0..12 {
        let y = -110.0 + 23.0 * k as f32;
        let body = plate(
            &[[middle - 14.0, y], [middle + 14.0, y], [middle + 15.5, y + 20.0], [middle - 15.5, y + 20.0]],
            14.0,
            5.0,
        );
        girdle.bone(vec![body], Frame::IDENTITY, 1.3);
    }
    for k in 0..8 {
        let down = k as f32;
        let y = -46.0 + 22.0 * down;
        let wall = 84.0 - 5.5 * down.min(4.0) + 3.0 * (down - 4.0).max(0.0);
        let back = curve(
            &[
                [middle - 8.0, y, 3.6],
                [middle - 28.0, y - 6.0, 3.8],
                [wall + 18.0, y + 4.0, 4.0],
                [wall + 4.0, y + 16.0 + down, 3.8],
                [wall, y + 30.0 + down, 3.6],
            ],
            0.8,
        );
        girdle.bone(vec![back], Frame::IDENTITY, 1.1);
        let front = curve(
            &[
                [wall, y + 30.0 + down, 3.6],
                [wall + 8.0, y + 44.0 + down, 4.0],
                [wall + 28.0, y + 56.0 + 2.0 * down, 4.4],
            ],
            0.7,
        );
        girdle.bone(vec![front], Frame::IDENTITY, 1.0);
    }
    let lung = plate(
        &[
            [middle - 14.0, -52.0],
            [middle - 32.0, -54.0],
            [92.0, -30.0],
            [72.0, 20.0],
            [62.0, 90.0],
            [66.0, 175.0],
            [110.0, 168.0],
            [middle - 16.0, 180.0],
            [middle - 20.0, 60.0],
        ],
        52.0,
        48.0,
    );
    girdle.organs.push(Body::new(
        vec![lung],
        Frame::IDENTITY,
        Tissue::solid(super::super::material::LUNG, super::super::material::MUSCLE),
    ));
    // Trunk, armpit, neck.
    girdle.flesh.push(plate(
        &[
            [20.0, -50.0],
            [70.0, -68.0],
            [105.0, -85.0],
            [118.0, -130.0],
            [240.0, -130.0],
            [260.0, 250.0],
            [60.0, 250.0],
            [46.0, 130.0],
            [34.0, 66.0],
            [4.0, 30.0],
        ],
        66.0,
        62.0,
    ));
}
