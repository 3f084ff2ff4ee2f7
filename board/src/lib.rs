//! The board's parts, behind the field's own traits: what the box touches, and nothing that decides.

pub mod display;

pub mod serial;

pub mod health;

pub mod input;
