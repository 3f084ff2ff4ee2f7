//! What a person sees of learning: a bar on a terminal, a line for each epoch anywhere, the same line in the log.

use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::folder::RunFolder;

/// Tells how one backbone's learning goes.
#[derive(Debug)]
pub struct Progress<'a> {
    folder: &'a RunFolder,
    name: &'a str,
    bar: ProgressBar,
    since: Instant,
    films: usize,
}

impl<'a> Progress<'a> {
    /// For the backbone of that name.
    pub fn new(folder: &'a RunFolder, name: &'a str) -> Self {
        Self { folder, name, bar: bar("films"), since: Instant::now(), films: 0 }
    }

    /// An epoch begins, of which `done` films were seen before a restart.
    pub fn begin(&mut self, title: String, done: usize, films: usize) {
        self.bar = bar("films").with_position(done as u64);
        self.bar.set_length(films as u64);
        self.bar.set_prefix(format!("{} {title}", self.name));
        self.bar.reset_eta();
        (self.since, self.films) = (Instant::now(), 0);
    }

    /// Films were learned from.
    pub fn advance(&mut self, films: usize) {
        self.films += films;
        self.bar.inc(films as u64);
    }

    /// Films learned from in each second of this epoch.
    pub fn films_per_second(&self) -> f64 {
        self.films as f64 / self.since.elapsed().as_secs_f64().max(1e-3)
    }

    /// The epoch's time.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Says a line, on the terminal and in the log.
    pub fn say(&self, line: &str) -> Result<()> {
        let line = format!("{}: {line}", self.name);
        self.bar.finish_and_clear();
        eprintln!("{line}");
        self.folder.log(&line)
    }
}

/// A bar that counts `what`, drawn only on a terminal.
pub fn bar(what: &str) -> ProgressBar {
    let template = format!("{{prefix}} {{wide_bar}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4)).with_style(style)
}

/// A time as a person says it.
pub fn spoken(time: Duration) -> String {
    HumanDuration(time).to_string()
}
