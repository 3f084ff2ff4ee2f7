//! C-STORE: a film on its way from the wire into the archive.

use std::io::{self, Write};

use dicom_object::FileMetaTableBuilder;
use fieldray_common::read::{Accept, dicom_facts};

use super::command::{Request, Status};
use crate::archive::{Identity, Incoming, Refusal};
use crate::intake::{HEADER_BYTES, Intake, TOO_LARGE};

/// Implementation Class UID (0002,0012) of the files written here. It never changes, so that the same film always gives the same file.
pub(crate) const IMPLEMENTATION_CLASS_UID: &str = "2.25.138253718316718877049005860710369103869";

/// A film that is being stored.
pub(super) struct Store<'a> {
    intake: &'a Intake,
    sender: String,
    request: Request,
    context: u8,
    /// The file, or why there is none: then the rest is received to no end.
    file: Result<Incoming, Refusal>,
}

/// A film that is larger than any may be.
#[derive(Debug)]
pub(super) struct TooLarge;

impl<'a> Store<'a> {
    /// The beginning of the film that `request` announces, in the transfer syntax that was negotiated for `context`.
    pub fn begin(intake: &'a Intake, sender: &str, request: Request, context: u8, syntax: &str) -> Self {
        let mut store = Self { intake, sender: sender.to_owned(), file: intake.begin(sender), request, context };
        if let Ok(file) = &mut store.file {
            let begun = begin_file(file, &store.request, syntax);
            store.keep(begun);
        }
        store
    }

    /// The presentation context that its data set must come in.
    pub fn context(&self) -> u8 {
        self.context
    }

    /// Takes a piece of the data set.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), TooLarge> {
        let Ok(file) = &mut self.file else { return Ok(()) };
        let written = file.write_all(piece);
        if matches!(&written, Err(error) if error.kind() == io::ErrorKind::FileTooLarge) {
            self.intake.refuse(&self.sender, &TOO_LARGE);
            return Err(TooLarge);
        }
        self.keep(written);
        Ok(())
    }

    /// The whole data set has come: the request, the status of its response and a comment where that is none of success.
    pub fn finish(self) -> (Request, Status, Option<String>) {
        let Self { intake, sender, request, file, .. } = self;
        let (status, comment) = match file {
            Ok(file) => store(intake, &sender, &request, file),
            Err(refusal) => refused(&refusal),
        };
        (request, status, comment)
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            let refusal = Refusal::from(error);
            self.intake.refuse(&self.sender, &refusal);
            self.file = Err(refusal);
        }
    }
}

fn store(intake: &Intake, sender: &str, request: &Request, mut file: Incoming) -> (Status, Option<String>) {
    let start = match file.start(HEADER_BYTES) {
        Ok(start) => start,
        Err(error) => return refused(&error.into()),
    };
    let facts = match dicom_facts(&start, Accept::AnyModality) {
        Ok(facts) => facts,
        Err(error) => {
            intake.refuse(sender, &error);
            return (Status::CannotUnderstand, Some(error.to_string()));
        }
    };
    if facts.sop_instance_uid.as_deref() != Some(&request.sop_instance_uid) {
        let reason = "its SOP Instance UID is not the one announced";
        intake.refuse(sender, &reason);
        return (Status::DataSetDoesNotMatchSopClass, Some(reason.to_owned()));
    }
    match intake.take(file, &Identity::from(&facts), sender) {
        Ok(_) => (Status::Success, None),
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> (Status, Option<String>) {
    let status = match refusal {
        Refusal::Full | Refusal::Disk(_) | Refusal::Database(_) => Status::OutOfResources,
        Refusal::Conflict(_) => Status::CannotUnderstand,
    };
    (status, Some(refusal.to_string()))
}

/// What stands before the data set in a file (PS3.10, 7.1).
fn begin_file(file: &mut Incoming, request: &Request, syntax: &str) -> io::Result<()> {
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(&request.sop_class_uid)
        .media_storage_sop_instance_uid(&request.sop_instance_uid)
        .transfer_syntax(syntax)
        .implementation_class_uid(IMPLEMENTATION_CLASS_UID)
        .build()
        .map_err(io::Error::other)?;
    file.write_all(&[0; 128])?;
    file.write_all(b"DICM")?;
    let mut group = Vec::new();
    meta.write(&mut group).map_err(io::Error::other)?;
    file.write_all(&group)
}
