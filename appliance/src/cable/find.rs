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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    use std::thread;

    use fieldray_common::link::{Message, PROTOCOL};
    use nix::fcntl::OFlag;
    use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
    use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

    use super::*;

    /// A port that nothing is plugged into, and its far end; the port itself is held open, so that it stays when a program leaves it.
    fn port() -> (String, PtyMaster, File) {
        let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname_r(&master).unwrap();
        let slave = File::options().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(&name).unwrap();
        let mut mode = tcgetattr(slave.as_raw_fd()).unwrap();
        cfmakeraw(&mut mode);
        tcsetattr(slave.as_raw_fd(), SetArg::TCSANOW, &mode).unwrap();
        (name, master, slave)
    }

    /// A port at which a box answers whatever it is asked with who it is.
    fn ward(name: &'static str) -> String {
        let (port, mut master, slave) = port();
        let introduction = Introduction {
            protocol: PROTOCOL,
            name: name.into(),
            software: "1.2.3".into(),
            bundle: "bones@1".into(),
            bundle_sha256: [7; 32],
            free_bytes: 2_000_000_000,
        };
        thread::spawn(move || {
            let said = Message::Introduction(introduction).frame();
            while master.read(&mut [0; 4096]).is_ok() && master.write_all(&said).is_ok() {}
            drop(slave);
        });
        port
    }

    #[test]
    fn where_it_is_not_one_box_a_technician_reads_what_to_do() {
        let said = |ports: &[&str]| {
            let ports: Vec<String> = ports.iter().map(|port| (*port).to_owned()).collect();
            the_one(&ports, 921_600, GREETING).map(|found| found.to_string()).map_err(|error| error.to_string())
        };
        let none = "there is no USB serial port here; plug in the cable to the box, or name its port with --port";
        assert_eq!(said(&[]), Err(none.into()));
        let closed = said(&["/dev/no-such-port"]).unwrap_err();
        assert!(closed.contains("cannot be opened") && closed.contains("; check the cable"), "{closed}");
        let (silent, _far_end, _held) = port();
        let nobody = format!(
            "no box answers at {silent} with 921600 baud; check the cable, and that [serial] in the box's settings names the port it ends at"
        );
        assert_eq!(said(&[&silent]), Err(nobody));
        let [first, second] = ["Ward 3", "Ward 4"].map(ward);
        let told = |name: &str, port: &str| format!("{name} at {port}: fieldray 1.2.3, bones@1, 2.0 GB free");
        assert_eq!(said(&[&first]), Ok(told("Ward 3", &first)));
        let both = format!(
            "more than one box answers ({}; {}); name the port of one with --port",
            told("Ward 3", &first),
            told("Ward 4", &second)
        );
        assert_eq!(said(&[&first, &second]), Err(both));
    }
}
