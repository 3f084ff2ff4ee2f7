//! What the program says on standard error: lines with named fields, which journald keeps.

use std::io::{self, IsTerminal};

use anyhow::Result;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

use crate::config::Level;

/// From here on messages up to `level` are written; of the libraries below only what is wrong.
pub(super) fn start(level: Level) -> Result<()> {
    let level = LevelFilter::from(level);
    let wanted = Targets::new().with_target("fieldray_appliance", level).with_default(level.min(LevelFilter::WARN));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    registry().with(lines).with(wanted).try_init()?;
    Ok(())
}
