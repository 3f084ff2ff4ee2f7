//! A file while it is received: under a temporary name, hashed as it grows, and gone again unless it is admitted.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::hex::hex;

/// A file that is being received. Dropped, it is deleted.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    most_bytes: u64,
    begun: Instant,
}

/// A file that is whole and synced, under its temporary name. Dropped, it is deleted.
#[derive(Debug)]
pub(super) struct Whole {
    pub path: PathBuf,
    pub sha256: String,
    pub bytes: u64,
    pub receive_ms: f64,
}

impl Incoming {
    pub(super) fn create(path: PathBuf, most_bytes: u64) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 18, File::create_new(&path)?);
        Ok(Self { path, file, hash: Sha256::new(), bytes: 0, most_bytes, begun: Instant::now() })
    }

    /// The first `most` bytes of what was received so far.
    pub fn start(&mut self, most: u64) -> io::Result<Vec<u8>> {
        self.file.flush()?;
        let mut start = Vec::new();
        File::open(&self.path)?.take(most).read_to_end(&mut start)?;
        Ok(start)
    }

    /// How many bytes were received so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn finish(mut self) -> io::Result<Whole> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let sha256 = hex(&std::mem::take(&mut self.hash).finalize());
        let path = std::mem::take(&mut self.path);
        Ok(Whole { path, sha256, bytes: self.bytes, receive_ms: self.begun.elapsed().as_secs_f64() * 1000.0 })
    }
}

impl Write for Incoming {
    /// Takes all of `bytes`, or fails: with [`io::ErrorKind::FileTooLarge`] where the file would become too large.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len() as u64;
        if self.bytes + length > self.most_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += length;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        forget(&self.path);
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        forget(&self.path);
    }
}

/// Deletes a file that nobody was told is here. Should that fail, the next start deletes it.
fn forget(path: &Path) {
    if !path.as_os_str().is_empty() {
        let _ = fs::remove_file(path);
    }
}
