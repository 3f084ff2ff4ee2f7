//! A data set in the making.

use dicom_core::header::Tag;
use dicom_core::value::{DataSetSequence, Value};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::code::Code;

/// Attributes, one after the other.
#[derive(Debug, Clone)]
pub(super) struct DataSet(InMemDicomObject);

impl DataSet {
    /// One without attributes.
    pub fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    /// And a text; several values are separated by backslashes.
    pub fn text(self, tag: Tag, vr: VR, value: &str) -> Self {
        self.element(
            tag,
            vr,
            match value {
                "" => PrimitiveValue::Empty,
                several if several.contains('\\') => {
                    PrimitiveValue::Strs(several.split('\\').map(str::to_owned).collect())
                }
                one => PrimitiveValue::from(one),
            },
        )
    }

    /// And a text, where it is not empty.
    pub fn known(self, tag: Tag, vr: VR, value: &str) -> Self {
        if value.is_empty() { self } else { self.text(tag, vr, value) }
    }

    /// And a number of 16 bits.
    pub fn short(self, tag: Tag, value: u16) -> Self {
        self.element(tag, VR::US, value.into())
    }

    /// And bytes.
    pub fn bytes(self, tag: Tag, value: Vec<u8>) -> Self {
        self.element(tag, VR::OB, PrimitiveValue::U8(value.into()))
    }

    /// And a sequence.
    pub fn sequence(mut self, tag: Tag, items: impl IntoIterator<Item = DataSet>) -> Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.0).collect();
        self.0.put(DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::from(items))));
        self
    }

    /// And coded concepts.
    pub fn codes(self, tag: Tag, codes: impl IntoIterator<Item = Code>) -> Self {
        self.sequence(tag, codes.into_iter().map(DataSet::of_code))
    }

    /// And all of another.
    pub fn and(mut self, other: DataSet) -> Self {
        other.0.into_iter().for_each(|element| drop(self.0.put(element)));
        self
    }

    /// What is in it.
    pub fn into_object(self) -> InMemDicomObject {
        self.0
    }

    fn of_code(code: Code) -> Self {
        Self::new()
            .text(tags::CODE_VALUE, VR::SH, code.value)
            .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, code.scheme)
            .text(tags::CODE_MEANING, VR::LO, code.meaning)
    }

    fn element(mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> Self {
        self.0.put(DataElement::new(tag, vr, value));
        self
    }
}
