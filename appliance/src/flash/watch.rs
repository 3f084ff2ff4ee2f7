//! The way of a bundle from the laptop to the box's screen: sent, checked, tried, in use.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use fieldray_common::link::{Installation, Models, Outcome, Phase, Reply, Slot, Standing};

use super::ask::Box;
use super::parcel::{Load, Parcel};
use super::steps::{Step, Steps, percent};
use crate::cable::{Cut, puzzled};

/// What arrived damaged is sent anew so often.
const TIMES: usize = 3;

/// From one question to the next.
const PAUSE: Duration = Duration::from_millis(200);

/// A box that starts anew may say nothing for so long.
const STARTING: Duration = Duration::from_secs(180);

/// How it ended, by the box's own word.
pub(super) enum Ended {
    /// The box works with the bundle.
    Active {
        /// How many films it was tried on and the largest difference of a probability, where the box's word of that came through.
        tried: Option<(u32, f64)>,
    },
    /// The box works with what it had, for this reason.
    Refused(String),
}

/// Sends what is to be sent, and watches until the box works with the bundle, or has refused it.
///
/// # Errors
/// Where the box's word was not heard, with what the technician is to do.
pub(super) fn install(to: &mut Box, load: &Load, parcel: &Parcel, steps: &mut Steps) -> Result<Ended> {
    let ended = match send(to, load, steps) {
        Ok(None) => watch(to, load, parcel, steps),
        Ok(Some(reason)) => Ok(Ended::Refused(format!("the box does not take the bundle: {reason}"))),
        Err(error) => Err(error),
    };
    match ended {
        Ok(Ended::Active { .. }) => steps.end(),
        _ => steps.stop(),
    }
    ended
}

/// Sends it; gives why the box does not want it, where it does not.
fn send(to: &mut Box, load: &Load, steps: &mut Steps) -> Result<Option<String>> {
    let bytes = load.thing.content.len() as u64;
    for _ in 0..TIMES {
        let now = to.cable.now();
        to.cable.sender.put(load.thing.clone(), now);
        let mut last = None;
        let reply = to.cable.reply(|arrived| {
            if last.is_none() && arrived > 0 && arrived < bytes {
                steps.goes_on_at(percent(arrived, bytes));
            }
            last = Some(arrived);
            steps.at(Step::Send, arrived, bytes);
        });
        match reply.map_err(|cut| cut_off(&cut, last.unwrap_or(0), bytes))? {
            Reply::Outcome(Outcome::Installing) => return Ok(None),
            Reply::Outcome(Outcome::Refused { reason }) => return Ok(Some(reason.to_string())),
            Reply::Outcome(Outcome::Damaged) => {}
            other => return Err(puzzled(&other)),
        }
    }
    bail!(
        "the bundle arrived damaged {TIMES} times; check the cable, or lower its speed with --baud here and in the box's settings"
    )
}

fn cut_off(cut: &Cut, arrived: u64, bytes: u64) -> anyhow::Error {
    anyhow!("{cut}; then run the same command again: it goes on at {} %", percent(arrived, bytes))
}

/// Watches the box install and start anew.
fn watch(to: &mut Box, load: &Load, parcel: &Parcel, steps: &mut Steps) -> Result<Ended> {
    let mut tried = None;
    to.cable.set_patience(STARTING);
    loop {
        match to.installation(load.thing.sha256).map_err(|cut| on_its_own(&cut))? {
            Installation::Running { phase, done, of } => match phase {
                // Checking and copying are the halves of one step.
                Phase::Check => steps.at(Step::Verify, done, of.saturating_mul(2)),
                Phase::Copy => steps.at(Step::Verify, of.saturating_add(done), of.saturating_mul(2)),
                Phase::Try => steps.at(Step::SelfTest, done, of),
            },
            Installation::Installed { films, largest_difference, .. } => {
                tried = Some((films, largest_difference));
                // The box waits until no film does, and then starts anew.
                steps.at(Step::Activate, 0, 2);
            }
            Installation::Refused { reason } => {
                return Ok(Ended::Refused(format!("the box has not installed {}: {reason}", parcel.id())));
            }
            // It has started anew, and knows only what is on its disk.
            Installation::Unknown => break,
        }
        thread::sleep(PAUSE);
    }
    if tried.is_some() {
        steps.at(Step::Activate, 1, 2);
    }
    let begun = Instant::now();
    while begun.elapsed() < STARTING {
        let introduction = to.introduction().map_err(|cut| on_its_own(&cut))?;
        let standing = standing(&to.models().map_err(|cut| on_its_own(&cut))?, &parcel.id());
        match (introduction.bundle_sha256 == parcel.sha256, standing) {
            (true, Some(Standing::Active)) => {
                steps.at(Step::Activate, 1, 2);
                return Ok(Ended::Active { tried });
            }
            (false, Some(Standing::Failed)) => {
                return Ok(Ended::Refused(format!(
                    "the box went back to {} by itself, because {} did not come up well on it; keep the old model and report this",
                    introduction.bundle,
                    parcel.id()
                )));
            }
            (false, None | Some(Standing::Idle)) if tried.is_none() => {
                bail!("the box was switched off before it had installed the bundle; run the same command again")
            }
            _ => thread::sleep(PAUSE),
        }
    }
    bail!(
        "the box has installed {} and does not start with it; switch it off and on, and look at its display",
        parcel.id()
    )
}

/// What the box does with a model.
fn standing(models: &Models, id: &str) -> Option<Standing> {
    let Models::Store { slots, .. } = models else { return None };
    let of = |slot: &&Slot| slot.model.as_str() == id;
    // A slot that it starts from says more than one that has the same.
    let mut found: Vec<Standing> = slots.iter().filter(of).map(|slot| slot.standing).collect();
    found.sort_by_key(|standing| *standing == Standing::Idle);
    found.first().copied()
}

fn on_its_own(cut: &anyhow::Error) -> anyhow::Error {
    anyhow!("{cut}; the box has the bundle and goes on by itself: run the same command again to see how it ended")
}
