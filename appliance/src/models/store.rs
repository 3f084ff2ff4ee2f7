//! The store: two slots on a disk, and the steps that change them. Whatever the moment of a power cut, the table names a whole bundle: the
//! old one until the switch, the new one after.
//!
//! | name | what |
//! |---|---|
//! | `a.frb`, `b.frb` | the bundles |
//! | `slots.json` | which one the box starts from; changed by one rename |
//! | `keys.json`, `keys-copy.json` | the keys that bundles brought and revoked; changed by one rename each |
//! | `incoming.frb`, `*.new` | what is being written |
//! | `lock` | empty; locked by the program that installs or switches |

use std::io;

use fieldray_common::bundle::Bundle;
use fieldray_common::bundle::TrustedKey;

use super::disk::Disk;
use super::keyring::Keyring;
use super::refusal::Refusal;
use super::slots::{Slot, Slots, Start};

const TABLE: &str = "slots.json";
const INCOMING: &str = "incoming.frb";

/// So much is written at a time, and told.
const PIECE_BYTES: usize = 1 << 20;

/// The two slots of a box.
#[derive(Debug)]
pub struct Store<D> {
    disk: D,
}

/// What the box starts with.
#[derive(Debug)]
pub struct Started {
    /// How it came to that.
    pub start: Start,
    /// The model; none where the one that the box brought is in use.
    pub bundle: Option<Bundle>,
}

/// A slot's bundle, or why it has none that can be used.
pub type Content = Result<Bundle, Refusal>;

impl<D: Disk> Store<D> {
    /// The store on a disk.
    pub fn on(disk: D) -> Self {
        Self { disk }
    }

    /// The disk again.
    #[cfg(test)]
    pub(crate) fn into_disk(self) -> D {
        self.disk
    }

    /// The disk, to do something to it.
    #[cfg(test)]
    pub(super) fn disk_mut(&mut self) -> &mut D {
        &mut self.disk
    }

    /// The table; `None` where no model was ever installed. One that a worn disk has damaged is made anew: a slot whose bundle holds is
    /// the active one.
    pub fn slots(&self, trusted: &[TrustedKey]) -> Result<Option<Slots>, Refusal> {
        match self.disk.read(TABLE) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok().or_else(|| {
                let holds = |slot: &Slot| self.content(*slot, trusted).is_ok();
                Slot::ALL.into_iter().find(holds).map(Slots::good)
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A slot's bundle, if one of the `trusted` keys signed it and it is whole.
    pub fn content(&self, slot: Slot, trusted: &[TrustedKey]) -> Content {
        match self.disk.read(&file(slot)) {
            Ok(bytes) => Ok(Bundle::open(&bytes, trusted)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Refusal::Empty(slot)),
            Err(error) => Err(error.into()),
        }
    }

    /// The box starts: takes one of the starts that a model on trial has left, and goes back where none is left or the bundle cannot be
    /// used.
    pub fn start(&mut self, trusted: &[TrustedKey]) -> Result<Started, Refusal> {
        let Some(slots) = self.slots(trusted)? else { return Ok(Started { start: Start::Good, bundle: None }) };
        let (mut slots, mut start) = slots.start();
        self.keep(&slots)?;
        while let Some(slot) = slots.active() {
            if let Ok(bundle) = self.content(slot, trusted) {
                return Ok(Started { start, bundle: Some(bundle) });
            }
            slots = slots.unusable();
            self.keep(&slots)?;
            start = Start::WentBack { from: slot };
        }
        Ok(Started { start, bundle: None })
    }

    /// The bundle that the box starts from, without a start that counts; none where that is the one that it brought.
    pub fn active(&self, trusted: &[TrustedKey]) -> Result<Option<Bundle>, Refusal> {
        let slot = self.slots(trusted)?.and_then(|slots| slots.active());
        slot.map(|slot| self.content(slot, trusted)).transpose()
    }

    /// What bundles that have proved themselves said of keys.
    pub fn keyring(&self) -> Result<Keyring, Refusal> {
        Ok(Keyring::read(&self.disk)?)
    }

    /// The box came up well with the active model: it need not prove itself any more, and what it says of keys counts from now on.
    pub fn mark_good(&mut self, trusted: &[TrustedKey]) -> Result<(), Refusal> {
        let Some(slots) = self.slots(trusted)?.filter(Slots::on_trial) else { return Ok(()) };
        let Some(bundle) = self.active(trusted)? else { return Ok(()) };
        let before = self.keyring()?;
        let after = before.adopting(&bundle, trusted);
        if after != before {
            after.keep(&mut self.disk)?;
        }
        self.keep(&slots.healthy())
    }

    /// Whether a bundle of so many bytes fits.
    ///
    /// # Errors
    /// [`Refusal::Space`] where it does not.
    pub fn has_room_for(&self, bytes: u64) -> Result<(), Refusal> {
        Refusal::unless_enough(self.disk.space()?.missing_bytes(bytes))
    }

    /// Puts a bundle into the idle slot, reads it back, and lets it take over at the next start. `prove` is asked last, of the bundle as it
    /// was read back; `told` hears how many bytes are written.
    ///
    /// # Errors
    /// Where anything is wrong: then everything is as it was before.
    pub fn install(
        &mut self,
        bytes: &[u8],
        trusted: &[TrustedKey],
        told: &mut dyn FnMut(usize),
        prove: impl FnOnce(&Bundle) -> Result<(), Refusal>,
    ) -> Result<Slot, Refusal> {
        let _lock = self.lock()?;
        let slots = self.slots(trusted)?;
        let slot = match &slots {
            None => Slot::A,
            Some(slots) => slots.idle().ok_or(Refusal::OnTrial)?,
        };
        self.has_room_for(bytes.len() as u64)?;
        let installed = self.put(bytes, trusted, told, prove);
        if installed.is_err() {
            // What is left of it is in the way of nothing, and goes with the next installation at the latest.
            let _ = self.disk.remove(INCOMING);
        }
        installed?;
        self.disk.rename(INCOMING, &file(slot))?;
        self.disk.sync_names()?;
        self.keep(&slots.map_or(Slots::first(), Slots::switch))?;
        Ok(slot)
    }

    /// Lets the model in the other slot take over at the next start; it must prove itself.
    pub fn switch(&mut self, trusted: &[TrustedKey]) -> Result<Bundle, Refusal> {
        let _lock = self.lock()?;
        let slots = self.slots(trusted)?.ok_or(Refusal::Empty(Slot::B))?;
        let slot = slots.idle().ok_or(Refusal::OnTrial)?;
        let bundle = self.content(slot, trusted)?;
        self.keep(&slots.switch())?;
        Ok(bundle)
    }

    /// Goes back at the next start: from a model on trial to the one before, otherwise to the other slot. None where that is the model that
    /// the box brought.
    pub fn roll_back(&mut self, trusted: &[TrustedKey]) -> Result<Option<Bundle>, Refusal> {
        let _lock = self.lock()?;
        let slots = self.slots(trusted)?.filter(|slots| slots.active().is_some()).ok_or(Refusal::Empty(Slot::B))?;
        let slots = slots.back();
        let bundle = slots.active().map(|slot| self.content(slot, trusted)).transpose()?;
        self.keep(&slots)?;
        Ok(bundle)
    }

    /// Keeps the commands of a person and the daemon from installing at the same time.
    fn lock(&self) -> Result<D::Lock, Refusal> {
        self.disk.lock().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Refusal::Busy,
            _ => error.into(),
        })
    }

    fn put(
        &mut self,
        bytes: &[u8],
        trusted: &[TrustedKey],
        told: &mut dyn FnMut(usize),
        prove: impl FnOnce(&Bundle) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.disk.create(INCOMING)?;
        for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            self.disk.append(INCOMING, piece)?;
            told(number * PIECE_BYTES + piece.len());
        }
        self.disk.sync(INCOMING)?;
        let kept = self.disk.read(INCOMING)?;
        if kept != bytes {
            return Err(Refusal::ReadBack);
        }
        prove(&Bundle::open(&kept, trusted)?)
    }

    /// Keeps the table: the one moment at which the box changes.
    fn keep(&mut self, slots: &Slots) -> Result<(), Refusal> {
        let text = serde_json::to_vec(slots).map_err(io::Error::from)?;
        Ok(self.disk.replace(TABLE, &text)?)
    }
}

/// The file of a slot.
fn file(slot: Slot) -> String {
    format!("{}.frb", slot.name())
}
