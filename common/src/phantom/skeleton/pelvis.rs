//! Pelvis with both hips, from the front.
//!
//! The origin lies midway between the centres of the femoral heads.

use super::*;

/// From the midline to the centre of a femoral head.
const HIP_MM: f32 = 88.0;

pub(super) fn hip(chance: &mut Chance) -> Skeleton {
    let whole = View { centre: [0.0, -12.0], width_mm: 400.0, height_mm: 330.0, scatter: 0.3, askew_degrees: 3.0 };
    let one = View { centre: [92.0, 25.0], width_mm: 230.0, height_mm: 270.0, ..whole };
    let view = if chance.happens(0.65) { whole } else { one };
    let mut pelvis = Skeleton::new(chance.between(14.0, 26.0), view);
    let turned = chance.between(-0.08, 0.14);
    let stout = chance.vary(1.0, 0.04);
    for side in [1.0, -1.0] {
        femur(&mut pelvis, side, stout, turned, chance);
    }
    for side in [1.0, -1.0] {
        hip_bone(&mut pelvis, side);
    }
    spine(&mut pelvis);
    flesh(&mut pelvis, chance);
    pelvis
}

fn femur(pelvis: &mut Skeleton, side: f32, stout: f32, turned: f32, chance: &mut Chance) {
    // Rows from the top of the greater trochanter down; left is medial.
    let rows: Vec<[f32; 5]> = [
        [0.0, 3.0, 13.0, 9.0, 0.35],
        [6.0, -4.0, 17.0, 14.0, 0.3],
        [18.0, -12.0, 20.0, 17.0, 0.3],
        [34.0, -19.0, 20.0, 18.0, 0.35],
        [50.0, -22.0, 18.0, 17.0, 0.5],
        [60.0, -24.5, 17.0, 16.0, 0.6],
        [70.0, -21.0, 16.0, 15.0, 0.8],
        [86.0, -16.0, 15.0, 14.5, 1.0],
        [120.0, -14.5, 14.0, 14.0, 1.1],
        [230.0, -14.0, 13.5, 14.0, 1.15],
    ]
    .map(|[y, l, r, d, c]| [y, l * stout, r * stout, d * stout, c])
    .to_vec();
    let lean = chance.between(-4.0, 4.0);
    let top = [side * (HIP_MM + 50.0), -14.0];
    let foot = [side * (HIP_MM + 36.0 + lean), 216.0];
    let place = Frame::between(top, foot);
    // The trochanter points away from the midline on both sides.
    let place = if side > 0.0 { place } else { place.mirrored() };
    let head_at = place.inward([side * HIP_MM, 0.0]);
    let neck_at = [0.0, 38.0];
    let neck = Shape::Tube(Tube::straight(
        &[[head_at[0], head_at[1], 17.5 - 20.0 * turned.abs()], [-24.0, 25.0, 15.5], [neck_at[0], neck_at[1], 18.0]],
        0.95,
    ));
    let shaft = Shape::Shaft(Shaft::new(&rows, [head(0.004, 10.0), head(0.0, 1.0)]));
    let bone =
        pelvis.bone(vec![shaft, ellipsoid(head_at, [24.0 * stout, 24.0 * stout, 23.5 * stout]), neck], place, 4.6);
    let down_neck = [head_at[0] - neck_at[0], head_at[1] - neck_at[1]];
    let length = (down_neck[0] * down_neck[0] + down_neck[1] * down_neck[1]).sqrt();
    let normal = [down_neck[0] / length, down_neck[1] / length];
    let shown = side > 0.0 || pelvis.view.width_mm > 300.0;
    if shown {
        for share in [0.42, 0.55] {
            // Through the neck: the head tips over.
            pelvis.sites.push(Site {
                bone,
                at: along(head_at, neck_at, share),
                normal,
                pivot: head_at,
                width_mm: 31.0,
                manner: END_BREAKS,
            });
        }
        // Between the trochanters: head and neck go as one.
        pelvis.sites.push(Site {
            bone,
            at: [-2.0, 36.0],
            normal: [-0.77, -0.64],
            pivot: [-6.0, 60.0],
            width_mm: 46.0,
            manner: END_BREAKS,
        });
        pelvis.breaks(bone, chance.between(0.42, 0.55), chance.between(-30.0, 30.0), Moves::Far, SHAFT_BREAKS);
        let (from, to) = (place.outward([22.0, 52.0]), place.outward([head_at[0] + 4.0, head_at[1] + 6.0]));
        pelvis.mounts.push(Mount { from, to, half_width_mm: 15.0, kind: MountKind::Neck });
        let (from, to) = (place.outward([0.0, 60.0]), place.outward([0.0, 190.0]));
        pelvis.mounts.push(Mount { from, to, half_width_mm: 14.0, kind: MountKind::Shaft });
    }
}

fn hip_bone(pelvis: &mut Skeleton, side: f32) {
    let flip = |points: &[Point]| points.iter().map(|&[x, y]| [x * side, y]).collect::<Vec<Point>>();
    let turn = |points: &[[f32; 3]]| points.iter().map(|&[x, y, r]| [x * side, y, r]).collect::<Vec<[f32; 3]>>();
    // The wing of the ilium with its thick crest and brim, the roof of the socket, the ring around the obturator foramen.
    let wing = flip(&[
        [31.0, -56.0],
        [28.0, -88.0],
        [40.0, -112.0],
        [72.0, -133.0],
        [104.0, -136.0],
        [131.0, -118.0],
        [141.0, -92.0],
        [133.0, -72.0],
        [125.0, -60.0],
        [123.0, -44.0],
        [118.0, -24.0],
        [106.0, -22.0],
        [88.0, -26.0],
        [70.0, -8.0],
        [60.0, -10.0],
        [48.0, -38.0],
    ]);
    let crest = turn(&[
        [38.0, -96.0, 5.0],
        [52.0, -123.0, 5.0],
        [76.0, -136.0, 5.0],
        [104.0, -138.0, 5.0],
        [131.0, -120.0, 5.5],
        [140.0, -94.0, 5.5],
        [131.0, -72.0, 4.5],
    ]);
    let brim = turn(&[
        [36.0, -64.0, 8.0],
        [47.0, -44.0, 9.0],
        [58.0, -20.0, 9.5],
        [63.0, 0.0, 8.0],
        [56.0, 17.0, 8.0],
        [42.0, 24.0, 7.5],
        [26.0, 28.0, 8.0],
        [11.0, 34.0, 8.5],
    ]);
    let roof = turn(&[
        [62.0, -12.0, 4.0],
        [70.0, -23.0, 5.0],
        [84.0, -29.5, 5.5],
        [98.0, -29.0, 6.0],
        [111.0, -22.0, 6.0],
        [117.0, -11.0, 3.5],
    ]);
    let ischium = turn(&[
        [68.0, 4.0, 8.5],
        [78.0, 26.0, 11.0],
        [76.0, 48.0, 12.0],
        [66.0, 67.0, 12.0],
        [51.0, 75.0, 9.5],
        [36.0, 70.0, 7.5],
        [24.0, 61.0, 7.0],
        [12.0, 47.0, 8.5],
    ]);
    let pubis = flip(&[[2.6, 26.0], [14.0, 24.0], [22.0, 31.0], [21.0, 46.0], [15.0, 58.0], [5.0, 62.0], [2.6, 46.0]]);
    let shapes = vec![
        plate(&wing, 6.0, 16.0),
        curve(&crest, 1.0),
        curve(&brim, 1.2),
        curve(&roof, 2.0),
        curve(&ischium, 1.0),
        plate(&pubis, 9.0, 7.0),
    ];
    let bone = pelvis.bone(shapes, Frame::IDENTITY, 1.7);
    pelvis.bones[bone].tissue.grain = 0.22;
    let rim = turn(&[[115.0, -14.0, 2.6], [113.0, 6.0, 2.8], [104.0, 21.0, 3.2], [92.0, 31.0, 4.0]]);
    pelvis.bone(vec![curve(&rim, 1.4)], Frame::IDENTITY, 0.9);
}

fn spine(pelvis: &mut Skeleton) {
    let sacrum = plate(
        &[
            [-26.0, -118.0],
            [0.0, -114.0],
            [26.0, -118.0],
            [46.0, -108.0],
            [42.0, -80.0],
            [33.0, -62.0],
            [20.0, -36.0],
            [9.0, -18.0],
            [0.0, -14.0],
            [-9.0, -18.0],
            [-20.0, -36.0],
            [-33.0, -62.0],
            [-42.0, -80.0],
            [-46.0, -108.0],
        ],
        12.0,
        20.0,
    );
    let sacrum = pelvis.bone(vec![sacrum], Frame::IDENTITY, 1.1);
    pelvis.bones[sacrum].tissue.grain = 0.4;
    pelvis.bone(vec![curve(&[[0.0, -14.0, 6.5], [0.0, -2.0, 5.0], [1.5, 8.0, 3.5]], 0.9)], Frame::IDENTITY, 1.0);
    for (k, y) in [(0, -153.0), (1, -191.0), (2, -229.0)] {
        let half = 25.0 - k as f32;
        let body = plate(
            &[
                [-half, y],
                [0.0, y + 2.0],
                [half, y],
                [half - 3.0, y + 15.0],
                [half, y + 30.0],
                [0.0, y + 28.0],
                [-half, y + 30.0],
                [-half + 3.0, y + 15.0],
            ],
            17.0,
            6.0,
        );
        pelvis.bone(vec![body], Frame::IDENTITY, 1.6);
        for side in [1.0, -1.0] {
            let wing = [[side * 20.0, y + 10.0, 5.0], [side * 34.0, y + 9.0, 4.0], [side * 44.0, y + 5.0, 3.5]];
            pelvis.bone(vec![curve(&wing, 0.8)], Frame::IDENTITY, 1.0);
            pelvis.bone(vec![ellipsoid([side * 14.0, y + 11.0], [4.5, 6.5, 5.0])], Frame::IDENTITY, 1.6);
        }
        let process =
            plate(&[[-3.0, y + 16.0], [3.0, y + 16.0], [4.0, y + 30.0], [0.0, y + 34.0], [-4.0, y + 30.0]], 10.0, 4.0);
        pelvis.bone(vec![process], Frame::IDENTITY, 1.2);
    }
    // The openings for the sacral nerves let more through.
    for (row, y) in [-94.0, -74.0, -56.0].into_iter().enumerate() {
        for side in [1.0, -1.0] {
            let x = side * (23.0 - 3.5 * row as f32);
            let hole = Tissue::solid(super::super::material::MUSCLE, super::super::material::SPONGY);
            pelvis.organs.push(Body::new(vec![ellipsoid([x, y], [4.5, 3.6, 8.0])], Frame::IDENTITY, hole));
        }
    }
}

fn flesh(pelvis: &mut Skeleton, chance: &mut Chance) {
    let wide = chance.between(0.0, 22.0);
    let side = 165.0 + wide;
    pelvis.flesh.push(plate(
        &[
            [-side + 16.0, -260.0],
            [side - 16.0, -260.0],
            [side, -90.0],
            [side + 12.0, 20.0],
            [side - 10.0, 90.0],
            [60.0, 96.0],
            [0.0, 74.0],
            [-60.0, 96.0],
            [-side + 10.0, 90.0],
            [-side - 12.0, 20.0],
            [-side, -90.0],
        ],
        80.0,
        78.0,
    ));
    for side in [1.0, -1.0] {
        let thigh = [
            [side * 98.0, 20.0, 80.0],
            [side * 100.0, 90.0, 88.0],
            [side * 98.0, 200.0, 86.0],
            [side * 96.0, 300.0, 80.0],
        ];
        pelvis.tissue_tube(&thigh, 0.85);
    }
    // Gas in the bowel.
    for _ in 0..chance.between(5.0, 14.0) as usize {
        let centre = [chance.between(-80.0, 90.0), chance.between(-190.0, -30.0)];
        let radii = [chance.between(7.0, 19.0), chance.between(6.0, 14.0), chance.between(5.0, 11.0)];
        let gas = Tissue::solid(super::super::material::AIR, super::super::material::MUSCLE);
        pelvis.organs.push(Body::new(vec![ellipsoid(centre, radii)], Frame::IDENTITY, gas));
    }
}
