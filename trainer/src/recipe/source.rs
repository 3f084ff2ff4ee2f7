//! Where a run's films come from. Paths are relative to the data folder.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use fieldray_common::region::Region;
use serde::{Deserialize, Serialize};

/// The `[data]` table of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Data {
    /// At most this many films of each source: for trying a recipe out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Whom the model card names beside the sources: where the first weights come from.
    pub attributions: Vec<String>,
    /// The sources, in the order of their films.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// A data set, by how it is laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// FracAtlas: hand, leg, hip and shoulder; abnormal is a fracture.
    Fracatlas {
        /// Holds `dataset.csv`, `boxes.json` and `images/`.
        folder: PathBuf,
    },
    /// MURA 1.1: shoulder to finger. Its `valid` part is held out, as it is a hold-out to everyone who publishes on it.
    Mura {
        /// Holds `train/`, `valid/` and the lists: `MURA-v1.1`.
        folder: PathBuf,
    },
    /// Children's chest radiographs (Kermany et al. 2018); abnormal is pneumonia.
    ChestKermany {
        /// Holds `dataset.csv` and `images/`.
        folder: PathBuf,
    },
    /// A folder for each class.
    Folder(ClassFolders),
    /// A table that names the films.
    Csv(Table),
    /// DICOM files, in any folders.
    Dicom(DicomTree),
    /// Radiographs drawn by the simulator; abnormal is a fracture.
    Phantoms {
        /// How many to draw.
        count: usize,
    },
}

/// Films in a folder for each class, perhaps below a folder for each region: `[hand/]abnormal/…`. What lies in one folder below a
/// class is one patient's; a film directly in the class's folder stands alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFolders {
    /// Names the source in film ids and in the model card.
    pub name: String,
    /// The folder above the classes.
    pub folder: PathBuf,
    /// What abnormal means here, such as `a fracture`.
    pub finding: String,
    /// Whom the films come from, for the model card.
    pub attribution: Option<String>,
    /// What all films show; without it, a folder above the class must be named by a region.
    pub region: Option<Region>,
    /// Name of the folders of normal films.
    #[serde(default = "normal")]
    pub normal: String,
    /// Name of the folders of abnormal films.
    #[serde(default = "abnormal")]
    pub abnormal: String,
}

/// A CSV table with the columns `file` (relative to the table) and `label` (`normal` or `abnormal`, `0` or `1`), and any of
/// `region`, `patient`, `study`, `group`, `hardware` (`0` or `1`) and `split` (`training`, `validation`, `hold-out`, or `learning`
/// for what is training or validation as the run parts it).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Names the source in film ids and in the model card.
    pub name: String,
    /// The table.
    pub table: PathBuf,
    /// What abnormal means here, such as `a fracture`.
    pub finding: String,
    /// Whom the films come from, for the model card.
    pub attribution: Option<String>,
    /// What all films show; without it, the table needs the column `region`.
    pub region: Option<Region>,
}

/// DICOM files in any folders. The patient is that of PatientID, the study that of StudyInstanceUID.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DicomTree {
    /// Names the source in film ids and in the model card.
    pub name: String,
    /// The folder that is searched, with all below it.
    pub folder: PathBuf,
    /// What abnormal means here, such as `a fracture`.
    pub finding: String,
    /// Whom the films come from, for the model card.
    pub attribution: Option<String>,
    /// What all films show; without it, BodyPartExamined says it.
    pub region: Option<Region>,
    /// What says whether a film is abnormal. Files it does not speak of are passed over.
    pub labels: Labels,
}

/// What says whether a DICOM file is abnormal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Labels {
    /// A CSV table with the columns `file` (relative to the source's folder) and `label`.
    Table(PathBuf),
    /// Words in the files' names.
    Names {
        /// In the names of normal films.
        normal: String,
        /// In the names of abnormal films.
        abnormal: String,
    },
}

impl Data {
    /// Whether both give the same films, whatever is said of them.
    pub fn gives_the_films_of(&self, other: &Self) -> bool {
        let bare = |data: &Self| data.sources.iter().map(Source::bare).collect::<Vec<_>>();
        self.limit == other.limit && bare(self) == bare(other)
    }

    /// Whether a source has real films.
    pub fn has_real_films(&self) -> bool {
        self.sources.iter().any(|source| !matches!(source, Source::Phantoms { .. }))
    }

    /// Whether a source has phantoms.
    pub fn has_phantoms(&self) -> bool {
        self.sources.iter().any(|source| matches!(source, Source::Phantoms { count } if *count > 0))
    }

    pub(super) fn check(&self) -> Result<()> {
        ensure!(!self.sources.is_empty(), "source: at least one is needed");
        ensure!(self.limit != Some(0), "limit: at least 1");
        for (at, source) in self.sources.iter().enumerate() {
            let name = source.name();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let usable = !name.is_empty() && name.chars().all(plain);
            ensure!(usable, "source '{name}': name it by letters, digits, '-', '_' and '.' only");
            let twice = self.sources[..at].iter().any(|other| other.name() == name);
            ensure!(!twice, "source '{name}': it is there twice; give each a name of its own");
        }
        Ok(())
    }
}

impl Source {
    /// Its name: the first part of its films' ids.
    pub fn name(&self) -> &str {
        match self {
            Self::Fracatlas { .. } => "fracatlas",
            Self::Mura { .. } => "mura",
            Self::ChestKermany { .. } => "chest-kermany",
            Self::Folder(source) => &source.name,
            Self::Csv(source) => &source.name,
            Self::Dicom(source) => &source.name,
            Self::Phantoms { .. } => "phantom",
        }
    }

    /// The source without what only the model card says of it.
    fn bare(&self) -> Self {
        let mut bare = self.clone();
        if let Self::Folder(ClassFolders { finding, attribution, .. })
        | Self::Csv(Table { finding, attribution, .. })
        | Self::Dicom(DicomTree { finding, attribution, .. }) = &mut bare
        {
            finding.clear();
            *attribution = None;
        }
        bare
    }

    /// What abnormal means in it.
    pub fn finding(&self) -> &str {
        match self {
            Self::Fracatlas { .. } | Self::Phantoms { .. } => "a fracture",
            Self::Mura { .. } => "whatever a radiologist called abnormal: fractures, hardware, degeneration, lesions",
            Self::ChestKermany { .. } => "pneumonia",
            Self::Folder(source) => &source.finding,
            Self::Csv(source) => &source.finding,
            Self::Dicom(source) => &source.finding,
        }
    }

    /// Whom its films come from, in a sentence of the model card.
    pub fn attribution(&self) -> Option<String> {
        match self {
            Self::Fracatlas { .. } => {
                Some("FracAtlas: I. Abedeen et al., Scientific Data 10:521 (2023), CC BY 4.0.".to_owned())
            }
            Self::Mura { .. } => Some(
                "MURA: P. Rajpurkar et al., \"MURA: Large dataset for abnormality detection in musculoskeletal radiographs\" (2018), \
                 Stanford University."
                    .to_owned(),
            ),
            Self::ChestKermany { .. } => {
                Some("Children's chest films: D. Kermany et al. (2018), doi 10.17632/rscbjbr9sj.2, CC BY 4.0.".to_owned())
            }
            Self::Folder(source) => source.attribution.clone(),
            Self::Csv(source) => source.attribution.clone(),
            Self::Dicom(source) => source.attribution.clone(),
            Self::Phantoms { count } => Some(format!("{count} phantoms drawn by Fieldray's own X-ray simulator.")),
        }
    }
}

/// `[data]` as a file holds it. Runs that were begun when it named two sources by keys of their own still go on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    limit: Option<usize>,
    #[serde(default)]
    attributions: Vec<String>,
    #[serde(default)]
    source: Vec<Source>,
    fracatlas: Option<PathBuf>,
    phantoms: Option<usize>,
}

impl From<Written> for Data {
    fn from(written: Written) -> Self {
        let mut sources = written.source;
        sources.extend(written.fracatlas.map(|folder| Source::Fracatlas { folder }));
        sources.extend(written.phantoms.map(|count| Source::Phantoms { count }));
        Self { limit: written.limit, attributions: written.attributions, sources }
    }
}

fn normal() -> String {
    "normal".to_owned()
}

fn abnormal() -> String {
    "abnormal".to_owned()
}
