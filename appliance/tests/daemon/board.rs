//! A board with dead parts.

use std::fs;
use std::process::Command;

use super::{Clinic, Starting};

#[test]
fn a_box_with_dead_parts_screens_and_names_them() {
    let clinic = Clinic::new();
    let screen = clinic.path("panel");
    let profile = format!(
        "name = 'broken'\ncompatible = []\ndisplay = ['fb:/dev/no-such-panel', 'png:{}']\nwatchdog = '/dev/no-such-dog'\n\
         leds = {{ chip = 'no-such-chip', well = 1, attention = 2 }}\n",
        screen.display()
    );
    fs::write(clinic.path("board.toml"), profile).unwrap();
    let watched = clinic.path("films");
    clinic.settle(&format!(
        "[display]\nshow = \"board\"\n[board]\nprofile = \"{}\"\nwatchdog = true\n[watch]\nfolder = \"{}\"\nevery_s = 1",
        clinic.path("board.toml").display(),
        watched.display()
    ));
    clinic.films(1, 300);
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
    command.args(["run", "--config"]).arg(clinic.path("fieldray.toml")).arg("--archive").arg(clinic.archive());
    let daemon = Starting::of(command).wait();
    clinic.history_of(1);
    let said = daemon.said();
    if fieldray_board::profile::compatible().is_empty() {
        assert!(said.contains("the lights cannot be opened") && said.contains("no-such-chip"), "{said}");
        assert!(said.contains("/dev/no-such-dog"), "{said}");
        assert!(screen.join("screen.png").exists(), "{said}");
    } else {
        println!("skipped: a board with dead parts (this machine has a device tree)");
    }
}
