//! Names that stand for others: the same name always gets the same pseudonym, and only the archive's secret tells whose it is.

use crate::archive::Secret;
use crate::hex::hex;

/// What a UID is made for. Two purposes never get the same UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Stands for another UID in what does not name the patient.
    Replaced,
    /// This box, as the observer of a report.
    Device,
    /// An object of ours.
    Instance,
    /// A series of ours.
    Series,
    /// What a report measures.
    Tracking,
    /// A file that has no UID of its own.
    File,
}

impl Purpose {
    /// What goes into the UID; never changed, or the same answer would become another object.
    fn name(self) -> &'static str {
        match self {
            Purpose::Replaced => "Replaced",
            Purpose::Device => "Device",
            Purpose::Instance => "Instance",
            Purpose::Series => "Series",
            Purpose::Tracking => "Tracking",
            Purpose::File => "File",
        }
    }
}

/// Gives pseudonyms.
#[derive(Debug, Clone)]
pub struct Pseudonyms(Secret);

impl Pseudonyms {
    /// Those that belong to a secret.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// A UID of the form 2.25 (PS3.5, B.2) for what the `names` name together.
    pub(super) fn uid(&self, purpose: Purpose, names: &[&str]) -> String {
        let mac = self.0.mac(purpose.name(), names);
        let drawn = mac.iter().take(16).fold(0, |drawn, byte| drawn << 8 | u128::from(*byte));
        // RFC 9562: version 8 (of our own making), variant 2.
        let uuid = drawn & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
        format!("2.25.{uuid}")
    }

    /// A name for a patient.
    pub(super) fn patient(&self, identifier: &str) -> String {
        format!("FR-{}", hex(&self.0.mac("Patient", &[identifier])[..8]).to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_pseudonym_and_shares_it_with_no_other() {
        let pseudonyms = Pseudonyms::new(Secret::for_test(1));
        let uid = pseudonyms.uid(Purpose::Replaced, &["1.2", "3"]);
        assert_eq!(uid, pseudonyms.uid(Purpose::Replaced, &["1.2", "3"]));
        assert!(uid.len() <= 64 && uid.starts_with("2.25.") && !uid.starts_with("2.25.0"));
        for other in [
            pseudonyms.uid(Purpose::Series, &["1.2", "3"]),
            pseudonyms.uid(Purpose::Replaced, &["1.2", "4"]),
            pseudonyms.uid(Purpose::Replaced, &["1.", "23"]),
            Pseudonyms::new(Secret::for_test(2)).uid(Purpose::Replaced, &["1.2", "3"]),
        ] {
            assert_ne!(uid, other);
        }
        assert_ne!(pseudonyms.patient("1"), pseudonyms.patient("2"));
    }
}
