//! The chain of hashes from line to line.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Deed;
use crate::hex::hex;

/// Longest line that is read; ours have a few hundred bytes.
const LONGEST_BYTES: u64 = 1 << 16;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// SHA-256 of the line before, without its line feed; of nothing for the first.
    pub previous: String,
    pub at: String,
    pub who: String,
    #[serde(flatten)]
    pub deed: Deed,
    pub bundle_sha256: String,
}

impl Line {
    /// The line that `bytes` are, with their line feed; `None` where they are none, or half of one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes.strip_suffix(b"\n")?).ok()
    }

    /// Whether `bytes` are a whole line but for its line feed.
    pub fn lacks_only_its_end(bytes: &[u8]) -> bool {
        !bytes.ends_with(b"\n") && serde_json::from_slice::<Self>(bytes).is_ok()
    }
}

/// The chain up to some line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub last_sha256: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { last_sha256: hex(&Sha256::digest(b"")) }
    }
}

impl Chain {
    /// The chain one line further.
    pub fn after(&self, line: &[u8]) -> Self {
        Self { last_sha256: hex(&Sha256::digest(line.strip_suffix(b"\n").unwrap_or(line))) }
    }
}

/// Bytes that are no line.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail {
    pub bytes: u64,
    /// Whether a line feed ends them.
    pub ended: bool,
    hash: Sha256,
}

impl Tail {
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.ended = bytes.ends_with(b"\n");
        self.hash.update(bytes);
    }

    /// The deed that closes them.
    pub fn into_deed(self) -> Deed {
        Deed::Torn { bytes: self.bytes, torn_sha256: hex(&self.hash.finalize()) }
    }
}

/// What a log whose chain holds says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many lines it has, the torn ones among them.
    pub lines: u64,
    /// SHA-256 of the last line.
    pub last_sha256: String,
    /// The numbers of the lines that power cuts tore.
    pub torn: Vec<u64>,
}

/// The first line that is wrong, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {wrong}")]
pub struct Broken {
    /// Its number.
    pub line: u64,
    /// What is wrong with it.
    pub wrong: &'static str,
}

/// Follows the chain from the first line to the last.
///
/// # Errors
/// Where the log cannot be read; inside, the first line that is wrong.
pub fn verify(log: impl BufRead) -> io::Result<Result<Verified, Broken>> {
    let (mut chain, mut number, mut torn) = (Chain::default(), 0, Vec::new());
    let mut tail: Option<(u64, Tail)> = None;
    for line in lines(log) {
        let line = line?;
        number += 1;
        let Some(parsed) = Line::parse(&line) else {
            tail.get_or_insert((number, Tail::default())).1.add(&line);
            continue;
        };
        let closed = match &parsed.deed {
            deed @ Deed::Torn { .. } => Some(deed),
            _ => None,
        };
        let wrong = |line, wrong| Ok(Err(Broken { line, wrong }));
        match (tail.take(), closed) {
            (None, None) => {}
            (Some((first, torn)), closed) if closed != Some(&torn.clone().into_deed()) => {
                return wrong(first, "is no line of the log");
            }
            (Some((first, _)), _) => torn.extend(first..number),
            (None, Some(_)) => return wrong(number, "speaks of torn bytes that are not there"),
        }
        if parsed.previous != chain.last_sha256 {
            return wrong(
                number,
                "does not follow the line before it: that one was changed, or lines were taken out or put in",
            );
        }
        chain = chain.after(&line);
    }
    Ok(match tail {
        Some((line, _)) => Err(Broken { line, wrong: "is torn; start 'fieldray run' once, which closes it" }),
        None => Ok(Verified { lines: number, last_sha256: chain.last_sha256, torn }),
    })
}

/// The lines of a log with their line feeds; one that is too long comes in pieces.
pub(super) fn lines(mut log: impl BufRead) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match (&mut log).take(LONGEST_BYTES).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    })
}
