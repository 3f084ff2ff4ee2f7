//! What systemd sees: ready, alive, ending.

use std::os::unix::net::UnixDatagram;

use super::{Clinic, PATIENCE, Starting};

#[test]
fn systemd_hears_that_it_is_ready_and_alive_and_ends() {
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
    assert!(hear().contains("READY=1"));
    for _ in 0..3 {
        assert!(hear().contains("WATCHDOG=1"));
    }
    assert_eq!(daemon.terminate(), Some(0));
    while !hear().contains("STOPPING=1") {}
}
