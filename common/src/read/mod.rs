//! Reading: from the bytes of a file to a [`Radiograph`].
//!
//! What a file is, its content tells, never its name: DICOM (also without preamble or meta information), JPEG or PNG. Bytes
//! come from strangers, so every length and size is checked against what is there before memory is spent, and whatever
//! cannot be a whole radiograph is refused with a [`ReadError`] that names the cause: half a film shown as a whole one would
//! be worse than none.

mod dicom;
mod jpeg;
mod raster;

use crate::radiograph::{Radiograph, SizeError, Source};

/// Reads a radiograph.
///
/// # Errors
/// A [`ReadError`] for whatever is not one whole grey projection radiograph of a size a radiograph can have.
pub fn read(bytes: &[u8]) -> Result<Radiograph, ReadError> {
    read_accepting(bytes, Accept::Projections)
}

/// Reads a grey image of the modalities that `accept` names.
///
/// # Errors
/// As [`read`], but for the modality.
pub fn read_accepting(bytes: &[u8], accept: Accept) -> Result<Radiograph, ReadError> {
    if bytes.is_empty() {
        Err(ReadError::Empty)
    } else if bytes.starts_with(jpeg::START_OF_IMAGE) {
        raster::read_jpeg(bytes)
    } else if bytes.starts_with(raster::PNG_SIGNATURE) {
        raster::read_png(bytes)
    } else if dicom::is_dicom(bytes) {
        dicom::read(bytes, accept)
    } else {
        Err(ReadError::UnknownFormat)
    }
}

/// Which DICOM modalities are taken; JPEG and PNG name none and are always taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// Those that take projection radiographs. What the box screens.
    #[default]
    Projections,
    /// Every one, for training on slices of other modalities.
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
