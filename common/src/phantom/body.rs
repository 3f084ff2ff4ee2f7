//! A body: shapes of one tissue, in a shell of another, at a place on the film.

use super::{
    chance::noise,
    fracture::Fracture,
    frame::{Frame, Point},
    material::{self, PerMm},
    shape::Shape,
};

/// A solid made of a union of shapes.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) shapes: Vec<Shape>,
    pub(super) place: Frame,
    pub(super) tissue: Tissue,
    pub(super) fracture: Option<Fracture>,
}

/// What a body is made of, and what it displaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tissue {
    pub(super) shell_mm: f32,
    pub(super) shell: PerMm,
    pub(super) core: PerMm,
    /// The core where a long bone is hollow.
    pub(super) hollow: PerMm,
    /// What would be there without the body.
    pub(super) around: PerMm,
    /// Relative strength of the spongy bone's texture.
    pub(super) grain: f32,
    pub(super) grain_seed: u32,
}

impl Tissue {
    /// Bone with a cortex of `cortex_mm`, within flesh.
    pub(super) fn bone(cortex_mm: f32, grain_seed: u32) -> Self {
        Self {
            shell_mm: cortex_mm,
            shell: material::CORTEX,
            core: material::SPONGY,
            hollow: material::MARROW,
            around: material::MUSCLE,
            grain: 0.3,
            grain_seed,
        }
    }

    /// Flesh under `fat_mm` of fat, within air.
    pub(super) fn flesh(fat_mm: f32) -> Self {
        Self {
            shell_mm: fat_mm,
            shell: material::FAT,
            core: material::MUSCLE,
            hollow: material::MUSCLE,
            around: material::AIR,
            grain: 0.0,
            grain_seed: 0,
        }
    }

    /// The same stuff throughout, instead of `around`.
    pub(super) fn solid(stuff: PerMm, around: PerMm) -> Self {
        Self { shell_mm: 0.0, shell: stuff, core: stuff, hollow: stuff, around, grain: 0.0, grain_seed: 0 }
    }
}

/// What a ray meets in a body, in mm.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Path {
    pub(super) shell_mm: f32,
    pub(super) core_mm: f32,
}

impl Body {
    pub(super) fn new(shapes: Vec<Shape>, place: Frame, tissue: Tissue) -> Self {
        Self { shapes, place, tissue, fracture: None }
    }

    /// The line integral of attenuation that the body adds to the ray through a point of the film, beyond what it displaces.
    pub(super) fn attenuation(&self, on_film: Point) -> f32 {
        let at = self.place.inward(on_film);
        let scale = self.place.scale();
        scale
            * match &self.fracture {
                None => self.fragment(at),
                Some(fracture) => fracture.apply(at, |at| self.fragment(at)),
            }
    }

    /// The attenuation of the unbroken body at a point of its own.
    fn fragment(&self, at: Point) -> f32 {
        let path = self.path(at);
        if path.shell_mm + path.core_mm <= 0.0 {
            return 0.0;
        }
        let tissue = &self.tissue;
        let hollow = self.hollow(at);
        let core = tissue.core + (tissue.hollow - tissue.core) * hollow;
        let texture = self.texture(at, path.core_mm, hollow);
        path.shell_mm * (tissue.shell - tissue.around) + path.core_mm * (core * texture - tissue.around)
    }

    /// Shell and core along the ray through a point of the body's own, unbroken.
    pub(super) fn path(&self, at: Point) -> Path {
        let mut longest = [0.0_f32; 2];
        for shape in &self.shapes {
            let [whole, core] = shape.paths_mm(at, self.tissue.shell_mm);
            longest = [longest[0].max(whole), longest[1].max(core)];
        }
        let [whole, core] = longest;
        Path { shell_mm: whole - core.min(whole), core_mm: core.min(whole) }
    }

    fn hollow(&self, at: Point) -> f32 {
        match self.shapes.first() {
            Some(Shape::Shaft(shaft)) => shaft.hollow(at[1]),
            _ => 0.0,
        }
    }

    /// Struts and gaps of spongy bone, drawn out along the bone: a factor on its attenuation. They even out over a long path.
    fn texture(&self, [x, y]: Point, core_mm: f32, hollow: f32) -> f32 {
        let Tissue { grain, grain_seed: seed, .. } = self.tissue;
        if grain <= 0.0 || core_mm <= 0.0 {
            return 1.0;
        }
        let struts = 0.45 * noise(x * 0.35, y * 0.2, seed) + 0.55 * noise(x * 1.7, y * 0.75, seed ^ 0x51);
        1.0 + grain * (1.0 - 0.6 * hollow) * (10.0 / core_mm.max(10.0)) * struts
    }

    /// The corners, in order, of a rectangle on the film that holds the body; it lies as the body does.
    pub(super) fn corners(&self) -> [Point; 4] {
        let strayed = self.fracture.as_ref().map_or(0.0, Fracture::reach_mm);
        let [low, high] = self.shapes.iter().map(Shape::bounds).fold([[f32::MAX; 2], [f32::MIN; 2]], |all, shape| {
            let [low, high] = shape;
            [[all[0][0].min(low[0]), all[0][1].min(low[1])], [all[1][0].max(high[0]), all[1][1].max(high[1])]]
        });
        let (low, high) = (low.map(|at| at - strayed), high.map(|at| at + strayed));
        [low, [high[0], low[1]], high, [low[0], high[1]]].map(|corner| self.place.outward(corner))
    }
}
