//! A box without a disk.

use std::collections::BTreeMap;

use super::*;

/// A box that keeps everything in memory, partial transfers too.
#[derive(Debug, Default)]
pub struct Memory {
    pub partial: BTreeMap<Sha256, Vec<u8>>,
    pub offer: Option<Offer>,
    pub kept: Vec<Vec<u8>>,
    pub offered: usize,
    pub taken_bytes: usize,
    pub most_bytes: Option<usize>,
    pub asked: u32,
}

impl Reception for Memory {
    fn introduction(&mut self) -> Introduction {
        Introduction {
            protocol: PROTOCOL,
            name: "Ward 3".into(),
            software: "1.2.3".into(),
            bundle: "bones@1".into(),
            bundle_sha256: [7; 32],
            free_bytes: 1 << 40,
        }
    }

    fn offered(&mut self, offer: &Offer) -> Start {
        self.offered += 1;
        if offer.kind == Kind::Bundle {
            return Start::Over(Outcome::Refused { reason: "no bundles here".into() });
        }
        if let Some(image) = self.kept.iter().position(|film| Hash::digest(film)[..] == offer.sha256) {
            return Start::Over(Outcome::Known { image: image as u64 });
        }
        self.offer = Some(*offer);
        Start::At(self.partial.entry(offer.sha256).or_default().len() as u64)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        self.taken_bytes += bytes.len();
        let partial = self.partial.get_mut(&self.offer.unwrap().sha256).unwrap();
        partial.extend(bytes);
        match self.most_bytes {
            Some(most) if partial.len() > most => Err(Outcome::Refused { reason: "full".into() }),
            _ => Ok(()),
        }
    }

    fn whole(&mut self) -> Outcome {
        let offer = self.offer.take().unwrap();
        let content = self.partial.remove(&offer.sha256).unwrap();
        if Hash::digest(&content)[..] != offer.sha256 {
            return Outcome::Damaged;
        }
        self.kept.push(content);
        Outcome::Kept { image: self.kept.len() as u64 - 1 }
    }

    fn answer(&mut self, image: u64) -> Answer {
        self.asked += 1;
        match self.asked {
            _ if image != 0 => Answer::NoImage,
            1..3 => Answer::Waiting,
            _ => Answer::Given { decision: "refer".into(), probability: Some(0.25), reason: "so".into() },
        }
    }

    fn models(&mut self) -> Models {
        Models::NoStore { reason: "none here".into() }
    }

    fn change(&mut self, number: u16) -> Text {
        format!("change {number}").as_str().into()
    }

    fn installation(&mut self, sha256: &Sha256) -> Installation {
        match sha256[0] {
            0 => Installation::Unknown,
            done => Installation::Running { phase: Phase::Try, done: done.into(), of: 8 },
        }
    }

    fn files(&mut self) -> Vec<Sha256> {
        (0..40).map(|number| [number; 32]).collect()
    }

    fn identity(&mut self) -> Text {
        "0123456789abcdef".into()
    }
}
