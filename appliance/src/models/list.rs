//! What lies in both slots.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use super::Slot;
use super::command::Place;

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
#[derive(Debug, Serialize)]
struct Line {
    slot: Slot,
    active: bool,
    on_trial: bool,
    failed: bool,
    model: Option<String>,
    created: Option<String>,
    sha256: Option<String>,
    signed_by: Option<String>,
    trouble: Option<String>,
}

impl List {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let mut out = io::stdout().lock();
        for line in lines(&self.place)? {
            match self.json {
                true => writeln!(out, "{}", serde_json::to_string(&line)?)?,
                false => writeln!(out, "{}", line.sentence())?,
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A line a slot.
fn lines(place: &Place) -> Result<Vec<Line>> {
    let (store, trusted) = (place.store(), place.trusted()?);
    let slots = store.slots(&trusted)?;
    let line = |slot| {
        let active = slots.is_some_and(|slots| slots.active() == slot);
        let mut line = Line {
            slot,
            active,
            on_trial: active && slots.is_some_and(|slots| slots.on_trial()),
            failed: slots.is_some_and(|slots| slots.failed() == Some(slot)),
            model: None,
            created: None,
            sha256: None,
            signed_by: None,
            trouble: None,
        };
        match store.content(slot, &trusted) {
            Ok(bundle) => {
                line.model = Some(bundle.manifest().id());
                line.created = Some(bundle.manifest().created.clone());
                line.sha256 = Some(bundle.sha256().to_owned());
                line.signed_by = Some(bundle.signer().to_owned());
            }
            Err(refusal) => line.trouble = Some(refusal.to_string()),
        }
        line
    };
    Ok(Slot::ALL.map(line).into())
}

impl Line {
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
