//! `/dev/fb0`: a panel whose memory is a file.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::str::FromStr;

use embedded_graphics::geometry::{Dimensions, OriginDimensions, Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::pixels::{Format, Layout};
use super::{Frame, Panel};
use crate::console;

/// Where Linux tells of its frame buffers.
const FOLDER: &str = "/sys/class/graphics";

/// A frame buffer of Linux.
#[derive(Debug)]
pub struct Framebuffer {
    memory: File,
    layout: Layout,
    shown: Option<Frame>,
}

impl Framebuffer {
    /// The frame buffer with this device file. The console's cursor is hidden: it would blink through the picture.
    ///
    /// # Errors
    /// Where it cannot be written, or has neither 16 nor 32 bits a pixel.
    pub fn open(device: &Path) -> io::Result<Self> {
        let memory = File::options().write(true).open(device)?;
        let told = Path::new(FOLDER).join(device.file_name().unwrap_or_default());
        let layout = layout(&told)?;
        console::hide_cursor();
        Ok(Self { memory, layout, shown: None })
    }
}

/// The layout that is told of in a folder of sysfs.
fn layout(told: &Path) -> io::Result<Layout> {
    let read = |name: &str| fs::read_to_string(told.join(name));
    let unlike = |name: &str, text: &str| io::Error::other(format!("its {name} is '{}'", text.trim()));
    let number =
        |name: &str| -> io::Result<u32> { read(name).and_then(|text| parse(&text).ok_or(unlike(name, &text))) };
    let size = read("virtual_size")?;
    let (width, height) = size.split_once(',').ok_or(unlike("size", &size))?;
    let size = [parse(width).ok_or(unlike("size", &size))?, parse(height).ok_or(unlike("size", &size))?];
    let bits = number("bits_per_pixel")?;
    let format = Format::of_bits(bits).ok_or(unlike("depth in bits", &bits.to_string()))?;
    Ok(Layout { size, stride_bytes: number("stride")? as usize, format })
}

/// The first of the panel's rows that `area` touches, and the bytes from there to its last, at once. They are whole rows, and two at least:
/// of a write that ends where its only row does, Linux 6.1 shows nothing.
fn whole_rows(layout: Layout, frame: &Frame, area: Rectangle) -> (usize, Vec<u8>) {
    let top = area.top_left.y - i32::from(area.size.height < 2 && area.top_left.y > 0);
    let size = Size::new(frame.size().width, area.size.height.max(2).min(frame.size().height));
    let mut bytes = Vec::with_capacity(size.height as usize * layout.stride_bytes);
    for (_, row) in layout.rows(frame, Rectangle::new(Point::new(0, top), size)) {
        bytes.extend(row);
        bytes.resize(bytes.len().next_multiple_of(layout.stride_bytes), 0);
    }
    (top as usize, bytes)
}

fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

impl Panel for Framebuffer {
    fn size(&self) -> Size {
        let [width, height] = self.layout.size;
        Size::new(width, height)
    }

    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        let area = match &self.shown {
            None => Some(frame.bounding_box()),
            Some(shown) => frame.changed(shown),
        };
        // What was half written is written in full the next time.
        self.shown = None;
        if let Some(area) = area {
            let (top, rows) = whole_rows(self.layout, frame, area);
            self.memory.write_all_at(&rows, (top * self.layout.stride_bytes) as u64)?;
        }
        self.shown = Some(frame.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use embedded_graphics::Pixel;
    use embedded_graphics::draw_target::DrawTarget;
    use embedded_graphics::pixelcolor::{Rgb888, RgbColor};

    use super::*;

    fn told(folder: &Path, files: [(&str, &str); 3]) -> io::Result<Layout> {
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        layout(folder)
    }

    #[test]
    fn its_layout_is_read_from_sysfs() {
        let folder = tempfile::tempdir().unwrap();
        let files = |bits| [("virtual_size", "800,480\n"), ("stride", "1664\n"), ("bits_per_pixel", bits)];
        let found = told(folder.path(), files("16\n")).unwrap();
        assert_eq!(found, Layout { size: [800, 480], stride_bytes: 1664, format: Format::Rgb565 });
        let said = told(folder.path(), files("8\n")).unwrap_err().to_string();
        assert_eq!(said, "its depth in bits is '8'");
    }

    #[test]
    fn only_what_changed_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fb");
        let layout = Layout { size: [6, 4], stride_bytes: 32, format: Format::Xrgb8888 };
        let mut panel = Framebuffer { memory: File::create(&path).unwrap(), layout, shown: None };
        let mut frame = Frame::new(panel.size());
        panel.show(&frame).unwrap();
        let first = fs::read(&path).unwrap();
        assert_eq!(first.len(), 4 * 32);

        for (y, rewritten) in [(0, 0..2), (2, 1..3), (3, 2..4)] {
            fs::write(&path, vec![0x55; first.len()]).unwrap();
            frame.draw_iter([Pixel(Point::new(5, y), Rgb888::RED)]).unwrap();
            panel.show(&frame).unwrap();
            let second = fs::read(&path).unwrap();
            let at = y as usize * 32 + 5 * 4;
            assert_eq!(second[at..at + 4], [0, 0, 0xff, 0xff]);
            for row in 0..4 {
                let untouched = second[row * 32..][..32].iter().all(|byte| *byte == 0x55);
                assert_eq!(untouched, !rewritten.contains(&row), "{y} {row}");
            }
        }
    }
}
