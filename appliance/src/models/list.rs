//! What lies in both slots.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use fieldray_common::bundle::{KeyId, TrustedKey};
use serde::{Deserialize, Serialize};

use super::command::Place;
use super::{Folder, Refusal, Slot, Store};

/// Both slots.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
    /// Print one JSON object a slot, for programs
    #[arg(long)]
    json: bool,
}

/// A line of `fieldray models list --json`. The field names are a contract with other programs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub slot: Slot,
    pub active: bool,
    pub on_trial: bool,
    pub failed: bool,
    pub model: Option<String>,
    pub created: Option<String>,
    pub sha256: Option<String>,
    pub signed_by: Option<String>,
    #[serde(default)]
    pub signing_key: Option<KeyId>,
    pub trouble: Option<String>,
}

impl List {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let mut out = io::stdout().lock();
        for line in listed(&self.place.store(), &self.place.trusted()?)? {
            match self.json {
                true => writeln!(out, "{}", serde_json::to_string(&line)?)?,
                false => writeln!(out, "{}", line.sentence())?,
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A line a slot.
pub(crate) fn listed(store: &Store<Folder>, known: &[TrustedKey]) -> Result<Vec<Listed>, Refusal> {
    let slots = store.slots(known)?;
    let line = |slot| {
        let active = slots.is_some_and(|slots| slots.active() == Some(slot));
        let mut line = Listed {
            slot,
            active,
            on_trial: active && slots.is_some_and(|slots| slots.on_trial()),
            failed: slots.is_some_and(|slots| slots.failed() == Some(slot)),
            model: None,
            created: None,
            sha256: None,
            signed_by: None,
            signing_key: None,
            trouble: None,
        };
        match store.content(slot, known) {
            Ok(bundle) => {
                line.model = Some(bundle.manifest().id());
                line.created = Some(bundle.manifest().created.clone());
                line.sha256 = Some(bundle.sha256().to_owned());
                line.signed_by = Some(bundle.signer().to_owned());
                line.signing_key = Some(bundle.signing_key());
            }
            Err(refusal) => line.trouble = Some(refusal.to_string()),
        }
        line
    };
    Ok(Slot::ALL.map(line).into())
}

impl Listed {
    fn sentence(&self) -> String {
        let standing = match (self.active, self.on_trial, self.failed) {
            (true, false, _) => "active",
            (true, true, _) => "active, on trial",
            (false, _, true) => "gone back from",
            (false, _, false) => "idle",
        };
        let content = match (&self.model, &self.signed_by, &self.sha256) {
            (Some(model), Some(signer), Some(sha256)) => format!("{model}, signed by '{signer}', SHA-256 {sha256}"),
            _ => self.trouble.clone().unwrap_or_default(),
        };
        format!("slot {} ({standing}): {content}", self.slot.name())
    }
}
