//! What the box does and shows.
