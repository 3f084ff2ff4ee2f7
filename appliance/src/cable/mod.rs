//! The laptop's end of a cable to a box: what [`Sender`] says is written, what comes is read, and a port that vanishes is waited for.

mod find;

pub use find::At;
pub(crate) use find::{Found, find};

use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_board::serial::{Line, SerialError};
use fieldray_common::link::{Reply, Sender};

/// A write waits so long for room in the port's buffer, a read not longer.
const WAIT: Duration = Duration::from_millis(50);

/// A port that vanished is looked for again after so long.
const LOOK: Duration = Duration::from_millis(300);

/// An open cable, and the conversation over it.
pub(crate) struct Cable {
    pub sender: Sender,
    port: String,
    baud: u32,
    patience: Duration,
    line: Line,
    unsent: Vec<u8>,
    begun: Instant,
}

/// How a conversation ended before the box replied.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    /// The box said nothing for so long.
    #[error("the box at {port} has said nothing for {seconds} seconds; check the cable, and that both ends have the same speed", seconds = .patience.as_secs())]
    Silent {
        /// Where it should be.
        port: String,
        /// How long it was waited for.
        patience: Duration,
    },
    /// The port vanished and did not come back.
    #[error("the port {port} is gone ({cause}); put the cable back in")]
    Gone {
        /// Where it was.
        port: String,
        /// What the system said.
        cause: String,
    },
}

impl Cable {
    /// Opens a port. A box that says nothing, or a port that is gone, is waited for as long as `patience` lasts.
    pub fn open(port: &str, baud: u32, patience: Duration) -> Result<Self, SerialError> {
        let line = Line::open(port, baud, WAIT)?;
        let begun = Instant::now();
        // Two runs of the program should not number their transfers alike.
        let first = std::process::id() ^ std::time::UNIX_EPOCH.elapsed().unwrap_or_default().subsec_millis();
        let sender = Sender::new(first as u16);
        Ok(Self { sender, port: port.to_owned(), baud, patience, line, unsent: Vec::new(), begun })
    }

    /// The path of its port.
    pub fn port(&self) -> &str {
        &self.port
    }

    /// From here on waits so long for a box that says nothing.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// The moment, as the sender counts.
    pub fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Talks until the box replies; `arrived` is told how many bytes it has of what is sent.
    pub fn reply(&mut self, mut arrived: impl FnMut(u64)) -> Result<Reply, Cut> {
        loop {
            match self.exchange() {
                Ok(Some(reply)) => return Ok(reply),
                Ok(None) => {}
                Err(error) => self.reopen(&error)?,
            }
            if let Some(bytes) = self.sender.arrived() {
                arrived(bytes);
            }
            if self.now().saturating_sub(self.sender.silent_since()) > self.patience {
                return Err(Cut::Silent { port: self.port.clone(), patience: self.patience });
            }
        }
    }

    /// Writes what is to be said and reads what has come; waits for that only where there is nothing to say.
    fn exchange(&mut self) -> io::Result<Option<Reply>> {
        let now = self.now();
        if self.unsent.is_empty() {
            self.unsent = self.sender.say(now).unwrap_or_default();
        }
        let mut wait = self.sender.wake().map_or(WAIT, |wake| wake.saturating_sub(now).min(WAIT));
        if !self.unsent.is_empty() {
            self.line.limit(WAIT)?;
            let written = unless_timed_out(self.line.write(&self.unsent))?;
            self.unsent.drain(..written);
            wait = Duration::ZERO;
        }
        let mut bytes = [0; 4096];
        self.line.limit(wait)?;
        let length = unless_timed_out(self.line.read(&mut bytes))?;
        Ok(self.sender.hear(bytes.get(..length).unwrap_or_default(), self.now()))
    }

    /// Waits until the port is there again.
    fn reopen(&mut self, error: &io::Error) -> Result<(), Cut> {
        let gone = Instant::now();
        while gone.elapsed() < self.patience {
            thread::sleep(LOOK);
            if let Ok(line) = Line::open(&self.port, self.baud, WAIT) {
                self.line = line;
                self.unsent.clear();
                self.sender.reconnected(self.now());
                return Ok(());
            }
        }
        Err(Cut::Gone { port: self.port.clone(), cause: crate::cli::plain(error) })
    }
}

/// That the box replied something else than it was asked.
pub(crate) fn puzzled(reply: &Reply) -> anyhow::Error {
    match reply {
        Reply::NotUnderstood => anyhow::anyhow!("the box does not understand what it is asked; update its software"),
        _ => anyhow::anyhow!("the box answers what it was not asked; update its software"),
    }
}

fn unless_timed_out(moved: io::Result<usize>) -> io::Result<usize> {
    match moved {
        Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(0),
        moved => moved,
    }
}
