//! Room on a disk: what is free of it, and what of that stays free, so that every image that was taken in also gets its answer and its line
//! in the audit log, whatever else fills the disk.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// So much of a disk stays free; of a small one, an eighth.
const RESERVE_BYTES: u64 = 64 << 20;

/// The disk that a folder lies on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Space {
    /// How much is free of it.
    pub free_bytes: u64,
    /// How much of that is to stay free.
    pub reserve_bytes: u64,
}

impl Space {
    /// That of the disk on which `folder` lies.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let disk = rustix::fs::statvfs(folder)?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Ok(Self { free_bytes: bytes(disk.f_bavail), reserve_bytes: RESERVE_BYTES.min(bytes(disk.f_blocks) / 8) })
    }

    /// How much more may be put there.
    pub fn spare_bytes(self) -> u64 {
        self.free_bytes.saturating_sub(self.reserve_bytes)
    }

    /// How much must become free before so many bytes may be put there.
    pub fn missing_bytes(self, bytes: u64) -> u64 {
        bytes.saturating_add(self.reserve_bytes).saturating_sub(self.free_bytes)
    }
}

/// Whether two folders lie on the same disk.
pub fn is_shared(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(one.metadata()?.dev() == other.metadata()?.dev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_is_not_given_away() {
        let disk = Space { free_bytes: 100, reserve_bytes: 64 };
        assert_eq!((disk.spare_bytes(), disk.missing_bytes(36), disk.missing_bytes(37)), (36, 0, 1));
        // Where the reserve itself is used up, it is to be made good first.
        let full = Space { free_bytes: 10, reserve_bytes: 64 };
        assert_eq!((full.spare_bytes(), full.missing_bytes(0), full.missing_bytes(1)), (0, 54, 55));
    }
}
