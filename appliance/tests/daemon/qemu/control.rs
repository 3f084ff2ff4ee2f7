//! QEMU's own line to a machine (QMP): commands, their answers, and what happens to the machine meanwhile.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::machine::PATIENCE;

/// An open line.
pub struct Control {
    line: BufReader<UnixStream>,
    events: Vec<String>,
}

impl Control {
    /// Opens it, once QEMU has greeted.
    pub fn open(line: UnixStream) -> Self {
        let mut control = Self { line: BufReader::new(line), events: Vec::new() };
        control.read(PATIENCE);
        control.ask("qmp_capabilities", json!({}));
        control
    }

    /// What QEMU answers to a command.
    pub fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let asked = json!({"execute": command, "arguments": arguments});
        writeln!(self.line.get_mut(), "{asked}").unwrap();
        while let Some(mut answer) = self.read(PATIENCE) {
            assert!(answer.get("error").is_none(), "{asked}: {answer}");
            if answer.get("return").is_some() {
                return answer["return"].take();
            }
        }
        panic!("no answer to {asked}");
    }

    /// Waits for an event of the machine, such as `WATCHDOG`. Each is seen once.
    pub fn waits_for(&mut self, event: &str) {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.events.iter().position(|seen| seen == event) {
                self.events.remove(at);
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "no {event}, but {:?}", self.events);
            self.read(Duration::from_secs(5));
        }
    }

    /// The next message; events are noted.
    fn read(&mut self, wait: Duration) -> Option<Value> {
        self.line.get_mut().set_read_timeout(Some(wait)).unwrap();
        let mut text = String::new();
        self.line.read_line(&mut text).ok().filter(|bytes| *bytes > 0)?;
        let message: Value = serde_json::from_str(&text).unwrap();
        if let Some(event) = message["event"].as_str() {
            self.events.push(event.to_owned());
        }
        Some(message)
    }
}
