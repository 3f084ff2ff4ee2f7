//! What one file tells of a box: a receipt, or a support bundle.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::receipt::{Receipt, ReceiptError};
use crate::archive::BoxId;
use crate::cli::plain;
use crate::support::told::{self, AboutBox, Check, Point};

/// No receipt and no support bundle is larger.
const MAX_BYTES: u64 = 256 << 20;

/// What a file is.
#[derive(Debug)]
pub(super) enum Packed {
    Receipt(Receipt),
    Support(Support),
}

/// What a support bundle tells of the box itself.
#[derive(Debug)]
pub(super) struct Support {
    pub about: AboutBox,
    /// The oldest first.
    pub checks: Vec<Check>,
    pub points: Vec<Point>,
}

/// Why a file is passed over.
#[derive(Debug, thiserror::Error)]
pub(super) enum PassedOver {
    #[error("it cannot be read ({0})")]
    Closed(String),
    #[error("it is neither a receipt nor a support bundle")]
    Foreign,
    #[error("it is a damaged receipt: {0}")]
    Receipt(ReceiptError),
    #[error("it is a damaged support bundle: '{0}' in it cannot be read")]
    Support(&'static str),
}

impl Packed {
    /// What the box is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Receipt(receipt) => &receipt.box_name,
            Self::Support(support) => &support.about.name,
        }
    }

    /// Which box it is, where that is told.
    pub fn box_id(&self) -> Option<BoxId> {
        match self {
            Self::Receipt(receipt) => receipt.box_id,
            Self::Support(support) => support.about.id,
        }
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, PassedOver> {
        let closed = |error| PassedOver::Closed(plain(&error));
        if fs::metadata(path).map_err(closed)?.len() > MAX_BYTES {
            return Err(PassedOver::Foreign);
        }
        Self::parse(&fs::read(path).map_err(closed)?)
    }

    /// Reads its bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, PassedOver> {
        match std::str::from_utf8(bytes).map(str::parse::<Receipt>) {
            Ok(Ok(receipt)) => Ok(Self::Receipt(receipt)),
            Ok(Err(ReceiptError::Foreign)) | Err(_) => Support::unpack(bytes).map(Self::Support),
            Ok(Err(damaged)) => Err(PassedOver::Receipt(damaged)),
        }
    }
}

impl Support {
    fn unpack(bytes: &[u8]) -> Result<Self, PassedOver> {
        let mut files = BTreeMap::new();
        let mut archive = tar::Archive::new(bytes);
        for entry in archive.entries().map_err(|_| PassedOver::Foreign)? {
            // Where it breaks off, what is missing is named below.
            let Ok(mut entry) = entry else { break };
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let (mut content, bytes) = (String::new(), entry.size());
            if entry.read_to_string(&mut content).is_ok_and(|read| read as u64 == bytes) {
                files.insert(name, content);
            } else if name == told::BOX {
                return Err(PassedOver::Support(told::BOX));
            }
        }
        let about = files.get(told::BOX).ok_or(PassedOver::Foreign)?;
        let about = serde_json::from_str(about).map_err(|_| PassedOver::Support(told::BOX))?;
        Ok(Self { about, checks: lines(&files, told::CHECKS)?, points: lines(&files, told::POINTS)? })
    }
}

fn lines<T: DeserializeOwned>(files: &BTreeMap<String, String>, name: &'static str) -> Result<Vec<T>, PassedOver> {
    let text = files.get(name).ok_or(PassedOver::Support(name))?;
    text.lines().map(|line| serde_json::from_str(line).map_err(|_| PassedOver::Support(name))).collect()
}
