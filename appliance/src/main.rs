//! `fieldray`: the software of the box, and its command line.

use std::process::ExitCode;

use fieldray_appliance::cli::{self, Command};
use fieldray_appliance::output::export;
use fieldray_appliance::{
    bench, board_test, calibration, demo, doctor, flash, fleet, gallery, history, log, models, phantom, screening,
    send, service, support,
};

fn main() -> ExitCode {
    cli::report_faults_in_one_line();
    let command = match cli::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(answer) => return answer.give(),
    };
    let done = match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Screen(arguments) => screening::run(&arguments),
        Command::Run(arguments) => service::run(&arguments),
        Command::Send(arguments) => send::run(&arguments),
        Command::Flash(arguments) => flash::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Calibrate(arguments) => calibration::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::BoardTest(arguments) => board_test::run(&arguments),
        Command::SupportBundle(arguments) => support::run(&arguments),
        Command::FleetReport(arguments) => fleet::run(&arguments),
        Command::VerifyLog(arguments) => log::run(&arguments),
        Command::Phantom(arguments) => phantom::run(&arguments),
        Command::ScreenGallery(arguments) => gallery::run(&arguments),
    };
    done.unwrap_or_else(|error| cli::fail(&error))
}
