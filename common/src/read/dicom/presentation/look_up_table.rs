//! Look-up tables as DICOM stores them (PS3.3, C.11.1.1 and C.11.2.1.1).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use crate::read::{
    ReadError,
    dicom::{data_set::DataSet, frame::Sign},
};

/// A table over consecutive whole input values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LookUpTable {
    /// The input value of the first entry; below it the first entry holds, above the last the last.
    first: f64,
    /// At least one.
    entries: Vec<u16>,
    /// The greatest value that an entry can have.
    most: f64,
}

impl LookUpTable {
    /// The first table of a sequence; `None` where the sequence is missing or empty. `sign` is that of the stored values.
    pub fn of(data_set: &DataSet, sequence: Tag, sign: Sign) -> Result<Option<Self>, ReadError> {
        let Some(item) = data_set.first_item(sequence) else { return Ok(None) };
        let descriptor: Vec<u16> = item.shorts(tags::LUT_DESCRIPTOR).collect();
        let &[length, first, bits @ 1..=16] = descriptor.as_slice() else {
            let problem = format!("is {descriptor:?}; it must be three numbers, the last at most 16");
            return Err(ReadError::Header { attribute: "LUTDescriptor", problem });
        };
        // 65536 entries do not fit the field and are written as 0.
        let length = if length == 0 { 1 << 16 } else { usize::from(length) };
        let signed = sign == Sign::TwosComplement || item.get(tags::LUT_DESCRIPTOR).is_some_and(|e| e.vr == VR::SS);
        let first = if signed { f64::from(first as i16) } else { f64::from(first) };
        let entries = entries(&item, length).ok_or_else(|| ReadError::Header {
            attribute: "LUTData",
            problem: format!("is shorter than the {length} entries stated"),
        })?;
        Ok(Some(Self { first, entries, most: f64::from(u16::MAX >> (16 - bits)) }))
    }

    /// The entry for an input value.
    pub fn at(&self, value: f64) -> f64 {
        let index = (value - self.first).round().clamp(0.0, (self.entries.len() - 1) as f64);
        f64::from(self.entries[index as usize])
    }

    /// The entry as a share of the greatest that an entry can have, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        (self.at(value) / self.most).min(1.0)
    }
}

/// The entries, of 16 bits or, where there is not data enough for that, of 8.
fn entries(item: &DataSet, length: usize) -> Option<Vec<u16>> {
    let wide: Vec<u16> = item.shorts(tags::LUT_DATA).take(length).collect();
    if wide.len() == length {
        return Some(wide);
    }
    let bytes = item.get(tags::LUT_DATA)?.value.get(..length)?;
    Some(bytes.iter().map(|byte| u16::from(*byte)).collect())
}
