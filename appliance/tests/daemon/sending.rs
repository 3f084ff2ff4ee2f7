//! Answers sent on: to dcmtk's `storescp`, which dies and comes back, and to Orthanc.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use dicom_dictionary_std::tags;
use dicom_object::open_file;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use super::clients::send;
use super::{Clinic, Daemon, PATIENCE};

/// A program that listens, ended when this goes.
struct Listening(Child);

impl Listening {
    fn start(mut command: Command) -> Option<Self> {
        match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => Some(Self(child)),
            Err(_) => {
                println!("skipped: {} (not installed; tests/run installs it)", command.get_program().display());
                None
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// dcmtk's receiver.
fn storescp(port: u16, folder: &Path, options: &[&str]) -> Option<Listening> {
    fs::create_dir_all(folder).unwrap();
    let mut command = Command::new("storescp");
    command.args(options).arg("-od").arg(folder).arg(port.to_string());
    Listening::start(command)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Settings that send to a port of this machine.
fn sending_to(port: u16, more: &str) -> String {
    format!("[send]\naddress = \"127.0.0.1\"\nport = {port}\n{more}")
}

fn wait_until(what: &str, daemon: &Daemon, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}: {}", daemon.said());
        thread::sleep(Duration::from_millis(100));
    }
}

/// SOP Class and Instance UID of every whole object in a folder.
fn received(folder: &Path) -> BTreeSet<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let uid = |path: PathBuf| {
        let object = open_file(path).ok()?;
        let text = |tag| Some(object.element(tag).ok()?.to_str().ok()?.trim_end_matches('\0').to_owned());
        Some((text(tags::SOP_CLASS_UID)?, text(tags::SOP_INSTANCE_UID)?))
    };
    paths.filter_map(uid).collect()
}

fn sent_lines(clinic: &Clinic) -> Vec<Value> {
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["what"] == "sent").collect()
}

#[test]
fn a_receiver_that_comes_late_dies_and_comes_back_gets_every_object_once() {
    let clinic = Clinic::new();
    let films = clinic.films(4, 300);
    let (port, folder) = (free_port(), clinic.path("pacs"));
    clinic.settle(&sending_to(port, ""));
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &films, &[]) else { return };
    assert_eq!(sending.acknowledged().0.len(), films.len());
    // Nobody is there to send to, and nobody waits for that.
    clinic.history_of(films.len());
    wait_until("the first attempt", &daemon, || daemon.said().contains("answers wait to be sent"));

    // It comes, and hangs up in the middle of an object.
    let broken = clinic.path("broken");
    let Some(dying) = storescp(port, &broken, &["--abort-during"]) else { return };
    let attempts = daemon.said().matches("answers wait to be sent").count();
    wait_until("another attempt", &daemon, || daemon.said().matches("answers wait to be sent").count() > attempts);
    drop(dying);
    assert!(sent_lines(&clinic).is_empty());

    // The power is cut here, too.
    daemon.cut();
    let daemon = clinic.start();
    let _pacs = storescp(port, &folder, &[]).unwrap();
    wait_until("all are sent", &daemon, || sent_lines(&clinic).len() >= 2 * films.len());
    assert_eq!(daemon.terminate(), Some(0));
    let sent = sent_lines(&clinic);
    assert_eq!(sent.len(), 2 * films.len());
    let instances: BTreeSet<String> = sent.iter().map(|line| line["instance"].as_str().unwrap().to_owned()).collect();
    assert_eq!(received(&folder).into_iter().map(|(_, uid)| uid).collect::<BTreeSet<_>>(), instances);
    assert_eq!(instances.len(), 2 * films.len());
    clinic.verified_log().unwrap();

    // Whoever sends again sends the same.
    let again = clinic.path("again");
    super::export::export(&clinic, &again, &["--as", "sr,sc"]);
    let exported: BTreeSet<_> =
        fs::read_dir(&again).unwrap().flat_map(|study| received(&study.unwrap().path())).map(|(_, uid)| uid).collect();
    assert_eq!(exported, instances);
}

#[test]
fn power_cuts_while_it_sends_lose_nothing_and_make_no_other_objects() {
    let mut chance = Pcg64Mcg::seed_from_u64(std::process::id().into());
    let clinic = Clinic::new();
    let films = clinic.films(12, 300);
    let (port, folder) = (free_port(), clinic.path("pacs"));
    let Some(_pacs) = storescp(port, &folder, &[]) else { return };
    clinic.settle(&sending_to(port, ""));
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &films, &[]) else { return };
    assert_eq!(sending.acknowledged().0.len(), films.len());
    let mut daemon = daemon;
    for _ in 0..8 {
        // The outbox begins a second after the start.
        thread::sleep(Duration::from_millis(chance.random_range(900..1500)));
        daemon.cut();
        daemon = clinic.start();
    }
    let sent = || -> BTreeSet<String> {
        sent_lines(&clinic).iter().map(|line| line["instance"].as_str().unwrap().to_owned()).collect()
    };
    wait_until("all are sent", &daemon, || sent().len() >= 2 * films.len());
    assert_eq!(daemon.terminate(), Some(0));
    let taken: BTreeSet<String> = received(&folder).into_iter().map(|(_, uid)| uid).collect();
    assert_eq!((taken.len(), &taken), (2 * films.len(), &sent()));
    clinic.verified_log().unwrap();
}

#[test]
fn the_end_does_not_wait_for_a_receiver_that_is_silent() {
    let clinic = Clinic::new();
    let films = clinic.films(1, 300);
    // It accepts connections, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    clinic.settle(&sending_to(silent.local_addr().unwrap().port(), ""));
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &films, &[]) else { return };
    sending.acknowledged();
    let (connection, _) = silent.accept().unwrap();
    assert_eq!(daemon.terminate(), Some(0));
    // It ended while the receiver was still being waited for: nothing was said of giving that up.
    assert!(!fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap().contains(r#""what":"not-sent""#));
    drop(connection);
    clinic.verified_log().unwrap();
}

/// What Orthanc's REST interface answers.
fn ask(port: u16, path: &str) -> Option<Vec<u8>> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(connection, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    answer.starts_with(b"HTTP/1.").then(|| answer.split_off(end + 4))
}

fn ask_json(port: u16, path: &str) -> Option<Value> {
    serde_json::from_slice(&ask(port, path)?).ok()
}

#[test]
fn orthanc_receives_reports_and_pictures_and_shows_them() {
    let clinic = Clinic::new();
    let films = clinic.films(2, 300);
    let telling = clinic.path("telling.dcm");
    super::export::telling_film(&films[0], &telling, "NO");
    let (dicom, http, folder) = (free_port(), free_port(), clinic.path("orthanc"));
    fs::create_dir(&folder).unwrap();
    let settings = serde_json::json!({
        "Name": "test", "HttpPort": http, "DicomPort": dicom, "DicomAet": "ORTHANC", "DicomCheckCalledAet": true,
        "StorageDirectory": folder, "IndexDirectory": folder, "RemoteAccessAllowed": false,
        "AuthenticationEnabled": false, "DicomServerEnabled": true, "Plugins": [],
    });
    fs::write(clinic.path("orthanc.json"), settings.to_string()).unwrap();
    let mut orthanc = Command::new("Orthanc");
    orthanc.arg(clinic.path("orthanc.json"));
    let Some(_orthanc) = Listening::start(orthanc) else { return };

    clinic.settle(&sending_to(dicom, "ae_title = \"ORTHANC\"\nidentified = true"));
    let daemon = clinic.start();
    let Some(sending) = send(daemon.address, &[telling, films[1].clone()], &[]) else { return };
    assert_eq!(sending.acknowledged().0.len(), 2);
    let mut instances = Vec::new();
    wait_until("Orthanc has all", &daemon, || {
        instances = ask_json(http, "/instances").and_then(|all| serde_json::from_value(all).ok()).unwrap_or_default();
        instances.len() >= 4
    });
    let (mut reports, mut pictures, mut names) = (0, 0, BTreeSet::new());
    for instance in &instances {
        let instance: &String = instance;
        let tags = ask_json(http, &format!("/instances/{instance}/simplified-tags")).unwrap();
        names.insert(tags["PatientName"].as_str().unwrap().to_owned());
        if tags["Modality"] == "SR" {
            reports += 1;
            let title = &tags["ConceptNameCodeSequence"][0]["CodeMeaning"];
            assert_eq!(title, "Imaging Measurement Report", "{tags}");
            continue;
        }
        pictures += 1;
        assert_eq!(tags["BurnedInAnnotation"], "YES");
        let preview = ask(http, &format!("/instances/{instance}/preview")).unwrap();
        let preview = image::load_from_memory(&preview).unwrap().into_rgb8();
        let file = clinic.path("picture.dcm");
        fs::write(&file, ask(http, &format!("/instances/{instance}/file")).unwrap()).unwrap();
        let pixels = open_file(file).unwrap().element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().into_owned();
        assert_eq!(preview.as_raw()[..], pixels[..preview.as_raw().len()]);
        assert!(preview.width() >= 480 && preview.pixels().any(|pixel| pixel.0[0] != pixel.0[2]), "no colour");
    }
    assert_eq!((reports, pictures), (2, 2));
    assert!(names.contains("Nguyễn-Müller^José=सुमन^कुमार"), "{names:?}");
}
