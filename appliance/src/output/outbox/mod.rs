//! The outbox: what is to be sent on, offered to its receiver until it is taken.
//!
//! What is to be sent stands in the archive from the moment its answer is kept, and is made anew for every attempt: the same answer gives
//! the same object. So a power cut loses nothing, and at the worst the receiver gets an object twice that it knows already. A receiver
//! that is not there or has no room is asked again for as long as it takes; an object that it refuses is given up after some tries.
//!
//! One thread does it all, and nobody waits for it: told to stop, it is left where it is, and what it has not finished is sent after the
//! next start.

mod scu;

pub use scu::Receiver;

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use tracing::{error, info, warn};

use super::{Dossier, Instance, Privacy, Pseudonyms, Unmade};
use crate::archive::{Archive, Delivery};
use crate::clock::Timestamp;
use crate::log::{AuditLog, Deed, Image, Object};
use scu::{Later, Reply, Scu};

/// Who the audit log says has sent.
const WHO: &str = "fieldray";

/// How often it is looked what there is to do.
const PAUSE: Duration = Duration::from_secs(1);

/// Most objects in one association.
const MOST: u32 = 32;

/// A receiver that is not there is tried again after so long, then after twice as long, and so on.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// But at least so often.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// An object on whose way the receiver got lost rests for so long, which is longer than the receiver is waited for at first.
const REST: Duration = Duration::from_secs(15);

/// An object that was refused so often is given up.
const MOST_REFUSALS: u32 = 5;

/// The outbox of a daemon.
pub struct Outbox {
    shared: Arc<Shared>,
    /// Dropped, it ends the thread when that next looks.
    _stop: Sender<()>,
}

struct Shared {
    archive: Arc<Archive>,
    log: Arc<AuditLog>,
    pseudonyms: Pseudonyms,
    /// Held while something is written down; closed, nothing is any more.
    gate: Mutex<Gate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
}

impl Outbox {
    /// Begins to send to `receiver`, where there is one.
    pub fn start(archive: Arc<Archive>, log: Arc<AuditLog>, receiver: Option<Receiver>) -> Result<Self> {
        let pseudonyms = Pseudonyms::new(archive.secret()?);
        let shared = Arc::new(Shared { archive, log, pseudonyms, gate: Mutex::new(Gate::Open) });
        let (stop, stopped) = mpsc::channel();
        thread::Builder::new().name("outbox".into()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.work(receiver.as_ref(), &stopped)
        })?;
        Ok(Self { shared, _stop: stop })
    }

    /// From here on nothing is written down any more. What is on its way is sent again after the next start.
    pub fn stop(self) {
        *self.shared.gate() = Gate::Closed;
    }
}

impl Shared {
    fn work(&self, receiver: Option<&Receiver>, stopped: &mpsc::Receiver<()>) {
        let (mut wait, mut not_before) = (FIRST_WAIT, Instant::now());
        while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if let Err(error) = self.write_log() {
                error!(error = format!("{error:#}"), "the audit log lacks what was done");
            }
            let Some(receiver) = receiver.filter(|_| Instant::now() >= not_before) else { continue };
            match self.send(receiver) {
                Ok(()) => wait = FIRST_WAIT,
                Err(Later(reason)) => {
                    warn!(receiver = %receiver, reason, wait_s = wait.as_secs(), "answers wait to be sent");
                    not_before = Instant::now() + wait;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Writes into the audit log what is done and not yet in it. A power cut in between leaves the line there twice.
    fn write_log(&self) -> Result<()> {
        for unlogged in self.archive.unlogged()? {
            let gate = self.gate();
            if *gate == Gate::Closed {
                break;
            }
            self.log.add(&unlogged.who, unlogged.deed.clone())?;
            self.archive.logged(&unlogged)?;
        }
        Ok(())
    }

    /// Sends what is due, in one association.
    fn send(&self, receiver: &Receiver) -> Result<(), Later> {
        let mut scu = None;
        for delivery in self.archive.due(Timestamp::now(), MOST)? {
            let Some(kept) = self.archive.kept(delivery.image)? else { continue };
            let image =
                Image { sop_instance: kept.screened.sop_instance.clone(), sha256: kept.screened.sha256.clone() };
            let made = Dossier::of(&kept, receiver.privacy, &self.pseudonyms)
                .and_then(|dossier| Instance::of(delivery.document, &dossier));
            let object = Object {
                image,
                document: delivery.document,
                instance: made.as_ref().ok().map(|made| made.uid().to_owned()),
                identified: receiver.privacy == Privacy::Identified,
            };
            match made {
                Err(unmade @ Unmade::Disk(_)) => self.refused(&delivery, object, unmade.to_string())?,
                Err(unmade) => self.give_up(&delivery, object, unmade.to_string())?,
                Ok(instance) => {
                    let scu = match &mut scu {
                        Some(scu) => scu,
                        none => none.insert(Scu::connect(receiver)?),
                    };
                    match scu.store(delivery.document, &instance) {
                        Ok(Reply::Taken) => self.sent(&delivery, object, receiver)?,
                        Ok(Reply::Refused(reason)) => self.refused(&delivery, object, reason)?,
                        Err(later) => {
                            // It may be this object over which the receiver stumbles: the others go first next time.
                            self.put_off(&delivery, delivery.refusals, REST)?;
                            return Err(later);
                        }
                    }
                }
            }
        }
        if let Some(scu) = scu {
            scu.release();
        }
        Ok(())
    }

    fn sent(&self, delivery: &Delivery, object: Object, receiver: &Receiver) -> Result<(), Later> {
        info!(to = %receiver, document = object.document.name(), instance = object.instance, "sent");
        let done = Timestamp::now().to_string();
        self.settle(delivery, &Deed::Sent { object, to: receiver.to_string(), done })
    }

    fn refused(&self, delivery: &Delivery, object: Object, reason: String) -> Result<(), Later> {
        if delivery.refusals + 1 >= MOST_REFUSALS {
            return self.give_up(delivery, object, reason);
        }
        warn!(document = object.document.name(), instance = object.instance, reason, "refused");
        self.put_off(delivery, delivery.refusals + 1, patience(delivery.refusals))
    }

    fn put_off(&self, delivery: &Delivery, refusals: u32, rest: Duration) -> Result<(), Later> {
        let gate = self.gate();
        match *gate {
            Gate::Open => Ok(self.archive.put_off(delivery, refusals, Timestamp::now().after(rest))?),
            Gate::Closed => Ok(()),
        }
    }

    fn give_up(&self, delivery: &Delivery, object: Object, reason: String) -> Result<(), Later> {
        warn!(document = object.document.name(), sha256 = object.image.sha256, reason, "not sent, and given up");
        let done = Timestamp::now().to_string();
        self.settle(delivery, &Deed::NotSent { object, reason, done })
    }

    fn settle(&self, delivery: &Delivery, deed: &Deed) -> Result<(), Later> {
        let gate = self.gate();
        match *gate {
            Gate::Open => Ok(self.archive.settle(delivery, WHO, deed)?),
            Gate::Closed => Err(Later("the program ends".to_owned())),
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an object rests after it was refused so often before: a minute, then four times as long each time.
fn patience(refusals: u32) -> Duration {
    Duration::from_secs(60 * 4_u64.pow(refusals.min(MOST_REFUSALS)))
}

#[cfg(test)]
mod tests;
