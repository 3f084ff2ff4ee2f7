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

/// Whether the supply is too weak now, which makes cards forget what was written to them. Raspberry Pi boards tell.
pub fn undervoltage() -> Option<bool> {
    weak(Path::new("/sys/class/hwmon"))
}

fn weak(sensors: &Path) -> Option<bool> {
    fs::read_dir(sensors).ok()?.flatten().find_map(|entry| {
        let read = |name| fs::read_to_string(entry.path().join(name)).ok();
        let alarm = read("name").filter(|name| name.trim() == "rpi_volt").and_then(|_| read("in0_lcrit_alarm"))?;
        Some(alarm.trim() != "0")
    })
}

/// How much of its life the most worn of the box's flash chips has behind it, in percent, to the next ten above: 100 or more is the end.
/// Chips that are soldered (eMMC) tell; cards do not.
pub fn storage_wear_percent() -> Option<u32> {
    most_worn(Path::new("/sys/block"))
}

fn most_worn(devices: &Path) -> Option<u32> {
    fs::read_dir(devices)
        .ok()?
        .flatten()
        .filter_map(|entry| fs::read_to_string(entry.path().join("device/life_time")).ok())
        // Two estimates, one a kind of cell, in steps of ten per cent; 0 is not told.
        .flat_map(|text| text.split_whitespace().filter_map(tenths).collect::<Vec<_>>())
        .max()
        .map(|tenths| tenths * 10)
}

fn tenths(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok().filter(|tenths| *tenths > 0)
}

/// Whether the box has a clock of its own, which goes on while it is off.
pub fn keeps_time() -> bool {
    fs::read_dir("/sys/class/rtc").is_ok_and(|clocks| clocks.flatten().next().is_some())
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
    fn a_weak_supply_and_a_worn_chip_are_told_by_sysfs() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!((weak(folder.path()), most_worn(folder.path())), (None, None));
        write("hwmon0/name", "cpu_thermal\n");
        write("hwmon1/name", "rpi_volt\n");
        write("hwmon1/in0_lcrit_alarm", "1\n");
        assert_eq!(weak(folder.path()), Some(true));
        write("hwmon1/in0_lcrit_alarm", "0\n");
        assert_eq!(weak(folder.path()), Some(false));
        write("mmcblk0/device/life_time", "0x00 0x00\n");
        assert_eq!(most_worn(folder.path()), None);
        write("mmcblk1/device/life_time", "0x02 0x0b\n");
        assert_eq!(most_worn(folder.path()), Some(110));
    }

    #[test]
    fn this_program_has_a_peak() {
        if Path::new("/proc/self/status").exists() {
            assert!(peak_memory_bytes().unwrap() > 1 << 16);
        }
    }
}
