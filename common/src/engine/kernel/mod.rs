//! The arithmetic of the layers that backbones are made of, over maps in blocks of sixteen channels.

mod convolution;
mod depthwise;
mod elementwise;
mod max_pool;

pub use convolution::Convolution;
pub use depthwise::Depthwise;
pub use elementwise::{Sum, gated, sigmoid, total, upsample};
pub use max_pool::MaxPool;

use super::layout::{Border, LANES, Lane, Layout};

/// A range that values are held in; the activations that networks for small machines use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clamp {
    pub low: f32,
    pub high: f32,
}

impl Clamp {
    /// Changes nothing.
    pub const NONE: Self = Self { low: f32::NEG_INFINITY, high: f32::INFINITY };
}

/// Which pixels of a map a pixel of the next one is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub rows: usize,
    pub columns: usize,
    /// Pixels from one place of the window to the next, down and to the right.
    pub stride: [usize; 2],
    /// Pixels from one place in the window to the next, down and to the right.
    pub dilation: [usize; 2],
    /// Pixels by which the first place of the window lies outside, above and to the left.
    pub before: [usize; 2],
}

impl Window {
    /// One pixel for one pixel.
    pub const POINT: Self = Self { rows: 1, columns: 1, stride: [1, 1], dilation: [1, 1], before: [0, 0] };

    /// Whether it makes one pixel of one pixel.
    pub fn is_point(&self) -> bool {
        Self { dilation: [1, 1], ..*self } == Self::POINT
    }

    /// The border that a map of `rows` x `columns` needs for an output of `out_rows` x `out_columns`.
    pub fn border(&self, [rows, columns]: [usize; 2], [out_rows, out_columns]: [usize; 2]) -> Border {
        let after = |axis: usize, size: usize, out: usize, reach: usize| {
            let end = (out - 1) * self.stride[axis] + (reach - 1) * self.dilation[axis] + 1;
            end.saturating_sub(self.before[axis] + size)
        };
        Border {
            top: self.before[0],
            bottom: after(0, rows, out_rows, self.rows),
            left: self.before[1],
            right: after(1, columns, out_columns, self.columns),
        }
    }

    /// Whether each place of an output of `out` rows x columns sees a pixel of a map of `size`, and not padding alone.
    pub fn always_sees(&self, size: [usize; 2], out: [usize; 2]) -> bool {
        [self.rows, self.columns].into_iter().enumerate().all(|(axis, reach)| {
            let inside = self.before[axis]..self.before[axis] + size[axis];
            let sees =
                |place| (0..reach).any(|tap| inside.contains(&(place * self.stride[axis] + tap * self.dilation[axis])));
            (0..out[axis]).all(sees)
        })
    }

    /// Stops where a window would leave the map: what the kernels' pointers rely on.
    fn check(&self, input: &Layout, output: &Layout) {
        let needed = self.border([input.rows, input.columns], [output.rows, output.columns]);
        assert_eq!(input.border, input.border.union(needed), "the map's border is smaller than its window's padding");
    }

    /// Where in an input's block the window of an output row's first pixel begins.
    fn start(&self, input: &Layout, out_row: usize) -> usize {
        let row = input.border.top + out_row * self.stride[0] - self.before[0];
        input.offset(row, input.border.left - self.before[1])
    }
}

/// One number a channel of a block, of the first `channels`; zero for what the last block has more.
fn lane(channels: usize, block: usize, of: impl Fn(usize) -> f32) -> Lane {
    Lane(std::array::from_fn(|lane| match block * LANES + lane {
        channel if channel < channels => of(channel),
        _ => 0.0,
    }))
}

/// Cuts `columns` into as few pieces of at most `widest` as possible, as equal as possible: start and width of each.
fn pieces(columns: usize, widest: usize) -> impl Iterator<Item = (usize, usize)> {
    let count = columns.div_ceil(widest);
    (0..count).map(move |piece| {
        let (start, end) = (piece * columns / count, (piece + 1) * columns / count);
        (start, end - start)
    })
}

/// Calls a block of code with a constant in place of a width from 1 to 14.
macro_rules! with_width {
    ($width:expr, $constant:ident => $code:expr) => {
        with_width!(@ $width, $constant => $code, 1 2 3 4 5 6 7 8 9 10 11 12 13 14)
    };
    (@ $width:expr, $constant:ident => $code:expr, $($case:literal)*) => {
        match $width {
            $($case => { const $constant: usize = $case; $code })*
            width => unreachable!("pieces are at most 14 pixels wide, not {width}"),
        }
    };
}
use with_width;
