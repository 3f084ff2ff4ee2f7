//! What is told of an update.

use fieldray_common::bundle::{ArchiveError, BundleError, DeltaError};
use fieldray_common::link::Phase;
use fieldray_common::screening::Agreement;

use crate::models::{Change, Refusal, Slot};
use crate::screen::UpdateFault;

/// What a bundle would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// `name@version`.
    pub model: String,
    /// What it changes.
    pub changes: Vec<Change>,
    /// The name of the trusted key that signed it.
    pub signer: String,
}

/// How far an installation is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// This phase goes on, and so much of so much is done.
    Running(Phase, u64, u64),
    /// The bundle lies in a slot, and agreed so well with what it promises.
    Installed(Slot, Agreement),
    /// Nothing was changed, and why.
    Refused(String),
}

/// What the display shows of updates.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A stick brought this one: does the person want it?
    Offered(Proposal),
    /// A stick brought one that this box does not take.
    Declined(UpdateFault),
    /// The stick is gone before anybody wanted it.
    Withdrawn,
    /// This phase goes on, done to this share.
    Running(Phase, f64),
    /// It is installed; the box starts anew with it.
    Installed(Proposal),
    /// It was not installed.
    Failed(UpdateFault),
}

impl From<&Refusal> for UpdateFault {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Bundle(BundleError::Signature(_)) => Self::Signature,
            Refusal::Bundle(BundleError::Format(_)) => Self::Format,
            Refusal::Bundle(
                BundleError::Archive(ArchiveError::Damaged(_) | ArchiveError::TooLarge(_) | ArchiveError::Twice(_))
                | BundleError::Lacks(_)
                | BundleError::Manifest(_)
                | BundleError::Changed(_)
                | BundleError::Unnamed(_),
            )
            | Refusal::Delta(DeltaError::Damaged | DeltaError::Differs)
            | Refusal::Another => Self::Damaged,
            Refusal::Bundle(BundleError::RevokesItself)
            | Refusal::Delta(DeltaError::Lacks | DeltaError::TooLarge)
            | Refusal::Model(_)
            | Refusal::Reference(_)
            | Refusal::Crashed
            | Refusal::Unproved
            | Refusal::OtherImages(_) => Self::Unfit,
            Refusal::SelfTest { failing, films, .. } => Self::References { failing: *failing, films: *films },
            Refusal::Downgrade { .. } => Self::Older,
            Refusal::UpToDate(_) => Self::Known,
            Refusal::OnTrial | Refusal::Busy => Self::Busy,
            Refusal::Space { missing_bytes } => Self::Space { missing_mb: missing_bytes.div_ceil(1 << 20) },
            Refusal::ReadBack | Refusal::Disk(_) => Self::Disk,
            Refusal::Empty(_) | Refusal::Keys(_) | Refusal::NoStore => Self::Unprepared,
            Refusal::Pulled => Self::Pulled,
        }
    }
}
