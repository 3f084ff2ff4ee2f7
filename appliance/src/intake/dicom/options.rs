//! What is negotiated with a caller: who may call, what may be stored, and how it may be encoded.

use std::time::Duration;

use dicom_dictionary_std::uids;
use dicom_ul::ServerAssociationOptions;
use dicom_ul::association::server::{AccessControl, DefaultNegotiation};
use dicom_ul::pdu::{AssociationRJServiceUserReason, UserIdentity};
use fieldray_common::read::transfer_syntaxes;

use crate::config::{AeTitle, Dicom};

/// What may be stored: the objects that hold projection radiographs, and pictures of them.
const STORED: [&str; 5] = [
    uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE,
    uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
];

/// How associations are established.
pub(super) type Options = ServerAssociationOptions<'static, Callers, DefaultNegotiation>;

/// The options that the settings ask for.
pub(super) fn of(settings: &Dicom) -> Options {
    let idle = Duration::from_secs(settings.idle_s.get());
    let mut options = ServerAssociationOptions::new()
        .ae_access_control(Callers(settings.callers.clone()))
        .ae_title(settings.ae_title.as_str().to_owned())
        .max_pdu_length(settings.pdu_bytes.get() as u32)
        .strict(true)
        .read_timeout(idle)
        .write_timeout(idle);
    for syntax in transfer_syntaxes() {
        options = options.with_transfer_syntax(syntax);
    }
    for class in STORED.into_iter().chain([uids::VERIFICATION]) {
        options = options.with_abstract_syntax(class);
    }
    options
}

/// The application entities that may call; none are named where everybody may.
#[derive(Debug, Clone)]
pub(super) struct Callers(Vec<AeTitle>);

impl AccessControl for Callers {
    fn check_access(
        &self,
        own: &str,
        calling: &str,
        called: &str,
        _: Option<&UserIdentity>,
    ) -> Result<(), AssociationRJServiceUserReason> {
        if own != called {
            return Err(AssociationRJServiceUserReason::CalledAETitleNotRecognized);
        }
        if !self.0.is_empty() && !self.0.iter().any(|title| title.as_str() == calling) {
            return Err(AssociationRJServiceUserReason::CallingAETitleNotRecognized);
        }
        Ok(())
    }
}
