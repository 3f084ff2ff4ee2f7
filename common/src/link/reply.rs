//! What the box replied.

use super::message::{Answer, Introduction, Message, Outcome, Sha256};
use super::models::{Installation, Models};
use super::text::Text;

/// What the box replied to what was asked of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To [`super::Sender::greet`].
    Introduction(Introduction),
    /// To [`super::Sender::put`].
    Outcome(Outcome),
    /// To [`super::Sender::ask`]; never [`Answer::Waiting`].
    Answer(Answer),
    /// The box does not understand what it is asked.
    NotUnderstood,
    /// To [`super::Sender::ask_models`].
    Models(Models),
    /// To [`super::Sender::ask_change`].
    Change(Text),
    /// To [`super::Sender::ask_installation`].
    Installation(Installation),
    /// To [`super::Sender::ask_files`].
    Files {
        /// How many there are in all.
        all: u16,
        /// The SHA-256 of some of them, from the one on that was asked for.
        sha256s: Vec<Sha256>,
    },
    /// To [`super::Sender::ask_identity`].
    Identity(Text),
}

impl Reply {
    /// The reply to what was `asked`, where what was `said` is one.
    pub(super) fn to(asked: &Message, said: Message) -> Option<Self> {
        match (asked, said) {
            (Message::Hello { .. }, Message::Introduction(introduction)) => Some(Self::Introduction(introduction)),
            (Message::Ask { image: asked }, Message::Answer { image, answer }) if image == *asked => {
                Some(Self::Answer(answer))
            }
            (Message::AskModels, Message::Models(models)) => Some(Self::Models(models)),
            (Message::AskChange { number: asked }, Message::Change { number, text }) if number == *asked => {
                Some(Self::Change(text))
            }
            (Message::AskInstallation { sha256: asked }, Message::Installation { sha256, installation })
                if sha256 == *asked =>
            {
                Some(Self::Installation(installation))
            }
            (Message::AskFiles { number: asked }, Message::Files { number, all, sha256s }) if number == *asked => {
                Some(Self::Files { all, sha256s })
            }
            (Message::AskIdentity, Message::Identity { text }) => Some(Self::Identity(text)),
            (asked, Message::NotUnderstood { message }) if message == asked.number() => Some(Self::NotUnderstood),
            _ => None,
        }
    }
}
