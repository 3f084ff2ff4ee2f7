//! Training, fusing, evaluating and exporting Fieldray's models.
//!
//! The modules stand in the order in which a run passes them.

pub mod recipe;

pub mod folder;

pub mod data;
pub mod network;

pub mod learn;

pub mod fuse;

pub mod evaluate;

pub mod export;
pub mod keys;

pub mod assemble;
