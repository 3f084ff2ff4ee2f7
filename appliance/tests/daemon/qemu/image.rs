//! The card image as it is written to a card, started on the board in QEMU by its own boot loader.

use std::fs;
use std::thread;
use std::time::Instant;

use fieldray_appliance::choice::demo_key;
use fieldray_appliance::models::changes;
use fieldray_appliance::screen::{Layer, Review, UpdateState, WayOut};
use fieldray_common::bundle::{Bundle, Manifest};

use super::super::Clinic;
use super::super::clients::dcmtk;
use super::super::display::{Answered, model};
use super::super::models::Box;
use super::super::update::{self, update};
use super::card::Card;
use super::machine::Machine;
use super::system::System;
use super::update::SETTLED;
use super::{ROUNDING_PER_MILLE, answered, drawn, ready};

/// The settings on the card, and a site's own: storage that the small card has.
const SETTINGS: &str =
    concat!(include_str!("../../../../board/image/root/etc/fieldray/fieldray.toml"), "[archive]\nstorage_mb = 64\n");

/// The key that a site puts on its card: it signs the models of these tests.
const KEY: &str = include_str!("../../../keys/demo.pub");

#[test]
fn a_card_starts_by_itself_and_screens_and_takes_a_model_with_nothing_else_open() {
    let this = Box(Clinic::new());
    let Some(card) = Card::written(this.path("card.img")) else { return };
    card.gives_a_shell();
    card.put("fieldray.toml", SETTINGS);
    card.put("clinic.pub", KEY);
    let begun = Instant::now();
    let Some(mut board) = Machine::boot(&System::OnCard(&card)) else { return };
    println!("from power to a shell of the card: {:.0} s", begun.elapsed().as_secs_f64());
    let model = model();
    board.sees("card-ready", &ready(&model.manifest().id(), &[]), 0);
    println!("from power to the first screen of the card: {:.0} s", begun.elapsed().as_secs_f64());
    is_up_and_closed(&mut board);

    // A film from the network.
    let Some(mut storescu) = dcmtk("storescu", ([127, 0, 0, 1], board.dicom_port).into()) else { return };
    let film = &this.0.films(1, 300)[0];
    let sent = storescu.arg(film).output().unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let answered = Answered::of(&model, film, &answered(&mut board, 1));
    let result = drawn(&answered.result(&model, Layer::Heatmap, Review::Open, WayOut::Home));
    board.sees("card-result", &[result], ROUNDING_PER_MILLE);
    println!("memory of the card after a film: {}", board.shell("busybox free -m | sed -n 2p").trim());
    println!("the daemon's: {}", board.shell("grep VmHWM /proc/$(pidof fieldray)/status").trim());

    board.presses("4");
    takes_a_model_from_a_stick(&mut board, &this, model.manifest());
}

/// All of the system has come up; nothing of it listens but DICOM and, for a DHCP server's answers, UDP 68; and nobody can change it.
fn is_up_and_closed(board: &mut Machine) {
    let state = board.shell("systemctl is-system-running --wait");
    assert_eq!(state.trim(), "running", "{}", board.shell("systemctl --failed --no-pager"));
    let open = board.shell("busybox netstat -lntu");
    let ports = |protocol| {
        let lines = open.lines().filter(move |line| line.starts_with(protocol));
        lines.map(|line| line.split_whitespace().nth(3).unwrap().rsplit(':').next().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ports("tcp"), ["11112"], "{open}");
    assert!(ports("udp").iter().all(|port| *port == "68"), "{open}");
    for place in ["/", "/etc", "/usr"] {
        let said = board.shell(&format!("touch {place}/anything"));
        assert!(said.contains("Read-only file system"), "{place}: {said}");
    }
}

/// A stick is mounted by the system itself, and its model, which the site's key signed, taken by a key at the panel.
fn takes_a_model_from_a_stick(board: &mut Machine, this: &Box, built_in: &Manifest) {
    let bundle = this.bundle("1.0.0", |manifest| manifest["references"].as_array_mut().unwrap().truncate(1));
    let stick = this.path("stick");
    fs::create_dir(&stick).unwrap();
    fs::copy(&bundle, stick.join("1.0.0.frb")).unwrap();
    let bytes = fs::read(&bundle).unwrap();
    let opened = Bundle::open(&bytes, &[demo_key()]).unwrap();
    board.plugs_in(&stick);
    let offered = changes(opened.manifest(), None);
    board.sees("card-offered", &[drawn(&update(&offered, Some("clinic"), UpdateState::Offered))], 0);
    thread::sleep(SETTLED);
    board.presses("1");
    let taken = update::model(&built_in.version, "1.0.0");
    board.sees("card-taken", &[drawn(&update(&taken, None, UpdateState::Done))], 0);
}
