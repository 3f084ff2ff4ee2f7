//! `fieldray models delta`: an update that brings only what the boxes do not have.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use fieldray_common::bundle::{Bundle, Delta, DeltaError, delta};

use super::Refusal;
use crate::choice;
use crate::cli::plain;

/// Of what.
#[derive(Debug, clap::Args)]
pub(super) struct Make {
    /// The bundle that the boxes are to have
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The bundle that they run now
    #[arg(long, value_name = "OLD")]
    against: PathBuf,
    /// File to write; it is installed as a bundle is
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Make {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let [new, old] = [&self.new, &self.against].map(|path| choice::bundle_bytes(path).map(|bytes| (path, bytes)));
        let ((new_path, new), (old_path, old)) = (new?, old?);
        let no_bundle = |path: &PathBuf| format!("'{}' is not taken", path.display());
        let there = delta::hashes_in(&old).with_context(|| no_bundle(old_path))?;
        let made = Delta::of(&new, &there).with_context(|| no_bundle(new_path))?.to_bytes();
        fs::write(&self.out, &made).map_err(|error| {
            anyhow!("'{}' cannot be written ({}); check the folder and its disk", self.out.display(), plain(&error))
        })?;
        println!("wrote {}: {}", self.out.display(), delta::saving(made.len(), new.len() as u64));
        println!("it is for boxes that run {}; others need the whole bundle", old_path.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// The bundle's bytes in what a person or a program gives to be installed: a bundle, or a delta on the `installed` one.
pub fn whole<'a>(given: &'a [u8], installed: Option<&Bundle>) -> Result<Cow<'a, [u8]>, Refusal> {
    if !Delta::is_one(given) {
        return Ok(Cow::Borrowed(given));
    }
    let there = installed.ok_or(DeltaError::Lacks).map(delta::files_there)?;
    Ok(Cow::Owned(Delta::parse(given)?.rebuild(&there)?))
}
