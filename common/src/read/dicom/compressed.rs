//! Compressed films.
//!
//! Before dicom-rs's codecs see a film, the size that its stream states is held against the size that the object states: the
//! codecs trust the one for writing into memory of the other.

use std::borrow::Cow;

use dicom_core::value::C;
use dicom_dictionary_std::uids;
use dicom_encoding::{
    TransferSyntax,
    adapters::{PixelDataObject, RawPixelData},
};

use super::{
    data_set,
    frame::{Cells, Format, damaged},
    jpeg2000, rle,
};
use crate::{
    radiograph::Source,
    read::{ReadError, jpeg},
};

/// The cells in encapsulated pixel data (PS3.5, A.4).
pub(super) fn decode<'a>(value: &'a [u8], format: &Format, syntax: &TransferSyntax) -> Result<Cells<'a>, ReadError> {
    if syntax.is_codec_free() {
        return Err(damaged("its pixels are in fragments, but not compressed"));
    }
    let fragments = data_set::fragments(value, syntax).ok_or_else(|| damaged("its fragments are not in order"))?;
    let stream = match fragments.as_slice() {
        [] => return Err(ReadError::NoPixelData),
        [only] => Cow::Borrowed(*only),
        several => Cow::Owned(several.concat()),
    };
    let cell_bytes = match Compression::of(syntax).ok_or_else(|| unsupported(syntax))? {
        Compression::None => return Ok(Cells::little_endian(stream, format.cell_bytes)),
        Compression::Rle => {
            return Ok(Cells::little_endian(Cow::Owned(rle::decode(&stream, format)?), format.cell_bytes));
        }
        Compression::Jpeg => check_jpeg(&stream, format, syntax)?,
        Compression::Jpeg2000 => {
            jpeg2000::check(&stream, format)?;
            format.cell_bytes
        }
    };
    let bytes = run_codec(&Encapsulated { stream, format, cell_bytes, syntax })?;
    Ok(Cells::little_endian(Cow::Owned(bytes), cell_bytes))
}

/// Whether pixels that are compressed so can be decoded.
pub(super) fn is_read(syntax: &TransferSyntax) -> bool {
    match Compression::of(syntax) {
        Some(Compression::None | Compression::Rle) => true,
        Some(Compression::Jpeg | Compression::Jpeg2000) => syntax.can_decode_all(),
        None => false,
    }
}

/// The compressions read, each with its own check before it is decoded.
enum Compression {
    None,
    Rle,
    /// All that have the structure of a JPEG stream, JPEG-LS too.
    Jpeg,
    Jpeg2000,
}

impl Compression {
    fn of(syntax: &TransferSyntax) -> Option<Self> {
        match syntax.uid() {
            uids::ENCAPSULATED_UNCOMPRESSED_EXPLICIT_VR_LITTLE_ENDIAN => Some(Self::None),
            uids::RLE_LOSSLESS => Some(Self::Rle),
            uids::JPEG_BASELINE8_BIT
            | uids::JPEG_EXTENDED12_BIT
            | uids::JPEG_LOSSLESS
            | uids::JPEG_LOSSLESS_SV1
            | uids::JPEGLS_LOSSLESS
            | uids::JPEGLS_NEAR_LOSSLESS => Some(Self::Jpeg),
            uids::JPEG2000_LOSSLESS
            | uids::JPEG2000
            | uids::HTJ2K_LOSSLESS
            | uids::HTJ2K_LOSSLESS_RPCL
            | uids::HTJ2K => Some(Self::Jpeg2000),
            _ => None,
        }
    }
}

/// Holds a JPEG stream against the format; gives the bytes per cell it decodes to.
fn check_jpeg(stream: &[u8], format: &Format, syntax: &TransferSyntax) -> Result<usize, ReadError> {
    let frame = jpeg::walk(stream).map_err(|flaw| match flaw {
        jpeg::Flaw::Truncated => ReadError::Truncated(Source::Dicom),
        jpeg::Flaw::NoFrame => damaged("its JPEG stream has no frame header"),
    })?;
    check_stream(frame.width_px, frame.height_px, usize::from(frame.components), format)?;
    if frame.process == jpeg::Process::Transform && frame.precision > 8 {
        return Err(ReadError::TransferSyntax(format!("{}-bit JPEG Extended", frame.precision)));
    }
    if syntax.pixel_data_reader().is_none() {
        return Err(unsupported(syntax));
    }
    Ok(if frame.precision <= 8 { 1 } else { 2 })
}

/// Holds what a compressed stream states of itself against the format.
pub(super) fn check_stream(
    width_px: usize,
    height_px: usize,
    components: usize,
    format: &Format,
) -> Result<(), ReadError> {
    if components != 1 {
        return Err(damaged("its compressed stream is in colour"));
    }
    if (width_px, height_px) != (format.columns, format.rows) {
        let Format { rows, columns, .. } = format;
        return Err(damaged(&format!("{columns} x {rows} pixels stated, {width_px} x {height_px} compressed")));
    }
    Ok(())
}

fn run_codec(film: &Encapsulated) -> Result<Vec<u8>, ReadError> {
    let codec = film.syntax.pixel_data_reader().ok_or_else(|| unsupported(film.syntax))?;
    let mut bytes = Vec::new();
    codec.decode_frame(film, 0, &mut bytes).map_err(|_| damaged("its compressed pixels cannot be decoded"))?;
    Ok(bytes)
}

/// What a codec is shown of a film: the checked values, not the object's.
struct Encapsulated<'a> {
    stream: Cow<'a, [u8]>,
    format: &'a Format,
    cell_bytes: usize,
    syntax: &'a TransferSyntax,
}

impl PixelDataObject for Encapsulated<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.syntax.uid()
    }

    fn rows(&self) -> Option<u16> {
        u16::try_from(self.format.rows).ok()
    }

    fn cols(&self) -> Option<u16> {
        u16::try_from(self.format.columns).ok()
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        Some(1)
    }

    fn bits_allocated(&self) -> Option<u16> {
        Some(8 * self.cell_bytes as u16)
    }

    fn bits_stored(&self) -> Option<u16> {
        Some(self.format.bits_stored)
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some("MONOCHROME2")
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(&*self.stream))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        None
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        Some(RawPixelData { fragments: C::from_iter([self.stream.to_vec()]), offset_table: C::new() })
    }
}

fn unsupported(syntax: &TransferSyntax) -> ReadError {
    let name = syntax.name().to_owned();
    match syntax.uid() {
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => ReadError::JpegLs(name),
        _ => ReadError::TransferSyntax(name),
    }
}
