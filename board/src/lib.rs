//! The board's parts, behind the field's own traits: what the box touches, and nothing that decides.

mod board;
pub mod profile;

pub use board::{Board, Failure, Part};
pub use profile::Profile;

mod console;
pub mod display;

pub mod serial;

pub mod health;

pub mod input;

pub mod leds;

pub mod watchdog;
