//! Good bytes, changed at random, through every door for strangers' bytes: nothing falls over. A bounded run of what
//! `tests/fuzz` does without an end.
//!
//! `FIELDRAY_FUZZ_RUNS` sets how many changed inputs each door gets. With `FIELDRAY_CORPUS=FOLDER` the good bytes are written into a folder
//! a door, for cargo-fuzz to begin with.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fieldray_tests::real_data;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

#[path = "fuzz/lib.rs"]
mod fuzz;

/// Changed inputs a door, unless told otherwise.
const RUNS: usize = 40_000;

/// Larger seeds are decoded too slowly for a bounded run.
const SEED_BYTES: u64 = 250_000;

/// Changes a few places: a bit, a byte, a number at one of its ends, a piece taken out or put in from elsewhere; or cuts the end.
fn change(bytes: &mut Vec<u8>, random: &mut Pcg64Mcg) {
    for _ in 0..random.random_range(1..6) {
        if bytes.is_empty() {
            bytes.push(random.random());
        }
        let at = random.random_range(0..bytes.len());
        // Headers decide more than pixels do.
        let at = if random.random_bool(0.5) { at % 1024.min(bytes.len()) } else { at };
        let end = bytes.len().min(at + random.random_range(1..40));
        // What moves all that follows mostly ends at the first check of a length, so it is rarer.
        match random.random_range(0..16) {
            0..5 => bytes[at] ^= 1 << random.random_range(0..8),
            5..9 => bytes[at] = random.random(),
            9..12 => {
                let number = [0, 1, 0xffff, 0xffff_fffe, u32::MAX, 1 << 31][random.random_range(0..6)];
                bytes.splice(at..bytes.len().min(at + 4), u32::to_le_bytes(number));
            }
            12 => bytes[at..end].fill([0, 0xff, 0x7f, 0x80][random.random_range(0..4)]),
            13 => bytes.truncate(at),
            14 => drop(bytes.drain(at..end)),
            _ => {
                let from = random.random_range(0..bytes.len());
                let piece: Vec<u8> = bytes[from..].iter().take(end - at).copied().collect();
                bytes.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn no_door_falls_over() {
    let runs =
        std::env::var("FIELDRAY_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().expect("FIELDRAY_FUZZ_RUNS is a number"));
    for fuzz::Target { name, run, seeds } in fuzz::TARGETS {
        let mut seeds = seeds();
        if name == "dicom" {
            seeds.extend(small_films());
        }
        if let Some(corpus) = std::env::var_os("FIELDRAY_CORPUS") {
            let folder = Path::new(&corpus).join(name);
            std::fs::create_dir_all(&folder).unwrap();
            for (which, seed) in seeds.iter().enumerate() {
                std::fs::write(folder.join(format!("seed-{which}")), seed).unwrap();
            }
        }
        for (which, seed) in seeds.iter().enumerate() {
            run(seed);
            for number in 0..(runs / seeds.len()) as u64 {
                let mut bytes = seed.clone();
                change(&mut bytes, &mut Pcg64Mcg::seed_from_u64(number));
                if catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err() {
                    let kept = std::env::temp_dir().join(format!("fieldray-{name}-{which}-{number}"));
                    std::fs::write(&kept, &bytes).unwrap();
                    panic!("the door '{name}' fell over {}", kept.display());
                }
            }
        }
    }
}

/// Real films in other transfer syntaxes than ours.
fn small_films() -> Vec<Vec<u8>> {
    let Some(folder) = real_data("dicom") else { return Vec::new() };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let small = files.filter(|file| file.metadata().unwrap().is_file() && file.metadata().unwrap().len() < SEED_BYTES);
    small.map(|file| std::fs::read(file.path()).unwrap()).collect()
}
