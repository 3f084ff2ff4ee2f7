//! How far an update is, for the person at the laptop: one bar a step, which says 100 % when the step is over and not before.

use std::io::{self, IsTerminal};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar counts so finely.
const PARTS: u64 = 1000;

/// A step of an update, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The bundle goes over the cable.
    Send,
    /// The box checks and copies it.
    Verify,
    /// The box scores its reference films.
    SelfTest,
    /// The box starts anew with it.
    Activate,
}

impl Step {
    const ALL: [Step; 4] = [Step::Send, Step::Verify, Step::SelfTest, Step::Activate];

    fn name(self) -> &'static str {
        match self {
            Step::Send => "send",
            Step::Verify => "verify",
            Step::SelfTest => "self-test",
            Step::Activate => "activate",
        }
    }
}

/// The steps, one after the other: a bar on standard error where that is a terminal, and a line on standard output for each that is over.
#[derive(Default)]
pub(super) struct Steps {
    current: Option<(Step, Instant, ProgressBar)>,
}

impl Steps {
    /// A step goes on, and so much of so much is done; those before it are over.
    pub fn at(&mut self, step: Step, done: u64, of: u64) {
        let current = self.current.as_ref().map(|(current, ..)| *current);
        if current.is_none_or(|current| current < step) {
            for next in Step::ALL.into_iter().filter(|next| Some(*next) > current && *next <= step) {
                self.end();
                self.current = Some((next, Instant::now(), bar(next)));
            }
        }
        if let Some((_, _, bar)) = &self.current {
            bar.set_position(done.saturating_mul(PARTS) / of.max(1));
            bar.set_message(format!("{:>3} %", percent(done, of)));
        }
    }

    /// A cable that was cut goes on where it was.
    pub fn goes_on_at(&self, percent: u64) {
        println!("  send      goes on at {percent} %");
    }

    /// The current step is over.
    pub fn end(&mut self) {
        if let Some((step, begun, bar)) = self.current.take() {
            bar.finish_and_clear();
            println!("  {:<9} 100 %  {:.1} s", step.name(), begun.elapsed().as_secs_f64());
        }
    }

    /// It ends without being over.
    pub fn stop(&mut self) {
        if let Some((_, _, bar)) = self.current.take() {
            bar.finish_and_clear();
        }
    }
}

/// How much of something is done that is not over.
pub(super) fn percent(done: u64, of: u64) -> u64 {
    done.saturating_mul(100).checked_div(of).unwrap_or(0).min(99)
}

fn bar(step: Step) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(PARTS).with_prefix(format!("{:<9}", step.name()));
    match ProgressStyle::with_template("  {prefix} {bar:40} {msg}  {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_over_is_never_told_as_100_percent() {
        let told = [(0, 8), (7, 8), (999, 1000), (8, 8), (9, 8), (0, 0)];
        assert_eq!(told.map(|(done, of)| percent(done, of)), [0, 87, 99, 99, 99, 0]);
    }
}
