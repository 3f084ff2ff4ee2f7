//! One association: messages in, each with its response.

use std::net::TcpStream;
use std::time::Instant;

use dicom_ul::association::Error;
use dicom_ul::pdu::{PDataValue, PDataValueType, PresentationContextResultReason};
use dicom_ul::{Pdu, ServerAssociation};
use tracing::debug;

use super::command::{LONGEST_BYTES, Operation, Request, Status};
use super::places::Seat;
use super::store::{Store, TooLarge};
use crate::intake::Intake;

/// Why an association ended before its caller released it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// The connection, or what came over it.
    #[error("{0}")]
    Line(#[from] Error),
    /// A message that breaks the rules.
    #[error("{0}")]
    Rule(&'static str),
}

/// An association and where it stands between two protocol data units.
pub(super) struct Association<'a> {
    line: ServerAssociation<TcpStream>,
    intake: &'a Intake,
    sender: String,
    message: Message<'a>,
}

/// What was received of a message.
enum Message<'a> {
    /// Its command set, as far as it came.
    Command(Vec<u8>),
    /// Its command set whole, and its data set as far as it came.
    Store(Box<Store<'a>>),
    /// A data set that nobody wants follows a request that is answered behind it.
    Unwanted(Request),
}

impl<'a> Association<'a> {
    pub fn new(line: ServerAssociation<TcpStream>, intake: &'a Intake, sender: String) -> Self {
        Self { line, intake, sender, message: Message::Command(Vec::new()) }
    }

    /// Answers messages until the caller releases the association.
    pub fn serve(mut self, seat: &Seat<'_>) -> Result<(), Ended> {
        let served = self.messages(seat);
        if served.is_err() {
            // The caller is told, where it still listens.
            let _ = self.line.abort();
        }
        served
    }

    fn messages(&mut self, seat: &Seat<'_>) -> Result<(), Ended> {
        loop {
            let pdu = self.line.receive()?;
            seat.heard(Instant::now());
            match pdu {
                Pdu::PData { data } => data.into_iter().try_for_each(|value| self.take(value))?,
                Pdu::ReleaseRQ => return Ok(self.line.send(&Pdu::ReleaseRP)?),
                Pdu::AbortRQ { .. } => return Err(Ended::Rule("the caller aborted it")),
                _ => return Err(Ended::Rule("a protocol data unit came that has no place here")),
            }
        }
    }

    fn take(&mut self, value: PDataValue) -> Result<(), Ended> {
        let context = value.presentation_context_id;
        match (&mut self.message, value.value_type) {
            (Message::Command(so_far), PDataValueType::Command) => {
                if so_far.len() + value.data.len() > LONGEST_BYTES {
                    return Err(Ended::Rule("its command set is too long"));
                }
                so_far.extend(value.data);
                if value.is_last {
                    let request = Request::parse(so_far).ok_or(Ended::Rule("its command set cannot be understood"))?;
                    self.begin(context, request)?;
                }
            }
            (Message::Store(store), PDataValueType::Data) if store.context() == context => {
                store.take(&value.data).map_err(|TooLarge| Ended::Rule("its film is larger than is allowed"))?;
                if value.is_last {
                    let Message::Store(store) = self.next_message() else { return Ok(()) };
                    let (request, status, comment) = store.finish();
                    self.respond(context, &request, status, comment.as_deref())?;
                }
            }
            (Message::Unwanted(_), PDataValueType::Data) => {
                if value.is_last {
                    let Message::Unwanted(request) = self.next_message() else { return Ok(()) };
                    self.respond(context, &request, Status::UnrecognizedOperation, None)?;
                }
            }
            _ => return Err(Ended::Rule("command and data sets come in the wrong order")),
        }
        Ok(())
    }

    /// The whole command set of a message has come.
    fn begin(&mut self, context: u8, request: Request) -> Result<(), Ended> {
        debug!(sender = self.sender, ?request, "asked");
        self.next_message();
        match (request.operation, request.has_data_set) {
            (Operation::Echo, false) => self.respond(context, &request, Status::Success, None),
            (Operation::Store, true) => {
                let negotiated = self.line.presentation_contexts().iter().find(|negotiated| {
                    negotiated.id == context && negotiated.reason == PresentationContextResultReason::Acceptance
                });
                let negotiated = negotiated.ok_or(Ended::Rule("its presentation context was not negotiated"))?;
                if negotiated.abstract_syntax != request.sop_class_uid {
                    return Err(Ended::Rule("its SOP class is not the one negotiated"));
                }
                let syntax = negotiated.transfer_syntax.clone();
                self.message =
                    Message::Store(Box::new(Store::begin(self.intake, &self.sender, request, context, &syntax)));
                Ok(())
            }
            (Operation::Store, false) => self.respond(context, &request, Status::CannotUnderstand, None),
            (_, true) => {
                self.message = Message::Unwanted(request);
                Ok(())
            }
            (_, false) => self.respond(context, &request, Status::UnrecognizedOperation, None),
        }
    }

    /// The message that was, leaving room for the next.
    fn next_message(&mut self) -> Message<'a> {
        std::mem::replace(&mut self.message, Message::Command(Vec::new()))
    }

    fn respond(&mut self, context: u8, to: &Request, status: Status, comment: Option<&str>) -> Result<(), Ended> {
        let data = vec![PDataValue {
            presentation_context_id: context,
            value_type: PDataValueType::Command,
            is_last: true,
            data: to.response(status, comment),
        }];
        Ok(self.line.send(&Pdu::PData { data })?)
    }
}
