//! A thread that looks at something again and again.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// It looks every so often, until it is told to end.
#[derive(Debug)]
pub struct Lookout {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Lookout {
    /// Calls `look` with the moment, and again when `every` has passed since it returned.
    pub(super) fn start(
        name: &str,
        every: Duration,
        mut look: impl FnMut(Instant) + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name(name.into()).spawn(move || {
            loop {
                look(Instant::now());
                match stopped.recv_timeout(every) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Ends when this look is over.
    pub fn stop(self) {
        drop(self.stop);
        // A panic in it has been told of.
        let _ = self.thread.join();
    }
}
