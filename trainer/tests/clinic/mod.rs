//! A small clinic: films of its patients on disk, a table that names them, and a recipe that learns from them.

use std::{fs, path::PathBuf};

use fieldray_common::{
    phantom::{self, Metal, Request, State},
    region::Region,
};
use tempfile::TempDir;

const SMOKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml");
pub const ROWS: &str = "file,label,region,patient,split\n";

/// A clinic's films, a table that names them, and a recipe that learns from them and a few phantoms.
pub struct Clinic(TempDir);

impl Clinic {
    /// Films of 48 patients, two of each: one of the hand and one of the leg. Every second patient is fractured, every sixth held out.
    pub fn new() -> Self {
        let clinic = Self(tempfile::tempdir().unwrap());
        let mut rows = ROWS.to_owned();
        for patient in 0..48_u64 {
            let fractured = patient % 2 == 1;
            for (number, region) in [Region::Hand, Region::Leg].into_iter().enumerate() {
                let state = if fractured { State::Fractured } else { State::Intact };
                let seed = 2 * patient + number as u64;
                let request = Request { region, state, metal: Metal::Absent, long_side_px: 72, seed };
                let name = format!("{region}-{patient}.png");
                fs::write(clinic.path(&name), phantom::png(&phantom::simulate(&request))).unwrap();
                let split = if patient % 12 < 2 { "hold-out" } else { "learning" };
                rows += &format!("{name},{},{region},{patient},{split}\n", u8::from(fractured));
            }
        }
        fs::write(clinic.path("films.csv"), rows).unwrap();
        let recipe = format!(
            r#"
            extends = "{SMOKE}"
            name = "clinic"

            [[data.source]]
            kind = "csv"
            name = "clinic"
            table = "films.csv"
            finding = "a fracture"

            [[data.source]]
            kind = "phantoms"
            count = 30

            [transfer]
            source = ["leg"]
            target = ["hand"]

            [[backbone]]
            architecture = "squeezenet1_1"
            start = "scratch"

            [[stage]]
            purpose = "pretrain"
            regions = ["leg"]
            phantoms = 10
            epochs = 1
            head_epochs = 0
            head_rate = 1e-3
            body_rate = 1e-3
            augmentation = 1.0
            keep = "best"

            [[stage]]
            purpose = "finetune"
            regions = ["hand"]
            phantoms = 0
            epochs = 1
            head_epochs = 0
            head_rate = 1e-3
            body_rate = 1e-3
            augmentation = 1.0
            keep = "last"
            "#
        );
        fs::write(clinic.path("clinic.toml"), recipe).unwrap();
        clinic
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Replaces the first `from` in a file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from));
        fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }
}
