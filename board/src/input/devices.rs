//! Every keyboard and touch screen in `/dev/input`, as they come and go.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use embedded_graphics::geometry::Size;
use evdev::{AbsoluteAxisCode, Device, KeyCode};

use super::decoder::{self, Decoder, Screen};
use super::{Input, InputError};

/// Where Linux shows its input devices.
const FOLDER: &str = "/dev/input";

/// How often it is looked for new ones.
const EVERY: Duration = Duration::from_secs(2);

/// The devices that are known, by their files.
type Known = Arc<Mutex<HashSet<PathBuf>>>;

/// Tells what is done at any keyboard and touch screen over a panel of this size, as long as the program runs. A device that is unplugged
/// is forgotten, one that is plugged in is found.
///
/// # Errors
/// Where no thread can be had. A device that cannot be read is told of, once.
pub fn listen_to_devices(
    panel: Size,
    tell: impl Fn(Result<Input, InputError>) + Clone + Send + 'static,
) -> io::Result<()> {
    let known = Known::default();
    thread::Builder::new().name("input".into()).spawn(move || {
        loop {
            let found: HashSet<PathBuf> = devices().into_iter().collect();
            let mut known_now = known.lock().unwrap_or_else(PoisonError::into_inner);
            known_now.retain(|path| found.contains(path));
            let new: Vec<PathBuf> = found.difference(&known_now).cloned().collect();
            known_now.extend(new.iter().cloned());
            drop(known_now);
            for path in new {
                if let Err(source) = listen_to(&path, panel, &known, tell.clone()) {
                    tell(Err(InputError::Device { path, source }));
                }
            }
            thread::sleep(EVERY);
        }
    })?;
    Ok(())
}

fn devices() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("event")).map(|entry| entry.path()).collect()
}

/// Starts the thread that waits for one device, if a person can do anything with it that counts here.
fn listen_to(
    path: &Path,
    panel: Size,
    known: &Known,
    tell: impl Fn(Result<Input, InputError>) + Send + 'static,
) -> io::Result<()> {
    let mut device = Device::open(path)?;
    let screen = screen(&device)?;
    let has_keys = device.supported_keys().is_some_and(|keys| keys.iter().any(|code| decoder::key(code).is_some()));
    if screen.is_none() && !has_keys {
        return Ok(());
    }
    let (path, known) = (path.to_owned(), Arc::clone(known));
    thread::Builder::new().name("input device".into()).spawn(move || {
        let mut decoder = Decoder::new(screen, panel);
        // It ends when the device is unplugged.
        while let Ok(events) = device.fetch_events() {
            events.filter_map(|event| decoder.input(event)).for_each(|input| tell(Ok(input)));
        }
        known.lock().unwrap_or_else(PoisonError::into_inner).remove(&path);
    })?;
    Ok(())
}

/// How a device tells of fingers, where it does. A touchpad, which moves a pointer, does not count.
fn screen(device: &Device) -> io::Result<Option<Screen>> {
    if device.properties().contains(evdev::PropType::POINTER) {
        return Ok(None);
    }
    let ranges = |across, down| -> io::Result<Option<[[i32; 2]; 2]>> {
        let mut ranges = [None; 2];
        for (axis, info) in device.get_absinfo()? {
            if let Some(at) = [across, down].iter().position(|wanted| *wanted == axis) {
                ranges[at] = Some([info.minimum(), info.maximum()]);
            }
        }
        Ok(ranges[0].zip(ranges[1]).map(|(across, down)| [across, down]))
    };
    let by_button = device.supported_keys().is_some_and(|keys| keys.contains(KeyCode::BTN_TOUCH));
    if by_button && let Some(ranges) = ranges(AbsoluteAxisCode::ABS_X, AbsoluteAxisCode::ABS_Y)? {
        return Ok(Some(Screen { ranges, tracks_fingers: false }));
    }
    let ranges = ranges(AbsoluteAxisCode::ABS_MT_POSITION_X, AbsoluteAxisCode::ABS_MT_POSITION_Y)?;
    Ok(ranges.map(|ranges| Screen { ranges, tracks_fingers: true }))
}
