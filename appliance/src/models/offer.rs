//! A bundle that is offered to a box: whether it may take over, and what that would change for the clinic.

use fieldray_common::bundle::{Bundle, Manifest, TrustedKey};
use fieldray_common::screening::{Agreement, Model, rescore};
use semver::Version;

use super::refusal::Refusal;
use crate::choice;

/// A bundle that a trusted key signed and that this box can run, as far as can be told without running it.
#[derive(Debug)]
pub struct Offer {
    bundle: Bundle,
}

impl Offer {
    /// Looks at the bytes of a bundle that would follow the `installed` one.
    pub fn examine(bytes: &[u8], trusted: &[TrustedKey], installed: Option<&Bundle>) -> Result<Self, Refusal> {
        let bundle = Bundle::open(bytes, trusted)?;
        let manifest = bundle.manifest();
        if !choice::is_of_radiographs(manifest) {
            return Err(Refusal::OtherImages(manifest.id()));
        }
        if let Some(installed) = installed {
            if installed.sha256() == bundle.sha256() {
                return Err(Refusal::UpToDate(manifest.id()));
            }
            if !manifest.replaces_newer && is_older(manifest, installed.manifest()) {
                return Err(Refusal::Downgrade { new: manifest.id(), installed: installed.manifest().id() });
            }
        }
        Ok(Self { bundle })
    }

    /// The bundle.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }
}

/// Scores a bundle's reference films on this hardware.
///
/// # Errors
/// Where one of them does not get the probability that the bundle promises.
pub fn prove(bundle: &Bundle) -> Result<(), Refusal> {
    let agreement = Agreement::of(&rescore(bundle, &Model::load(bundle)?)?);
    let Agreement { films, agreeing, largest_difference } = agreement;
    match films {
        0 => Err(Refusal::Unproved),
        _ if agreement.holds() => Ok(()),
        _ => Err(Refusal::SelfTest { failing: films - agreeing, films, largest: largest_difference }),
    }
}

/// Whether one version of a model comes before another. Models of other names, and versions that are none, do not compare.
fn is_older(new: &Manifest, installed: &Manifest) -> bool {
    let version = |manifest: &Manifest| Version::parse(&manifest.version).ok();
    new.name == installed.name && version(new).zip(version(installed)).is_some_and(|(new, installed)| new < installed)
}

/// What a bundle would change, in one line each.
pub fn changes(new: &Manifest, installed: Option<&Manifest>) -> Vec<String> {
    let names = |manifest: &Manifest| manifest.heads.iter().map(|head| head.name.clone()).collect::<Vec<_>>();
    let Some(old) = installed else {
        return vec![format!("the first model of this box, {}, screens {}", new.id(), choice::regions(new))];
    };
    let mut changes = vec![format!("the model: {} takes the place of {}", new.id(), old.id())];
    let (before, after) = (names(old), names(new));
    let told = |regions: Vec<&String>| regions.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let gained: Vec<&String> = after.iter().filter(|name| !before.contains(name)).collect();
    let lost: Vec<&String> = before.iter().filter(|name| !after.contains(name)).collect();
    if !gained.is_empty() {
        changes.push(format!("regions: it also screens {}", told(gained)));
    }
    if !lost.is_empty() {
        changes.push(format!("regions: it NO LONGER screens {}; those films will be referred", told(lost)));
    }
    for head in &new.heads {
        let before = old.heads.iter().find(|before| before.name == head.name).map(|before| before.operating_point);
        let (now, was) = (head.operating_point, before.unwrap_or(head.operating_point));
        if now != was {
            changes.push(format!(
                "{}: normal below {:.3} (was {:.3}), abnormal from {:.3} (was {:.3}) of its own scale",
                head.name,
                now.normal_below(),
                was.normal_below(),
                now.abnormal_from(),
                was.abnormal_from()
            ));
        }
    }
    if new.preparation != old.preparation {
        changes.push(format!(
            "films are prepared at {} pixels (was {})",
            new.preparation.side_px, old.preparation.side_px
        ));
    }
    changes
}
