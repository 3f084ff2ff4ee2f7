//! The models of a box: a new one goes in, proves itself, and gives way to the old one by itself if it fails.

mod change;
mod command;
mod delta;
mod disk;
mod keyring;
mod keys;
mod list;
mod offer;
mod refusal;
mod slots;
mod source;
mod store;
#[cfg(test)]
pub(crate) mod tests;

pub use change::{Change, changes, suspended};
pub use command::{Arguments, run};
pub use delta::whole;
pub use disk::{Disk, Folder};
pub use keyring::Keyring;
pub use keys::{DemoKey, KEYS, KeysError, trusted};
pub(crate) use list::{Listed, listed};
pub use offer::{Offer, prove};
pub use refusal::Refusal;
pub use slots::{STARTS, Slot, Slots, Start};
pub use source::{Source, StoreChoice};
pub use store::{Content, Started, Store};
