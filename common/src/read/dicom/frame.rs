//! The pixel cells of a film: what Pixel Data (7FE0,0010) holds, decompressed where it must be.

use std::borrow::Cow;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::{Endianness, TransferSyntax};

use super::{
    compressed,
    data_set::{DataSet, Element, Length},
};
use crate::{
    radiograph::{Source, check_size},
    read::ReadError,
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
        let interpretation = data_set.code(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
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

impl<'a> Cells<'a> {
    /// Cells as a decoder gives them.
    pub fn little_endian(bytes: Cow<'a, [u8]>, cell_bytes: usize) -> Self {
        Self { bytes, cell_bytes, order: Endianness::Little }
    }

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
        Length::Undefined => compressed::decode(pixel_data.value, format, syntax)?,
    };
    let Cells { bytes, cell_bytes, order } = cells;
    let bytes = first(bytes, format.rows * format.columns * cell_bytes).ok_or(ReadError::Truncated(Source::Dicom))?;
    Ok(Cells { bytes, cell_bytes, order })
}

/// The first `count` bytes, where there are as many.
fn first(bytes: Cow<'_, [u8]>, count: usize) -> Option<Cow<'_, [u8]>> {
    match bytes {
        Cow::Borrowed(bytes) => bytes.get(..count).map(Cow::Borrowed),
        Cow::Owned(mut bytes) if bytes.len() >= count => {
            bytes.truncate(count);
            Some(Cow::Owned(bytes))
        }
        Cow::Owned(_) => None,
    }
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

fn required(data_set: &DataSet, tag: Tag, attribute: &'static str) -> Result<u16, ReadError> {
    data_set.short(tag).ok_or_else(|| ReadError::Header { attribute, problem: "is missing".to_owned() })
}

fn unusable(attribute: &'static str, value: u16, allowed: &str) -> ReadError {
    ReadError::Header { attribute, problem: format!("is {value}; it must be {allowed}") }
}

pub(super) fn damaged(cause: &str) -> ReadError {
    ReadError::Damaged { format: Source::Dicom, cause: cause.to_owned() }
}
