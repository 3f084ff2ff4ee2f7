//! Fieldray's decisions: from the bytes of a radiograph to a decision and the heatmap that explains it.
//!
//! This crate is pure: it opens no file, socket, thread or clock. Bytes and values come in, values go out, so everything
//! here runs the same in training, in a test and on the box.
//!
//! The modules stand in the order in which one radiograph passes them.

pub mod input_kind;
pub mod radiograph;
pub mod region;
pub mod view;

pub mod read;

pub mod prepare;

pub mod engine;

pub mod fusion;

pub mod classifier;

pub mod calibrate;

pub mod conformal;

pub mod novelty;

pub mod explain;

pub mod screening;

pub mod bundle;

pub mod metrics;

pub mod phantom;

pub mod link;
