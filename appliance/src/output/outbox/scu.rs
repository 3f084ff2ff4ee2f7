//! A service class user of Storage (PS3.4, annex B): an association, and objects stored through it.

use std::fmt;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use dicom_ul::association::client::{ClientAssociation, ClientAssociationOptions};
use dicom_ul::pdu::{PDataValue, PDataValueType, Pdu, PresentationContextResultReason};

use crate::config::{AeTitle, Config};
use crate::intake::dicom::command::{LONGEST_BYTES, Operation, Request, Response};
use crate::output::{Document, Instance, Privacy};

/// The other machine must answer within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// And be there within this.
const CONNECTING: Duration = Duration::from_secs(10);

/// Where answers are sent on to.
#[derive(Debug, Clone)]
pub struct Receiver {
    address: SocketAddr,
    ae_title: AeTitle,
    /// How it is told who calls.
    calling: AeTitle,
    pub(super) privacy: Privacy,
}

impl Receiver {
    /// The one that the settings name, if they do.
    pub fn of(settings: &Config) -> Option<Self> {
        let send = &settings.send;
        Some(Self {
            address: SocketAddr::new(send.address?, send.port.get() as u16),
            ae_title: send.ae_title.clone(),
            calling: settings.dicom.ae_title.clone(),
            privacy: Privacy::identified(send.identified),
        })
    }
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.ae_title.as_str(), self.address)
    }
}

/// Why everything must wait: the receiver is not there, hangs up, or has no room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Later(pub String);

impl From<dicom_ul::association::Error> for Later {
    fn from(error: dicom_ul::association::Error) -> Self {
        Self(format!("{:#}", anyhow::Error::new(error)))
    }
}

impl From<std::io::Error> for Later {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<rusqlite::Error> for Later {
    fn from(error: rusqlite::Error) -> Self {
        Self(format!("the archive's database fails ({error}); check the disk"))
    }
}

/// What the receiver says to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// It has it, from now or from before.
    Taken,
    /// It does not want it, for this reason.
    Refused(String),
}

impl Reply {
    /// What a status of C-STORE means (PS3.4, B.2.3; PS3.7, annex C).
    fn of(response: &Response) -> Result<Self, Later> {
        let Response { status, comment, .. } = response;
        let said = |what: &str| match comment.is_empty() {
            true => format!("{what} (status 0x{status:04X})"),
            false => format!("{what} (status 0x{status:04X}: {comment})"),
        };
        match status {
            // Success, a duplicate, and the warnings: the object is there.
            0x0000 | 0x0111 | 0x0001 | 0x0107 | 0x0116 | 0xB000..=0xBFFF => Ok(Self::Taken),
            0xA700..=0xA7FF => Err(Later(said("the receiver has no room"))),
            _ => Ok(Self::Refused(said("the receiver refuses the object"))),
        }
    }
}

/// An association with a receiver.
pub(super) struct Scu {
    association: ClientAssociation<TcpStream>,
    messages: u16,
}

impl Scu {
    /// Opens an association in which every kind of document may be stored.
    pub fn connect(receiver: &Receiver) -> Result<Self, Later> {
        let options = ClientAssociationOptions::new()
            .calling_ae_title(receiver.calling.as_str())
            .called_ae_title(receiver.ae_title.as_str())
            .connection_timeout(CONNECTING)
            .read_timeout(PATIENCE)
            .write_timeout(PATIENCE)
            .with_abstract_syntax(Instance::class(Document::Sr))
            .with_abstract_syntax(Instance::class(Document::Sc));
        Ok(Self { association: options.establish(receiver.address)?, messages: 0 })
    }

    /// Stores an object.
    pub fn store(&mut self, document: Document, instance: &Instance) -> Result<Reply, Later> {
        let class = Instance::class(document);
        let accepted = self.association.presentation_contexts().iter().find(|context| {
            context.abstract_syntax == class && context.reason == PresentationContextResultReason::Acceptance
        });
        let Some(context) = accepted else {
            return Ok(Reply::Refused(format!("the receiver takes no objects of the SOP class {class}")));
        };
        let id = context.id;
        let Some(data_set) = instance.data_set(&context.transfer_syntax) else {
            return Ok(Reply::Refused("the receiver wants a transfer syntax that was not offered".to_owned()));
        };
        self.messages = self.messages.wrapping_add(1);
        let request = Request {
            operation: Operation::Store,
            message_id: self.messages,
            sop_class_uid: class.to_owned(),
            sop_instance_uid: instance.uid().to_owned(),
            has_data_set: true,
        };
        self.association.send(&Pdu::PData {
            data: vec![PDataValue {
                presentation_context_id: id,
                value_type: PDataValueType::Command,
                is_last: true,
                data: request.command_set(),
            }],
        })?;
        let mut data = self.association.send_pdata(id);
        data.write_all(&data_set)?;
        data.finish()?;
        let response = self.response()?;
        match response.to_message_id == request.message_id {
            true => Reply::of(&response),
            false => Err(Later("the receiver answers another message".to_owned())),
        }
    }

    /// Says goodbye. Everything has its answer; how this ends does not matter.
    pub fn release(self) {
        let _ = self.association.release();
    }

    fn response(&mut self) -> Result<Response, Later> {
        let mut command_set = Vec::new();
        loop {
            let Pdu::PData { data } = self.association.receive()? else {
                return Err(Later("the receiver ended the association".to_owned()));
            };
            for value in data {
                command_set.extend(value.data);
                if command_set.len() > LONGEST_BYTES {
                    return Err(Later("the receiver's answer is too long".to_owned()));
                }
                if value.is_last {
                    let response = Response::parse(&command_set);
                    return response.ok_or_else(|| Later("the receiver's answer cannot be understood".to_owned()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_receiver_cannot_help_is_tried_for_ever() {
        let reply = |status| Reply::of(&Response { to_message_id: 1, status, comment: "why".into() });
        for taken in [0x0000, 0x0111, 0xB000, 0xB006] {
            assert_eq!(reply(taken), Ok(Reply::Taken), "{taken:04x}");
        }
        for later in [0xA700, 0xA701] {
            assert!(reply(later).is_err(), "{later:04x}");
        }
        for refused in [0x0110, 0x0122, 0x0124, 0xA900, 0xC000, 0x0211] {
            assert!(matches!(reply(refused), Ok(Reply::Refused(said)) if said.contains("why")), "{refused:04x}");
        }
    }
}
