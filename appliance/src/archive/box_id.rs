//! Which box this is, however it is called.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ArchiveError, Secret, secret};

/// What no other box has, and this one keeps as long as its archive: 16 hexadecimal digits. It follows from the archive's secret, and tells
/// nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BoxId(u64);

/// A text that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the id of a box; it should be 16 hexadecimal digits")]
pub struct NoBoxId(String);

impl BoxId {
    /// The box with the archive in `folder`, which another program may have open.
    pub fn of(folder: &Path) -> Result<Self, ArchiveError> {
        secret(folder).map(Self::from)
    }
}

impl From<Secret> for BoxId {
    fn from(secret: Secret) -> Self {
        // Never changed, or every box would become another one.
        let drawn = secret.mac("Box", &[]);
        Self(drawn.iter().take(8).fold(0, |drawn, byte| drawn << 8 | u64::from(*byte)))
    }
}

impl fmt::Display for BoxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<BoxId> for String {
    fn from(id: BoxId) -> Self {
        id.to_string()
    }
}

impl FromStr for BoxId {
    type Err = NoBoxId;

    fn from_str(text: &str) -> Result<Self, NoBoxId> {
        let digits = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let id = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        id.map(Self).ok_or_else(|| NoBoxId(text.to_owned()))
    }
}

impl TryFrom<String> for BoxId {
    type Error = NoBoxId;

    fn try_from(text: String) -> Result<Self, NoBoxId> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_archive_has_its_own_and_it_is_read_as_it_is_written() {
        let [one, other] = [1, 2].map(|byte| BoxId::from(Secret::for_test(byte)));
        assert_ne!(one, other);
        assert_eq!((one, one.to_string().len()), (BoxId::from(Secret::for_test(1)), 16));
        assert_eq!(one.to_string().parse(), Ok(one));
        for text in ["", "Ward 3", "+123456789abcdef", "0123456789abcdef0"] {
            assert!(text.parse::<BoxId>().is_err(), "{text}");
        }
    }
}
