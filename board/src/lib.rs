//! The parts of the box, behind the field's own traits.
