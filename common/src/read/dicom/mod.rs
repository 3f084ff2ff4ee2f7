//! DICOM images (PS3.3, PS3.5, PS3.10).
//!
//! Read are grey single-frame images of 8 or 16 bits allocated, signed and unsigned, MONOCHROME1 and MONOCHROME2, in these
//! transfer syntaxes:
//!
//! - Implicit and Explicit VR Little Endian, Explicit VR Big Endian, Deflated Explicit VR Little Endian;
//! - RLE Lossless;
//! - JPEG Baseline and the 8-bit form of JPEG Extended; JPEG Lossless (process 14), 2 to 16 bits;
//! - JPEG 2000, lossless and lossy; High-Throughput JPEG 2000 is passed to the same decoder;
//! - JPEG-LS, lossless and near-lossless, with the cargo feature `jpeg-ls`, which needs a C++ compiler and cmake.
//!
//! Refused by name: 12-bit JPEG Extended and JPEG-LS without the feature, for want of a decoder in Rust; JPEG XL, JPIP, the
//! multi-component part 2 of JPEG 2000, deflated image frames and the video syntaxes, which no radiography equipment sends.

mod compressed;
mod data_set;
mod directory;
mod file;
mod frame;
mod jpeg2000;
mod presentation;
mod rle;
#[cfg(test)]
pub(super) mod sample;

use std::collections::BTreeMap;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::{Codec, TransferSyntax};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use ndarray::Array2;

pub use directory::directory;
pub(super) use file::is_dicom;

use self::{
    data_set::{DataSet, Ending},
    file::Extent,
    frame::Format,
};
use super::{Accept, ReadError};
use crate::{
    radiograph::{Facts, Radiograph, Source},
    region::Region,
};

/// The transfer syntaxes that are read.
pub(super) fn transfer_syntaxes() -> impl Iterator<Item = &'static str> {
    let read = |syntax: &&TransferSyntax| match syntax.codec() {
        Codec::None => true,
        // JPIP deflates its data sets, too, but has no pixels in them.
        Codec::Dataset(adapter) => adapter.is_some() && syntax.uid() == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        Codec::EncapsulatedPixelData(..) => compressed::is_read(syntax),
    };
    TransferSyntaxRegistry.iter().filter(read).map(|syntax| syntax.uid())
}

/// Reads a DICOM image.
pub(super) fn read(bytes: &[u8], accept: Accept) -> Result<Radiograph, ReadError> {
    let body = file::open(bytes, Extent::Whole)?;
    let data_set = DataSet::walk(&body.data, body.syntax);
    require_modality(&data_set, accept)?;
    let Some(pixel_data) = data_set.get(tags::PIXEL_DATA) else {
        return Err(match data_set.ending() {
            Ending::Whole => ReadError::NoPixelData,
            Ending::Early => ReadError::Truncated(Source::Dicom),
        });
    };
    let format = Format::of(&data_set)?;
    let cells = frame::cells(pixel_data, &format, body.syntax)?;
    let table = presentation::Table::of(&data_set, &format, &cells, accept)?;
    let pixels = cells.map(|cell| table.at(cell));
    let pixels = Array2::from_shape_vec((format.rows, format.columns), pixels)
        .map_err(|_| ReadError::Truncated(Source::Dicom))?;
    Ok(Radiograph::new(pixels, facts(&data_set))?)
}

/// What a DICOM file says of its image; `start` may end anywhere behind the attributes that are wanted.
pub(super) fn read_facts(start: &[u8], accept: Accept) -> Result<Facts, ReadError> {
    let body = file::open(start, Extent::Start)?;
    let data_set = DataSet::walk(&body.data, body.syntax);
    require_modality(&data_set, accept)?;
    Ok(facts(&data_set))
}

/// The first values of text attributes; `start` may end anywhere behind them.
pub(super) fn read_texts(start: &[u8], wanted: &[Tag]) -> Result<BTreeMap<Tag, String>, ReadError> {
    let body = file::open(start, Extent::Start)?;
    let data_set = DataSet::walk(&body.data, body.syntax);
    Ok(wanted.iter().filter_map(|tag| Some((*tag, data_set.text(*tag)?))).collect())
}

/// Refuses the modalities (PS3.3, C.7.3.1.1.1) that `accept` leaves out. Missing or blank, it is taken for one that is accepted.
fn require_modality(data_set: &DataSet, accept: Accept) -> Result<(), ReadError> {
    const PROJECTIONS: [&str; 9] = ["CR", "DX", "RF", "XA", "MG", "IO", "PX", "RG", "OT"];
    match (accept, data_set.code(tags::MODALITY)) {
        (Accept::Projections, Some(other)) if !PROJECTIONS.contains(&other.as_str()) => {
            Err(ReadError::NotARadiograph(other))
        }
        (Accept::CtSlices(_), Some(other)) if other != "CT" => Err(ReadError::NotACtSlice(other)),
        _ => Ok(()),
    }
}

fn facts(data_set: &DataSet) -> Facts {
    let body_part_examined = data_set.text(tags::BODY_PART_EXAMINED);
    let spacing = |tag| data_set.number_pair(tag).filter(|pair| pair.iter().all(|millimetres| *millimetres > 0.0));
    Facts {
        source: Source::Dicom,
        modality: data_set.code(tags::MODALITY),
        region: body_part_examined.as_deref().and_then(Region::from_body_part_examined),
        body_part_examined,
        sop_instance_uid: data_set.text(tags::SOP_INSTANCE_UID),
        study_instance_uid: data_set.text(tags::STUDY_INSTANCE_UID),
        patient_id: data_set.text(tags::PATIENT_ID),
        view_position: data_set.code(tags::VIEW_POSITION),
        laterality: data_set.code(tags::IMAGE_LATERALITY).or_else(|| data_set.code(tags::LATERALITY)),
        pixel_spacing_mm: spacing(tags::IMAGER_PIXEL_SPACING).or_else(|| spacing(tags::PIXEL_SPACING)),
        deviation_index: data_set.number(tags::DEVIATION_INDEX),
    }
}
