//! Small DICOM files for tests, written element by element, so that each test says what is in its film.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};

/// A file in the making: Explicit VR Little Endian unless it says otherwise.
#[derive(Debug, Clone)]
pub(in crate::read) struct Sample {
    elements: Vec<(Tag, VR, Vec<u8>)>,
    syntax: &'static str,
}

pub(in crate::read) const SIDE: u16 = 32;

impl Sample {
    /// A square DX film of [`SIDE`] whose cells of 16 bits hold `cell(index)`.
    pub fn film(cell: impl Fn(u16) -> u16) -> Self {
        let cells = (0..SIDE * SIDE).flat_map(|index| cell(index).to_le_bytes()).collect();
        Self { elements: Vec::new(), syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN }
            .text(tags::MODALITY, VR::CS, "DX")
            .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
            .short(tags::SAMPLES_PER_PIXEL, 1)
            .short(tags::ROWS, SIDE)
            .short(tags::COLUMNS, SIDE)
            .short(tags::BITS_ALLOCATED, 16)
            .short(tags::BITS_STORED, 16)
            .short(tags::HIGH_BIT, 15)
            .short(tags::PIXEL_REPRESENTATION, 0)
            .with(tags::PIXEL_DATA, VR::OW, cells)
    }

    pub fn with(mut self, tag: Tag, vr: VR, value: Vec<u8>) -> Self {
        self = self.without(tag);
        self.elements.push((tag, vr, value));
        self.elements.sort_by_key(|element| element.0);
        self
    }

    pub fn without(mut self, tag: Tag) -> Self {
        self.elements.retain(|element| element.0 != tag);
        self
    }

    pub fn text(self, tag: Tag, vr: VR, text: &str) -> Self {
        let padding = if text.len() % 2 == 1 { " " } else { "" };
        self.with(tag, vr, format!("{text}{padding}").into_bytes())
    }

    pub fn short(self, tag: Tag, value: u16) -> Self {
        self.shorts(tag, &[value])
    }

    pub fn shorts(self, tag: Tag, values: &[u16]) -> Self {
        self.with(tag, VR::US, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// A sequence of one item with the elements of `item`.
    pub fn sequence(self, tag: Tag, item: Sample) -> Self {
        let inside = item.data_set();
        let mut value = vec![0xFE, 0xFF, 0x00, 0xE0];
        value.extend((inside.len() as u32).to_le_bytes());
        value.extend(inside);
        self.with(tag, VR::SQ, value)
    }

    /// An item of a sequence.
    pub fn item() -> Self {
        Self { elements: Vec::new(), syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN }
    }

    /// Pixel data encapsulated in one fragment.
    pub fn encapsulated(self, syntax: &'static str, fragment: &[u8]) -> Self {
        let mut value = vec![0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0x00, 0xE0];
        value.extend((fragment.len() as u32).to_le_bytes());
        value.extend(fragment);
        value.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        Self { syntax, ..self }.with(tags::PIXEL_DATA, VR::OB, value)
    }

    /// The whole file.
    pub fn file(&self) -> Vec<u8> {
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        let meta = Self::item().text(tags::TRANSFER_SYNTAX_UID, VR::UI, self.syntax);
        file.extend(meta.data_set());
        file.extend(self.data_set());
        file
    }

    /// The data set alone.
    pub fn data_set(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (tag, vr, value) in &self.elements {
            bytes.extend(tag.group().to_le_bytes());
            bytes.extend(tag.element().to_le_bytes());
            bytes.extend(vr.to_string().bytes());
            match vr {
                VR::OB | VR::OW | VR::SQ | VR::UN => {
                    let encapsulated = *tag == tags::PIXEL_DATA && self.syntax != uids::EXPLICIT_VR_LITTLE_ENDIAN;
                    let length = if encapsulated { u32::MAX } else { value.len() as u32 };
                    bytes.extend([0, 0]);
                    bytes.extend(length.to_le_bytes());
                }
                _ => bytes.extend((value.len() as u16).to_le_bytes()),
            }
            bytes.extend(value);
        }
        bytes
    }

    /// The data set in Implicit VR Little Endian.
    pub fn implicit_data_set(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (tag, _, value) in &self.elements {
            bytes.extend(tag.group().to_le_bytes());
            bytes.extend(tag.element().to_le_bytes());
            bytes.extend((value.len() as u32).to_le_bytes());
            bytes.extend(value);
        }
        bytes
    }
}
