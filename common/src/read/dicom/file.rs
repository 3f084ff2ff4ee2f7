//! The outside of a DICOM file (PS3.10, 7): preamble, meta information and, behind them, the data set in its transfer syntax.
//!
//! Old archives and some senders leave the preamble, or all of the meta information, away; then the first element tells.

use std::{borrow::Cow, io::Read};

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::{Codec, TransferSyntax, TransferSyntaxIndex};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::data_set::DataSet;
use crate::{
    radiograph::{MAX_PIXELS, Source},
    read::ReadError,
};

/// The inside of a file: a data set and how it is encoded.
pub(super) struct Body<'a> {
    pub syntax: &'static TransferSyntax,
    pub data: Cow<'a, [u8]>,
}

/// Whether `bytes` look like DICOM, with or without what should stand before the data set.
pub(in crate::read) fn is_dicom(bytes: &[u8]) -> bool {
    let start = behind_preamble(bytes);
    start.len() < bytes.len() || is_element(bytes, META_GROUP) || is_element(bytes, IDENTIFYING_GROUP)
}

/// How much of a file there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Its start, which may end anywhere.
    Start,
}

/// Splits a file into its parts.
///
/// # Errors
/// [`ReadError::Header`] for a transfer syntax that is none, and what inflating a deflated data set may find.
pub(super) fn open(bytes: &[u8], extent: Extent) -> Result<Body<'_>, ReadError> {
    let start = behind_preamble(bytes);
    let (named, data) = meta_information(start)?;
    let syntax = named.unwrap_or_else(|| guess_syntax(data));
    let syntax = TransferSyntaxRegistry.get(&syntax).ok_or_else(|| ReadError::Header {
        attribute: "TransferSyntaxUID",
        problem: "names none that is known".to_owned(),
    })?;
    let data = match syntax.codec() {
        Codec::Dataset(Some(adapter)) => Cow::Owned(inflate(adapter.adapt_reader(Box::new(data)), extent)?),
        Codec::Dataset(None) => return Err(ReadError::TransferSyntax(syntax.name().to_owned())),
        _ => Cow::Borrowed(data),
    };
    Ok(Body { syntax, data })
}

const META_GROUP: u16 = 0x0002;
const IDENTIFYING_GROUP: u16 = 0x0008;

/// Behind preamble and prefix, or all of `bytes` where there are none.
fn behind_preamble(bytes: &[u8]) -> &[u8] {
    const PREFIX: &[u8] = b"DICM";
    let without_preamble = bytes.strip_prefix(PREFIX);
    let with_preamble = bytes.get(128..).and_then(|behind| behind.strip_prefix(PREFIX));
    with_preamble.or(without_preamble).unwrap_or(bytes)
}

/// Whether `bytes` start with one of the first elements of `group`, little endian, whose length can be true.
fn is_element(bytes: &[u8], group: u16) -> bool {
    let Some(&[g0, g1, _, e1, a, b, c, d]) = bytes.first_chunk() else { return false };
    let implicit_length = u32::from_le_bytes([a, b, c, d]) as usize;
    u16::from_le_bytes([g0, g1]) == group
        && e1 == 0
        && (VR::from_binary([a, b]).is_some() || implicit_length <= bytes.len() - 8)
}

/// The transfer syntax that the meta information names, and what stands behind it. It is always Explicit VR Little Endian.
fn meta_information(bytes: &[u8]) -> Result<(Option<String>, &[u8]), ReadError> {
    if !is_element(bytes, META_GROUP) {
        return Ok((None, bytes));
    }
    let syntax = TransferSyntaxRegistry.get(uids::EXPLICIT_VR_LITTLE_ENDIAN).ok_or(ReadError::UnknownFormat)?;
    // The group is walked to its end: the length it states is wrong in some files.
    let (meta, data) = DataSet::walk_group(bytes, META_GROUP, syntax).ok_or(ReadError::Truncated(Source::Dicom))?;
    Ok((meta.text(tags::TRANSFER_SYNTAX_UID), data))
}

/// Explicit where a value representation stands behind the first tag, else implicit; little endian.
fn guess_syntax(data: &[u8]) -> String {
    let explicit = data.get(4..6).is_some_and(|vr| VR::from_binary([vr[0], vr[1]]).is_some());
    if explicit { uids::EXPLICIT_VR_LITTLE_ENDIAN } else { uids::IMPLICIT_VR_LITTLE_ENDIAN }.to_owned()
}

/// Inflates a data set, as far as the largest film goes; of a start no more than stands before the pixels.
fn inflate(reader: Box<dyn Read + '_>, extent: Extent) -> Result<Vec<u8>, ReadError> {
    const HEADER_BYTES: u64 = 1 << 20;
    const MOST_BYTES: u64 = 2 * MAX_PIXELS as u64 + HEADER_BYTES;
    let mut data = Vec::new();
    let inflated = match extent {
        Extent::Whole => reader.take(MOST_BYTES).read_to_end(&mut data),
        Extent::Start => reader.take(HEADER_BYTES).read_to_end(&mut data),
    };
    match inflated {
        Err(error) if extent == Extent::Whole || data.is_empty() => {
            Err(ReadError::Damaged { format: Source::Dicom, cause: format!("its data set does not inflate: {error}") })
        }
        _ => Ok(data),
    }
}
