//! DICOM over the network: a service class provider of Storage and Verification (PS3.4, annexes A and B).
//!
//! Each association has a thread. A thread that panics, stalls or is fed nonsense ends with its association, and no other notices.

mod association;
pub(crate) mod command;
mod options;
mod places;
mod store;

pub(crate) use store::IMPLEMENTATION_CLASS_UID;

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dicom_ul::Pdu;
use dicom_ul::association::Association as _;
use dicom_ul::pdu::{
    AssociationRJ, AssociationRJResult, AssociationRJServiceProviderPresentationReason, AssociationRJSource,
    PDU_HEADER_SIZE, write_pdu,
};
use tracing::{info, warn};

use super::Intake;
use crate::config::Dicom;
use association::Association;
use options::Options;
use places::{Places, Seat};

/// How often it is looked who is idle.
const SWEEP: Duration = Duration::from_millis(250);

/// So many callers at most are told at the same time that there is no place; more are cut off.
const MOST_TURNED_AWAY: usize = 8;

/// How long a caller has to hear that there is no place.
const TURNING_AWAY: Duration = Duration::from_secs(1);

/// A provider that listens.
pub struct Scp {
    address: SocketAddr,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What all its threads have in common.
struct Shared {
    intake: Intake,
    options: Options,
    pdu_bytes: u32,
    places: Places,
    turned_away: AtomicUsize,
    stopped: AtomicBool,
}

impl Scp {
    /// Listens as the settings say, and stores what comes through `intake`.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub fn listen(settings: &Dicom, intake: Intake) -> io::Result<Self> {
        let listener = TcpListener::bind((settings.address, settings.port))?;
        let address = listener.local_addr()?;
        let idle = Duration::from_secs(settings.idle_s.get());
        let shared = Arc::new(Shared {
            intake,
            options: options::of(settings),
            pdu_bytes: settings.pdu_bytes.get() as u32,
            places: Places::new(settings.associations.get() as usize, idle),
            turned_away: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let accepting = thread::Builder::new().name("dicom".into()).spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        })?;
        let sweeping = thread::Builder::new().name("dicom-sweep".into()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                while !shared.is_stopped() {
                    thread::park_timeout(SWEEP);
                    shared.places.sweep(Instant::now());
                }
            }
        })?;
        info!(%address, ae_title = settings.ae_title.as_str(), "listening");
        Ok(Self { address, shared, threads: vec![accepting, sweeping] })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens no more and ends every association.
    pub fn stop(self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.shared.places.close();
        // The thread that accepts sits in a system call; a caller wakes it.
        let woken = TcpStream::connect_timeout(&reachable(self.address), TURNING_AWAY);
        for thread in self.threads {
            thread.thread().unpark();
            // Where nothing wakes it, the end of the program ends it.
            if woken.is_ok() {
                let _ = thread.join();
            }
        }
    }
}

impl Shared {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// An address by which this box reaches itself.
fn reachable(address: SocketAddr) -> SocketAddr {
    let own: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    if address.ip().is_unspecified() { SocketAddr::new(own, address.port()) } else { address }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for caller in listener.incoming() {
        if shared.is_stopped() {
            return;
        }
        match caller {
            Ok(stream) => {
                let shared = Arc::clone(shared);
                let spawned = thread::Builder::new().name("association".into()).spawn(move || meet(stream, &shared));
                if let Err(error) = spawned {
                    warn!(%error, "no thread for a caller");
                }
            }
            Err(error) => {
                warn!(%error, "a caller could not be met");
                // Such as too many open files: it passes as soon as somebody leaves.
                thread::sleep(SWEEP);
            }
        }
    }
}

/// Serves a caller, where there is a place.
fn meet(stream: TcpStream, shared: &Shared) {
    let caller = stream.peer_addr().map_or("somebody".to_owned(), |address| address.ip().to_string());
    match shared.places.take(&stream, Instant::now()) {
        Some(seat) => serve(stream, &caller, shared, &seat),
        None => turn_away(stream, &caller, shared),
    }
}

fn serve(stream: TcpStream, caller: &str, shared: &Shared, seat: &Seat<'_>) {
    // A response is small, and the caller waits for it.
    let _ = stream.set_nodelay(true);
    let line = match shared.options.establish(stream) {
        Ok(line) => line,
        Err(reason) => return warn!(caller, %reason, "no association"),
    };
    seat.heard(Instant::now());
    let sender = format!("dicom {}@{caller}", line.peer_ae_title());
    if let Err(reason) = Association::new(line, &shared.intake, sender.clone()).serve(seat) {
        warn!(sender, %reason, "association ended early");
    }
}

/// Tells a caller that there is no place (PS3.8, 9.3.4): it may try again later.
fn turn_away(mut stream: TcpStream, caller: &str, shared: &Shared) {
    warn!(caller, "no place for another association");
    if shared.turned_away.fetch_add(1, Ordering::SeqCst) < MOST_TURNED_AWAY {
        // Where the caller does not listen, it is cut off.
        let _ = reject(&mut stream, shared.pdu_bytes);
    }
    shared.turned_away.fetch_sub(1, Ordering::SeqCst);
}

fn reject(stream: &mut TcpStream, pdu_bytes: u32) -> io::Result<()> {
    stream.set_read_timeout(Some(TURNING_AWAY))?;
    stream.set_write_timeout(Some(TURNING_AWAY))?;
    // Its request is read first: closed with something unread, the connection would be reset and the rejection lost.
    let mut header = [0; PDU_HEADER_SIZE as usize];
    stream.read_exact(&mut header)?;
    let length = u32::from_be_bytes([header[2], header[3], header[4], header[5]]).min(pdu_bytes);
    io::copy(&mut stream.take(length.into()), &mut io::sink())?;
    let rejection = Pdu::AssociationRJ(AssociationRJ {
        result: AssociationRJResult::Transient,
        source: AssociationRJSource::ServiceProviderPresentation(
            AssociationRJServiceProviderPresentationReason::LocalLimitExceeded,
        ),
    });
    let mut bytes = Vec::new();
    write_pdu(&mut bytes, &rejection).map_err(io::Error::other)?;
    stream.write_all(&bytes)
}
