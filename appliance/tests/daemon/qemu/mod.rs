//! The box on a board of its own: the program for 64-bit ARM under QEMU, held against the same program here.

mod card;
mod control;
mod echo;
mod image;
mod machine;
mod power;
mod system;
mod update;
mod write_log;

use std::process::Command;
use std::time::Instant;

use ::image::RgbImage;
use chrono::Local;
use embedded_graphics::geometry::Size;
use fieldray_appliance::screen::{
    self, Health, HistoryRow, HistoryView, Layer, Look, Notice, ReadyView, Review, Screen, Search, StartingView,
    Typesetter, Vital, WayOut,
};
use fieldray_board::display::Frame;
use serde_json::Value;

use super::clients::dcmtk;
use super::display::{Answered, model};
use super::{Clinic, sop_instance};
use echo::Echo;
use machine::Machine;
use system::System;

const PANEL: Size = Size::new(800, 480);

/// The settings of a box whose board brings the parts.
const SETTINGS: &str = "\
[archive]
storage_mb = 64
[board]
profile = \"auto\"
watchdog = true
[display]
show = \"board\"
[input]
from = \"evdev\"
";

/// Of a thousand pixels of a result, so many may be other on ARM: heatmaps differ by rounding.
const ROUNDING_PER_MILLE: u32 = 2;

#[test]
fn a_board_shows_receives_screens_hears_and_is_reset_when_it_hangs() {
    let begun = Instant::now();
    let Some(mut board) = Machine::boot(&System::InMemory(&[])) else { return };
    let Some(mut storescu) = dcmtk("storescu", ([127, 0, 0, 1], board.dicom_port).into()) else { return };
    println!("QEMU's board has a shell after {:.0} s", begun.elapsed().as_secs_f64());
    let clinic = Clinic::new();
    let model = model();

    // The test image, by the frame buffer: what a frame buffer shows stays when the program ends.
    let plug = Echo::plug(&board.cable());
    let tried = board.shell("fieldray board-test --alone --display fb:/dev/fb0 --serial /dev/ttyS0");
    drop(plug);
    assert!(tried.contains("qemu-virt") && !tried.contains("FAILED"), "{tried}");
    for part in ["display", "serial /dev/ttyS0", "watchdog"] {
        assert!(tried.lines().any(|line| line.starts_with("works") && line.contains(part)), "{part}: {tried}");
    }
    board.sees("chart", &[chart(&clinic)], 0);

    // The first screen, by the graphics card.
    let begun = Instant::now();
    start(&mut board, SETTINGS);
    board.sees("starting", &[drawn(&Screen::Starting(StartingView { name: "Fieldray" }))], 0);
    board.sees("ready", &ready(&model.manifest().id(), &[]), 0);
    println!("from the start of the program to its first screen: {:.0} s", begun.elapsed().as_secs_f64());

    // A film from the network.
    let film = &clinic.films(1, 300)[0];
    let sent = storescu.arg(film).output().unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let history = answered(&mut board, 1);
    let answered = Answered::of(&model, film, &history);
    assert_eq!(history[0]["sop_instance"], sop_instance(film).as_str());
    let (here, there) = (answered.act.screening.probability.unwrap(), history[0]["probability"].as_f64().unwrap());
    println!("the probability here: {here}, on ARM: {there}");
    assert!((here - there).abs() < 1e-4, "{here} {there}");
    let result = |layer| drawn(&answered.result(&model, layer, Review::Open, WayOut::Home));
    board.sees("result", &[result(Layer::Heatmap)], ROUNDING_PER_MILLE);

    // Its keys: the film without heatmap, the first screen, the history.
    board.presses("1");
    board.sees("film", &[result(Layer::Film)], ROUNDING_PER_MILLE);
    board.presses("4");
    board.presses("f2");
    let rows = [answered.row(false)];
    let list = HistoryView { rows: &rows, before: 0, found: 1, chosen: Some(0), search: Search::default() };
    board.sees("history", &[drawn(&Screen::History(list))], 0);
    println!("memory after a film: {}", board.shell("free -m | sed -n 2p").trim());

    // It hangs.
    board.shell("kill -STOP $(pidof fieldray)");
    board.waits_for("WATCHDOG");
}

/// Starts the daemon with these settings.
fn start(board: &mut Machine, settings: &str) {
    board.shell(&format!("echo '{}' | tr '^' '\\n' > /etc/fieldray.toml", settings.replace('\n', "^")));
    let run = "fieldray run --config /etc/fieldray.toml --archive /data > /tmp/messages 2>&1 &";
    board.shell(&format!("TZ={} {run}", time_zone()));
}

/// Waits until the daemon takes films.
fn listens(board: &mut Machine) {
    board.shell("until grep -q listening /tmp/messages; do sleep 1; done");
}

/// The time zone of this machine, as the board is told it.
fn time_zone() -> String {
    let west_min = -Local::now().offset().local_minus_utc() / 60;
    let sign = if west_min < 0 { '-' } else { '+' };
    format!("BOX{sign}{:02}:{:02}", west_min.abs() / 60, west_min.abs() % 60)
}

/// What is said of films once so many are answered.
fn answered(board: &mut Machine, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let said = board.shell(&format!("sleep 2; fieldray history --json --archive {}", board.places.archive));
        let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if lines.len() >= count {
            return lines;
        }
        assert!(begun.elapsed() < machine::PATIENCE, "no answer: {said}\n{}", board.shell(board.places.messages));
    }
}

fn drawn(screen: &Screen<'_>) -> RgbImage {
    let mut frame = Frame::new(PANEL);
    screen::draw(screen, Look::default(), &mut Typesetter::new(), &mut frame).unwrap();
    frame.picture().clone()
}

/// The first screen of a box with this model and these last results, none of them judged, with each amount of memory that can be free.
fn ready(bundle: &str, last: &[HistoryRow<'_>]) -> Vec<RgbImage> {
    let regions: Vec<String> = model().manifest().heads.iter().map(|head| head.name.clone()).collect();
    let of = |memory_bytes: u64| {
        let vital = |vital, attention| Health { vital, attention };
        let health = [
            vital(Vital::MemoryFree(memory_bytes), true),
            vital(Vital::StorageFree(1.0 - last.len() as f64 / 100.0), false),
            vital(Vital::ToReview(last.len() as u64), false),
        ];
        let view =
            ReadyView { name: "Fieldray", bundle, regions: &regions, last, health: &health, update: Notice::Nothing };
        drawn(&Screen::Ready(view))
    };
    (0..8).map(|steps| of(steps * 64_000_000)).collect()
}

/// The test image as it is drawn here.
fn chart(clinic: &Clinic) -> RgbImage {
    let folder = clinic.path("chart");
    let drawn = Command::new(env!("CARGO_BIN_EXE_fieldray"))
        .args(["board-test", "--board", "desktop", "--alone", "--display"])
        .arg(format!("png:{}", folder.display()))
        .output()
        .unwrap();
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    ::image::open(folder.join("screen.png")).unwrap().into_rgb8()
}
