//! Fieldray's appliance: it waits for films, screens them, and shows what was seen.
//!
//! What it decides is in `fieldray_common`, what it touches in `fieldray_board`; here stand the commands, in the order in
//! which a newcomer meets them, and the screens of the display.

pub mod cli;

pub mod clock;
mod hex;
mod space;

pub mod choice;

pub mod demo;

pub mod screening;

pub mod archive;

pub mod log;

pub mod config;

pub mod intake;

pub mod output;

pub mod service;

mod cable;

pub mod send;

pub mod flash;

pub mod history;

pub mod calibration;

pub mod bench;

pub mod models;

pub mod fleet;

pub mod doctor;

pub mod support;

pub mod update;

pub mod board_test;

pub mod phantom;

pub mod screen;

pub mod gallery;
