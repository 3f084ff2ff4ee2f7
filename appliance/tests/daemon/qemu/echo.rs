//! A plug whose two pins are connected: what comes over a serial line goes back.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fieldray_board::serial::Line;

/// A plug that is in; pulled out when this goes.
pub struct Echo {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Echo {
    /// Puts it into the end of a line.
    pub fn plug(end: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut line = Line::open(end.to_str().unwrap(), 115_200, Duration::from_millis(100)).unwrap();
        let thread = thread::spawn(move || {
            let mut bytes = [0; 256];
            while !stopped.load(Ordering::Relaxed) {
                match line.read(&mut bytes) {
                    Ok(count) => line.write_all(&bytes[..count]).unwrap(),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::TimedOut),
                }
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().unwrap().join();
        if !thread::panicking() {
            ended.unwrap();
        }
    }
}
