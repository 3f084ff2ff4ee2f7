//! The daemon as senders and power cuts meet it: the real binary, dcmtk's clients, and callers who mean no good.

#[path = "daemon/board.rs"]
mod board;
#[path = "daemon/cable.rs"]
mod cable;
#[path = "daemon/calibration.rs"]
mod calibration;
#[path = "daemon/clients.rs"]
mod clients;
#[path = "daemon/deadly.rs"]
mod deadly;
#[path = "daemon/disk.rs"]
mod disk;
#[path = "daemon/display.rs"]
mod display;
#[path = "daemon/export.rs"]
mod export;
#[path = "daemon/flash.rs"]
mod flash;
#[path = "daemon/flash_refused.rs"]
mod flash_refused;
#[path = "daemon/flash_room.rs"]
mod flash_room;
#[path = "daemon/flash_scripted.rs"]
mod flash_scripted;
#[path = "daemon/folder.rs"]
mod folder;
#[path = "daemon/hostile.rs"]
mod hostile;
#[path = "daemon/kill.rs"]
mod kill;
#[path = "daemon/models.rs"]
mod models;
#[path = "daemon/power_cut.rs"]
mod power_cut;
#[path = "daemon/qemu/mod.rs"]
mod qemu;
mod sealed;
#[path = "daemon/self_check.rs"]
mod self_check;
#[path = "daemon/sending.rs"]
mod sending;
#[path = "daemon/serial.rs"]
mod serial;
#[path = "daemon/stick.rs"]
mod stick;
#[path = "daemon/study.rs"]
mod study;
#[path = "daemon/supervisor.rs"]
mod supervisor;
#[path = "daemon/support.rs"]
mod support;
#[path = "daemon/update.rs"]
mod update;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_common::read::{Accept, dicom_facts};
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything that is waited for can take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A daemon that runs, and is killed when this goes.
struct Daemon {
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
}

/// A daemon that starts.
struct Starting {
    child: Child,
    listening: mpsc::Receiver<SocketAddr>,
    said: Arc<Mutex<String>>,
}

/// The folder of one test: an archive, settings, films.
struct Clinic(TempDir);

impl Clinic {
    fn new() -> Self {
        let clinic = Self(tempfile::tempdir().unwrap());
        clinic.settle("");
        clinic
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn archive(&self) -> PathBuf {
        self.path("archive")
    }

    /// Writes the settings: these, and what all tests need. Lines before the first section belong to `[dicom]`.
    fn settle(&self, settings: &str) {
        let text = format!("[dicom]\naddress = \"127.0.0.1\"\nport = 0\n{settings}\n");
        fs::write(self.path("fieldray.toml"), text).unwrap();
    }

    /// The command that starts the daemon.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
        let display = format!("png:{}", self.path("screen").display());
        command.args(["run", "--display", &display, "--config"]).arg(self.path("fieldray.toml"));
        command.arg("--archive").arg(self.archive());
        command
    }

    fn start(&self) -> Daemon {
        Starting::of(self.command()).wait()
    }

    /// Draws so many films into a folder and gives their files.
    fn films(&self, count: usize, size_px: usize) -> Vec<PathBuf> {
        self.drawn(count, size_px, &[])
    }

    /// The same of hands only.
    fn hands(&self, count: usize, size_px: usize) -> Vec<PathBuf> {
        self.drawn(count, size_px, &["--region", "hand"])
    }

    fn drawn(&self, count: usize, size_px: usize, only: &[&str]) -> Vec<PathBuf> {
        let (folder, count, size) = (self.path("films"), count.to_string(), size_px.to_string());
        let drawn = Command::new(env!("CARGO_BIN_EXE_fieldray"))
            .args(["phantom", "--count", &count, "--size", &size, "--out"])
            .arg(&folder)
            .args(only)
            .output()
            .unwrap();
        assert!(drawn.status.success());
        files(&folder, "dcm")
    }

    /// What `fieldray history --json` says.
    fn history(&self) -> Vec<Value> {
        let asked = Command::new(env!("CARGO_BIN_EXE_fieldray"))
            .args(["history", "--json", "--archive"])
            .arg(self.archive())
            .output()
            .unwrap();
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        String::from_utf8(asked.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The history once it has so many lines.
    fn history_of(&self, count: usize) -> Vec<Value> {
        let (mut answered, mut last) = (0, Instant::now());
        loop {
            let history = self.history();
            if history.len() >= count {
                return history;
            }
            if history.len() > answered {
                (answered, last) = (history.len(), Instant::now());
            }
            assert!(last.elapsed() < PATIENCE, "{answered} of {count} films were answered, and no more");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// How often each SOP instance was answered.
    fn answers(&self) -> BTreeMap<String, usize> {
        let mut answers = BTreeMap::new();
        for line in self.history() {
            *answers.entry(line["sop_instance"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        answers
    }

    /// What `fieldray verify-log` says, if the log is whole.
    fn verified_log(&self) -> Result<String, String> {
        let asked = Command::new(env!("CARGO_BIN_EXE_fieldray"))
            .args(["verify-log", "--archive"])
            .arg(self.archive())
            .output()
            .unwrap();
        let said = String::from_utf8(asked.stdout).unwrap();
        if asked.status.success() { Ok(said) } else { Err(said) }
    }
}

impl Starting {
    fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, listening) = mpsc::channel();
        let said = Arc::new(Mutex::new(String::new()));
        let (stderr, heard) = (child.stderr.take().unwrap(), Arc::clone(&said));
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening address=") {
                    let _ = tell.send(rest.split_whitespace().next().unwrap().parse().unwrap());
                }
                *heard.lock().unwrap() += &(line + "\n");
            }
        });
        Self { child, listening, said }
    }

    /// What it says until it ends by itself.
    fn said_at_its_end(mut self) -> String {
        assert!(!self.child.wait().unwrap().success());
        // The thread that listens to it may be a moment behind.
        thread::sleep(Duration::from_millis(200));
        self.said.lock().unwrap().clone()
    }

    fn wait(self) -> Daemon {
        let Self { child, listening, said } = self;
        let address = listening.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{}", said.lock().unwrap()));
        Daemon { child, address, said }
    }
}

impl Daemon {
    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it as the power does.
    fn cut(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as systemd does; gives its exit status.
    fn terminate(mut self) -> Option<i32> {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code()
    }

    /// The most memory it has had, in MB.
    fn peak_memory_mb(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The files in a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    files
}

fn sop_instance(film: &Path) -> String {
    dicom_facts(&fs::read(film).unwrap(), Accept::AnyModality).unwrap().sop_instance_uid.unwrap()
}
