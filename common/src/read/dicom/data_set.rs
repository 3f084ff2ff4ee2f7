//! A DICOM data set as a table of elements whose values stay where they are in the file.
//!
//! Element headers are decoded by dicom-rs; the walk from one to the next is ours, because it must hold against any bytes:
//! no length is believed that goes beyond the data, nothing is copied, and nested sequences are stepped over by counting,
//! not by recursion.

use std::collections::BTreeMap;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::{
    Endianness, TransferSyntax,
    text::{SpecificCharacterSet, TextCodec},
    transfer_syntax::DynDecoder,
};
use dicom_transfer_syntax_registry::entries::IMPLICIT_VR_LITTLE_ENDIAN;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_DELIMITER: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITER: Tag = Tag(0xFFFE, 0xE0DD);

/// The elements of one data set or item, up to and with Pixel Data.
#[derive(Clone)]
pub(super) struct DataSet<'a> {
    elements: BTreeMap<Tag, Element<'a>>,
    syntax: &'a TransferSyntax,
    ending: Ending,
}

/// How a walk over a data set ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Behind its last element, its item delimiter or its pixel data.
    Whole,
    /// In the middle of an element.
    Early,
}

/// One element's value as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub vr: VR,
    /// The value field; of undefined length, all up to and with its delimiter.
    pub value: &'a [u8],
    pub length: Length,
}

/// Whether a value's length was stated (PS3.5, 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Defined,
    Undefined,
}

impl<'a> DataSet<'a> {
    /// Walks over `bytes`, keeping every element that is whole.
    pub fn walk(bytes: &'a [u8], syntax: &'a TransferSyntax) -> Self {
        let mut data_set = Self { elements: BTreeMap::new(), syntax, ending: Ending::Whole };
        let mut rest = bytes;
        while !rest.is_empty() {
            match next_element(&mut rest, syntax) {
                Some((tag, _)) if is_delimiter(tag) => break,
                Some((tag, element)) => {
                    data_set.elements.insert(tag, element);
                    if tag == tags::PIXEL_DATA {
                        break;
                    }
                }
                None => {
                    data_set.ending = Ending::Early;
                    break;
                }
            }
        }
        data_set
    }

    /// Walks over the elements of one group; with them comes what stands behind. `None` where an element is cut short.
    pub fn walk_group(bytes: &'a [u8], group: u16, syntax: &'a TransferSyntax) -> Option<(Self, &'a [u8])> {
        let mut data_set = Self { elements: BTreeMap::new(), syntax, ending: Ending::Whole };
        let mut rest = bytes;
        while rest.starts_with(&group.to_le_bytes()) {
            let (tag, element) = next_element(&mut rest, syntax)?;
            data_set.elements.insert(tag, element);
        }
        Some((data_set, rest))
    }

    /// How the walk ended.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// An element.
    pub fn get(&self, tag: Tag) -> Option<Element<'a>> {
        self.elements.get(&tag).copied()
    }

    /// The first value of a text element without its padding; `None` where it is missing or blank.
    pub fn text(&self, tag: Tag) -> Option<String> {
        self.texts(tag).next()
    }

    /// The first value of a code string: at most 16 of the characters that can be printed (PS3.5, 6.2), so that it can be shown.
    pub fn code(&self, tag: Tag) -> Option<String> {
        let text: String = self.text(tag)?.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(16).collect();
        (!text.is_empty()).then_some(text)
    }

    /// The first value of a decimal or integer string.
    pub fn number(&self, tag: Tag) -> Option<f64> {
        self.text(tag)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The first two values of a decimal string.
    pub fn number_pair(&self, tag: Tag) -> Option<[f64; 2]> {
        let mut numbers = self.texts(tag).map(|text| text.parse().ok().filter(|number: &f64| number.is_finite()));
        Some([numbers.next()??, numbers.next()??])
    }

    /// The first value of a 16-bit element.
    pub fn short(&self, tag: Tag) -> Option<u16> {
        self.shorts(tag).next()
    }

    /// The values of a 16-bit element.
    pub fn shorts(&self, tag: Tag) -> impl Iterator<Item = u16> + use<'a> {
        let order = self.syntax.endianness();
        let value = self.get(tag).map_or(&[][..], |element| element.value);
        value.as_chunks().0.iter().map(move |pair| match order {
            Endianness::Little => u16::from_le_bytes(*pair),
            Endianness::Big => u16::from_be_bytes(*pair),
        })
    }

    /// The first item of a sequence.
    pub fn first_item(&self, tag: Tag) -> Option<DataSet<'a>> {
        self.items(tag).next()
    }

    /// The items of a sequence, as far as they are whole.
    pub fn items(&self, tag: Tag) -> impl Iterator<Item = DataSet<'a>> + use<'a> {
        let (mut rest, syntax) = (self.get(tag).map_or(&[][..], |element| element.value), self.syntax);
        std::iter::from_fn(move || match next_element(&mut rest, syntax)? {
            (ITEM, item) => Some(Self::walk(item.value, syntax)),
            _ => None,
        })
    }

    /// The values of a text element without their padding; those that are blank are left out.
    pub fn texts(&self, tag: Tag) -> impl Iterator<Item = String> + use<'a> {
        let charset = self.charset();
        let value = self.get(tag).map_or(&[][..], |element| element.value);
        value.split(|byte| *byte == b'\\').filter_map(move |part| {
            let text = charset.decode(part).unwrap_or_else(|_| String::from_utf8_lossy(part).into_owned());
            let text = text.trim_matches(|letter: char| letter == '\0' || letter.is_whitespace());
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    fn charset(&self) -> SpecificCharacterSet {
        let name = self.get(tags::SPECIFIC_CHARACTER_SET).map(|element| String::from_utf8_lossy(element.value));
        let first = name.as_deref().and_then(|name| name.trim_end_matches('\0').split('\\').next());
        first.and_then(SpecificCharacterSet::from_code).unwrap_or_default()
    }
}

/// The fragments of encapsulated pixel data (PS3.5, A.4), without the offset table that stands first.
pub(super) fn fragments<'a>(value: &'a [u8], syntax: &TransferSyntax) -> Option<Vec<&'a [u8]>> {
    let mut rest = value;
    let mut fragments = Vec::new();
    loop {
        match next_element(&mut rest, syntax)? {
            (ITEM, Element { value, length: Length::Defined, .. }) => fragments.push(value),
            (SEQUENCE_DELIMITER, _) => break,
            _ => return None,
        }
    }
    (!fragments.is_empty()).then(|| fragments.split_off(1))
}

/// Takes one element off `rest`; `None` where `rest` ends within it.
fn next_element<'a>(rest: &mut &'a [u8], syntax: &TransferSyntax) -> Option<(Tag, Element<'a>)> {
    let decoder = decoder(syntax)?;
    let header = decoder.decode_header(rest).ok()?.0;
    let (value, length) = match header.len.get() {
        _ if is_delimiter(header.tag) => (&[][..], Length::Defined),
        Some(length) => (take(rest, length)?, Length::Defined),
        None => {
            let value = *rest;
            // Of unknown representation, the content is implicit whatever surrounds it (PS3.5, 6.2.2).
            let unknown = header.vr == VR::UN && header.tag != ITEM;
            step_over(rest, if unknown { IMPLICIT_VR_LITTLE_ENDIAN.decoder_for()? } else { decoder })?;
            (&value[..value.len() - rest.len()], Length::Undefined)
        }
    };
    Some((header.tag, Element { vr: header.vr, value, length }))
}

/// Steps over a value of undefined length and its delimiter, however deep sequences nest in it.
fn step_over<'a>(rest: &mut &'a [u8], decoder: Decoder<'a>) -> Option<()> {
    let mut depth = 1_usize;
    while depth > 0 {
        let header = decoder.decode_header(rest).ok()?.0;
        match header.len.get() {
            _ if is_delimiter(header.tag) => depth -= 1,
            Some(length) => {
                take(rest, length)?;
            }
            None => depth += 1,
        }
    }
    Some(())
}

fn take<'a>(rest: &mut &'a [u8], length: u32) -> Option<&'a [u8]> {
    let (value, behind) = rest.split_at_checked(length as usize)?;
    *rest = behind;
    Some(value)
}

fn is_delimiter(tag: Tag) -> bool {
    tag == ITEM_DELIMITER || tag == SEQUENCE_DELIMITER
}

/// Decodes element headers.
type Decoder<'a> = DynDecoder<&'a [u8]>;

fn decoder<'a>(syntax: &TransferSyntax) -> Option<Decoder<'a>> {
    syntax.decoder_for()
}
