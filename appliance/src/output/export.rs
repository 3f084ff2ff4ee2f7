//! `fieldray export`: answers into a folder, such as a USB stick.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

use super::{Document, Dossier, Instance, Privacy, Pseudonyms, Unmade, page, table};
use crate::archive::{Kept, Records, Selection, durable, kept, secret};
use crate::cli::plain;
use crate::clock::Timestamp;
use crate::log::{AuditLog, Deed, Image};

/// Exit status where some of it could not be written, for what the films are.
const SOME_LEFT_OUT: u8 = 2;

/// The table's file.
const TABLE: &str = "screenings.csv";

/// So many films are named in a line of the audit log.
const IMAGES_A_LINE: usize = 100;

/// What is exported, and where to.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It may be asked while 'fieldray run' works. The audit log says who exported what.

What is written names no patient unless --identified is given: patients, studies and films have pseudonyms, the same for the same, and
there are no dates. A film that may have the patient's name burned in is then left out of the pictures.

Examples:
  fieldray export --archive /var/lib/fieldray --to /media/usb
  fieldray export --archive /var/lib/fieldray --to /media/usb --since 2026-03-01 --as csv
  fieldray export --archive /var/lib/fieldray --to /media/usb --patient 4711 --as sr,sc --identified

Exit status: 0 where all was written, 2 where some films are left out of it, 1 for anything else.")]
pub struct Arguments {
    /// Folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: PathBuf,
    /// Folder to write into; it is made where only its last part is missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only the study with this Study Instance UID
    #[arg(long, value_name = "UID")]
    study: Option<String>,
    /// Only the patient with this Patient ID
    #[arg(long, value_name = "ID")]
    patient: Option<String>,
    /// Only what was screened on this day, YYYY-MM-DD, or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Timestamp>,
    /// As what: sr (DICOM Structured Report), sc (DICOM Secondary Capture), pdf (a page for people), csv (a table of all)
    #[arg(long = "as", value_name = "FORMS", value_enum, value_delimiter = ',', default_values_t = Form::ALL)]
    forms: Vec<Form>,
    /// Name the patients
    #[arg(long)]
    identified: bool,
}

/// A form that answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Form {
    Sr,
    Sc,
    Pdf,
    Csv,
}

impl Form {
    const ALL: [Form; 4] = [Form::Sr, Form::Sc, Form::Pdf, Form::Csv];

    fn name(self) -> &'static str {
        match self {
            Form::Sr => "sr",
            Form::Sc => "sc",
            Form::Pdf => "pdf",
            Form::Csv => "csv",
        }
    }
}

/// What was written, and what was not.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    /// How many outputs could not be made, by the reason.
    left_out: BTreeMap<String, usize>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { archive, to, study, patient, since, forms, identified } = arguments;
    let selection = Selection { study: study.clone(), patient: patient.clone(), since: *since };
    let answers = kept(archive, &selection)?;
    if answers.is_empty() {
        bail!("nothing was screened that this names; 'fieldray history' lists what was");
    }
    let pseudonyms = Pseudonyms::new(secret(archive)?);
    make_folder(to)?;
    // Written down before it is done: an export that nobody could know of must not be.
    write_log(arguments, &answers)?;

    let export = Export { to, privacy: Privacy::identified(*identified), pseudonyms };
    let mut tally = Tally::default();
    let written = export.all(&answers, forms, &mut tally);
    written.map_err(|error| said(error, to, tally.files))?;
    let named = if *identified { "with the patients' names" } else { "without the patients' names" };
    let (films, files) = (counted(answers.len(), "film"), counted(tally.files, "file"));
    let left_out: Vec<String> =
        tally.left_out.iter().map(|(reason, count)| format!("{} ({reason})", counted(*count, "output"))).collect();
    let left_out = match left_out.is_empty() {
        true => String::new(),
        false => format!("; left out: {}", left_out.join(", ")),
    };
    writeln!(io::stdout().lock(), "wrote {files} about {films} into '{}', {named}{left_out}", to.display())?;
    Ok(if tally.left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(SOME_LEFT_OUT) })
}

/// An export on its way.
struct Export<'a> {
    to: &'a Path,
    privacy: Privacy,
    pseudonyms: Pseudonyms,
}

impl Export<'_> {
    fn all(&self, answers: &[Kept], forms: &[Form], tally: &mut Tally) -> io::Result<()> {
        for kept in answers.iter().filter(|_| forms.iter().any(|form| *form != Form::Csv)) {
            match Dossier::of(kept, self.privacy, &self.pseudonyms) {
                Ok(dossier) => self.about_one(&dossier, forms, tally)?,
                Err(unmade) => tally.leave_out(unmade),
            }
        }
        if forms.contains(&Form::Csv) {
            let table = table::csv(answers, self.privacy, &self.pseudonyms).map_err(io::Error::other)?;
            write(&self.to.join(TABLE), &table)?;
            tally.files += 1;
        }
        Ok(())
    }

    fn about_one(&self, dossier: &Dossier, forms: &[Form], tally: &mut Tally) -> io::Result<()> {
        let document = |document| Instance::of(document, dossier).map(Instance::file);
        for form in forms {
            let (made, ending) = match form {
                Form::Sr => (document(Document::Sr), "sr.dcm"),
                Form::Sc => (document(Document::Sc), "sc.dcm"),
                Form::Pdf => (Ok(page::pdf(dossier).map_err(io::Error::other)?), "pdf"),
                Form::Csv => continue,
            };
            match made {
                Ok(bytes) => {
                    let [folder, film] = dossier.place();
                    let folder = self.to.join(folder);
                    durable::make_folder(&folder)?;
                    write(&folder.join(format!("{film}.{ending}")), &bytes)?;
                    tally.files += 1;
                }
                Err(unmade) => tally.leave_out(unmade),
            }
        }
        Ok(())
    }
}

impl Tally {
    fn leave_out(&mut self, unmade: Unmade) {
        *self.left_out.entry(unmade.to_string()).or_default() += 1;
    }
}

/// Writes into the audit log what is exported.
fn write_log(arguments: &Arguments, answers: &[Kept]) -> Result<()> {
    let bundle = Records::open(&arguments.archive)?.last_bundle()?.map_or(String::new(), |bundle| bundle.sha256);
    let image =
        |kept: &Kept| Image { sop_instance: kept.screened.sop_instance.clone(), sha256: kept.screened.sha256.clone() };
    let line = |answers: &[Kept]| Deed::Exported {
        to: arguments.to.display().to_string(),
        forms: arguments.forms.iter().map(|form| form.name().to_owned()).collect(),
        identified: arguments.identified,
        images: answers.iter().map(image).collect(),
    };
    let who = who();
    let written = AuditLog::open(&arguments.archive, &bundle)
        .and_then(|log| answers.chunks(IMAGES_A_LINE).try_for_each(|answers| log.add(&who, line(answers))));
    written.map_err(|error| {
        anyhow!("the audit log cannot be written ({}), and nothing is exported without; check the disk", plain(&error))
    })
}

/// Who exports: the user by the number that the system knows.
fn who() -> String {
    fs::metadata("/proc/self").map_or("somebody".to_owned(), |own| format!("user {}", own.uid()))
}

/// The folder, made where only its last part is missing: a stick that is not there must not become a folder of the box.
fn make_folder(folder: &Path) -> Result<()> {
    durable::make_folder(folder).map_err(|error| {
        anyhow!("the folder '{}' cannot be made ({}); check that the stick is in", folder.display(), plain(&error))
    })
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_added_extension("part");
    let written = durable::write(path, &unfinished, bytes);
    if written.is_err() {
        // One that cannot be removed either shows by its name that it is no whole file.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn said(error: io::Error, to: &Path, files: usize) -> anyhow::Error {
    let way_out = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room",
        _ => "check that the stick is in and can be written to",
    };
    let done = counted(files, "file");
    anyhow!(
        "'{}' cannot be written to any more ({}): {done} written before are whole; {way_out} and export again",
        to.display(),
        plain(&error)
    )
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn day(text: &str) -> Result<Timestamp, String> {
    Timestamp::of_day(text).ok_or_else(|| "write it like 2026-03-01".to_owned())
}
