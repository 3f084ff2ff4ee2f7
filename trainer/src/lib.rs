//! Training, fusing, evaluating and exporting Fieldray's models.

pub mod network;
