//! Images that are nothing a detector saw.

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawing {
    /// One brightness, and the noise of a detector that nothing was laid on.
    Blank,
    /// Noise from black to white.
    Noise,
    /// Brightness that rises across the image.
    Slope,
    /// Soft structure of every size, whose contrast grows with its size as in photographs (Field 1987).
    Clouds,
}

const HEIGHT_PX: usize = 300;
const WIDTH_PX: usize = 250;

impl Drawing {
    pub const ALL: [Drawing; 4] = [Drawing::Blank, Drawing::Noise, Drawing::Slope, Drawing::Clouds];

    pub fn name(self) -> &'static str {
        match self {
            Drawing::Blank => "blank images",
            Drawing::Noise => "noise",
            Drawing::Slope => "slopes of brightness",
            Drawing::Clouds => "clouds",
        }
    }

    /// Its pixels.
    pub fn draw(self, seed: u64) -> Array2<u16> {
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        let size = (HEIGHT_PX, WIDTH_PX);
        match self {
            Drawing::Blank => {
                let (level, noise): (f64, f64) = (random.random_range(0.2..0.8), random.random_range(0.0..0.01));
                Array2::from_shape_simple_fn(size, || grey(level + noise * random.random_range(-1.0..1.0)))
            }
            Drawing::Noise => Array2::from_shape_simple_fn(size, || random.random()),
            Drawing::Slope => {
                let [across, down]: [f64; 2] = [random.random_range(-1.0..1.0), random.random_range(-1.0..1.0)];
                Array2::from_shape_fn(size, |(y, x)| {
                    let (right, below) = (x as f64 / WIDTH_PX as f64 - 0.5, y as f64 / HEIGHT_PX as f64 - 0.5);
                    grey(0.5 + across * right + down * below + random.random_range(-0.01..0.01))
                })
            }
            Drawing::Clouds => clouds(&mut random).mapv(grey),
        }
    }
}

fn grey(level: f64) -> u16 {
    (level.clamp(0.0, 1.0) * f64::from(u16::MAX)) as u16
}

/// Octaves of noise on ever finer lattices, each half as strong as the one before.
fn clouds(random: &mut Pcg64Mcg) -> Array2<f64> {
    let mut sum = Array2::from_elem((HEIGHT_PX, WIDTH_PX), 0.5);
    let mut strength = 0.4;
    for cells in [2, 4, 8, 16, 32, 64, 128] {
        let lattice: Array2<f64> =
            Array2::from_shape_simple_fn((cells + 1, cells + 1), || random.random_range(-1.0..1.0));
        for ((y, x), value) in sum.indexed_iter_mut() {
            let (down, across) =
                (cells as f64 * y as f64 / HEIGHT_PX as f64, cells as f64 * x as f64 / WIDTH_PX as f64);
            let (row, column) = (down as usize, across as usize);
            let (below, right) = (down.fract(), across.fract());
            let along = |row: usize| lattice[[row, column]] * (1.0 - right) + lattice[[row, column + 1]] * right;
            *value += strength * (along(row) * (1.0 - below) + along(row + 1) * below);
        }
        strength /= 2.0;
    }
    sum
}
