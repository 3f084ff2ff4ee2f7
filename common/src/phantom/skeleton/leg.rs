//! Knee, lower leg and ankle, from the front: one skeleton, of which a film shows a part.
//!
//! The origin is the middle of the knee's joint space; the other leg lies to the left.

use super::*;

pub(super) fn leg(chance: &mut Chance) -> Skeleton {
    let knee = View { centre: [2.0, 10.0], width_mm: 170.0, height_mm: 250.0, scatter: 0.22, askew_degrees: 5.0 };
    let shin = View { centre: [4.0, 180.0], width_mm: 170.0, height_mm: 430.0, ..knee };
    let ankle = View { centre: [2.0, 345.0], width_mm: 140.0, height_mm: 210.0, ..knee };
    let (part, view) = *chance.pick(&[(Part::Knee, knee), (Part::Shin, shin), (Part::Ankle, ankle)]);
    let mut leg = Skeleton::new(chance.between(3.0, 8.0), view);
    let stout = chance.vary(1.0, 0.05);
    bones(&mut leg, stout, chance);
    foot(&mut leg);
    flesh(&mut leg, chance);
    let tilt = chance.between(-32.0, 32.0);
    match part {
        Part::Knee => {
            leg.breaks(FEMUR, 0.72, tilt, Moves::Far, SHAFT_BREAKS);
            leg.breaks(TIBIA, 0.105, tilt, Moves::Far, END_BREAKS);
            leg.breaks(TIBIA, 0.2, tilt, Moves::Far, SHAFT_BREAKS);
            leg.breaks(FIBULA, 0.12, tilt, Moves::Near, SHAFT_BREAKS);
            // The lateral plateau, split off downwards.
            leg.sites.push(Site {
                bone: TIBIA,
                at: [19.0, 18.0],
                normal: [0.85, -0.53],
                pivot: [30.0, 0.0],
                width_mm: 30.0,
                manner: &[Manner::Displaced, Manner::Impacted],
            });
        }
        Part::Shin => {
            for _ in 0..3 {
                leg.breaks(TIBIA, chance.between(0.35, 0.75), chance.between(-38.0, 38.0), Moves::Far, SHAFT_BREAKS);
            }
            leg.breaks(FIBULA, chance.between(0.3, 0.8), tilt, Moves::Far, SHAFT_BREAKS);
        }
        Part::Ankle => {
            leg.breaks(FIBULA, 0.925, 38.0 + 0.3 * tilt, Moves::Far, SHAFT_BREAKS);
            leg.breaks(FIBULA, 0.86, 30.0 + 0.5 * tilt, Moves::Far, SHAFT_BREAKS);
            leg.breaks(TIBIA, 0.9, tilt, Moves::Far, END_BREAKS);
            // The medial malleolus, pulled off.
            leg.sites.push(Site {
                bone: TIBIA,
                at: [-18.5, 352.0],
                normal: [-0.55, 0.83],
                pivot: [-20.0, 362.0],
                width_mm: 13.0,
                manner: &[Manner::Displaced, Manner::Crack],
            });
        }
    }
    leg
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Knee,
    Shin,
    Ankle,
}

const FEMUR: usize = 0;
const TIBIA: usize = 1;
const FIBULA: usize = 2;

fn bones(leg: &mut Skeleton, stout: f32, chance: &mut Chance) {
    let widen = |row: [f32; 5]| [row[0], row[1] * stout, row[2] * stout, row[3] * stout, row[4]];
    let bow = chance.between(-5.0, 5.0);
    // Rows downwards; left is medial.
    let femur = [
        [0.0, -14.0, 14.0, 14.0, 1.1],
        [90.0, -14.5, 14.5, 14.0, 1.1],
        [125.0, -17.5, 17.5, 14.5, 0.9],
        [150.0, -25.0, 24.0, 16.0, 0.55],
        [170.0, -36.0, 34.0, 19.0, 0.35],
        [182.0, -41.0, 39.0, 23.0, 0.3],
        [193.0, -41.5, 40.0, 25.0, 0.28],
        [203.0, -37.0, 37.0, 20.0, 0.28],
        [207.0, -34.0, 34.0, 15.0, 0.28],
    ]
    .map(widen);
    let femur = Shaft::new(&femur, [head(0.0, 1.0), End { bulge: -0.004, slant: 0.0, round_mm: 8.0 }]);
    let condyles = [
        ellipsoid([-22.0 * stout, 191.0], [19.0 * stout, 19.5, 27.0]),
        ellipsoid([21.5 * stout, 190.5], [18.5 * stout, 19.0, 26.0]),
    ];
    let place = Frame::between([14.0 + bow, -212.0], [0.0, -2.5]);
    let [medial, lateral] = condyles;
    leg.bone(vec![Shape::Shaft(femur), medial, lateral], place, 4.4);
    let tibia = [
        [0.0, -36.0, 36.0, 21.0, 0.3],
        [4.0, -39.0, 38.5, 23.0, 0.28],
        [14.0, -37.5, 37.5, 23.0, 0.28],
        [30.0, -28.0, 29.0, 21.0, 0.4],
        [52.0, -20.0, 19.0, 18.0, 0.7],
        [85.0, -15.5, 14.5, 16.0, 1.0],
        [140.0, -12.5, 12.5, 14.5, 1.15],
        [220.0, -11.5, 11.5, 12.5, 1.15],
        [280.0, -12.5, 12.0, 12.0, 1.0],
        [315.0, -16.0, 15.0, 13.5, 0.65],
        [335.0, -21.0, 20.0, 16.0, 0.4],
        [346.0, -24.5, 21.5, 17.0, 0.32],
        [352.0, -25.0, 21.0, 16.0, 0.3],
    ]
    .map(widen);
    let tibia = Shaft::new(
        &tibia,
        [End { bulge: 0.0005, slant: 0.03, round_mm: 4.0 }, End { bulge: -0.002, slant: 0.0, round_mm: 3.0 }],
    );
    // The two spines between the condyles, and the medial malleolus.
    let spines = [
        Shape::Tube(Tube::straight(&[[-6.0, 6.0, 6.0], [-5.0, -4.0, 1.8]], 1.0)),
        Shape::Tube(Tube::straight(&[[7.0, 6.0, 6.0], [6.0, -3.0, 1.8]], 1.0)),
        curve(&[[-15.0, 338.0, 9.0], [-18.5, 350.0, 7.5], [-20.0, 360.0, 5.0]], 1.3),
    ];
    let mut shapes = vec![Shape::Shaft(tibia)];
    shapes.extend(spines);
    leg.bone(shapes, Frame::between([0.0, 3.0], [0.0, 360.0]), 4.0);
    let fibula = [
        [0.0, -4.0, 5.0, 5.0, 0.4],
        [5.0, -9.0, 9.5, 8.5, 0.35],
        [14.0, -10.0, 10.0, 9.0, 0.35],
        [28.0, -6.5, 6.5, 6.5, 0.8],
        [70.0, -5.8, 5.8, 6.0, 1.1],
        [180.0, -6.2, 6.2, 6.5, 1.15],
        [280.0, -6.0, 6.0, 6.0, 1.1],
        [315.0, -7.5, 7.5, 7.5, 0.7],
        [335.0, -9.5, 9.5, 9.5, 0.45],
        [350.0, -9.0, 8.5, 8.5, 0.4],
        [360.0, -4.0, 4.5, 5.0, 0.4],
    ]
    .map(widen);
    leg.long_bone([37.0, 15.0], [28.0, 374.0], &fibula, [head(0.01, 4.0), head(0.02, 5.0)], 2.6);
    let patella = plate(
        &[
            [-20.0, -38.0],
            [-8.0, -46.0],
            [10.0, -46.0],
            [22.0, -37.0],
            [20.0, -18.0],
            [8.0, -5.0],
            [0.0, -1.0],
            [-9.0, -6.0],
            [-19.0, -20.0],
        ]
        .map(|[x, y]: Point| [x * 0.92 + 1.5, y + chance.between(-0.5, 0.5) - 4.0]),
        9.0,
        9.0,
    );
    leg.bone(vec![patella], Frame::IDENTITY, 1.2);
    for (from, to, half_width_mm, kind) in [
        ([0.0, 60.0], [0.0, 190.0], 14.0, MountKind::Shaft),
        ([0.0, 180.0], [0.0, 300.0], 12.0, MountKind::Shaft),
        ([10.0, -150.0], [4.0, -40.0], 15.0, MountKind::Shaft),
        ([0.0, 55.0], [0.0, 115.0], 16.0, MountKind::Shaft),
        ([29.5, 300.0], [28.3, 360.0], 7.0, MountKind::Slender),
    ] {
        leg.mounts.push(Mount { from, to, half_width_mm, kind });
    }
}

fn foot(leg: &mut Skeleton) {
    // Talus in the mortise, heel and midfoot behind one another.
    let talus = plate(
        &[
            [-15.0, 361.0],
            [-6.0, 359.5],
            [6.0, 359.5],
            [15.5, 361.0],
            [18.5, 372.0],
            [16.0, 383.0],
            [2.0, 388.0],
            [-13.0, 385.0],
            [-17.0, 374.0],
        ],
        21.0,
        9.0,
    );
    leg.bone(vec![talus], Frame::IDENTITY, 1.6);
    let heel = plate(
        &[
            [-14.0, 390.0],
            [6.0, 391.0],
            [19.0, 387.0],
            [22.0, 402.0],
            [20.0, 424.0],
            [6.0, 434.0],
            [-8.0, 428.0],
            [-14.0, 408.0],
        ],
        26.0,
        14.0,
    );
    leg.bone(vec![heel], Frame::IDENTITY, 1.4);
    let midfoot =
        plate(&[[-26.0, 386.0], [-4.0, 390.0], [20.0, 396.0], [26.0, 414.0], [4.0, 418.0], [-24.0, 412.0]], 13.0, 9.0);
    leg.bone(vec![midfoot], Frame::IDENTITY, 1.2);
}

fn flesh(leg: &mut Skeleton, chance: &mut Chance) {
    let stout = chance.between(0.93, 1.15);
    let limb = [
        [8.0, -260.0, 78.0],
        [6.0, -160.0, 72.0],
        [3.0, -80.0, 62.0],
        [1.0, -20.0, 57.0],
        [2.0, 30.0, 54.0],
        [4.0, 90.0, 57.0],
        [5.0, 150.0, 56.0],
        [5.0, 220.0, 45.0],
        [4.0, 290.0, 35.0],
        [3.0, 335.0, 34.0],
        [2.0, 365.0, 37.0],
    ]
    .map(|[x, y, radius]| [x, y, radius * stout]);
    leg.tissue_tube(&limb, 0.92);
    leg.flesh.push(plate(
        &[[-34.0, 350.0], [36.0, 350.0], [42.0, 400.0], [40.0, 440.0], [4.0, 452.0], [-34.0, 440.0], [-42.0, 400.0]],
        40.0,
        26.0,
    ));
}
