//! The card image as it is written to a card, started on the board in QEMU by its own boot loader.

use std::time::Instant;

use fieldray_appliance::screen::{Layer, Review, WayOut};

use super::super::Clinic;
use super::super::clients::dcmtk;
use super::super::display::{Answered, model};
use super::card::Card;
use super::machine::Machine;
use super::system::System;
use super::{ROUNDING_PER_MILLE, answered, drawn, ready};

#[test]
fn a_card_starts_by_itself_and_takes_a_film_with_nothing_else_open() {
    let clinic = Clinic::new();
    let Some(card) = Card::written(&clinic.path("")) else { return };
    card.gives_a_shell();
    let begun = Instant::now();
    let Some(mut board) = Machine::boot(&System::OnCard(&card)) else { return };
    println!("from power to a shell of the card: {:.0} s", begun.elapsed().as_secs_f64());
    let Some(mut storescu) = dcmtk("storescu", ([127, 0, 0, 1], board.dicom_port).into()) else { return };
    let model = model();
    board.sees("card-ready", &ready(&model.manifest().id(), &[]), 0);
    println!("from power to the first screen of the card: {:.0} s", begun.elapsed().as_secs_f64());

    // All of it has come up, and only DICOM is open; but for the answers of a DHCP server.
    let state = board.shell("systemctl is-system-running --wait");
    assert_eq!(state.trim(), "running", "{}", board.shell("systemctl --failed --no-pager"));
    let open = board.shell("busybox netstat -lntu");
    let ports = |protocol| {
        let lines = open.lines().filter(move |line| line.starts_with(protocol));
        lines.map(|line| line.split_whitespace().nth(3).unwrap().rsplit(':').next().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ports("tcp"), ["11112"], "{open}");
    assert!(ports("udp").iter().all(|port| *port == "68"), "{open}");
    for place in ["/usr", "/etc", "/"] {
        let said = board.shell(&format!("touch {place}/anything"));
        assert!(said.contains("Read-only file system"), "{place}: {said}");
    }

    // A film from the network.
    let film = &clinic.films(1, 300)[0];
    let sent = storescu.arg(film).output().unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let answered = Answered::of(&model, film, &answered(&mut board, 1));
    let result = drawn(&answered.result(&model, Layer::Heatmap, Review::Open, WayOut::Home));
    board.sees("card-result", &[result], ROUNDING_PER_MILLE);
    println!("memory of the card after a film: {}", board.shell("free -m | sed -n 2p").trim());
    println!("{}", board.shell("grep VmHWM /proc/$(pidof fieldray)/status").trim());
}
