//! Which box is at the other end.

use std::fmt;
use std::time::Duration;

use anyhow::{Result, bail};
use fieldray_board::serial::{self, Plugged};
use fieldray_common::link::{Introduction, Reply};

use super::{Cable, Cut};

/// A box answers a greeting sooner than this.
const GREETING: Duration = Duration::from_secs(2);

/// Where the box is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// At the USB serial port where one answers.
    Auto,
    /// At the port with this path.
    Port(String),
}

impl From<&str> for At {
    fn from(text: &str) -> Self {
        match text {
            "auto" => Self::Auto,
            path => Self::Port(path.to_owned()),
        }
    }
}

/// A box that has answered.
pub(crate) struct Found {
    pub cable: Cable,
    pub introduction: Introduction,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Introduction { name, software, bundle, free_bytes, .. } = &self.introduction;
        let port = self.cable.port();
        write!(f, "{name} at {port}: fieldray {software}, {bundle}, {:.1} GB free", *free_bytes as f64 / 1e9)
    }
}

/// Opens the cable to the box; one that answers at the port that is `remembered` is taken for it without a look at the others. `patience`
/// is for the box that is named; the others have to answer at once.
pub(crate) fn find(at: &At, baud: u32, patience: Duration, remembered: Option<&str>) -> Result<Found> {
    match at {
        At::Port(port) => Ok(greet(Cable::open(port, baud, patience)?)?),
        At::Auto => {
            let at_once = |port: &str| greet(Cable::open(port, baud, GREETING).ok()?).ok();
            if let Some(mut found) = remembered.and_then(at_once) {
                found.cable.set_patience(patience);
                return Ok(found);
            }
            // Only where something was plugged in for the purpose: an X-ray generator may hang on a port of the board.
            let ports = serial::ports()?.into_iter().filter(|port| matches!(port.plugged, Plugged::Usb { .. }));
            the_one(&ports.map(|port| port.path).collect::<Vec<_>>(), baud, patience)
        }
    }
}

/// The box at one of these ports.
fn the_one(ports: &[String], baud: u32, patience: Duration) -> Result<Found> {
    let (mut found, mut closed) = (Vec::new(), None);
    for port in ports {
        match Cable::open(port, baud, GREETING) {
            Ok(cable) => found.extend(greet(cable)),
            Err(error) => closed = Some(error),
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(mut only), true) => {
            only.cable.set_patience(patience);
            Ok(only)
        }
        (Some(last), false) => {
            let all: Vec<String> = found.iter().chain([&last]).map(ToString::to_string).collect();
            bail!("more than one box answers ({}); name the port of one with --port", all.join("; "))
        }
        (None, _) if ports.is_empty() => {
            bail!("there is no USB serial port here; plug in the cable to the box, or name its port with --port")
        }
        (None, _) => match closed {
            Some(error) => bail!(error),
            None => bail!(
                "no box answers at {} with {baud} baud; check the cable, and that [serial] in the box's settings names the port it ends at",
                ports.join(", ")
            ),
        },
    }
}

/// Asks who is there.
fn greet(mut cable: Cable) -> Result<Found, Cut> {
    let now = cable.now();
    cable.sender.greet(env!("CARGO_PKG_VERSION"), now);
    loop {
        // Nothing else is asked, so that nothing else is replied.
        if let Reply::Introduction(introduction) = cable.reply(|_| {})? {
            return Ok(Found { cable, introduction });
        }
    }
}
