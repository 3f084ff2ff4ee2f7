//! DICOMDIR: what a medium says lies on it (PS3.3, F; PS3.10, 8).

use std::path::PathBuf;

use dicom_dictionary_std::tags;

use super::{
    data_set::DataSet,
    file::{self, Extent},
};
use crate::read::ReadError;

/// More images than this are not believed to lie on one medium.
const MOST_IMAGES: usize = 10_000;

/// The files of the images that a DICOMDIR lists, below its folder, in its order. What it says may be wrong: files may be missing, and
/// their names written in other letters. No path leads out of the folder, unless by a link that lies there.
///
/// # Errors
/// A [`ReadError`] for what is no DICOM file.
pub fn directory(bytes: &[u8]) -> Result<Vec<PathBuf>, ReadError> {
    if !file::is_dicom(bytes) {
        return Err(ReadError::UnknownFormat);
    }
    let body = file::open(bytes, Extent::Whole)?;
    let data_set = DataSet::walk(&body.data, body.syntax);
    let images = data_set.items(tags::DIRECTORY_RECORD_SEQUENCE).filter_map(|record| image(&record));
    Ok(images.take(MOST_IMAGES).collect())
}

/// The file that a record names, if it is an image's.
fn image(record: &DataSet<'_>) -> Option<PathBuf> {
    (record.code(tags::DIRECTORY_RECORD_TYPE)? == "IMAGE").then_some(())?;
    let parts: Vec<String> = record.texts(tags::REFERENCED_FILE_ID).collect();
    let is_name = |part: &String| !part.contains(['/', '\0']) && part != "." && part != "..";
    (!parts.is_empty() && parts.iter().all(is_name)).then(|| parts.iter().collect())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// An element in Explicit VR Little Endian with a length of 16 bits.
    fn short(element: u16, vr: &str, value: &[u8]) -> Vec<u8> {
        [&[4, 0], &element.to_le_bytes()[..], vr.as_bytes(), &(value.len() as u16).to_le_bytes(), value].concat()
    }

    fn record(kind: &str, file: &str) -> Vec<u8> {
        let content = [short(0x1430, "CS", kind.as_bytes()), short(0x1500, "CS", file.as_bytes())].concat();
        [&[0xfe, 0xff, 0, 0xe0], &(content.len() as u32).to_le_bytes()[..], &content].concat()
    }

    fn dicomdir(records: &[Vec<u8>]) -> Vec<u8> {
        let (records, mut file) = (records.concat(), vec![0; 128]);
        file.extend(b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0");
        file.extend([4, 0, 0x20, 0x12, b'S', b'Q', 0, 0]);
        file.extend((records.len() as u32).to_le_bytes());
        file.extend(records);
        file
    }

    #[test]
    fn images_are_found_and_nothing_that_leads_out() {
        let records = [
            record("PATIENT ", ""),
            record("IMAGE ", "DICOM\\A\\IM1 "),
            record("SR DOCUMENT ", "DICOM\\SR1"),
            record("IMAGE ", "..\\..\\etc\\passwd"),
            record("IMAGE ", "/etc/passwd"),
            record("IMAGE ", "DICOM\\.\\IM2"),
            record("IMAGE ", ""),
            record("IMAGE ", "im3.dcm"),
        ];
        assert_eq!(directory(&dicomdir(&records)).unwrap(), [PathBuf::from("DICOM/A/IM1"), "im3.dcm".into()]);
        assert!(directory(b"an index").is_err());
        assert!(directory(&dicomdir(&[])).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_stood(names in vec("[A-Z./\\\\]{0,12}", 0..6), cut in any::<prop::sample::Index>(), by in any::<u8>()) {
            let records: Vec<Vec<u8>> = names.iter().map(|name| record("IMAGE ", name)).collect();
            let mut bytes = dicomdir(&records);
            let at = cut.index(bytes.len());
            bytes[at] ^= by;
            for found in directory(&bytes).into_iter().chain(directory(&bytes[..at])).flatten() {
                let plain = |part| matches!(part, std::path::Component::Normal(_));
                prop_assert!(found.components().all(plain), "{}", found.display());
            }
        }
    }
}
