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
pub fn samples() -> [Sample; 6] {
    use Metal::{Absent, Present};
    use State::{Fractured, Intact};
    let sample = |name, region, state, metal, seed| Sample {
        name,
        request: Request { region, state, metal, long_side_px: 900, seed },
    };
    [
        sample("hand-intact", Region::Hand, Intact, Absent, 9),
        sample("hand-fractured", Region::Hand, Fractured, Absent, 5),
        sample("leg-fractured", Region::Leg, Fractured, Absent, 5),
        sample("leg-nailed", Region::Leg, Intact, Present, 1),
        sample("hip-intact", Region::Hip, Intact, Absent, 6),
        sample("shoulder-fractured", Region::Shoulder, Fractured, Absent, 9),
    ]
}
