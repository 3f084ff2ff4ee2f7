//! The board's part of the page.

use fieldray_board::profile::compatible;
use fieldray_board::{Profile, health, serial};

use super::{HOT_CELSIUS, LEAST_FREE_BYTES, Line, State};
use crate::clock::Timestamp;

/// From here on a flash chip should be replaced before it fails.
const WORN_PERCENT: u32 = 90;

/// What the board tells of itself.
pub(super) fn lines() -> [Line; 7] {
    [board(), memory(), temperature(), supply(), wear(), clock(), ports()]
}

fn board() -> Line {
    match Profile::of(&compatible()) {
        Ok(profile) => Line::new("board", State::Ok, profile.name),
        Err(error) => Line::new("board", State::Ok, error.to_string()),
    }
}

fn memory() -> Line {
    let Some(memory) = health::memory() else { return Line::new("memory", State::Ok, "not told by this system") };
    let peak =
        health::peak_memory_bytes().map_or(String::new(), |peak| format!(", {} MB used by this check", peak >> 20));
    let said = format!("{} of {} MB free{peak}", memory.available_bytes >> 20, memory.total_bytes >> 20);
    match memory.available_bytes < LEAST_FREE_BYTES {
        true => Line::new("memory", State::Attention, format!("{said}; close other programs or restart the box")),
        false => Line::new("memory", State::Ok, said),
    }
}

fn temperature() -> Line {
    match health::temperature_celsius() {
        None => Line::new("temperature", State::Ok, "not told by this system"),
        Some(hot) if hot >= HOT_CELSIUS => Line::new(
            "temperature",
            State::Attention,
            format!("{hot:.0} degrees Celsius; move the box into the shade and clear its vents"),
        ),
        Some(fine) => Line::new("temperature", State::Ok, format!("{fine:.0} degrees Celsius")),
    }
}

fn supply() -> Line {
    match health::undervoltage() {
        None => Line::new("supply", State::Ok, "not told by this system"),
        Some(false) => Line::new("supply", State::Ok, "strong enough"),
        Some(true) => {
            let said =
                "too weak, and what is written may be lost; use the supply and the cable that came with the board";
            Line::new("supply", State::Attention, said)
        }
    }
}

fn wear() -> Line {
    match health::storage_wear_percent() {
        None => Line::new("storage wear", State::Ok, "not told by this system"),
        Some(worn) if worn >= WORN_PERCENT => {
            let said = format!("{worn} % of the storage's life are over; export the answers and have it replaced");
            Line::new("storage wear", State::Attention, said)
        }
        Some(fine) => Line::new("storage wear", State::Ok, format!("less than {fine} % of the storage's life")),
    }
}

fn clock() -> Line {
    let now = Timestamp::now();
    let keeps = if health::keeps_time() { "goes on while the box is off" } else { "stands still while the box is off" };
    match now.is_plausible() {
        true => Line::new("clock", State::Ok, format!("{}, {keeps}", now.day())),
        false => Line::new("clock", State::Attention, format!("{} cannot be right, {keeps}; set it", now.day())),
    }
}

fn ports() -> Line {
    match serial::ports() {
        Ok(ports) if ports.is_empty() => {
            Line::new("serial ports", State::Ok, "none; check the cable if one should be there")
        }
        Ok(ports) => {
            let told: Vec<String> = ports.iter().map(|port| format!("{} {}", port.path, port.plugged)).collect();
            Line::new("serial ports", State::Ok, told.join(", "))
        }
        Err(error) => Line::new("serial ports", State::Attention, error.to_string()),
    }
}
