//! What the archive tells of the box's days: its films, its log, how the model held, and what was chosen for this site.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::{Line, State};
use crate::archive::{ArchiveError, BoxId, Chosen, Records, SelfCheck, Standing};
use crate::calibration;
use crate::cli::plain;
use crate::clock::Timestamp;
use crate::log;

/// So many days are looked back.
const DAYS: i64 = 7;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// So many self-checks are compared.
const CHECKS: u32 = 30;

/// The model's last self-check should not be older than this: the box makes one at every start and once a day.
const CHECK_MS: i64 = 2 * DAY_MS;

/// The lines about the archive in `folder`.
pub(super) fn lines(folder: &Path) -> Vec<Line> {
    let told = Records::open(folder).and_then(|records| {
        let mut lines = vec![this_box(folder)?, films(&records)?, answers(&records)?, self_check(&records)?];
        lines.extend(operating_points(&records)?);
        Ok(lines)
    });
    let failed = |error: ArchiveError| vec![Line::new("archive", State::Attention, error.to_string())];
    let mut lines = told.unwrap_or_else(failed);
    lines.push(audit_log(folder));
    lines
}

fn this_box(folder: &Path) -> Result<Line, ArchiveError> {
    Ok(Line::new("box", State::Ok, BoxId::of(folder)?.to_string()))
}

fn films(records: &Records) -> Result<Line, ArchiveError> {
    let census = records.census()?;
    let said = format!(
        "{} films, {} MB kept, {} studies not reviewed, {} films wait for their answer",
        census.films,
        census.used_bytes >> 20,
        census.unreviewed_studies,
        census.waiting
    );
    Ok(Line::new("archive", State::Ok, said))
}

fn answers(records: &Records) -> Result<Line, ArchiveError> {
    let since = Timestamp::from_unix_ms(Timestamp::now().unix_ms() - DAYS * DAY_MS);
    let decisions = records.decisions_since(since)?;
    let told: Vec<String> = decisions.iter().map(|(decision, count)| format!("{count} {decision}")).collect();
    let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
    Ok(Line::new("answers", State::Ok, format!("in the last {DAYS} days: {told}")))
}

fn self_check(records: &Records) -> Result<Line, ArchiveError> {
    let checks = records.self_checks(CHECKS)?;
    let Some(last) = checks.first() else {
        return Ok(Line::new("self-check", State::Attention, "there was none; start 'fieldray run' once"));
    };
    // Only checks of the same model can be compared.
    let same = || checks.iter().filter(|check| check.bundle == last.bundle);
    let largest = same().map(|check| check.largest_difference).fold(0.0, f64::max);
    let SelfCheck { bundle, films, agreeing, largest_difference, at } = last;
    let said = format!(
        "{agreeing} of {films} films as promised by {}, largest difference {largest_difference:.1e} ({largest:.1e} in {} checks), {at}",
        bundle.name,
        same().count()
    );
    let old = Timestamp::now().unix_ms() - at.unix_ms() > CHECK_MS;
    Ok(match (last.holds(), old) {
        (false, _) => Line::new(
            "self-check",
            State::Attention,
            format!("{said}; every film is referred, install the bundle again"),
        ),
        (true, true) => {
            Line::new("self-check", State::Attention, format!("{said}; that is long ago, start 'fieldray run'"))
        }
        (true, false) => Line::new("self-check", State::Ok, said),
    })
}

fn operating_points(records: &Records) -> Result<Vec<Line>, ArchiveError> {
    let Some(bundle) = records.last_bundle()? else { return Ok(Vec::new()) };
    let line = |chosen: Chosen| {
        let state = match chosen.standing(&bundle.sha256) {
            Standing::Suspended => State::Attention,
            Standing::Active | Standing::Withdrawn => State::Ok,
        };
        Line::new("threshold", state, calibration::sentence(&chosen, &bundle))
    };
    Ok(records.chosen()?.into_iter().map(line).collect())
}

/// Whether the audit log in `folder` is whole.
pub(crate) fn audit_log(folder: &Path) -> Line {
    let verified = File::open(folder.join(log::FILE)).and_then(|file| log::verify(BufReader::new(file)));
    let (state, said) = match verified {
        Ok(Ok(whole)) => (State::Ok, format!("whole, {} lines, the last {}", whole.lines, whole.last_sha256)),
        Ok(Err(broken)) => (State::Attention, format!("{broken}; report this line")),
        Err(error) => (State::Attention, format!("it cannot be read ({}); check the disk", plain(&error))),
    };
    Line::new("audit log", state, said)
}
