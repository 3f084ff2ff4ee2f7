//! The act itself: a radiograph and a model give a decision, its probability, and the heatmap that explains it.

mod exposure;
mod head;
mod model;
mod reference;
mod region;

pub use exposure::Exposure;
pub use head::{Evidence, Head};
pub use model::{LoadBackbones, Model, ModelError, RunBackbones, Seen};
pub use reference::{Agreement, ReferenceError, Rescored, TOLERANCE, rescore, rescore_watched};
pub use region::{RegionChoice, RegionSource};

use std::fmt;

use crate::calibrate::{OperatingPoint, Side};
use crate::explain::{Cam, Heatmap};
use crate::prepare::Placement;
use crate::radiograph::Radiograph;
use crate::region::Region;
use crate::view::View;

/// What the box says of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Nothing abnormal was seen.
    Normal,
    /// Something abnormal was seen.
    Abnormal,
    /// A person must look: the model is not sure, or not competent for this film.
    Refer,
    /// There is no film to judge.
    Unreadable,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 4] = [Decision::Normal, Decision::Abnormal, Decision::Refer, Decision::Unreadable];

    /// The decision that a word names, if one does.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.name() == name)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Normal => "normal",
            Decision::Abnormal => "abnormal",
            Decision::Refer => "refer",
            Decision::Unreadable => "unreadable",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why the decision is what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The probability is at or above the operating point.
    Above,
    /// The probability is below the operating point.
    Below,
    /// The probability lies between the two thresholds.
    TooCloseToCall,
    /// The film is farther from the training films than the bundle allows.
    Unfamiliar {
        /// Its distance over the bundle's limit (above 1).
        times_limit: f64,
    },
    /// The bundle has no classifier for this body region.
    NoClassifier(Region),
    /// The classifier of this region has not learned the view that the film says it is.
    OtherView(View),
    /// The film's exposure was bad.
    BadExposure(Exposure),
    /// No region was given, and the model cannot tell which one the film shows.
    RegionUnclear,
    /// The film could not be read, for this reason.
    Unreadable(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Above => f.write_str("signs of an abnormality were seen"),
            Reason::Below => f.write_str("no sign of an abnormality was seen"),
            Reason::TooCloseToCall => f.write_str("too close to call; a person should read this film"),
            Reason::Unfamiliar { .. } => {
                f.write_str("the film is unlike those the model was trained on; a person should read it")
            }
            Reason::NoClassifier(region) => {
                write!(f, "this model does not screen the {region}; a person should read it")
            }
            Reason::OtherView(view) => {
                write!(f, "the model has not learned {view} views of this region; a person should read the film")
            }
            Reason::BadExposure(fault) => write!(f, "{fault}"),
            Reason::RegionUnclear => f.write_str("the body region could not be told; give it and screen again"),
            Reason::Unreadable(cause) => f.write_str(cause),
        }
    }
}

impl Reason {
    /// The reason that is recorded in these words; any that are not ours say why a film could not be read. How far an unfamiliar film is
    /// from the others is not in the words, and comes back as 1.
    pub fn of_record(words: &str) -> Self {
        let ours = [
            Reason::Above,
            Reason::Below,
            Reason::TooCloseToCall,
            Reason::Unfamiliar { times_limit: 1.0 },
            Reason::RegionUnclear,
        ];
        let regions = Region::ALL.into_iter().map(Reason::NoClassifier);
        let views = View::ALL.into_iter().map(Reason::OtherView);
        let exposures = Exposure::ALL.into_iter().map(Reason::BadExposure);
        let found =
            ours.into_iter().chain(regions).chain(views).chain(exposures).find(|reason| reason.to_string() == words);
        found.unwrap_or_else(|| Reason::Unreadable(words.to_owned()))
    }
}

/// One act of screening.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    /// The head that screened it and how it was chosen, if one was.
    pub region: Option<RegionChoice>,
    /// Calibrated probability of `abnormal` (0 to 1), whenever a classifier ran.
    pub probability: Option<f64>,
    /// What the box says.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// Where on the scale of probability the decision changes, if it was made there: a film unlike the training films is referred
    /// whatever its probability.
    pub operating_point: Option<OperatingPoint>,
    /// Where the model looked, whenever a classifier ran that has a gradient.
    pub heatmap: Option<Heatmap>,
}

/// The steps of one screening, in their order; the caller, who has a clock, is told when each is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Bytes to radiograph.
    Read,
    /// Radiograph to tensor.
    Prepare,
    /// Tensor to features.
    Network,
    /// Features to decision.
    Classify,
    /// Decision to heatmap.
    Explain,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Stage; 5] = [Stage::Read, Stage::Prepare, Stage::Network, Stage::Classify, Stage::Explain];

    /// The stage's name in records.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Read => "read",
            Stage::Prepare => "prepare",
            Stage::Network => "network",
            Stage::Classify => "classify",
            Stage::Explain => "explain",
        }
    }
}

impl Screening {
    /// The record of a film that could not be judged.
    pub fn unreadable(cause: impl fmt::Display) -> Self {
        Self {
            region: None,
            probability: None,
            decision: Decision::Unreadable,
            reason: Reason::Unreadable(cause.to_string()),
            operating_point: None,
            heatmap: None,
        }
    }

    /// The record of a film that no classifier judged; `region` is the head that would have, where one was chosen.
    fn referred(region: Option<RegionChoice>, reason: Reason) -> Self {
        Self { region, probability: None, decision: Decision::Refer, reason, operating_point: None, heatmap: None }
    }

    /// Decides again, at another operating point; what was not decided at one stays as it is.
    pub fn decide_at(&mut self, point: OperatingPoint) {
        if let (Some(_), Some(probability)) = (self.operating_point, self.probability) {
            (self.decision, self.reason) = decide(point, probability);
            self.operating_point = Some(point);
        }
    }
}

/// Screens a film. `given` is the head a person named, by its index in the model; `done` is called after each stage.
///
/// # Errors
/// Only where the model itself fails; whatever is wrong with the film is said in the screening.
pub fn screen(
    model: &Model,
    film: &Radiograph,
    given: Option<usize>,
    done: &mut dyn FnMut(Stage),
) -> Result<Screening, ModelError> {
    if let Some(fault) = Exposure::fault_of(film) {
        return Ok(Screening::referred(None, Reason::BadExposure(fault)));
    }
    let prepared = match model.preparation().apply(film) {
        Ok(prepared) => prepared,
        Err(error) => return Ok(Screening::unreadable(error)),
    };
    let tensor = model.preparation().tensor(&prepared.grid);
    done(Stage::Prepare);

    let seen = model.see(&tensor)?;
    done(Stage::Network);

    Ok(conclude(model, film, given, &seen, prepared.placement, done))
}

/// What follows from what the networks saw in a film that lies on the grid at `placement`: region, decision, heatmap.
///
/// For callers that ask more than one thing of one look; the others call [`screen`].
pub fn conclude(
    model: &Model,
    film: &Radiograph,
    given: Option<usize>,
    seen: &Seen,
    placement: Placement,
    done: &mut dyn FnMut(Stage),
) -> Screening {
    let choice = match region::choose(model, film, given, seen) {
        Ok(choice) => choice,
        Err(reason) => return Screening::referred(None, reason),
    };
    let head = &model.heads()[choice.head];
    let view = film.facts().view_position.as_deref().and_then(View::from_view_position);
    if let Some(view) = view.filter(|view| !head.learned(*view)) {
        return Screening::referred(Some(choice), Reason::OtherView(view));
    }
    let evidence = model.judge(choice.head, seen);
    let times_limit = seen.distance / model.novelty().limit;
    let operating_point = (times_limit <= 1.0).then_some(head.operating_point);
    let (decision, reason) = match operating_point {
        Some(point) => decide(point, evidence.probability),
        None => (Decision::Refer, Reason::Unfamiliar { times_limit }),
    };
    done(Stage::Classify);

    let maps = model.explain(seen, &evidence, Cam::GradCam);
    let heatmap = maps.map(|evidence| Heatmap::of(evidence, placement));
    done(Stage::Explain);
    let (region, probability) = (Some(choice), Some(evidence.probability));
    Screening { region, probability, decision, reason, operating_point, heatmap }
}

fn decide(point: OperatingPoint, probability: f64) -> (Decision, Reason) {
    match point.side(probability) {
        Side::Abnormal => (Decision::Abnormal, Reason::Above),
        Side::Normal => (Decision::Normal, Reason::Below),
        Side::Between => (Decision::Refer, Reason::TooCloseToCall),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_known_by_its_words() {
        let unclear = [
            Reason::Above,
            Reason::RegionUnclear,
            Reason::NoClassifier(Region::Chest),
            Reason::OtherView(View::Oblique),
            Reason::BadExposure(Exposure::Flat),
        ];
        for reason in unclear.into_iter().chain([Reason::Unreadable("the film is blank".to_owned())]) {
            assert_eq!(Reason::of_record(&reason.to_string()), reason);
        }
        let far = Reason::Unfamiliar { times_limit: 2.5 };
        assert_eq!(Reason::of_record(&far.to_string()), Reason::Unfamiliar { times_limit: 1.0 });
    }
}
