//! What is mounted below a folder, as Linux tells in `/proc/self/mountinfo` (proc(5)).

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// A file system that is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Mount {
    /// The system's number for it. The same stick gets another when it comes back.
    pub id: u64,
    /// Where it is.
    pub at: PathBuf,
}

/// What is mounted below `folder` now.
pub(super) fn below(folder: &Path) -> io::Result<Vec<Mount>> {
    Ok(parse(&fs::read("/proc/self/mountinfo")?, folder))
}

fn parse(mountinfo: &[u8], folder: &Path) -> Vec<Mount> {
    let mounts = mountinfo.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ');
        let id = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
        Some(Mount { id, at: OsString::from_vec(unescape(fields.nth(3)?)).into() })
    });
    mounts.filter(|mount| mount.at.starts_with(folder) && mount.at != folder).collect()
}

/// Spaces and such are written as a backslash and three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let (mut rest, mut name) = (field, Vec::new());
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = code.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        name.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[3..] } else { behind };
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_below_is_found() {
        let said = b"25 30 0:23 / /proc rw shared:14 - proc proc rw\n\
            612 30 8:17 / /media/USB\\040STICK ro,nosuid shared:300 - vfat /dev/sdb1 ro\n\
            613 30 0:40 / /media rw - tmpfs tmpfs rw\n\
            nonsense\n\
            614 30 8:33 / /mediathek rw - ext4 /dev/sdc1 rw\n";
        let wanted = Mount { id: 612, at: "/media/USB STICK".into() };
        assert_eq!(parse(said, Path::new("/media")), [wanted]);
        assert_eq!(unescape(br"a\134b\9\"), br"a\b\9\");
    }

    #[test]
    fn this_system_tells_what_is_mounted() {
        if Path::new("/proc/self/mountinfo").exists() {
            assert!(below(Path::new("/")).unwrap().iter().any(|mount| mount.at == Path::new("/proc")));
        }
    }
}
