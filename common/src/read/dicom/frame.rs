//! The pixel cells of a film: what Pixel Data (7FE0,0010) holds, decompressed where it must be.
//!
//! Before dicom-rs's codecs see a compressed film, the size that its own header states is held against the size that the
//! object states: the codecs trust the one for writing into memory of the other.

use std::borrow::Cow;

use dicom_core::{Tag, VR, value::C};
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::{
    Endianness, TransferSyntax,
    adapters::{PixelDataObject, RawPixelData},
};

use super::{
    data_set::{self, DataSet, Element, Length},
    jpeg2000, rle,
};
use crate::{
    radiograph::{Source, check_size},
    read::{ReadError, jpeg},
};

/// What the Image Pixel module (PS3.3, C.7.6.3) says of the cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub rows: usize,
    pub columns: usize,
    /// Bytes per cell, 1 or 2.
    pub cell_bytes: usize,
    pub bits_stored: u16,
    pub high_bit: u16,
    pub sign: Sign,
}

/// Pixel Representation (0028,0103).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Unsigned,
    TwosComplement,
}

impl Format {
    /// Reads and checks it.
    pub fn of(data_set: &DataSet) -> Result<Self, ReadError> {
        let interpretation = data_set.text(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
        if data_set.short(tags::SAMPLES_PER_PIXEL).unwrap_or(1) != 1 {
            return Err(ReadError::Colour(interpretation));
        }
        match data_set.number(tags::NUMBER_OF_FRAMES) {
            Some(frames) if frames > 1.0 => return Err(ReadError::SeveralFrames(frames as u32)),
            _ => {}
        }
        let rows = usize::from(required(data_set, tags::ROWS, "Rows")?);
        let columns = usize::from(required(data_set, tags::COLUMNS, "Columns")?);
        check_size(columns, rows)?;
        let allocated = required(data_set, tags::BITS_ALLOCATED, "BitsAllocated")?;
        if allocated != 8 && allocated != 16 {
            return Err(unusable("BitsAllocated", allocated, "8 or 16"));
        }
        let stored = data_set.short(tags::BITS_STORED).unwrap_or(allocated);
        if !(1..=allocated).contains(&stored) {
            return Err(unusable("BitsStored", stored, "at most BitsAllocated"));
        }
        let high_bit = data_set.short(tags::HIGH_BIT).unwrap_or(stored - 1);
        if !(stored - 1..allocated).contains(&high_bit) {
            return Err(unusable("HighBit", high_bit, "at least BitsStored - 1 and below BitsAllocated"));
        }
        let sign = match data_set.short(tags::PIXEL_REPRESENTATION) {
            Some(1) => Sign::TwosComplement,
            _ => Sign::Unsigned,
        };
        Ok(Self { rows, columns, cell_bytes: usize::from(allocated / 8), bits_stored: stored, high_bit, sign })
    }

    /// Bytes of a whole film.
    pub fn film_bytes(&self) -> usize {
        self.rows * self.columns * self.cell_bytes
    }
}

/// A film's cells, row by row.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    bytes: Cow<'a, [u8]>,
    cell_bytes: usize,
    order: Endianness,
}

impl Cells<'_> {
    /// Calls `each` with every cell.
    pub fn for_each(&self, each: impl FnMut(u16)) {
        // A vector of nothing takes no memory.
        let _: Vec<()> = self.map(each);
    }

    /// `each` of every cell.
    pub fn map<T>(&self, mut each: impl FnMut(u16) -> T) -> Vec<T> {
        let pairs = self.bytes.as_chunks().0.iter();
        match (self.cell_bytes, self.order) {
            (1, _) => self.bytes.iter().map(|byte| each(u16::from(*byte))).collect(),
            (_, Endianness::Little) => pairs.map(|pair| each(u16::from_le_bytes(*pair))).collect(),
            (_, Endianness::Big) => pairs.map(|pair| each(u16::from_be_bytes(*pair))).collect(),
        }
    }
}

/// The cells of Pixel Data, exactly as many as the format says.
pub(super) fn cells<'a>(
    pixel_data: Element<'a>,
    format: &Format,
    syntax: &'a TransferSyntax,
) -> Result<Cells<'a>, ReadError> {
    let cells = match pixel_data.length {
        Length::Defined => native(pixel_data, format, syntax.endianness()),
        Length::Undefined => encapsulated(pixel_data.value, format, syntax)?,
    };
    let bytes = match cells.bytes {
        Cow::Borrowed(bytes) => bytes.get(..format.rows * format.columns * cells.cell_bytes).map(Cow::Borrowed),
        Cow::Owned(mut bytes) => {
            let wanted = format.rows * format.columns * cells.cell_bytes;
            (bytes.len() >= wanted).then(|| {
                bytes.truncate(wanted);
                Cow::Owned(bytes)
            })
        }
    };
    Ok(Cells { bytes: bytes.ok_or(ReadError::Truncated(Source::Dicom))?, ..cells })
}

fn native<'a>(pixel_data: Element<'a>, format: &Format, order: Endianness) -> Cells<'a> {
    let bytes = if order == Endianness::Big && format.cell_bytes == 1 && pixel_data.vr == VR::OW {
        // Cells of 8 bits in words of 16 come swapped (PS3.5, 8.1.2).
        pixel_data.value.as_chunks().0.iter().flat_map(|[high, low]| [*low, *high]).collect()
    } else {
        Cow::Borrowed(pixel_data.value)
    };
    Cells { bytes, cell_bytes: format.cell_bytes, order }
}

fn encapsulated<'a>(value: &'a [u8], format: &Format, syntax: &TransferSyntax) -> Result<Cells<'a>, ReadError> {
    let fragments = data_set::fragments(value, syntax).ok_or_else(|| damaged("its fragments are not in order"))?;
    let stream = match fragments.as_slice() {
        [] => return Err(ReadError::NoPixelData),
        [only] => Cow::Borrowed(*only),
        several => Cow::Owned(several.concat()),
    };
    let cell_bytes = match Compression::of(syntax).ok_or_else(|| unsupported(syntax))? {
        Compression::None => return Ok(little_endian(stream, format.cell_bytes)),
        Compression::Rle => return Ok(little_endian(Cow::Owned(rle::decode(&stream, format)?), format.cell_bytes)),
        Compression::Jpeg => check_jpeg(&stream, format, syntax)?,
        Compression::Jpeg2000 => {
            jpeg2000::check(&stream, format)?;
            format.cell_bytes
        }
    };
    let bytes = decode(Encapsulated { stream, format, cell_bytes, syntax })?;
    Ok(little_endian(Cow::Owned(bytes), cell_bytes))
}

fn little_endian(bytes: Cow<'_, [u8]>, cell_bytes: usize) -> Cells<'_> {
    Cells { bytes, cell_bytes, order: Endianness::Little }
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

fn decode(film: Encapsulated) -> Result<Vec<u8>, ReadError> {
    let codec = film.syntax.pixel_data_reader().ok_or_else(|| unsupported(film.syntax))?;
    let mut bytes = Vec::new();
    codec.decode_frame(&film, 0, &mut bytes).map_err(|error| damaged(&cause(&error)))?;
    Ok(bytes)
}

/// The innermost cause: the outer ones only say that decoding failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
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

fn required(data_set: &DataSet, tag: Tag, attribute: &'static str) -> Result<u16, ReadError> {
    data_set.short(tag).ok_or_else(|| ReadError::Header { attribute, problem: "is missing".to_owned() })
}

fn unusable(attribute: &'static str, value: u16, allowed: &str) -> ReadError {
    ReadError::Header { attribute, problem: format!("is {value}; it must be {allowed}") }
}

fn unsupported(syntax: &TransferSyntax) -> ReadError {
    let name = syntax.name().to_owned();
    match syntax.uid() {
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => ReadError::JpegLs(name),
        _ => ReadError::TransferSyntax(name),
    }
}

pub(super) fn damaged(cause: &str) -> ReadError {
    ReadError::Damaged { format: Source::Dicom, cause: cause.to_owned() }
}
