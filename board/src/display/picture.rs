//! The twin of a panel: a PNG file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use embedded_graphics::geometry::Size;

use super::{Frame, Panel};

/// Name of the picture.
const NAME: &str = "screen.png";

/// A panel that is a PNG file, `screen.png` in a folder.
#[derive(Debug)]
pub struct Picture {
    folder: PathBuf,
    size: Size,
}

impl Picture {
    /// A picture of this size; its folder is made where it is missing.
    pub fn open(folder: &Path, size: Size) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), size })
    }
}

impl Panel for Picture {
    fn size(&self) -> Size {
        self.size
    }

    /// Whoever looks never sees half of it.
    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        let unfinished = self.folder.join(".screen.png");
        fs::write(&unfinished, frame.to_png().map_err(io::Error::other)?)?;
        fs::rename(unfinished, self.folder.join(NAME))
    }
}
