//! The box's image: a card with two roots, started by its own boot loader, on which nothing is changed but that a shell has its serial
//! line.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fieldray_appliance::screen::{Health, Notice, ReadyView, Screen, Vital};
use image::RgbImage;
use serde_json::Value;

use super::super::clients::dcmtk;
use super::super::display::model;
use super::super::{Clinic, sop_instance};
use super::drawn;
use super::machine::Machine;

/// UEFI for QEMU's board, of Debian's package `qemu-efi-aarch64`.
const FIRMWARE: &str = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd";

/// Where a system's update lies on the stick that brings it.
const UPDATE: &str = "/run/media/sda1/fieldray.raucb";

#[test]
fn a_card_makes_a_box_that_takes_films_and_new_roots_and_leaves_one_that_does_not_start() {
    let clinic = Clinic::new();
    let Some(card) = card(&clinic) else { return };
    let begun = Instant::now();
    let mut board = Machine::start(&boot_options(&card));
    board.takes_the_shell();
    println!("the image has a shell after {:.0} s", begun.elapsed().as_secs_f64());
    is_up(&mut board);
    println!("the image is up, and the daemon ready, after {:.0} s", begun.elapsed().as_secs_f64());
    board.sees("image-ready", &ready(), 0);

    // Nothing can be written but what is meant to be, and there is one way in.
    assert_eq!(board.shell("touch /usr/here /etc/here 2> /dev/null || echo refused").trim(), "refused");
    assert_eq!(listening(&mut board), ["11112"]);
    let judged = board.shell("systemd-analyze security --no-pager fieldray | tail -n 1");
    println!("{}", judged.trim());
    let parts = board.shell("journalctl --no-pager -o cat -u fieldray");
    assert!(!parts.contains("cannot"), "{parts}");

    // A film.
    let Some(mut storescu) = dcmtk("storescu", ([127, 0, 0, 1], board.dicom_port).into()) else { return };
    let film = &clinic.films(1, 300)[0];
    let sent = storescu.arg(film).output().unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    assert_eq!(answer(&mut board)["sop_instance"], sop_instance(film).as_str());
    println!("memory after a film: {}", board.shell("busybox free -m | sed -n 2p").trim());

    // The same root once more, for the other partition: it runs from there, and is good when the daemon is ready.
    let updates = clinic.path("updates");
    fs::create_dir(&updates).unwrap();
    fs::copy(built("fieldray.raucb"), updates.join("fieldray.raucb")).unwrap();
    installs(&mut board, &updates);
    restarts(&mut board);
    is_up(&mut board);
    assert_eq!(slot(&mut board), "B");
    assert!(kept_by_boot_loader(&mut board).contains("B_TRY=0"), "{}", kept_by_boot_loader(&mut board));
    assert_eq!(answer(&mut board)["sop_instance"], sop_instance(film).as_str());

    // A root that does not start is tried three times, and left.
    fs::write(updates.join("root.img"), vec![0; 1 << 20]).unwrap();
    let Some(()) = bundle(&updates) else { return };
    installs(&mut board, &updates);
    restarts(&mut board);
    is_up(&mut board);
    assert_eq!(slot(&mut board), "B");
    assert!(kept_by_boot_loader(&mut board).contains("A_TRY=3"), "{}", kept_by_boot_loader(&mut board));
}

/// What `board/image/build` made.
fn built(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/image").join(name)
}

/// A card of 2 GiB as a person writes it; `None`, which is said, where the image or a tool is missing.
fn card(clinic: &Clinic) -> Option<PathBuf> {
    for needed in [built("fieldray.img.zst"), built("fieldray.raucb"), FIRMWARE.into()] {
        if !needed.exists() {
            println!("skipped: the box's image in QEMU ({} is not there)", needed.display());
            return None;
        }
    }
    let card = clinic.path("card");
    runs(Command::new("zstd").arg("-dq").arg(built("fieldray.img.zst")).arg("-o").arg(&card))?;
    File::options().write(true).open(&card).unwrap().set_len(2 << 30).unwrap();
    let console = clinic.path("console.cfg");
    fs::write(&console, "set console='console=ttyAMA0 systemd.debug_shell=ttyAMA0'\n").unwrap();
    let first_partition = format!("{}@@1M", card.display());
    runs(Command::new("mcopy").args(["-o", "-i", &first_partition]).arg(console).arg("::EFI/debian/console.cfg"))?;
    Some(card)
}

/// `None`, which is said, where the program is missing.
fn runs(command: &mut Command) -> Option<()> {
    let Ok(ran) = command.output() else {
        println!("skipped: the box's image in QEMU ({:?} is not installed)", command.get_program());
        return None;
    };
    assert!(ran.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(())
}

fn boot_options(card: &Path) -> Vec<String> {
    let drive = format!("if=none,id=card,format=raw,file={}", card.display());
    // As on a board, a tree of devices instead of ACPI's tables tells what there is.
    let options =
        ["-machine", "acpi=off", "-bios", FIRMWARE, "-drive", &drive, "-device", "virtio-blk-pci,drive=card,bootindex=0"];
    options.map(str::to_owned).to_vec()
}

/// Waits until every unit is there, the daemon with them.
fn is_up(board: &mut Machine) {
    let state = board.shell("systemctl is-system-running --wait");
    let state = state.trim();
    assert_eq!(state, "running", "{}", board.shell("systemctl --failed --no-pager; journalctl -b -p warning --no-pager | tail -n 40"));
}

/// The ports on which somebody outside is heard; the one that an address is asked from (68) is no such.
fn listening(board: &mut Machine) -> Vec<String> {
    let tables = board.shell("cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /proc/net/raw /proc/net/raw6");
    let rows = tables.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let open = rows.filter(|row| row.len() > 3 && (row[3] == "0A" || row[3] == "07"));
    let mut ports: Vec<String> = open
        .map(|row| u16::from_str_radix(row[1].rsplit(':').next().unwrap(), 16).unwrap().to_string())
        .filter(|port| port != "68")
        .collect();
    ports.sort();
    ports.dedup();
    ports
}

/// What is said of the film.
fn answer(board: &mut Machine) -> Value {
    let begun = Instant::now();
    loop {
        let said = board.shell("sleep 2; fieldray history --json --archive /var/lib/fieldray");
        if let Some(line) = said.lines().find_map(|line| serde_json::from_str(line).ok()) {
            return line;
        }
        assert!(begun.elapsed() < super::machine::PATIENCE, "no answer: {said}");
    }
}

/// Brings an update of the system by a stick.
fn installs(board: &mut Machine, updates: &Path) {
    board.plugs_in(updates);
    let told = board.shell(&format!(
        "for second in $(seq 120); do [ -e {UPDATE} ] && break; sleep 1; done; rauc install {UPDATE} && echo installed"
    ));
    assert!(told.trim_end().ends_with("installed"), "{told}");
    board.shell("umount /run/media/sda1");
    board.pulls_out();
}

fn restarts(board: &mut Machine) {
    board.shell("systemctl --no-block reboot");
    board.takes_the_shell();
}

/// Which root runs.
fn slot(board: &mut Machine) -> String {
    board.shell("sed 's/.*rauc.slot=\\([AB]\\).*/\\1/' /proc/cmdline").trim().to_owned()
}

fn kept_by_boot_loader(board: &mut Machine) -> String {
    board.shell("tr -d '#' < /boot/firmware/EFI/debian/grubenv")
}

/// Signs `root.img` of a folder as an update of the system, in its place.
fn bundle(folder: &Path) -> Option<()> {
    let content = folder.with_extension("content");
    fs::create_dir(&content).unwrap();
    fs::rename(folder.join("root.img"), content.join("root.img")).unwrap();
    let manifest = "[update]\ncompatible=fieldray-box\nversion=9\n[bundle]\nformat=verity\n[image.rootfs]\nfilename=root.img\n";
    fs::write(content.join("manifest.raucm"), manifest).unwrap();
    let bundle = folder.join("fieldray.raucb");
    fs::remove_file(&bundle).unwrap();
    let (certificate, key) = (built("keys/certificate.pem"), built("keys/key.pem"));
    let mut rauc = Command::new("rauc");
    rauc.arg("bundle").arg("--cert").arg(certificate).arg("--key").arg(key).arg(content).arg(bundle);
    runs(&mut rauc)
}

/// The first screen, with each amount of memory and of storage that can be free.
fn ready() -> Vec<RgbImage> {
    let model = model();
    let manifest = model.manifest();
    let regions: Vec<String> = manifest.heads.iter().map(|head| head.name.clone()).collect();
    let amounts = (0..8).flat_map(|memory| (80..=100).map(move |storage| (memory, storage)));
    let of = |(memory, storage): (u64, u32)| {
        let vital = |vital, attention| Health { vital, attention };
        let health = [
            vital(Vital::MemoryFree(memory * 64_000_000), true),
            vital(Vital::StorageFree(f64::from(storage) / 100.0), false),
            vital(Vital::ToReview(0), false),
        ];
        let view = ReadyView {
            name: "Fieldray",
            bundle: &manifest.id(),
            regions: &regions,
            last: &[],
            health: &health,
            update: Notice::Nothing,
        };
        drawn(&Screen::Ready(view))
    };
    amounts.map(of).collect()
}
