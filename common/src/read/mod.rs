//! Reading: from the bytes of a file to a [`Radiograph`].
//!
//! What a file is, its content tells, never its name: DICOM (also without preamble or meta information), JPEG or PNG. Bytes
//! come from strangers, so every length and size is checked against what is there before memory is spent, and whatever
//! cannot be a whole radiograph is refused with a [`ReadError`] that names the cause: half a film shown as a whole one would
//! be worse than none.

mod ct_window;
mod dicom;
mod jpeg;
mod raster;

pub use ct_window::{CtWindow, EmptyWindow};
pub use dicom::directory;

use std::collections::BTreeMap;

use dicom_core::Tag;

use crate::radiograph::{Facts, Radiograph, SizeError, Source};

/// Reads a radiograph.
///
/// # Errors
/// A [`ReadError`] for whatever is not one whole grey projection radiograph of a size a radiograph can have.
pub fn read(bytes: &[u8]) -> Result<Radiograph, ReadError> {
    read_accepting(bytes, Accept::Projections)
}

/// Reads a grey image of what `accept` names.
///
/// # Errors
/// As [`read`], but for the modality.
pub fn read_accepting(bytes: &[u8], accept: Accept) -> Result<Radiograph, ReadError> {
    match format(bytes) {
        Some(Source::Jpeg) => raster::read_jpeg(bytes),
        Some(Source::Png) => raster::read_png(bytes),
        Some(Source::Dicom) => dicom::read(bytes, accept),
        None if bytes.is_empty() => Err(ReadError::Empty),
        None => Err(ReadError::UnknownFormat),
    }
}

/// What kind of file begins with `start`, of which some hundred bytes are enough; `None` where it is none that is read.
pub fn format(start: &[u8]) -> Option<Source> {
    if start.starts_with(jpeg::START_OF_IMAGE) {
        Some(Source::Jpeg)
    } else if start.starts_with(raster::PNG_SIGNATURE) {
        Some(Source::Png)
    } else {
        dicom::is_dicom(start).then_some(Source::Dicom)
    }
}

/// What a DICOM file says of its image, without decoding it. `start` may end anywhere behind the attributes that are wanted.
///
/// # Errors
/// A [`ReadError`] for what is no DICOM file, or of no modality that `accept` names.
pub fn dicom_facts(start: &[u8], accept: Accept) -> Result<Facts, ReadError> {
    if dicom::is_dicom(start) { dicom::read_facts(start, accept) } else { Err(ReadError::UnknownFormat) }
}

/// The first values of these text attributes of a DICOM file, as far as it has them, without decoding its image; whatever modality it is
/// of. `start` may end anywhere behind the attributes that are wanted.
///
/// # Errors
/// A [`ReadError`] for what is no DICOM file.
pub fn dicom_texts(start: &[u8], wanted: &[Tag]) -> Result<BTreeMap<Tag, String>, ReadError> {
    if dicom::is_dicom(start) { dicom::read_texts(start, wanted) } else { Err(ReadError::UnknownFormat) }
}

/// The UIDs of the DICOM transfer syntaxes whose films can be read, for those who offer them to senders.
pub fn transfer_syntaxes() -> impl Iterator<Item = &'static str> {
    dicom::transfer_syntaxes()
}

/// Which images are taken, and how their values are shown. JPEG and PNG name no modality: they are always taken, as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// Projection radiographs, shown as they ask to be. What the box screens; it takes nothing else.
    #[default]
    Projections,
    /// CT slices, all through this window. For models of slices, which are trained and measured on a workstation.
    CtSlices(CtWindow),
    /// Images of every modality, shown as they ask to be.
    AnyModality,
}

/// Why a file cannot be read; shown to people as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes at all.
    #[error("the file is empty; copy it again")]
    Empty,
    /// Neither DICOM nor JPEG nor PNG.
    #[error("not a DICOM, JPEG or PNG file")]
    UnknownFormat,
    /// The file stops before its image does.
    #[error("the {} file ends early; copy or send it again", name(*.0))]
    Truncated(Source),
    /// The file contradicts its format.
    #[error("the {} file is damaged ({cause}); copy or send it again", name(*.format))]
    Damaged {
        /// The format.
        format: Source,
        /// What is wrong, in a few words.
        cause: String,
    },
    /// A DICOM attribute that the image needs is missing or makes no sense.
    #[error("bad DICOM header: {attribute} {problem}")]
    Header {
        /// Keyword of the attribute, such as `Rows`.
        attribute: &'static str,
        /// What is wrong with it, such as `is missing`.
        problem: String,
    },
    /// A DICOM transfer syntax that no decoder here knows.
    #[error("compressed as {0}, which cannot be decoded here; send it uncompressed")]
    TransferSyntax(String),
    /// JPEG-LS, in a build without it.
    #[error("compressed as {0}; send it uncompressed, or build with the cargo feature `jpeg-ls`")]
    JpegLs(String),
    /// An image of a modality that takes no projection radiographs.
    #[error("{article} {0} object, not a projection radiograph", article = article(.0))]
    NotARadiograph(String),
    /// An image of another modality where CT slices are read.
    #[error("{article} {0} object, not a CT slice", article = article(.0))]
    NotACtSlice(String),
    /// A DICOM object without pixel data, such as a report.
    #[error("the DICOM object holds no image")]
    NoPixelData,
    /// Not grey.
    #[error("a colour DICOM image ({0}); send the grey radiograph")]
    Colour(String),
    /// A film of several frames, such as a cine run.
    #[error("{0} frames in one object; send single radiographs")]
    SeveralFrames(u32),
    /// A size no radiograph has.
    #[error(transparent)]
    Size(#[from] SizeError),
}

/// The article before an abbreviation, which is spelt out when read: an MR, a CT.
fn article(abbreviation: &str) -> &'static str {
    if abbreviation.starts_with(['A', 'E', 'F', 'H', 'I', 'L', 'M', 'N', 'O', 'R', 'S', 'X']) { "an" } else { "a" }
}

fn name(format: Source) -> &'static str {
    match format {
        Source::Dicom => "DICOM",
        Source::Jpeg => "JPEG",
        Source::Png => "PNG",
    }
}

#[cfg(test)]
mod tests;
