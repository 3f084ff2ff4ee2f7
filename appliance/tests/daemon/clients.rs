//! dcmtk's clients, which know nothing of us: echo, and films in parallel associations.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::{Clinic, sop_instance};

/// One of dcmtk's programs that calls `address`; `None`, and said so, where it is not installed.
pub fn dcmtk(program: &str, address: SocketAddr) -> Option<Command> {
    if Command::new(program).arg("--version").output().is_err() {
        println!("skipped: {program} (not installed; tests/run installs dcmtk)");
        return None;
    }
    let mut command = Command::new(program);
    command.args(["-v", "-aec", "FIELDRAY", &address.ip().to_string(), &address.port().to_string()]);
    Some(command)
}

/// Whether `echoscu` gets an answer.
pub fn echo(address: SocketAddr) -> Option<bool> {
    Some(dcmtk("echoscu", address)?.output().unwrap().status.success())
}

/// A `storescu` that is sending.
pub struct Sending {
    child: Child,
    films: Vec<PathBuf>,
}

/// Begins to send films in one association.
pub fn send(address: SocketAddr, films: &[PathBuf], options: &[&str]) -> Option<Sending> {
    let mut storescu = dcmtk("storescu", address)?;
    storescu.arg("--no-halt").args(options).args(films).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(Sending { child: storescu.spawn().unwrap(), films: films.to_vec() })
}

impl Sending {
    /// The films that were acknowledged, when all are sent or the connection is lost; and all that was said.
    pub fn acknowledged(self) -> (Vec<PathBuf>, String) {
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let (mut sending, mut acknowledged) = (None, Vec::new());
        for line in said.lines() {
            if let Some((_, film)) = line.split_once("Sending file: ") {
                sending = self.films.iter().find(|known| known.as_os_str() == film);
            } else if line.contains("Received Store Response (Success)") {
                acknowledged.push(sending.take().unwrap().clone());
            }
        }
        (acknowledged, said)
    }
}

/// The films of the real data that `storescu` sends, each with the transfer syntax to propose, and what comes of it.
const REAL: [(&str, &str, &str); 13] = [
    ("966.dcm", "-xv", "unreadable"),
    ("CR-MONO1-10-chest", "-xe", "refer"),
    ("CR-ModalitySequenceLUT.dcm", "-xs", "refer"),
    ("RG2_J2KR.dcm", "-xv", "normal"),
    ("RG2_JLSL.dcm", "-xt", "not offered"),
    ("RG2_JPLL.dcm", "-xs", "normal"),
    ("RG2_JPLY.dcm", "-xx", "unreadable"),
    ("RG2_RLE.dcm", "-xr", "normal"),
    ("RG2_UNC.dcm", "-xe", "normal"),
    ("RG3_JPLL.dcm", "-xs", "refer"),
    ("RG3_RLE.dcm", "-xr", "refer"),
    ("odd/CT_small.dcm", "-xe", "not offered"),
    ("odd/image_dfl.dcm", "-xd", "refer"),
];

/// The real films, where there are any.
pub fn real_films() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = std::env::var_os("FIELDRAY_DATA").map_or_else(|| here.join("../../shared"), PathBuf::from);
    let found = root.join("dicom");
    if !found.is_dir() {
        println!("skipped: storing real films (no real data)");
        return None;
    }
    Some(found)
}

#[test]
fn every_real_film_is_answered_once_or_refused() {
    let Some(folder) = real_films() else { return };
    let clinic = Clinic::new();
    let daemon = clinic.start();
    let Some(true) = echo(daemon.address) else { return };
    let mut wanted = BTreeMap::new();
    for (name, syntax, outcome) in REAL {
        let film = folder.join(name);
        let (acknowledged, said) =
            send(daemon.address, std::slice::from_ref(&film), &["-R", syntax]).unwrap().acknowledged();
        let offered = outcome != "not offered" || name == "RG2_JLSL.dcm" && cfg!(feature = "jpeg-ls");
        assert_eq!(acknowledged.len(), usize::from(offered), "{name}: {said}");
        if offered && outcome != "not offered" {
            wanted.insert(sop_instance(&film), outcome);
        }
    }
    // Another film with a known identifier is no copy.
    let changed = folder.join("RG2_JPLY_fixed.dcm");
    assert_eq!(sop_instance(&changed), sop_instance(&folder.join("RG2_JPLY.dcm")));
    let (acknowledged, said) = send(daemon.address, &[changed], &["-R", "-xx"]).unwrap().acknowledged();
    assert!(acknowledged.is_empty() && said.contains("CannotUnderstand"), "{said}");

    let history = clinic.history_of(wanted.len());
    for (uid, outcome) in wanted {
        let lines: Vec<_> = history.iter().filter(|line| line["sop_instance"] == uid.as_str()).collect();
        assert_eq!(lines.len(), 1, "{uid}");
        assert_eq!(lines[0]["decision"], outcome, "{}", lines[0]);
    }
}

#[test]
fn parallel_associations_store_films_and_copies_are_known() {
    let clinic = Clinic::new();
    let films = clinic.films(24, 300);
    let daemon = clinic.start();
    // Every film is sent by two of four associations at once.
    let halves = [&films[..12], &films[12..], &films[6..18], &[&films[..6], &films[18..]].concat()];
    let Some(sending) = halves.map(|half| send(daemon.address, half, &[])).into_iter().collect::<Option<Vec<_>>>()
    else {
        return;
    };
    for (sending, half) in sending.into_iter().zip(halves) {
        let (acknowledged, said) = sending.acknowledged();
        assert_eq!(acknowledged.len(), half.len(), "{said}");
    }
    let history = clinic.history_of(films.len());
    let uids: BTreeSet<String> = films.iter().map(|film| sop_instance(film)).collect();
    assert_eq!(clinic.answers(), uids.into_iter().map(|uid| (uid, 1)).collect());
    for line in &history {
        assert!(line["sha256"].as_str().unwrap().len() == 64 && line["bundle_sha256"].as_str().unwrap().len() == 64);
        assert!(line["received"].as_str().unwrap() <= line["screened"].as_str().unwrap(), "{line}");
        assert!(line["elapsed_ms"]["network"].as_f64().unwrap() > 0.0, "{line}");
        assert_eq!(line["region_source"], "dicom", "{line}");
    }

    // The screen shows the last result.
    let screen = image::open(clinic.path("screen/screen.png")).unwrap();
    assert_eq!((screen.width(), screen.height()), (800, 480));
    assert_eq!(daemon.terminate(), Some(0));
    assert!(clinic.verified_log().unwrap().contains("whole"));
    assert!(std::fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap().contains(r#""what":"stopped""#));
}

#[test]
fn only_callers_on_the_list_may_call() {
    let clinic = Clinic::new();
    clinic.settle("callers = [\"XRAY\"]\nae_title = \"BOX\"");
    let daemon = clinic.start();
    for (calling, called, heard) in [("XRAY", "BOX", true), ("OTHER", "BOX", false), ("XRAY", "FIELDRAY", false)] {
        let Some(mut echo) = dcmtk("echoscu", daemon.address) else { return };
        let output = echo.args(["-aet", calling, "-aec", called]).output().unwrap();
        assert_eq!(output.status.success(), heard, "{calling} calls {called}");
    }
}

#[test]
fn what_waits_from_before_is_screened_at_the_start() {
    let clinic = Clinic::new();
    let films = clinic.films(6, 300);
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &films, &[]) else { return };
    assert_eq!(sending.acknowledged().0.len(), films.len());
    daemon.cut();
    let daemon = clinic.start();
    clinic.history_of(films.len());
    assert!(clinic.answers().values().all(|count| *count == 1));
    drop(daemon);
}

/// Callers who come while others send.
#[test]
fn an_echo_is_heard_while_films_come() {
    let clinic = Clinic::new();
    let films = clinic.films(20, 600);
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &films, &[]) else { return };
    let address = daemon.address;
    let echoes: Vec<_> = (0..8).map(|_| thread::spawn(move || echo(address))).collect();
    assert!(echoes.into_iter().all(|echo| echo.join().unwrap() == Some(true)));
    assert_eq!(sending.acknowledged().0.len(), films.len());
}
