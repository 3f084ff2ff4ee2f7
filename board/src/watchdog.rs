//! The watchdog: it resets the whole board unless it is kicked again and again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// What makes Linux's watchdogs stop when their file is closed; anything else written is a kick.
const MAGIC_CLOSE: &[u8] = b"V";

/// A watchdog that runs from when it is opened. Dropped without [`Watchdog::stop`] it goes on, and resets the board: that is what it is
/// there for.
#[derive(Debug)]
pub struct Watchdog {
    device: File,
    patience: Option<Duration>,
}

impl Watchdog {
    /// Starts the watchdog with this device file.
    ///
    /// # Errors
    /// Where it is not there, or another program kicks it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let device = File::options().write(true).open(path)?;
        let told = Path::new("/sys/class/watchdog").join(path.file_name().unwrap_or_default()).join("timeout");
        let seconds = fs::read_to_string(told).ok().and_then(|text| text.trim().parse().ok());
        Ok(Self { device, patience: seconds.map(Duration::from_secs) })
    }

    /// So long after the last kick it resets the board; `None` where the system does not tell.
    pub fn patience(&self) -> Option<Duration> {
        self.patience
    }

    /// Kicks it.
    pub fn kick(&mut self) -> io::Result<()> {
        self.device.write_all(b"k")
    }

    /// Stops it, where its driver allows that.
    pub fn stop(mut self) -> io::Result<()> {
        self.device.write_all(MAGIC_CLOSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_that_was_stopped_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("watchdog");
        let written = |end: fn(Watchdog)| {
            File::create(&path).unwrap();
            let mut watchdog = Watchdog::open(&path).unwrap();
            assert_eq!(watchdog.patience(), None);
            watchdog.kick().unwrap();
            watchdog.kick().unwrap();
            end(watchdog);
            fs::read(&path).unwrap()
        };
        assert_eq!(written(drop), b"kk");
        assert_eq!(written(|watchdog| watchdog.stop().unwrap()), b"kkV");
    }
}
