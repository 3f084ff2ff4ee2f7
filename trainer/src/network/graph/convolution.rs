//! Convolutions, and the windows by which they and pools step over a map.

/// A convolution. How many channels it takes follows from its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// How many channels it gives.
    pub channels: usize,
    /// What it sees, and where.
    pub window: Window,
    /// Into how many groups the channels are split that do not see each other.
    pub groups: usize,
    /// What is added after it.
    pub shift: Shift,
}

/// What follows a convolution. A batch norm right after one is a part of it: what ships is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Nothing.
    None,
    /// One number a channel.
    Bias,
    /// A batch norm, Ioffe and Szegedy 2015.
    BatchNorm,
}

/// A square window that steps over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its side in pixels.
    pub kernel: usize,
    /// The step in pixels.
    pub stride: usize,
    /// What lies beyond the border.
    pub padding: Padding,
}

/// How many pixels are added around a map, on both axes alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// The same number on every border.
    Even(usize),
    /// TensorFlow's 'SAME': ceil(side / stride) steps, and an odd pixel goes to the right and to the bottom.
    Same,
    /// None at the left and top; at the right and bottom what lets the last step reach the border ('ceil mode').
    Reach,
}

impl Window {
    /// How many pixels are added before (left, top) and after (right, bottom) a map of `side_px`.
    pub fn borders(self, side_px: usize) -> (usize, usize) {
        match self.padding {
            Padding::Even(border) => (border, border),
            Padding::Same => {
                let covered = (side_px.div_ceil(self.stride).max(1) - 1) * self.stride + self.kernel;
                let missing = covered.saturating_sub(side_px);
                (missing / 2, missing - missing / 2)
            }
            Padding::Reach => {
                let steps = side_px.saturating_sub(self.kernel).div_ceil(self.stride);
                (0, (steps * self.stride + self.kernel).saturating_sub(side_px))
            }
        }
    }

    /// How often it fits on a map of `side_px`, each way; `None` where it does not fit at all.
    pub fn steps(self, side_px: usize) -> Option<usize> {
        let (before, after) = self.borders(side_px);
        let room = (side_px + before + after).checked_sub(self.kernel)?;
        (side_px > 0).then_some(room / self.stride + 1)
    }
}

impl Convolution {
    /// A dense convolution of stride 1 with 'SAME' padding and a bias.
    pub fn new(channels: usize, kernel: usize) -> Self {
        let window = Window { kernel, stride: 1, padding: Padding::Same };
        Self { channels, window, groups: 1, shift: Shift::Bias }
    }

    /// With this step.
    pub fn stride(mut self, stride: usize) -> Self {
        self.window.stride = stride;
        self
    }

    /// With this padding.
    pub fn padding(mut self, padding: Padding) -> Self {
        self.window.padding = padding;
        self
    }

    /// With the channels split into so many groups.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// With a batch norm in place of the bias.
    pub fn batch_norm(mut self) -> Self {
        self.shift = Shift::BatchNorm;
        self
    }

    /// Without a bias.
    pub fn no_bias(mut self) -> Self {
        self.shift = Shift::None;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_step_as_their_frameworks_do() {
        let window = |padding| Window { kernel: 3, stride: 2, padding };
        // TensorFlow: an even side lacks one pixel, and it goes after; an odd one lacks two.
        assert_eq!((window(Padding::Same).borders(224), window(Padding::Same).steps(224)), ((0, 1), Some(112)));
        assert_eq!((window(Padding::Same).borders(111), window(Padding::Same).steps(111)), ((1, 1), Some(56)));
        // A 'ceil mode' adds a step only where the last one would leave pixels unseen.
        assert_eq!((window(Padding::Reach).borders(111), window(Padding::Reach).steps(111)), ((0, 0), Some(55)));
        assert_eq!((window(Padding::Reach).borders(56), window(Padding::Reach).steps(56)), ((0, 1), Some(28)));
        assert_eq!((window(Padding::Even(1)).borders(112), window(Padding::Even(1)).steps(112)), ((1, 1), Some(56)));
        assert_eq!((window(Padding::Even(0)).steps(2), window(Padding::Same).steps(0)), (None, None));
    }
}
