//! How the box is doing. Everything is `None` where the system does not tell.

use std::fs;
use std::path::Path;

/// Memory of the whole box, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total_bytes: u64,
    /// What a program can still have.
    pub available_bytes: u64,
}

/// Memory of the box.
pub fn memory() -> Option<Memory> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    Some(Memory { total_bytes: kibibytes(&text, "MemTotal")?, available_bytes: kibibytes(&text, "MemAvailable")? })
}

/// The most memory this program has had so far, in bytes.
pub fn peak_memory_bytes() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM")
}

/// The hottest of the box's sensors, in degrees Celsius.
pub fn temperature_celsius() -> Option<f64> {
    hottest(Path::new("/sys/class/thermal"))
}

fn hottest(sensors: &Path) -> Option<f64> {
    fs::read_dir(sensors)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("thermal_zone"))
        .filter_map(|entry| fs::read_to_string(entry.path().join("temp")).ok()?.trim().parse::<f64>().ok())
        .map(|millidegrees| millidegrees / 1000.0)
        .max_by(f64::total_cmp)
}

/// The value of `name` in a file of lines such as `VmHWM:   1234 kB`.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_found_by_their_whole_name() {
        let text = "VmHWMx:\t 1 kB\nVmHWM:\t  2048 kB\nVmRSS:\tno kB\n";
        assert_eq!(kibibytes(text, "VmHWM"), Some(2 << 20));
        assert_eq!(kibibytes(text, "VmRSS"), None);
        assert_eq!(kibibytes(text, "Vm"), None);
    }

    #[test]
    fn this_program_has_a_peak() {
        if Path::new("/proc/self/status").exists() {
            assert!(peak_memory_bytes().unwrap() > 1 << 16);
        }
    }
}
