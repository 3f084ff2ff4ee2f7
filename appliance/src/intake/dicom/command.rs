//! DIMSE commands (PS3.7): the command set of a message, read and written.
//!
//! A command set is always Implicit VR Little Endian and has a dozen flat elements. It is read here, and not by a reader of whole data
//! sets, because it comes from strangers: no length is believed that goes beyond the bytes that are there.

/// Longest command set; ours and everybody's have a few hundred bytes.
pub(crate) const LONGEST_BYTES: usize = 1 << 14;

/// `CommandDataSetType` where a data set follows.
const DATA_SET: u16 = 0x0001;

/// `CommandDataSetType` where no data set follows.
const NO_DATA_SET: u16 = 0x0101;

/// The bit of `CommandField` that makes a response of a request.
const RESPONSE: u16 = 0x8000;

/// Element numbers of group 0000.
mod element {
    pub const GROUP_LENGTH: u16 = 0x0000;
    pub const AFFECTED_SOP_CLASS_UID: u16 = 0x0002;
    pub const COMMAND_FIELD: u16 = 0x0100;
    pub const MESSAGE_ID: u16 = 0x0110;
    pub const MESSAGE_ID_BEING_RESPONDED_TO: u16 = 0x0120;
    pub const PRIORITY: u16 = 0x0700;
    pub const COMMAND_DATA_SET_TYPE: u16 = 0x0800;
    pub const STATUS: u16 = 0x0900;
    pub const ERROR_COMMENT: u16 = 0x0902;
    pub const AFFECTED_SOP_INSTANCE_UID: u16 = 0x1000;
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// C-STORE.
    Store,
    /// C-ECHO.
    Echo,
    /// Another one, by its command field.
    Other(u16),
}

impl Operation {
    fn of(command_field: u16) -> Self {
        match command_field {
            0x0001 => Self::Store,
            0x0030 => Self::Echo,
            other => Self::Other(other),
        }
    }

    fn command_field(self) -> u16 {
        match self {
            Self::Store => 0x0001,
            Self::Echo => 0x0030,
            Self::Other(field) => field,
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub operation: Operation,
    pub message_id: u16,
    pub sop_class_uid: String,
    pub sop_instance_uid: String,
    /// Whether a data set follows.
    pub has_data_set: bool,
}

/// The status of a response (PS3.7 annex C, PS3.4 B.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Success = 0x0000,
    UnrecognizedOperation = 0x0211,
    OutOfResources = 0xA700,
    DataSetDoesNotMatchSopClass = 0xA900,
    CannotUnderstand = 0xC000,
}

impl Request {
    /// The request in a command set; `None` where it is none.
    pub fn parse(command_set: &[u8]) -> Option<Self> {
        let find = |wanted| elements(command_set).find(|(number, _)| *number == wanted).map(|(_, value)| value);
        let short = |wanted| find(wanted)?.first_chunk().map(|value| u16::from_le_bytes(*value));
        let uid = |wanted| find(wanted).map_or(Some(String::new()), uid);
        Some(Self {
            operation: Operation::of(short(element::COMMAND_FIELD)?),
            message_id: short(element::MESSAGE_ID)?,
            sop_class_uid: uid(element::AFFECTED_SOP_CLASS_UID)?,
            sop_instance_uid: uid(element::AFFECTED_SOP_INSTANCE_UID)?,
            has_data_set: short(element::COMMAND_DATA_SET_TYPE)? != NO_DATA_SET,
        })
    }

    /// The command set of its response.
    pub fn response(&self, status: Status, comment: Option<&str>) -> Vec<u8> {
        let mut body = Vec::new();
        let mut put = |number, value: &[u8], padding| {
            write_element(&mut body, number, value, padding);
        };
        put(element::AFFECTED_SOP_CLASS_UID, self.sop_class_uid.as_bytes(), 0);
        put(element::COMMAND_FIELD, &(self.operation.command_field() | RESPONSE).to_le_bytes(), 0);
        put(element::MESSAGE_ID_BEING_RESPONDED_TO, &self.message_id.to_le_bytes(), 0);
        put(element::COMMAND_DATA_SET_TYPE, &NO_DATA_SET.to_le_bytes(), 0);
        put(element::STATUS, &(status as u16).to_le_bytes(), 0);
        if let Some(comment) = comment {
            put(element::ERROR_COMMENT, long_string(comment).as_bytes(), b' ');
        }
        if !self.sop_instance_uid.is_empty() {
            put(element::AFFECTED_SOP_INSTANCE_UID, self.sop_instance_uid.as_bytes(), 0);
        }
        whole(body)
    }

    /// The command set of this request, of medium priority.
    pub fn command_set(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut put = |number, value: &[u8]| write_element(&mut body, number, value, 0);
        put(element::AFFECTED_SOP_CLASS_UID, self.sop_class_uid.as_bytes());
        put(element::COMMAND_FIELD, &self.operation.command_field().to_le_bytes());
        put(element::MESSAGE_ID, &self.message_id.to_le_bytes());
        put(element::PRIORITY, &0_u16.to_le_bytes());
        let follows = if self.has_data_set { DATA_SET } else { NO_DATA_SET };
        put(element::COMMAND_DATA_SET_TYPE, &follows.to_le_bytes());
        if !self.sop_instance_uid.is_empty() {
            put(element::AFFECTED_SOP_INSTANCE_UID, self.sop_instance_uid.as_bytes());
        }
        whole(body)
    }
}

/// What another machine answers to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub to_message_id: u16,
    /// As it came: machines have statuses of their own.
    pub status: u16,
    /// What it says of it, in letters that can be shown; often nothing.
    pub comment: String,
}

impl Response {
    /// The response in a command set; `None` where it is none.
    pub fn parse(command_set: &[u8]) -> Option<Self> {
        let find = |wanted| elements(command_set).find(|(number, _)| *number == wanted).map(|(_, value)| value);
        let short = |wanted| find(wanted)?.first_chunk().map(|value| u16::from_le_bytes(*value));
        let comment = find(element::ERROR_COMMENT).map(String::from_utf8_lossy).unwrap_or_default();
        (short(element::COMMAND_FIELD)? & RESPONSE != 0).then_some(())?;
        Some(Self {
            to_message_id: short(element::MESSAGE_ID_BEING_RESPONDED_TO)?,
            status: short(element::STATUS)?,
            comment: long_string(&comment).trim().to_owned(),
        })
    }
}

/// A command set with its group length.
fn whole(body: Vec<u8>) -> Vec<u8> {
    let mut command_set = Vec::new();
    write_element(&mut command_set, element::GROUP_LENGTH, &(body.len() as u32).to_le_bytes(), 0);
    command_set.extend(body);
    command_set
}

/// The elements of group 0000, up to the first that is cut off or of another group.
fn elements(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let ([0, 0, n0, n1, l0, l1, l2, l3], behind) = rest.split_first_chunk()? else { return None };
        let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
        let (value, behind) = behind.split_at_checked(length)?;
        rest = behind;
        Some((u16::from_le_bytes([*n0, *n1]), value))
    })
}

fn write_element(into: &mut Vec<u8>, number: u16, value: &[u8], padding: u8) {
    let length = value.len().next_multiple_of(2);
    into.extend([0, 0]);
    into.extend(number.to_le_bytes());
    into.extend((length as u32).to_le_bytes());
    into.extend(value);
    into.resize(into.len() + length - value.len(), padding);
}

/// A unique identifier (PS3.5, 9.1), without its padding; `None` where the bytes are none.
fn uid(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?.trim_end_matches(['\0', ' ']);
    let sound = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    sound.then(|| text.to_owned())
}

/// A text as fits into an element of 64 characters.
fn long_string(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_ascii_graphic() || *letter == ' ')
        .filter(|letter| *letter != '\\')
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use dicom_dictionary_std::tags;
    use dicom_object::InMemDicomObject;
    use dicom_transfer_syntax_registry::entries::IMPLICIT_VR_LITTLE_ENDIAN;
    use proptest::prelude::*;

    use super::*;

    fn request() -> Request {
        Request {
            operation: Operation::Store,
            message_id: 7,
            sop_class_uid: "1.2.840.10008.5.1.4.1.1.1".into(),
            sop_instance_uid: "1.2.3".into(),
            has_data_set: true,
        }
    }

    /// dicom-rs, as an independent reader, understands what we write.
    #[test]
    fn a_response_says_what_it_should() {
        let comment = "the archive is full; review studies so that the oldest can be removed";
        let response = request().response(Status::OutOfResources, Some(comment));
        let read = InMemDicomObject::read_dataset_with_ts(&response[..], &IMPLICIT_VR_LITTLE_ENDIAN.erased()).unwrap();
        let number = |tag| read.element(tag).unwrap().to_int::<u32>().unwrap();
        assert_eq!(number(tags::COMMAND_GROUP_LENGTH) as usize, response.len() - 12);
        assert_eq!(number(tags::COMMAND_FIELD), 0x8001);
        assert_eq!(number(tags::MESSAGE_ID_BEING_RESPONDED_TO), 7);
        assert_eq!(number(tags::STATUS), 0xA700);
        assert_eq!(number(tags::COMMAND_DATA_SET_TYPE), 0x0101);
        assert_eq!(read.element(tags::AFFECTED_SOP_INSTANCE_UID).unwrap().to_str().unwrap(), "1.2.3");
        assert_eq!(read.element(tags::ERROR_COMMENT).unwrap().to_str().unwrap(), &comment[..64]);
    }

    #[test]
    fn what_is_asked_and_answered_is_read_as_it_was_written() {
        assert_eq!(Request::parse(&request().command_set()), Some(request()));
        let response = request().response(Status::OutOfResources, Some("no room"));
        let read = Response { to_message_id: 7, status: 0xA700, comment: "no room".into() };
        assert_eq!(Response::parse(&response), Some(read));
        assert_eq!(Response::parse(&request().command_set()), None);
    }

    #[test]
    fn what_contradicts_itself_is_no_request() {
        let mut command_set = Vec::new();
        for (number, value) in [
            (element::COMMAND_FIELD, &[1, 0][..]),
            (element::MESSAGE_ID, &[7, 0]),
            (element::COMMAND_DATA_SET_TYPE, &[0, 0]),
            (element::AFFECTED_SOP_CLASS_UID, b"1.2.840.10008.5.1.4.1.1.1\0"),
            (element::AFFECTED_SOP_INSTANCE_UID, b"1.2.3\0"),
        ] {
            write_element(&mut command_set, number, value, 0);
        }
        assert_eq!(Request::parse(&command_set), Some(request()));
        let mut path = command_set.clone();
        let at = path.windows(5).position(|window| window == b"1.2.3").unwrap();
        path[at..at + 5].copy_from_slice(b"../..");
        assert_eq!(Request::parse(&path), None);
        command_set[4] = 0xff;
        assert_eq!(Request::parse(&command_set), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (Request::parse(&bytes), Response::parse(&bytes));
        }
    }
}
