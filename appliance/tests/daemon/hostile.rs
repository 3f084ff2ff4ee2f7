//! Callers who mean no good, or are broken: the others are still served.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use dicom_ul::pdu::{PDataValue, PDataValueType};
use dicom_ul::{ClientAssociation, ClientAssociationOptions, Pdu};

use super::clients::{echo, send};
use super::{Clinic, PATIENCE};

const CR: &str = "1.2.840.10008.5.1.4.1.1.1";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn associate(address: SocketAddr) -> Result<ClientAssociation<TcpStream>, dicom_ul::association::Error> {
    ClientAssociationOptions::new()
        .with_presentation_context(CR, vec![EXPLICIT])
        .calling_ae_title("HOSTILE")
        .called_ae_title("FIELDRAY")
        .read_timeout(PATIENCE)
        .establish(address)
}

/// The same, tried until there is a place: that of one who has just left may still be taken.
fn associate_in_the_end(address: SocketAddr) -> ClientAssociation<TcpStream> {
    let begun = Instant::now();
    loop {
        match associate(address) {
            Ok(line) => return line,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "nobody finds a place: {error}"),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn element(number: u16, value: &[u8]) -> Vec<u8> {
    [&[0, 0], &number.to_le_bytes()[..], &(value.len() as u32).to_le_bytes(), value].concat()
}

/// A C-STORE request for this SOP instance.
fn store_request(uid: &[u8; 6]) -> Vec<u8> {
    let class = format!("{CR}\0");
    [
        element(0x0002, class.as_bytes()),
        element(0x0100, &[1, 0]),
        element(0x0110, &[1, 0]),
        element(0x0700, &[0, 0]),
        element(0x0800, &[0, 0]),
        element(0x1000, uid),
    ]
    .concat()
}

fn pdata(value_type: PDataValueType, is_last: bool, data: Vec<u8>) -> Pdu {
    Pdu::PData { data: vec![PDataValue { presentation_context_id: 1, value_type, is_last, data }] }
}

/// The status of a response.
fn status(pdu: &Pdu) -> u16 {
    let Pdu::PData { data } = pdu else { panic!("{pdu:?}") };
    let bytes = &data[0].data;
    let at = bytes.windows(4).position(|window| window == [0, 0, 0, 9]).unwrap();
    u16::from_le_bytes([bytes[at + 8], bytes[at + 9]])
}

/// Asks until it is heard: one who is told that there is no place may try again.
fn echo_in_the_end(address: SocketAddr) {
    let begun = Instant::now();
    while echo(address) == Some(false) {
        assert!(begun.elapsed() < PATIENCE, "nobody is served any more");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn hundreds_of_silent_connections_take_no_place() {
    let clinic = Clinic::new();
    let daemon = clinic.start();
    let _silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(daemon.address).unwrap()).collect();
    let Some(heard) = echo(daemon.address) else { return };
    assert!(heard);
}

#[test]
fn hundreds_of_associations_that_say_nothing_make_room() {
    let clinic = Clinic::new();
    let films = clinic.films(3, 300);
    let daemon = clinic.start();
    if echo(daemon.address).is_none() {
        return;
    }
    let held: Vec<_> = (0..300).map(|_| associate(daemon.address)).collect();
    assert!(held.iter().any(Result::is_ok));
    echo_in_the_end(daemon.address);
    assert_eq!(send(daemon.address, &films, &[]).unwrap().acknowledged().0.len(), 3);
    assert!(daemon.peak_memory_mb() < 300, "{} MB", daemon.peak_memory_mb());
}

#[test]
fn a_length_of_four_gigabytes_ends_the_association_alone() {
    let clinic = Clinic::new();
    let daemon = clinic.start();
    // As an association request, and as data in an association.
    let mut caller = TcpStream::connect(daemon.address).unwrap();
    caller.write_all(&[0x01, 0, 0xff, 0xff, 0xff, 0xff, 0, 1]).unwrap();
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut rest = Vec::new();
    // Closed or reset: either is an end.
    let _ = caller.read_to_end(&mut rest);
    let mut line = associate(daemon.address).unwrap();
    line.inner_stream().write_all(&[0x04, 0, 0xff, 0xff, 0xff, 0xff, 0, 0]).unwrap();
    assert!(!matches!(line.receive(), Ok(Pdu::PData { .. })));
    if let Some(heard) = echo(daemon.address) {
        assert!(heard);
    }
    assert!(daemon.peak_memory_mb() < 300, "{} MB", daemon.peak_memory_mb());
}

#[test]
fn a_film_that_is_too_large_ends_its_association() {
    let clinic = Clinic::new();
    clinic.settle("[archive]\nfilm_mb = 1");
    let daemon = clinic.start();
    let mut line = associate(daemon.address).unwrap();
    line.send(&pdata(PDataValueType::Command, true, store_request(b"1.2.34"))).unwrap();
    let endless = pdata(PDataValueType::Data, false, vec![0; 10_000]);
    // It is cut off after a megabyte, long before this ends.
    let sent = (0..100_000).take_while(|_| line.send(&endless).is_ok()).count();
    assert!(sent < 100_000);
    assert_eq!(std::fs::read_dir(clinic.archive().join("incoming")).unwrap().count(), 0);
}

#[test]
fn a_stalled_film_keeps_nobody_from_being_served() {
    let clinic = Clinic::new();
    let films = clinic.films(3, 300);
    clinic.settle("associations = 2\nidle_s = 60");
    let daemon = clinic.start();
    if echo(daemon.address).is_none() {
        return;
    }
    let mut stalled: Vec<_> = (0..2).map(|_| associate_in_the_end(daemon.address)).collect();
    for line in &mut stalled {
        line.send(&pdata(PDataValueType::Command, true, store_request(b"1.2.34"))).unwrap();
        line.send(&pdata(PDataValueType::Data, false, vec![0; 1000])).unwrap();
    }
    echo_in_the_end(daemon.address);
    assert_eq!(send(daemon.address, &films, &[]).unwrap().acknowledged().0.len(), 3);
    clinic.history_of(3);
}

#[test]
fn what_is_no_film_is_refused_with_its_status() {
    let clinic = Clinic::new();
    let daemon = clinic.start();
    let mut line = associate(daemon.address).unwrap();
    let mut ask = |data_set: Vec<u8>| {
        line.send(&pdata(PDataValueType::Command, true, store_request(b"1.2.34"))).unwrap();
        line.send(&pdata(PDataValueType::Data, true, data_set)).unwrap();
        status(&line.receive().unwrap())
    };
    // Another SOP Instance UID than was announced, and none at all.
    assert_eq!(ask(b"\x08\0\x18\0UI\x06\x001.2.35\x08\0\x60\0CS\x02\0CR".to_vec()), 0xA900);
    assert_eq!(ask(b"no data set".to_vec()), 0xA900);
    assert!(clinic.history().is_empty());
    line.release().unwrap();
}
