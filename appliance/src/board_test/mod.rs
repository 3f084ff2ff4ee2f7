//! `fieldray board-test`: every part of the board, tried with a technician at it.

mod chart;
mod steps;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, anyhow};
use embedded_graphics::geometry::Size;
use fieldray_board::Board;

use crate::config::{Kind, Show};
use crate::service;

/// Exit status where a part failed.
const FAILED: u8 = 2;

/// What to try.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The daemon must not run: the parts belong to one program at a time ('systemctl stop fieldray').

Examples:
  fieldray board-test
  fieldray board-test --display png:/tmp/chart --alone
  fieldray board-test --serial /dev/ttyUSB0            with its pins 2 and 3 connected

Exit status: 0 where every part that was tried works, 2 where one failed.")]
pub struct Arguments {
    /// The kind of board, or a file that describes it; auto asks the board
    #[arg(long, value_name = "NAME", default_value = "auto")]
    board: String,
    /// Where the test image is shown, in place of the board's own panel: drm:DEVICE, fb:DEVICE or png:FOLDER
    #[arg(long, value_name = "WHERE", default_value = "board")]
    display: Show,
    /// Serial port whose receive and transmit pins are connected; else it is not tried
    #[arg(long, value_name = "PORT")]
    serial: Option<String>,
    /// Try only what needs nobody who looks, presses or answers
    #[arg(long)]
    alone: bool,
    /// Seconds to wait for each key or touch
    #[arg(long, value_name = "N", default_value_t = 20)]
    wait_s: u64,
    /// Let the watchdog bite at the end: the box restarts
    #[arg(long)]
    bite: bool,
}

/// What came of trying a part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Works(String),
    Failed(String),
    NotTried(String),
}

/// Who is asked what they see.
enum Technician {
    Absent,
    Answers(io::StdinLock<'static>),
}

impl Technician {
    /// Whether they see it; `None` where nobody is there.
    fn sees(&mut self, what: &str) -> Result<Option<bool>> {
        let Self::Answers(answers) = self else { return Ok(None) };
        print!("Do you see {what}? [y/n] ");
        io::stdout().flush()?;
        let mut line = String::new();
        answers.read_line(&mut line)?;
        Ok(Some(line.trim().eq_ignore_ascii_case("y")))
    }

    /// Says what to do; whether somebody is there to do it.
    fn is_told(&self, what: &str) -> bool {
        let is_there = matches!(self, Self::Answers(_));
        if is_there {
            println!("{what}");
        }
        is_there
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut profile = service::profile(&Kind::from(arguments.board.clone()))?
        .ok_or_else(|| anyhow!("there is no board to try; name one with --board"))?;
    match &arguments.display {
        Show::Board => {}
        Show::None => profile.display.clear(),
        Show::At(output) => profile.display = vec![output.clone()],
    }
    println!("This board: {}", profile.name);
    let board = Board::open(&profile, Size::new(800, 480));
    let mut outcomes: Vec<(String, Outcome)> = Vec::new();
    for failure in board.failed {
        outcomes.push((failure.part.to_string(), Outcome::Failed(failure.said)));
    }
    let mut technician = if arguments.alone { Technician::Absent } else { Technician::Answers(io::stdin().lock()) };
    let wait = Duration::from_secs(arguments.wait_s);
    let mut panel = board.panel;
    if let Some(panel) = &mut panel {
        outcomes.push(("display".into(), steps::display(panel.as_mut(), &mut technician)?));
    }
    let size = panel.as_ref().map_or(Size::new(800, 480), |panel| panel.size());
    outcomes.extend(steps::hands(board.buttons, size, &technician, wait)?);
    if let Some(leds) = &board.leds {
        outcomes.push(("lights".into(), steps::lights(leds, &mut technician)?));
    }
    if let Some(port) = &arguments.serial {
        outcomes.push((format!("serial {port}"), steps::loopback(port)));
    }
    if let Some(path) = &profile.watchdog {
        outcomes.push(("watchdog".into(), steps::watchdog(path, arguments.bite)));
    }

    let failed = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
    for (part, outcome) in outcomes {
        let (state, said) = match outcome {
            Outcome::Works(said) => ("works", said),
            Outcome::Failed(said) => ("FAILED", said),
            Outcome::NotTried(said) => ("not tried", said),
        };
        println!("{state:<10} {part:<12} {said}");
    }
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}
