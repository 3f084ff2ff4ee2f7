//! How panels want their pixels.

use embedded_graphics::geometry::Point;
use embedded_graphics::primitives::Rectangle;

use super::Frame;

/// How a pixel lies in a panel's memory, lowest byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// 16 bits: five of red, six of green, five of blue.
    Rgb565,
    /// 32 bits: unused, red, green, blue.
    Xrgb8888,
}

impl Format {
    /// The format of so many bits a pixel, where there is one.
    pub fn of_bits(bits: u32) -> Option<Self> {
        match bits {
            16 => Some(Self::Rgb565),
            32 => Some(Self::Xrgb8888),
            _ => None,
        }
    }

    /// Bytes of one pixel.
    pub fn bytes(self) -> usize {
        match self {
            Self::Rgb565 => 2,
            Self::Xrgb8888 => 4,
        }
    }

    /// Appends the pixels of row `y` from `left` to before `right`, which lie in the frame, to `bytes`.
    fn encode(self, frame: &Frame, y: u32, left: u32, right: u32, bytes: &mut Vec<u8>) {
        for x in left..right {
            let [r, g, b] = frame.picture()[(x, y)].0;
            match self {
                Self::Rgb565 => {
                    let packed = u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3);
                    bytes.extend(packed.to_le_bytes());
                }
                Self::Xrgb8888 => bytes.extend([b, g, r, 0xff]),
            }
        }
    }
}

/// A panel's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Pixels across and down.
    pub size: [u32; 2],
    /// Bytes from one row to the next.
    pub stride_bytes: usize,
    /// How a pixel lies in it.
    pub format: Format,
}

impl Layout {
    /// What of the memory shows `area` of a frame: for each row the offset of its first byte, and the bytes. What lies outside the panel
    /// is left out.
    pub fn rows(self, frame: &Frame, area: Rectangle) -> impl Iterator<Item = (usize, Vec<u8>)> {
        let [width, height] = self.size.map(|length| length as i32);
        let seen = area.intersection(&Rectangle::with_corners(Point::zero(), Point::new(width - 1, height - 1)));
        let (left, top) = (seen.top_left.x as u32, seen.top_left.y as u32);
        let right = left + seen.size.width;
        (top..top + seen.size.height).map(move |y| {
            let mut bytes = Vec::with_capacity(seen.size.width as usize * self.format.bytes());
            self.format.encode(frame, y, left, right, &mut bytes);
            (y as usize * self.stride_bytes + left as usize * self.format.bytes(), bytes)
        })
    }
}

#[cfg(test)]
mod tests {
    use embedded_graphics::Pixel;
    use embedded_graphics::draw_target::DrawTarget;
    use embedded_graphics::geometry::Size;
    use embedded_graphics::pixelcolor::Rgb888;

    use super::*;

    #[test]
    fn pixels_lie_where_the_panel_looks_for_them() {
        let mut frame = Frame::new(Size::new(5, 4));
        frame.draw_iter([Pixel(Point::new(2, 1), Rgb888::new(0xff, 0x81, 0x07))]).unwrap();
        let area = Rectangle::new(Point::new(1, 1), Size::new(9, 9));
        let rows = |format| {
            let layout = Layout { size: [3, 3], stride_bytes: 100, format };
            layout.rows(&frame, area).collect::<Vec<_>>()
        };
        let wide = vec![(104, vec![0, 0, 0, 0xff, 0x07, 0x81, 0xff, 0xff]), (204, vec![0, 0, 0, 0xff, 0, 0, 0, 0xff])];
        assert_eq!(rows(Format::Xrgb8888), wide);
        // 11111 100000 00000
        assert_eq!(rows(Format::Rgb565), [(102, vec![0, 0, 0x00, 0xfc]), (202, vec![0, 0, 0, 0])]);
    }
}
