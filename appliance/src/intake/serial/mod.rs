//! A serial line, such as the cable to a technician's laptop: films and bundles come over it by the protocol of
//! [`fieldray_common::link`].
//!
//! The port may vanish and come back, as a USB adapter does, and whatever comes over the line, the thread goes on. A film that was cut
//! off goes on where it ended, also after a restart: what came of it is kept in [`partial`]. So is a bundle.

mod bundle;
mod desk;
mod partial;

use std::io::{self, ErrorKind, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver as Stopped, RecvTimeoutError, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fieldray_board::serial::Line;
use fieldray_common::link::{Receiver, Sha256};
use tracing::{info, warn};

use super::Intake;
use crate::update::Installer;
use desk::Desk;
use partial::Partials;

/// A read or write returns after so long, so that the thread can be told to end.
const WAIT: Duration = Duration::from_millis(200);

/// A port that is not there is tried again after so long.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The thread is waited for so long when the program ends. One that a far end holds up, which takes nothing, ends with the program.
const ENDING: Duration = Duration::from_secs(2);

/// What the box says of itself to a laptop.
#[derive(Debug, Clone)]
pub struct Nameplate {
    /// What it is called.
    pub name: String,
    /// `name@version` of its bundle.
    pub bundle: String,
    /// SHA-256 of its bundle's file.
    pub bundle_sha256: Sha256,
}

/// A serial port that is listened to.
#[derive(Debug)]
pub struct SerialIntake {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl SerialIntake {
    /// Listens to `port` at `baud`, whether or not it is there yet; films may have `most_bytes`.
    pub fn start(
        port: String,
        baud: u32,
        nameplate: Nameplate,
        most_bytes: u64,
        intake: Intake,
        installer: Arc<Installer>,
    ) -> io::Result<Self> {
        let partials = Partials::open(intake.archive.folder(), 2 * most_bytes)?;
        let sender = format!("serial {port}");
        let mut desk = Desk {
            intake,
            installer,
            nameplate,
            partials,
            most_bytes,
            sender,
            coming: None,
            foreseen: Vec::new(),
            foreseen_bytes: 0,
            files: Vec::new(),
            told_models: None,
        };
        let (stop, stopped) = mpsc::channel();
        let thread =
            thread::Builder::new().name("serial".into()).spawn(move || listen(&port, baud, &mut desk, &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Ends between two pieces.
    pub fn stop(self) {
        drop(self.stop);
        let begun = Instant::now();
        while !self.thread.is_finished() && begun.elapsed() < ENDING {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn listen(port: &str, baud: u32, desk: &mut Desk, stopped: &Stopped<()>) {
    let mut is_missing = false;
    loop {
        match Line::open(port, baud, WAIT) {
            Ok(line) => {
                info!(port, baud, "listening");
                // Strangers' bytes pass through decoders that are not ours: should one fall over, the line is taken up anew.
                let served = catch_unwind(AssertUnwindSafe(|| serve(line, desk, stopped)));
                match served {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => warn!(port, %error, "the line is cut"),
                    Err(_) => warn!(port, "the line is taken up anew"),
                }
                desk.coming = None;
                is_missing = false;
            }
            Err(error) if !is_missing => {
                warn!(%error, "waiting for the port");
                is_missing = true;
            }
            Err(_) => {}
        }
        match stopped.recv_timeout(TRY_AGAIN) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Serves a line until the program ends; fails when the line does.
fn serve(mut line: Line, desk: &mut Desk, stopped: &Stopped<()>) -> io::Result<()> {
    let (mut receiver, mut bytes) = (Receiver::default(), [0; 4096]);
    while stopped.try_recv() == Err(TryRecvError::Empty) {
        match line.read(&mut bytes) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => {
                let said = receiver.hear(bytes.get(..length).unwrap_or_default(), desk);
                match line.write_all(&said) {
                    // Who takes no answer now asks again.
                    Err(error) if error.kind() == ErrorKind::TimedOut => {}
                    written => written?,
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
