//! A bundle that is offered to a box: whether it may take over, and what that would change for the clinic.

use fieldray_common::bundle::{Bundle, Head, Manifest, Signed, TrustedKey};
use fieldray_common::screening::{Agreement, rescore_watched};
use semver::Version;

use super::refusal::Refusal;
use crate::choice;
use crate::screening::load_side_by_side;

/// A bundle that a trusted key signed and that this box can run, as far as can be told without running it.
#[derive(Debug)]
pub struct Offer {
    bundle: Bundle,
}

impl Offer {
    /// Looks at the bytes of a bundle that would follow the `installed` one.
    pub fn examine(bytes: &[u8], trusted: &[TrustedKey], installed: Option<&Bundle>) -> Result<Self, Refusal> {
        let bundle = Bundle::open(bytes, trusted)?;
        if let Some(installed) = installed.filter(|installed| installed.sha256() == bundle.sha256()) {
            return Err(Refusal::UpToDate(installed.manifest().id()));
        }
        may_follow(bundle.manifest(), installed)?;
        Ok(Self { bundle })
    }

    /// Looks at the head of such a bundle: what it says, if the bundle behind it may be taken.
    pub fn foresee(head: &[u8], trusted: &[TrustedKey], installed: Option<&Bundle>) -> Result<Signed, Refusal> {
        let signed = Head::read(head)?.signed(trusted)?;
        may_follow(&signed.manifest, installed)?;
        Ok(signed)
    }

    /// The bundle.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }
}

/// Whether a model may take the place of the `installed` one.
fn may_follow(new: &Manifest, installed: Option<&Bundle>) -> Result<(), Refusal> {
    if !choice::is_of_radiographs(new) {
        return Err(Refusal::OtherImages(new.id()));
    }
    match installed.map(Bundle::manifest) {
        Some(installed) if !new.replaces_newer && is_older(new, installed) => {
            Err(Refusal::Downgrade { new: new.id(), installed: installed.id() })
        }
        _ => Ok(()),
    }
}

/// Scores a bundle's reference films on this hardware; `told` hears after each how many are scored.
///
/// # Errors
/// Where one of them does not get the probability that the bundle promises.
pub fn prove(bundle: &Bundle, told: &mut dyn FnMut(usize)) -> Result<Agreement, Refusal> {
    let agreement = Agreement::of(&rescore_watched(bundle, &load_side_by_side(bundle)?, told)?);
    let Agreement { films, agreeing, largest_difference } = agreement;
    match films {
        0 => Err(Refusal::Unproved),
        _ if agreement.holds() => Ok(agreement),
        _ => Err(Refusal::SelfTest { failing: films - agreeing, films, largest: largest_difference }),
    }
}

/// Whether one version of a model comes before another. Models of other names, and versions that are none, do not compare.
fn is_older(new: &Manifest, installed: &Manifest) -> bool {
    let version = |manifest: &Manifest| Version::parse(&manifest.version).ok();
    new.name == installed.name && version(new).zip(version(installed)).is_some_and(|(new, installed)| new < installed)
}
