//! From stored values to presentation values: the grey-scale pipeline of PS3.3, C.11.
//!
//! Stored values go through the modality transform (C.11.1) and the values-of-interest transform (C.11.2); MONOCHROME1 is then
//! turned round, so that 0 is black for every film. A stored value has at most 16 bits, so all of it fits a table, and the film is
//! passed over once. Where an object offers several windows or tables, the first is taken: it is the one to show first.

mod look_up_table;
mod window;

use dicom_dictionary_std::tags;

use self::{look_up_table::LookUpTable, window::Window};
use super::{
    data_set::DataSet,
    frame::{Cells, Format, Sign},
};
use crate::read::{Accept, CtWindow, ReadError};

/// Presentation values, 0 black to 65535 white, by pixel cell.
pub(super) struct Table(Box<[u16; CELLS]>);

/// Different cells of 16 bits.
const CELLS: usize = 1 << 16;

impl Table {
    /// The table of a film's own transforms; a CT slice's last ones make way for the window it is read through.
    pub fn of(data_set: &DataSet, format: &Format, cells: &Cells, accept: Accept) -> Result<Self, ReadError> {
        let cell_code = CellCode::of(format);
        let modality = Modality::of(data_set, format.sign)?;
        let (polarity, interest) = match accept {
            Accept::CtSlices(window) => (Polarity::Monochrome2, Interest::hounsfield(window)),
            Accept::Projections | Accept::AnyModality => {
                let own = Interest::of(data_set, format.sign)?;
                let full_range = || Interest::full_range(data_set, &cell_code, &modality, cells);
                (Polarity::of(data_set)?, own.unwrap_or_else(full_range))
            }
        };
        let shown = |stored| {
            let share = interest.share(modality.apply(stored));
            polarity.turn((share * f64::from(u16::MAX)).round() as u16)
        };
        let by_code: Vec<u16> = (0..=cell_code.mask).map(|code| shown(cell_code.stored(code))).collect();
        let mut table = Box::new([0; CELLS]);
        for (cell, value) in (0..=u16::MAX).zip(table.iter_mut()) {
            *value = by_code[cell_code.code(cell)];
        }
        Ok(Self(table))
    }

    /// The presentation value of a cell.
    pub fn at(&self, cell: u16) -> u16 {
        self.0[usize::from(cell)]
    }
}

/// Where in a cell the stored value is (PS3.5, 8.1.1): its bits, read as an unsigned number, are its code.
#[derive(Debug, Clone)]
struct CellCode {
    shift: u16,
    mask: u16,
    sign: Sign,
}

impl CellCode {
    fn of(format: &Format) -> Self {
        Self {
            shift: format.high_bit + 1 - format.bits_stored,
            mask: u16::MAX >> (16 - format.bits_stored),
            sign: format.sign,
        }
    }

    /// The code of a cell, at most `mask`.
    fn code(&self, cell: u16) -> usize {
        usize::from(cell >> self.shift & self.mask)
    }

    /// The stored value of a code.
    fn stored(&self, code: u16) -> i32 {
        let value = i32::from(code & self.mask);
        match self.sign {
            Sign::TwosComplement if value > i32::from(self.mask / 2) => value - i32::from(self.mask) - 1,
            _ => value,
        }
    }
}

/// The modality transform (C.11.1): from stored values to those of the modality.
#[derive(Debug)]
enum Modality {
    Rescale { slope: f64, intercept: f64 },
    Table(LookUpTable),
}

impl Modality {
    fn of(data_set: &DataSet, sign: Sign) -> Result<Self, ReadError> {
        if let Some(table) = LookUpTable::of(data_set, tags::MODALITY_LUT_SEQUENCE, sign)? {
            return Ok(Self::Table(table));
        }
        let slope = data_set.number(tags::RESCALE_SLOPE).filter(|slope| *slope != 0.0).unwrap_or(1.0);
        Ok(Self::Rescale { slope, intercept: data_set.number(tags::RESCALE_INTERCEPT).unwrap_or(0.0) })
    }

    fn apply(&self, stored: i32) -> f64 {
        match self {
            Self::Rescale { slope, intercept } => f64::from(stored) * slope + intercept,
            Self::Table(table) => table.at(f64::from(stored)),
        }
    }
}

/// The values-of-interest transform (C.11.2): from the modality's values to shares of the way from the least to the most shown.
#[derive(Debug)]
enum Interest {
    Window(Window),
    Table(LookUpTable),
    /// All between the two values.
    Range {
        low: f64,
        high: f64,
    },
}

impl Interest {
    /// The first that the object gives. A table stands before a window: it is the more exact.
    fn of(data_set: &DataSet, sign: Sign) -> Result<Option<Self>, ReadError> {
        let table = LookUpTable::of(data_set, tags::VOILUT_SEQUENCE, sign)?;
        Ok(table.map(Self::Table).or_else(|| Window::of(data_set).map(Self::Window)))
    }

    /// All between two Hounsfield values.
    fn hounsfield(window: CtWindow) -> Self {
        Self::Range { low: f64::from(window.black_hu()), high: f64::from(window.white_hu()) }
    }

    /// From the least to the greatest of the modality's values found in the film, padding left out (C.7.5.1.1.2).
    fn full_range(data_set: &DataSet, cell_code: &CellCode, modality: &Modality, cells: &Cells) -> Self {
        let mut found = vec![false; usize::from(cell_code.mask) + 1];
        cells.for_each(|cell| found[cell_code.code(cell)] = true);
        let padding = padding(data_set, cell_code);
        let (low, high) = (0..=cell_code.mask)
            .filter(|code| found[usize::from(*code)])
            .map(|code| cell_code.stored(code))
            .filter(|stored| !padding.as_ref().is_some_and(|padding| padding.contains(stored)))
            .map(|stored| modality.apply(stored))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        Self::Range { low, high }
    }

    /// 0 to 1.
    fn share(&self, value: f64) -> f64 {
        match self {
            Self::Window(window) => window.share(value),
            Self::Table(table) => table.share(value),
            Self::Range { low, high } if low < high => ((value - low) / (high - low)).clamp(0.0, 1.0),
            Self::Range { .. } => 0.0,
        }
    }
}

/// The stored values that fill what lies outside the film.
fn padding(data_set: &DataSet, cell_code: &CellCode) -> Option<std::ops::RangeInclusive<i32>> {
    let first = data_set.short(tags::PIXEL_PADDING_VALUE)?;
    let last = data_set.short(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(first);
    let (first, last) = (cell_code.stored(first), cell_code.stored(last));
    Some(first.min(last)..=first.max(last))
}

/// Which end of the values is shown white (PS3.3, C.7.6.3.1.2).
#[derive(Debug, Clone, Copy)]
enum Polarity {
    /// The least is white.
    Monochrome1,
    /// The greatest is white.
    Monochrome2,
}

impl Polarity {
    fn of(data_set: &DataSet) -> Result<Self, ReadError> {
        match data_set.code(tags::PHOTOMETRIC_INTERPRETATION).as_deref() {
            Some("MONOCHROME1") => Ok(Self::Monochrome1),
            Some("MONOCHROME2") => Ok(Self::Monochrome2),
            Some(colour) => Err(ReadError::Colour(colour.to_owned())),
            None => Err(ReadError::Header {
                attribute: "PhotometricInterpretation",
                problem: "is missing: black and white cannot be told".to_owned(),
            }),
        }
    }

    fn turn(self, value: u16) -> u16 {
        match self {
            Self::Monochrome1 => u16::MAX - value,
            Self::Monochrome2 => value,
        }
    }
}

#[cfg(test)]
mod tests;
