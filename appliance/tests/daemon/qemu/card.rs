//! A card as `board/image/build image` makes it, in a file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the image is written to: with room for the partition that the first start makes.
const CARD_BYTES: u64 = 1 << 30;

/// Where the first partition begins, as mtools are told it.
const BOOT_PARTITION: &str = "@@1M";

/// A written card.
pub struct Card(PathBuf);

impl Card {
    /// Writes the image to a card, which is to be this file. `None` where there is no image, which is said.
    pub fn written(file: PathBuf) -> Option<Self> {
        let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/image/fieldray.img.zst");
        if !image.exists() {
            println!("skipped: the card image in QEMU (board/image/build image has not been run)");
            return None;
        }
        let card = Self(file);
        ran(Command::new("zstd").args(["--quiet", "--decompress", "--sparse"]).arg(image).arg("-o").arg(&card.0));
        File::options().write(true).open(&card.0).unwrap().set_len(CARD_BYTES).unwrap();
        Some(card)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Lets its serial line give a shell, as an image that is built with FIELDRAY_CONSOLE does; all else is what ships.
    pub fn gives_a_shell(&self) {
        self.put("EFI/debian/console.cfg", "set console='console=ttyAMA0,115200 systemd.debug_shell=ttyAMA0'\n");
    }

    /// Puts a file on its first partition, as somebody with a card reader does.
    pub fn put(&self, name: &str, content: &str) {
        let file = self.0.with_file_name("put");
        fs::write(&file, content).unwrap();
        let partition = format!("{}{BOOT_PARTITION}", self.0.display());
        ran(Command::new("mcopy").args(["-o", "-i", &partition]).arg(file).arg(format!("::{name}")));
    }
}

/// Runs a program that ends well.
fn ran(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
