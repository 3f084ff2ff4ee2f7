//! From trained backbones to fitted heads: features, their fusion, and the classifiers on it.
//!
//! Features come from the exported files through the engine of the box, so that classifiers are fitted to what ships.

pub mod features;

pub mod fusion;

pub mod novelty;

pub mod fit;

pub mod calibrate;

pub mod select;
