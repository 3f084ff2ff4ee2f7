//! What systemd sees: ready, alive, ending; and what it thinks of the unit.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::Command;

use super::{Clinic, PATIENCE, Starting, display};

#[test]
fn systemd_hears_that_it_gets_on_and_is_ready_and_alive_and_ends() {
    let clinic = Clinic::new();
    let path = clinic.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let hear = || {
        let mut message = [0; 512];
        let length = socket.recv(&mut message).unwrap();
        String::from_utf8(message[..length].to_vec()).unwrap()
    };
    let mut command = clinic.command();
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "400000").env_remove("WATCHDOG_PID");
    let daemon = Starting::of(command).wait();
    // A slow board is waited for, as long as it scores one reference film after the other.
    for _ in &display::model().manifest().references {
        assert!(hear().contains("EXTEND_TIMEOUT_USEC=300000000"));
    }
    assert!(hear().contains("READY=1"));
    for _ in 0..3 {
        assert!(hear().contains("WATCHDOG=1"));
    }
    assert_eq!(daemon.terminate(), Some(0));
    while !hear().contains("STOPPING=1") {}
}

#[test]
fn systemd_takes_the_unit_and_finds_little_exposed() {
    /// In tenths of the score, from 0 to 10, that systemd gives.
    const EXPOSURE: &str = "20";

    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: the unit judged by systemd (systemd-analyze is not installed)");
        return;
    }
    let clinic = Clinic::new();
    let unit = include_str!("../../../board/image/root/etc/systemd/system/fieldray.service");
    let path = clinic.path("fieldray.service");
    fs::write(&path, unit.replace("/usr/bin/fieldray", env!("CARGO_BIN_EXE_fieldray"))).unwrap();
    let ask = |arguments: &[&str]| {
        let asked = Command::new("systemd-analyze").args(arguments).arg(&path).output().unwrap();
        (asked.status.success(), String::from_utf8_lossy(&[asked.stdout, asked.stderr].concat()).into_owned())
    };
    assert_eq!(ask(&["verify"]), (true, String::new()));
    let (is_sound, said) = ask(&["security", "--offline=true", "--threshold", EXPOSURE, "--no-pager"]);
    assert!(is_sound, "{said}");
}
