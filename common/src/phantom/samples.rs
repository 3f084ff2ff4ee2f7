//! The films that a demonstration shows.

use super::{Metal, Request, State};
use crate::region::Region;

/// A named film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// A short name, fit for a file.
    pub name: &'static str,
    /// What to simulate.
    pub request: Request,
}

/// Six films of four regions, intact and fractured, one with metal; 900 pixels on the longer side.
///
/// Their seeds were chosen so that the demonstration shows more than one kind of answer: they prove nothing of a model.
pub fn samples() -> [Sample; 6] {
    use Metal::{Absent, Present};
    use State::{Fractured, Intact};
    let sample = |name, region, state, metal, seed| Sample {
        name,
        request: Request { region, state, metal, long_side_px: 900, seed },
    };
    [
        sample("hand-intact", Region::Hand, Intact, Absent, 2),
        sample("hand-fractured", Region::Hand, Fractured, Absent, 20),
        sample("leg-fractured", Region::Leg, Fractured, Absent, 11),
        sample("leg-nailed", Region::Leg, Intact, Present, 12),
        sample("wrist-intact", Region::Wrist, Intact, Absent, 15),
        sample("shoulder-fractured", Region::Shoulder, Fractured, Absent, 11),
    ]
}
