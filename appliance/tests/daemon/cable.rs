//! A bad cable: two pseudo terminals, and a thread between them that spoils bytes, counts them, and pulls the plugs.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use fieldray_common::link::Message;
use fieldray_common::link::frame::Deframer;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::Clinic;

/// So many bytes pass at once.
pub const TAKEN_BYTES: usize = 2048;

/// What the cable does to what passes.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Share of the bytes that become others.
    pub corrupted: f64,
    /// Share of the bytes that are lost.
    pub dropped: f64,
    /// The plugs are pulled whenever the laptop has sent so many bytes more, so often.
    pub cuts: (u64, u32),
    pub seed: u64,
}

/// What passed.
#[derive(Debug, Default)]
pub struct Passed {
    /// Bytes from the laptop.
    pub bytes: u64,
    pub cuts: u32,
    /// How often an end did not take all of what came at once, at most [`TAKEN_BYTES`], so that the rest was lost.
    pub overruns: u64,
    /// What was said, by either end.
    pub messages: Vec<Message>,
}

/// A cable between `tty-box` and `tty-laptop` of a clinic.
pub struct Cable {
    passed: Arc<Mutex<Passed>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// One end of it: what is written there comes out of the terminal that its plug names.
struct End {
    master: PtyMaster,
    /// Held open, so that the end stays when the program there goes.
    _slave: File,
}

impl End {
    fn new(plug: &Path) -> Self {
        // No program that is started may inherit it: a terminal is cut only when its last master is closed.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname_r(&master).unwrap();
        let slave = File::options().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(&name).unwrap();
        let mut mode = tcgetattr(slave.as_raw_fd()).unwrap();
        cfmakeraw(&mut mode);
        tcsetattr(slave.as_raw_fd(), SetArg::TCSANOW, &mode).unwrap();
        let fresh = plug.with_extension("new");
        symlink(name, &fresh).unwrap();
        fs::rename(fresh, plug).unwrap();
        Self { master, _slave: slave }
    }

    fn read(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; TAKEN_BYTES];
        let length = unless_it_would_wait(self.master.read(&mut bytes));
        bytes.truncate(length);
        bytes
    }

    /// What nobody takes is lost; whether anything was.
    fn write(&mut self, bytes: &[u8]) -> bool {
        !bytes.is_empty() && unless_it_would_wait(self.master.write(bytes)) < bytes.len()
    }
}

fn unless_it_would_wait(moved: io::Result<usize>) -> usize {
    match moved {
        Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
        moved => moved.unwrap(),
    }
}

impl Cable {
    pub fn new(clinic: &Clinic, faults: Faults) -> Self {
        let plugs = ["tty-laptop", "tty-box"].map(|name| clinic.path(name));
        let mut ends = [End::new(&plugs[0]), End::new(&plugs[1])];
        let (passed, stop) = (Arc::new(Mutex::new(Passed::default())), Arc::new(AtomicBool::new(false)));
        let (tell, stopped) = (Arc::clone(&passed), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let mut chance = Pcg64Mcg::seed_from_u64(faults.seed);
            let mut deframers = [Deframer::default(), Deframer::default()];
            while !stopped.load(Ordering::Relaxed) {
                let mut wanted = [&ends[0], &ends[1]].map(|end| PollFd::new(end.master.as_raw_fd(), PollFlags::POLLIN));
                poll(&mut wanted, 5).unwrap();
                for from in [0, 1] {
                    let bytes = ends[from].read();
                    let spoiled: Vec<u8> = bytes.iter().filter_map(|byte| spoil(*byte, &faults, &mut chance)).collect();
                    let is_lost = ends[1 - from].write(&spoiled);
                    let mut passed = tell.lock().unwrap();
                    let bodies = deframers[from].take(&bytes);
                    passed.messages.extend(bodies.iter().filter_map(|body| Message::read(body).ok()));
                    passed.bytes += if from == 0 { bytes.len() as u64 } else { 0 };
                    passed.overruns += u64::from(is_lost);
                    let (after, most) = faults.cuts;
                    if passed.cuts < most && passed.bytes >= after * u64::from(passed.cuts + 1) {
                        passed.cuts += 1;
                        ends = [End::new(&plugs[0]), End::new(&plugs[1])];
                        deframers = [Deframer::default(), Deframer::default()];
                    }
                }
            }
        });
        Self { passed, stop, thread: Some(thread) }
    }

    /// What passed so far.
    pub fn passed<T>(&self, ask: impl FnOnce(&mut Passed) -> T) -> T {
        ask(&mut self.passed.lock().unwrap())
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().unwrap().join();
        if !thread::panicking() {
            ended.unwrap();
        }
    }
}

fn spoil(byte: u8, faults: &Faults, chance: &mut Pcg64Mcg) -> Option<u8> {
    let mut happens = |share: f64| share > 0.0 && chance.random_bool(share);
    match (happens(faults.dropped), happens(faults.corrupted)) {
        (true, _) => None,
        (false, true) => Some(chance.next_u32() as u8),
        (false, false) => Some(byte),
    }
}
