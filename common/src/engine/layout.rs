//! How feature maps lie in memory while our own kernels work on them: channels in blocks of sixteen, and a border of zeros round each
//! block, so that a window at the edge reads what padding says without asking.

/// Channels that lie side by side.
pub const LANES: usize = 16;

/// Sixteen neighbouring channels of one pixel; a cache line.
#[derive(Debug, Clone, Copy, PartialEq, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub struct Lane(pub [f32; LANES]);

/// Rows and columns of zeros round a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Border {
    pub top: usize,
    pub bottom: usize,
    pub left: usize,
    pub right: usize,
}

impl Border {
    /// The smallest border that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            bottom: self.bottom.max(other.bottom),
            left: self.left.max(other.left),
            right: self.right.max(other.right),
        }
    }
}

/// A map of `channels` x `rows` x `columns`. Floats are ordered by block of channels, row, column, channel in the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub channels: usize,
    pub rows: usize,
    pub columns: usize,
    /// Channels a block: [`LANES`], or 1 for a film as it comes.
    pub lanes: usize,
    pub border: Border,
}

impl Layout {
    pub fn blocks(&self) -> usize {
        self.channels.div_ceil(self.lanes)
    }

    /// Floats from one row to the next.
    pub fn row_stride(&self) -> usize {
        (self.border.left + self.columns + self.border.right) * self.lanes
    }

    /// Floats from one block to the next.
    pub fn block_stride(&self) -> usize {
        (self.border.top + self.rows + self.border.bottom) * self.row_stride()
    }

    /// Floats altogether.
    pub fn len(&self) -> usize {
        self.blocks() * self.block_stride()
    }

    /// Where the first channel of a pixel lies in its block; counted from the border's corner.
    pub fn offset(&self, bordered_row: usize, bordered_column: usize) -> usize {
        bordered_row * self.row_stride() + bordered_column * self.lanes
    }

    /// Where the first pixel of a row lies in its block.
    pub fn row(&self, row: usize) -> usize {
        self.offset(self.border.top + row, self.border.left)
    }

    /// Whether each row begins where the one before it ends.
    pub fn is_seamless(&self) -> bool {
        self.border.left + self.border.right == 0
    }

    /// Sets the border to zero.
    pub fn clear_border(&self, map: &mut [f32]) {
        if self.border == Border::default() {
            return;
        }
        let (left, right) = (self.border.left * self.lanes, self.border.right * self.lanes);
        for block in map.chunks_exact_mut(self.block_stride()) {
            let inside = self.offset(self.border.top, 0)..self.offset(self.border.top + self.rows, 0);
            block[..inside.start].fill(0.0);
            block[inside.end..].fill(0.0);
            for row in block[inside].chunks_exact_mut(self.row_stride()) {
                row[..left].fill(0.0);
                row[self.row_stride() - right..].fill(0.0);
            }
        }
    }
}

/// A map to read.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    pub layout: Layout,
    pub floats: &'a [f32],
}

/// A map to write.
#[derive(Debug)]
pub struct MapMut<'a> {
    pub layout: Layout,
    pub floats: &'a mut [f32],
}
