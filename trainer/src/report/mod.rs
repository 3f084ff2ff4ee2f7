//! The report: what a run or an experiment found, as one self-contained page, PNG figures, and numbers for programs.

mod figure;
mod page;

mod experiment;
mod panels;
mod run;

pub use experiment::write as of_experiment;
pub use run::write as of_run;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use self::{figure::Figure, page::Page};
use crate::folder::write_whole;

/// A figure with the name of its file and what it shows.
struct Shown {
    /// `NAME.png`.
    name: String,
    caption: String,
    /// The figure as a PNG file: it goes into the page, and beside it.
    png: Vec<u8>,
}

impl Shown {
    fn new(name: &str, caption: &str, figure: &Figure) -> Result<Self> {
        Ok(Self { name: name.to_owned(), caption: caption.to_owned(), png: figure.png()? })
    }
}

/// Writes the page and its figures into `folder`, and says where the page is.
fn write(folder: &Path, page: &Page, figures: &[Shown]) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for shown in figures {
        write_whole(&folder.join(format!("{}.png", shown.name)), &shown.png)?;
    }
    let path = folder.join("report.html");
    let html = page.html();
    write_whole(&path, &html)?;
    Ok(path)
}
