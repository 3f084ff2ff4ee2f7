//! Training, fusing, evaluating and exporting Fieldray's models.
//!
//! The modules stand in the order in which a run passes them.

pub mod recipe;

pub mod folder;
mod parallel;

pub mod data;
pub mod network;

pub mod learn;

pub mod fuse;

pub mod evaluate;

pub mod export;
pub mod keys;

pub mod assemble;

pub mod experiment;

pub mod report;

/// Seeds torch's random generator for one test. It is one for all tests, and they run side by side: hold what is given back.
#[cfg(test)]
fn seeded(seed: i64) -> std::sync::MutexGuard<'static, ()> {
    static GENERATOR: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let alone = GENERATOR.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tch::manual_seed(seed);
    alone
}
