//! A box is updated while it works: a bundle that came over the cable or on a stick is checked, copied, tried on this box, and takes over
//! when no film waits. Screening goes on with the old one until then.
//!
//! [`Installer`] does it, one at a time, in a thread of its own; whoever is at the display or at the laptop hears how far it is.

mod installer;
mod news;
mod notice;
mod stick;
#[cfg(test)]
mod tests;

pub use installer::{Installer, Package};
pub use news::{News, Progress, Proposal};
pub use notice::WentBack;
