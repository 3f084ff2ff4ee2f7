//! A new model by a stick and by a cable, on the board in QEMU.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use fieldray_appliance::screen::UpdateState;

use super::super::display::{self, Answered};
use super::super::flash::flash;
use super::super::models::{Box, said};
use super::super::update::{model, update};
use super::machine::Machine;
use super::system::System;
use super::{SETTINGS, answered, drawn, ready, start};

/// Where models may come from.
const WAYS_IN: &str = "\
[model]
store = \"/data/models\"
trust_demo_key = true
[serial]
port = \"board\"
[sticks]
folder = \"/run/media\"
";

/// A screen that has just come up is not answered by a key for so long.
pub const SETTLED: Duration = Duration::from_secs(2);

#[test]
fn a_board_takes_a_new_model_from_a_stick_and_the_next_over_its_cable() {
    let Some(mut board) = Machine::boot(&System::InMemory(&[])) else { return };
    let this = Box::new();
    let bundles = ["1.0.0", "2.0.0", "3.0.0"]
        .map(|version| this.bundle(version, |manifest| manifest["references"].as_array_mut().unwrap().truncate(1)));
    let film = &this.0.films(1, 300)[0];

    // Its first model, which a technician installs from a stick.
    let stick = this.path("first-stick");
    burn(&stick, &[&bundles[0]]);
    board.plugs_in(&stick);
    board.shell("until ls /run/media/*/1.0.0.frb; do sleep 1; done");
    let installed = board.shell("fieldray models install --trust-demo-key --store /data/models /run/media/*/1.0.0.frb");
    assert!(installed.contains("fracatlas-all@1.0.0"), "{installed}");
    board.pulls_out();
    board.shell("while ls /run/media/*/1.0.0.frb; do sleep 1; done");
    let shortly = SETTINGS.replace("[display]\n", "[display]\nresult_s = 5\n");
    start(&mut board, &format!("{shortly}{WAYS_IN}"));
    board.shell("until grep -q 'proved itself' /tmp/messages; do sleep 1; done");
    board.presses("4");
    board.sees("ready-1", &ready("fracatlas-all@1.0.0", &[]), 0);

    // A stick with the next one and a film: the film is answered, the model is offered, and a key takes it.
    let stick = this.path("second-stick");
    burn(&stick, &[&bundles[1], film]);
    board.plugs_in(&stick);
    let answered = Answered::of(&display::model(), film, &answered(&mut board, 1));
    let by_stick = model("1.0.0", "2.0.0");
    board.sees("offered", &[drawn(&update(&by_stick, Some("demo"), UpdateState::Offered))], 0);
    thread::sleep(SETTLED);
    board.presses("1");
    board.sees("taken-from-stick", &[drawn(&update(&by_stick, None, UpdateState::Done))], 0);
    board.pulls_out();
    board.presses("4");
    let rows = [answered.row(false)];
    board.sees("ready-2", &ready("fracatlas-all@2.0.0", &rows), 0);

    // And the one after that over the serial cable, from this computer.
    symlink(board.cable(), this.path("tty-laptop")).unwrap();
    let begun = Instant::now();
    let flashing =
        flash(&this.0, &bundles[2], &["--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let by_cable = model("2.0.0", "3.0.0");
    board.sees("installed", &[drawn(&update(&by_cable, Some("demo"), UpdateState::Installed))], 0);
    board.sees("taken-by-cable", &[drawn(&update(&by_cable, None, UpdateState::Done))], 0);
    let flashed = flashing.wait_with_output().unwrap();
    assert!(flashed.status.success(), "{}", said(&flashed));
    assert!(said(&flashed).contains("the box works with fracatlas-all@3.0.0"), "{}", said(&flashed));
    println!("a model over the serial line of the board in QEMU: {:.0} s", begun.elapsed().as_secs_f64());
    board.presses("4");
    board.sees("ready-3", &ready("fracatlas-all@3.0.0", &rows), 0);
}

/// A folder with these files, as a stick holds them.
fn burn(stick: &Path, files: &[&Path]) {
    fs::create_dir(stick).unwrap();
    for file in files {
        fs::copy(file, stick.join(file.file_name().unwrap())).unwrap();
    }
}
