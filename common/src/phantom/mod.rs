//! The phantom: a simulator of bone radiographs with known answers.
//!
//! Bones are solids with a cortex, spongy bone and marrow, in flesh under fat. Rays at right angles to the film cross them
//! along lengths known in closed form; attenuation follows Beer-Lambert, then come scatter, the detector's blur, quantum noise
//! and the grey curve of the display. A film is a pure function of its [`Request`]: the same seed gives the same bytes on any
//! processor, and the same seed intact and fractured is the same patient before and after the fall.
//!
//! A phantom is for demonstrations, tests and pretraining. It is no patient, and what is measured on it is no accuracy.

mod body;
mod chance;
mod dicom;
mod film;
mod fracture;
mod frame;
mod hardware;
mod marker;
mod material;
mod png;
mod samples;
mod shape;
mod skeleton;

pub use dicom::{Interpretation, dicom, dicom_as};
pub use hardware::Hardware;
pub use marker::Side;
pub use png::png;
pub use samples::{Sample, samples};

#[cfg(test)]
mod tests;

use body::{Body, Tissue};
use chance::{Chance, Stream};
use film::{Exposure, Grid};
use fracture::Fracture;
use frame::{Frame, Point, Turn, dot};
use skeleton::{Manner, Site, Skeleton, View};

use crate::{
    radiograph::{Facts, MIN_SIDE_PX, Radiograph, Source},
    region::Region,
};

/// The regions a phantom can show.
pub const REGIONS: [Region; 7] =
    [Region::Hand, Region::Wrist, Region::Forearm, Region::Humerus, Region::Shoulder, Region::Hip, Region::Leg];

/// Longest side of a film that is simulated; longer ones are asked for in vain.
pub const MAX_SIDE_PX: usize = 4096;

/// Whether the bone is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// No fracture.
    Intact,
    /// One fracture.
    Fractured,
}

/// Whether there is metal in the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metal {
    /// As the seed has it: in about one film of six, fractured or not.
    BySeed,
    /// Never.
    Absent,
    /// Always.
    Present,
}

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Request {
    /// One of [`REGIONS`]; any other is shown as the one of them nearest to it.
    pub region: Region,
    /// Broken or not.
    pub state: State,
    /// Metal or not.
    pub metal: Metal,
    /// Pixels of the film's longer side, [`MIN_SIDE_PX`] x 2 to [`MAX_SIDE_PX`] (clamped); the other follows the region's shape.
    pub long_side_px: usize,
    /// Decides everything else: the patient, the pose, the break, the exposure, the noise.
    pub seed: u64,
}

/// A simulated film and what is true of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Phantom {
    /// The film, with region, side, spacing and made-up identifiers among its facts.
    pub film: Radiograph,
    /// Where the bone is broken; empty on an intact film.
    pub fractures: Vec<PixelBox>,
    /// The metal in the patient, if any.
    pub hardware: Option<Hardware>,
    /// The patient's side shown.
    pub side: Side,
    /// What was asked for.
    pub request: Request,
}

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PixelBox {
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl PixelBox {
    /// `[x, y, width, height]`.
    pub fn to_array(self) -> [usize; 4] {
        [self.x, self.y, self.width, self.height]
    }

    /// Whether a pixel (`[x, y]`) lies in the box.
    pub fn holds(self, [x, y]: [usize; 2]) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

/// A film of region, state, side and pose all by chance, at `long_side_px`: for training. Half of them are fractured.
pub fn random(seed: u64, long_side_px: usize) -> Phantom {
    let mut chance = Chance::new(seed, Stream::Request);
    let region = *chance.pick(&REGIONS);
    let state = if chance.happens(0.5) { State::Fractured } else { State::Intact };
    simulate(&Request { region, state, metal: Metal::BySeed, long_side_px, seed })
}

/// Takes the radiograph that `request` describes.
pub fn simulate(request: &Request) -> Phantom {
    let region = nearest(request.region);
    let mut anatomy = Chance::new(request.seed, Stream::Anatomy);
    let mut skeleton = skeleton::of(region, &mut anatomy);
    let mut pose = Chance::new(request.seed, Stream::Pose);
    let side = if pose.happens(0.5) { Side::Left } else { Side::Right };
    let grid = grid(&skeleton.view, request.long_side_px, &mut pose);
    let place = place(region, side, &skeleton.view, &mut pose);
    let exposure = exposure(&skeleton, &place, &grid, request.seed);

    let broken = match request.state {
        State::Intact => None,
        State::Fractured => fracture(&mut skeleton, &place, &grid, request.seed),
    };
    let (hardware, metal) = implant(&skeleton, &place, &grid, request);
    let fractures = broken.and_then(|bone| outline(&skeleton.bones[bone], &place, &grid)).into_iter().collect();

    let Skeleton { bones, organs, flesh, fat_mm, .. } = skeleton;
    let mut bodies: Vec<Body> = bones.into_iter().chain(organs).chain(metal).collect();
    let mut flesh = Body::new(flesh, Frame::IDENTITY, Tissue::flesh(fat_mm));
    for body in bodies.iter_mut().chain([&mut flesh]) {
        body.place = place.hold(&body.place);
    }
    bodies.push(lead_letter(side, &grid, &exposure, request.seed));

    // Large pixels need several rays to catch a cortex of two millimetres.
    let sub = if grid.mm_per_px > 0.6 { 2 } else { 1 };
    let sums = film::project(&bodies, &flesh, &grid, sub);
    let pixels = film::expose(&sums, &exposure, &grid, sub, request.seed);
    let film = Radiograph::new(pixels, facts(region, side, &grid, request.seed))
        .expect("the grid's sides are clamped to what a radiograph may have");
    Phantom { film, fractures, hardware, side, request: Request { region, ..*request } }
}

fn nearest(region: Region) -> Region {
    match region {
        Region::Hand
        | Region::Wrist
        | Region::Forearm
        | Region::Humerus
        | Region::Shoulder
        | Region::Hip
        | Region::Leg => region,
        Region::Elbow => Region::Forearm,
        Region::Chest => Region::Shoulder,
        Region::Pelvis | Region::Femur => Region::Hip,
        Region::Knee | Region::Ankle | Region::Foot => Region::Leg,
    }
}

fn grid(view: &View, long_side_px: usize, chance: &mut Chance) -> Grid {
    let long = long_side_px.clamp(2 * MIN_SIDE_PX, MAX_SIDE_PX);
    let (width_mm, height_mm) = (chance.vary(view.width_mm, 0.04), chance.vary(view.height_mm, 0.04));
    let mm_per_px = width_mm.max(height_mm) / long as f32;
    let pixels = |mm: f32| ((mm / mm_per_px) as usize).clamp(MIN_SIDE_PX, long);
    Grid { width_px: pixels(width_mm), height_px: pixels(height_mm), mm_per_px }
}

/// Where the skeleton lies on the film: turned, moved and sized by chance, mirrored for the left side.
fn place(region: Region, side: Side, view: &View, chance: &mut Chance) -> Frame {
    let mut degrees = view.askew_degrees * chance.gaussian() * 0.5;
    // Arms are often laid down with the fingers to the foot of the film.
    if matches!(region, Region::Hand | Region::Wrist | Region::Forearm) && chance.happens(0.2) {
        degrees += 180.0;
    }
    let scale = chance.vary(1.0, 0.05);
    let moved = [chance.gaussian() * 0.015 * view.width_mm, chance.gaussian() * 0.015 * view.height_mm];
    let turned = Frame::new([0.0, 0.0], degrees, scale);
    let centre = match side {
        Side::Right => view.centre,
        Side::Left => [-view.centre[0], view.centre[1]],
    };
    let [x, y] = turned.outward(centre);
    let placed = Frame::new([moved[0] - x, moved[1] - y], degrees, scale);
    match side {
        Side::Right => placed,
        Side::Left => placed.mirrored(),
    }
}

/// The exposure that suits the patient, whole and without metal, so that neither a fracture nor an implant changes it.
fn exposure(skeleton: &Skeleton, place: &Frame, grid: &Grid, seed: u64) -> Exposure {
    let mut chance = Chance::new(seed, Stream::Exposure);
    let half = [grid.width_px as f32 * grid.mm_per_px * 0.5, grid.height_px as f32 * grid.mm_per_px * 0.5];
    let scatter = skeleton.view.scatter * chance.between(0.8, 1.25);
    let [thin, middle, thick] = thickness(skeleton, place, half).map(|sum| sum - libm::logf(1.0 + scatter * sum));
    let range = thick - thin;
    // Some films are open to the edge, some are cropped by the collimator.
    let collimated = chance.happens(0.6);
    let mut close = |half: f32| if collimated { half * chance.between(0.9, 0.985) } else { half + 20.0 };
    let field_half_mm = [close(half[0]), close(half[1])];
    let field = Frame::new([chance.gaussian() * 1.5, chance.gaussian() * 1.5], chance.gaussian() * 0.8, 1.0);
    let shutter = if chance.happens(0.75) { 0.0 } else { chance.between(0.05, 0.35) };
    Exposure {
        // Thicker parts get more radiation: the exposure control sees to the same count behind them.
        quanta_per_mm2: chance.between(1500.0, 6000.0) * libm::expf(middle),
        scatter,
        blur_mm: chance.between(0.14, 0.24),
        window: [thin * 0.8 - range * chance.between(-0.04, 0.06), thick + range * chance.between(0.06, 0.26)],
        edge_gain: chance.between(0.25, 0.8),
        field,
        field_half_mm,
        shutter,
    }
}

/// Attenuation over the film: nearly the least, the middle of what is covered, nearly the greatest.
fn thickness(skeleton: &Skeleton, place: &Frame, half: [f32; 2]) -> [f32; 3] {
    const SIDE: usize = 24;
    let flesh = Body::new(skeleton.flesh.clone(), Frame::IDENTITY, Tissue::flesh(skeleton.fat_mm));
    let mut sums: Vec<f32> = (0..SIDE * SIDE)
        .map(|k| {
            let share = |k: usize| (k as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0;
            let at = place.inward([share(k % SIDE) * half[0] * 0.92, share(k / SIDE) * half[1] * 0.92]);
            let bodies = skeleton.bones.iter().chain(&skeleton.organs).chain([&flesh]);
            place.scale() * bodies.map(|body| body.attenuation(at)).sum::<f32>()
        })
        .collect();
    sums.sort_unstable_by(f32::total_cmp);
    let at = |sums: &[f32], share: f32| sums[(share * (sums.len() - 1) as f32) as usize].max(0.0);
    let covered = &sums[sums.partition_point(|&sum| sum < 0.1).min(sums.len() - 1)..];
    [at(&sums, 0.03), at(covered, 0.5), at(covered, 0.985)]
}

/// Breaks one bone of those in view; gives its number.
fn fracture(skeleton: &mut Skeleton, place: &Frame, grid: &Grid, seed: u64) -> Option<usize> {
    let mut chance = Chance::new(seed, Stream::Fracture);
    let in_view: Vec<Site> = skeleton
        .sites
        .iter()
        .filter(|site| shows(place.outward(skeleton.bones[site.bone].place.outward(site.at)), grid, 0.8))
        .cloned()
        .collect();
    if in_view.is_empty() {
        return None;
    }
    let site = chance.pick(&in_view).clone();
    let bone = &mut skeleton.bones[site.bone];
    bone.fracture = Some(break_at(&site, &mut chance));
    Some(site.bone)
}

/// From a hairline to a bone in two.
fn break_at(site: &Site, chance: &mut Chance) -> Fracture {
    let width = site.width_mm;
    let manner = *chance.pick(site.manner);
    let severity = chance.between(0.25, 1.0);
    let sign = if chance.happens(0.5) { 1.0 } else { -1.0 };
    let sideways = [site.normal[1] * sign, -site.normal[0] * sign];
    let move_by = |slide: f32, apart: f32| {
        [sideways[0] * slide + site.normal[0] * apart, sideways[1] * slide + site.normal[1] * apart]
    };
    let still = Fracture {
        at: site.at,
        normal: site.normal,
        tilt_mm: width * chance.between(0.04, 0.22),
        jag_mm: width * chance.between(0.05, 0.16),
        jag_seed: chance.bits() as u32,
        gap_mm: 0.0,
        through: 1.0,
        shift: [0.0, 0.0],
        turn: Turn::NONE,
        pivot: site.at,
    };
    match manner {
        Manner::Crack => Fracture {
            gap_mm: 0.45 + 0.03 * width * (0.5 + severity),
            through: 0.65 + 0.35 * severity,
            tilt_mm: still.tilt_mm * 0.35,
            shift: move_by(0.03 * width * severity, 0.0),
            ..still
        },
        Manner::Displaced => {
            let slide = width * (0.1 + 0.55 * severity * severity);
            let lever = [site.at[0] - site.pivot[0], site.at[1] - site.pivot[1]];
            let length = dot(lever, lever).sqrt();
            let gap_mm = 0.04 * width + chance.between(0.0, 1.5) * severity;
            if length > 3.0 * width {
                // A long fragment swings about its joint, so that the joint stays together.
                let swung = (slide / length).min(0.2).to_degrees();
                let to_side = lever[0] * sideways[1] - lever[1] * sideways[0];
                let turn = Turn::degrees(if to_side > 0.0 { swung } else { -swung });
                Fracture { gap_mm, turn, pivot: site.pivot, ..still }
            } else {
                let turn = Turn::degrees(sign * chance.between(4.0, 18.0) * severity);
                Fracture { gap_mm, turn, shift: move_by(slide * 0.6, 0.02 * width), ..still }
            }
        }
        Manner::Impacted => Fracture {
            turn: Turn::degrees(sign * chance.between(3.0, 14.0) * severity),
            shift: move_by(width * 0.12 * severity, -(1.2 + 0.1 * width * severity)),
            ..still
        },
    }
}

/// The box around a bone's fracture on the film, with a little room, inside the film.
fn outline(bone: &Body, place: &Frame, grid: &Grid) -> Option<PixelBox> {
    const ROOM_MM: f32 = 2.5;
    let fracture = bone.fracture.as_ref()?;
    let corners = fracture.outline(|at| {
        let path = bone.path(at);
        path.shell_mm + path.core_mm > 0.0
    });
    let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
    for corner in corners {
        let on_film = place.outward(bone.place.outward(corner));
        for axis in 0..2 {
            low[axis] = low[axis].min(on_film[axis] - ROOM_MM);
            high[axis] = high[axis].max(on_film[axis] + ROOM_MM);
        }
    }
    let span = |low: f32, high: f32, count: usize| {
        let middle = count as f32 * 0.5;
        let first = (low / grid.mm_per_px + middle).floor().clamp(0.0, (count - 1) as f32) as usize;
        let end = (high / grid.mm_per_px + middle).ceil().clamp(first as f32 + 1.0, count as f32) as usize;
        (first, end - first)
    };
    let (x, width) = span(low[0], high[0], grid.width_px);
    let (y, height) = span(low[1], high[1], grid.height_px);
    Some(PixelBox { x, y, width, height })
}

/// Metal somewhere in view, whether or not a bone is broken.
fn implant(skeleton: &Skeleton, place: &Frame, grid: &Grid, request: &Request) -> (Option<Hardware>, Option<Body>) {
    let mut chance = Chance::new(request.seed, Stream::Hardware);
    let by_seed = chance.happens(0.17);
    let wanted = match request.metal {
        Metal::BySeed => by_seed,
        Metal::Absent => false,
        Metal::Present => true,
    };
    let in_view: Vec<_> = skeleton
        .mounts
        .iter()
        .filter(|mount| shows(place.outward(frame::along(mount.from, mount.to, 0.5)), grid, 0.85))
        .copied()
        .collect();
    if !wanted || in_view.is_empty() {
        return (None, None);
    }
    let (kind, body) = hardware::fit(chance.pick(&in_view), &mut chance);
    (Some(kind), Some(body))
}

/// Whether a place lies in the inner `share` of the film.
fn shows(on_film: Point, grid: &Grid, share: f32) -> bool {
    let half = 0.5 * grid.mm_per_px * share;
    on_film[0].abs() < half * grid.width_px as f32 && on_film[1].abs() < half * grid.height_px as f32
}

/// The marker in a corner of the open field.
fn lead_letter(side: Side, grid: &Grid, exposure: &Exposure, seed: u64) -> Body {
    let mut chance = Chance::new(seed, Stream::Exposure);
    let half = [
        exposure.field_half_mm[0].min(0.5 * grid.mm_per_px * grid.width_px as f32),
        exposure.field_half_mm[1].min(0.5 * grid.mm_per_px * grid.height_px as f32),
    ];
    let height = chance.between(0.045, 0.06) * 2.0 * half[1].min(half[0] * 1.3);
    let sign = |up: bool| if up { 1.0 } else { -1.0 };
    let centre = [
        sign(chance.happens(0.5)) * (half[0] - height * chance.between(1.0, 1.6)),
        sign(chance.happens(0.25)) * (half[1] - height * chance.between(1.2, 1.8)),
    ];
    marker::letter(side, centre, chance.between(-12.0, 12.0), height)
}

fn facts(region: Region, side: Side, grid: &Grid, seed: u64) -> Facts {
    let spacing = f64::from(grid.mm_per_px);
    Facts {
        deviation_index: None,
        source: Source::Dicom,
        modality: Some("DX".to_owned()),
        region: Some(region),
        body_part_examined: Some(dicom::body_part(region)),
        sop_instance_uid: Some(dicom::uid(seed, dicom::Level::Instance)),
        study_instance_uid: Some(dicom::uid(seed, dicom::Level::Study)),
        patient_id: Some(dicom::patient_id(seed)),
        view_position: Some(dicom::view_position(region).to_owned()),
        laterality: Some(side.letter().to_owned()),
        pixel_spacing_mm: Some([spacing, spacing]),
    }
}
