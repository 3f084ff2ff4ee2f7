//! `fieldray-train`: trains models and exports them as signed bundles.

fn main() {}
