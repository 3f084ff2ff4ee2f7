//! The operating point that keeps wanted rates.

use anyhow::{Context, Result};
use fieldray_common::{
    calibrate::OperatingPoint,
    metrics::{self, Scored},
};

/// Below the first threshold at most `1 - sensitivity` of the abnormal films lie, from the second on at most
/// `1 - specificity` of the normal ones; where the two cross, nothing needs to be referred, and one threshold serves.
pub(super) fn rates(films: &[Scored], sensitivity: f64, specificity: f64) -> Result<OperatingPoint> {
    let finds = metrics::operating_threshold(films, sensitivity).context("no abnormal film")?;
    let turned: Vec<Scored> =
        films.iter().map(|film| Scored { abnormal: !film.abnormal, probability: 1.0 - film.probability }).collect();
    let passes = 1.0 - metrics::operating_threshold(&turned, specificity).context("no normal film")?;
    let (low, high) = if finds <= passes { (finds, passes) } else { ((finds + passes) / 2.0, (finds + passes) / 2.0) };
    Ok(OperatingPoint::new(low, high)?)
}
