//! One region's classifiers, and how they answer together.

use ndarray::Array1;

use super::ModelError;
use crate::bundle::Weights;
use crate::bundle::manifest::{ClassifierEntry, HeadEntry, MemberEntry, Vote};
use crate::calibrate::{Calibration, OperatingPoint, probability};
use crate::classifier::Classifier;
use crate::conformal::Conformal;
use crate::region::Region;
use crate::view::View;

/// The classifiers of one region with their calibrations and operating point.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The region's name.
    pub name: String,
    /// The views it learned; empty where nothing is known of them.
    pub views: Vec<View>,
    /// Classifiers, each with its calibration.
    pub members: Vec<(Classifier, Calibration)>,
    /// How they answer together.
    pub vote: Vote,
    /// From the outcome of the vote to log-odds.
    pub calibration: Calibration,
    /// Where the decision changes.
    pub operating_point: OperatingPoint,
    /// Prediction sets with a promised coverage.
    pub conformal: Option<Conformal>,
}

/// What a head makes of a film.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Calibrated probability of `abnormal`, 0 to 1.
    pub probability: f64,
    /// Gradient of the head's log-odds with respect to the fused features (K), as far as it has one: the part of those members whose
    /// score has a gradient, and `None` where no member has. After a majority vote, which has none itself, that of a soft vote.
    pub gradient: Option<Array1<f64>>,
}

impl Head {
    /// A head from what the manifest says of it, and its arrays.
    pub(super) fn read(entry: &HeadEntry, weights: &Weights) -> Result<Self, ModelError> {
        let member = |(index, member): (usize, &MemberEntry)| {
            let classifier = member.classifier.read(&array_name(&entry.name, index), weights)?;
            Ok((classifier, member.calibration.clone()))
        };
        Ok(Self {
            name: entry.name.clone(),
            views: entry.views.clone(),
            members: entry.members.iter().enumerate().map(member).collect::<Result<_, ModelError>>()?,
            vote: entry.vote,
            calibration: entry.calibration.clone(),
            operating_point: entry.operating_point,
            conformal: entry.conformal,
        })
    }

    /// Adds its arrays to the `weights`, and gives what the manifest of a bundle says of it.
    pub fn write(&self, covers: Vec<Region>, weights: &mut Weights) -> HeadEntry {
        let members = self.members.iter().enumerate().map(|(index, (classifier, calibration))| MemberEntry {
            classifier: ClassifierEntry::write(classifier, &array_name(&self.name, index), weights),
            calibration: calibration.clone(),
        });
        HeadEntry {
            name: self.name.clone(),
            covers,
            views: self.views.clone(),
            members: members.collect(),
            vote: self.vote,
            calibration: self.calibration.clone(),
            operating_point: self.operating_point,
            conformal: self.conformal,
        }
    }

    /// Whether it learned this view, as far as is known.
    pub fn learned(&self, view: View) -> bool {
        self.views.is_empty() || self.views.contains(&view)
    }

    /// What its members make of fused features (K) together.
    pub fn judge(&self, fused: &Array1<f64>) -> Evidence {
        let scores = self.members.iter().map(|(classifier, _)| classifier.score(fused));
        Evidence {
            probability: probability(self.calibration.log_odds(self.outcome(scores))),
            gradient: self.gradient(fused),
        }
    }

    /// The outcome of the vote, before its calibration, where the members have these `scores`.
    pub fn outcome(&self, scores: impl IntoIterator<Item = f64>) -> f64 {
        let share = 1.0 / self.members.len() as f64;
        let voices = self.members.iter().zip(scores).map(|((_, calibration), score)| {
            let log_odds = calibration.log_odds(score);
            match self.vote {
                Vote::Soft => share * log_odds,
                Vote::Majority if log_odds == 0.0 => 0.0,
                Vote::Majority => share * log_odds.signum(),
            }
        });
        voices.sum()
    }

    fn gradient(&self, fused: &Array1<f64>) -> Option<Array1<f64>> {
        let share = self.calibration.slope() / self.members.len() as f64;
        let parts = self
            .members
            .iter()
            .filter_map(|(classifier, calibration)| Some(classifier.gradient(fused)? * (share * calibration.slope())));
        parts.reduce(|sum, part| sum + part)
    }
}

/// The name under which a member's arrays lie among the weights.
fn array_name(head: &str, member: usize) -> String {
    format!("heads.{head}.{member}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::Platt;
    use crate::classifier::{Linear, Node, Tree};
    use ndarray::array;

    fn linear(weight: f64) -> Classifier {
        Classifier::Logistic(Linear { weights: array![weight], bias: 0.0 })
    }

    /// Its score is 0.25 whatever the film.
    fn tree() -> Classifier {
        Classifier::Tree(Tree::new(vec![Node::Leaf(0.75)]).unwrap())
    }

    fn head(members: Vec<Classifier>, vote: Vote) -> Head {
        Head {
            name: "hand".to_owned(),
            views: Vec::new(),
            members: members.into_iter().map(|classifier| (classifier, Calibration::NONE)).collect(),
            vote,
            calibration: Calibration::Platt(Platt { slope: 2.0, offset: 0.5 }),
            operating_point: OperatingPoint::new(0.5, 0.5).unwrap(),
            conformal: None,
        }
    }

    #[test]
    fn a_head_without_views_takes_any() {
        let head = |views| Head { views, ..head(Vec::new(), Vote::Soft) };
        assert!(head(vec![]).learned(View::Oblique) && head(vec![View::Frontal]).learned(View::Frontal));
        assert!(!head(vec![View::Frontal]).learned(View::Oblique));
    }

    #[test]
    fn a_soft_vote_weighs_and_a_majority_counts() {
        let members = || vec![linear(-3.0), linear(1.0), tree()];
        let soft = head(members(), Vote::Soft).judge(&array![1.0]);
        assert!((soft.probability - probability(2.0 * (-3.0 + 1.0 + 0.25) / 3.0 + 0.5)).abs() < 1e-12);
        let majority = head(members(), Vote::Majority).judge(&array![1.0]);
        assert!((majority.probability - probability(2.0 / 3.0 + 0.5)).abs() < 1e-12);
    }

    #[test]
    fn members_without_a_gradient_leave_it_to_the_others() {
        let mixed = head(vec![linear(-3.0), tree()], Vote::Soft).judge(&array![1.0]);
        assert_eq!(mixed.gradient, Some(array![-3.0]));
        assert_eq!(head(vec![tree(), tree()], Vote::Soft).judge(&array![1.0]).gradient, None);
    }

    #[test]
    fn a_head_comes_back_from_a_bundle_as_it_went_in() {
        let mut head = head(vec![linear(-3.0), tree()], Vote::Majority);
        head.conformal = Some(Conformal { coverage: 0.9, normal_to: 0.4, abnormal_from: 0.3 });
        let mut weights = Weights::default();
        let entry = serde_json::to_string(&head.write(vec![Region::Hand], &mut weights)).unwrap();
        assert_eq!(Head::read(&serde_json::from_str(&entry).unwrap(), &weights).unwrap(), head);
    }

    #[test]
    fn a_manifest_from_before_votes_and_curves_reads_as_it_was_meant() {
        let text = r#"{"name": "hand", "covers": ["hand"], "operating_point": {"normal_below": 0.2, "abnormal_from": 0.4}, "members":
            [{"classifier": {"kind": "logistic", "bias": 0.5}, "calibration": {"slope": 1.5, "offset": -0.25}}]}"#;
        let mut weights = Weights::default();
        weights.insert_vector("heads.hand.0.weights", &array![2.0]);
        let head = Head::read(&serde_json::from_str(text).unwrap(), &weights).unwrap();
        let evidence = head.judge(&array![1.0]);
        assert!((evidence.probability - probability(1.5 * 2.5 - 0.25)).abs() < 1e-12);
        assert_eq!(evidence.gradient, Some(array![3.0]));
    }
}
