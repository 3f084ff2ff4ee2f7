//! What a laptop asks of a box about its models.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use fieldray_common::link::{Installation, Introduction, Models, Outcome, Reply, Sender, Sha256};

use super::parcel::Parcel;
use crate::archive::BoxId;
use crate::cable::{Cable, puzzled};

/// A box at the other end of a cable.
pub(super) struct Box {
    pub cable: Cable,
}

/// That it would take a bundle.
pub(super) struct Welcome {
    /// What that changes, a line each.
    pub changes: Vec<String>,
    /// The name of the trusted key that signed it.
    pub signer: String,
}

impl Box {
    /// Who it is now.
    pub fn introduction(&mut self) -> Result<Introduction> {
        let now = self.cable.now();
        self.cable.sender.greet(env!("CARGO_PKG_VERSION"), now);
        match self.cable.reply(|_| {})? {
            Reply::Introduction(introduction) => Ok(introduction),
            other => Err(puzzled(&other)),
        }
    }

    /// Which box it is, however it is called; `None` where its software does not tell.
    pub fn identity(&mut self) -> Result<Option<BoxId>> {
        match self.ask(Sender::ask_identity)? {
            Reply::Identity(text) => Ok(text.as_str().parse().ok()),
            Reply::NotUnderstood => Ok(None),
            other => Err(puzzled(&other)),
        }
    }

    /// Which models it keeps.
    pub fn models(&mut self) -> Result<Models> {
        match self.ask(Sender::ask_models)? {
            Reply::Models(models) => Ok(models),
            Reply::NotUnderstood => bail!(
                "the software of the box takes no models over the cable; update it, or install the bundle with 'fieldray models install' there"
            ),
            other => Err(puzzled(&other)),
        }
    }

    /// Whether it would take a bundle, by its head.
    pub fn offer(&mut self, parcel: &Parcel) -> Result<Welcome> {
        let now = self.cable.now();
        self.cable.sender.put(parcel.head(), now);
        let (count, signer) = match self.cable.reply(|_| {})? {
            Reply::Outcome(Outcome::Welcome { changes, signer }) => (changes, signer.to_string()),
            Reply::Outcome(Outcome::Refused { reason }) => bail!("the box does not take {}: {reason}", parcel.id()),
            Reply::Outcome(Outcome::Damaged) => {
                bail!("the bundle's head arrived damaged; check the cable, and run this again")
            }
            other => return Err(puzzled(&other)),
        };
        let change = |number| match self.ask(|sender, now| sender.ask_change(number, now))? {
            Reply::Change(change) => Ok(change.to_string()),
            other => Err(puzzled(&other)),
        };
        Ok(Welcome { changes: (0..count).map(change).collect::<Result<_>>()?, signer })
    }

    /// The hashes of the files that it has.
    pub fn files(&mut self) -> Result<BTreeSet<Sha256>> {
        let mut files = BTreeSet::new();
        let mut number = 0;
        loop {
            match self.ask(|sender, now| sender.ask_files(number, now))? {
                Reply::Files { all, sha256s } => {
                    number = number.saturating_add(sha256s.len() as u16);
                    let is_all = sha256s.is_empty() || number >= all;
                    files.extend(sha256s);
                    if is_all {
                        return Ok(files);
                    }
                }
                other => return Err(puzzled(&other)),
            }
        }
    }

    /// How far what was sent is.
    pub fn installation(&mut self, sha256: Sha256) -> Result<Installation> {
        match self.ask(|sender, now| sender.ask_installation(sha256, now))? {
            Reply::Installation(installation) => Ok(installation),
            other => Err(puzzled(&other)),
        }
    }

    fn ask(&mut self, ask: impl FnOnce(&mut Sender, std::time::Duration)) -> Result<Reply> {
        let now = self.cable.now();
        ask(&mut self.cable.sender, now);
        Ok(self.cable.reply(|_| {})?)
    }
}
