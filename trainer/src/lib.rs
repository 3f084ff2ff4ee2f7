//! Training, fusing, evaluating and exporting Fieldray's models.
