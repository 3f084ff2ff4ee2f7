//! `fieldray`: the software of the box.

fn main() {}
