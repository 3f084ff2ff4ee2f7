//! `fieldray-train`: trains models and exports them as signed bundles.

mod command;
mod device;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let device = device::find();
    device::keep_freed_memory();
    match command::Arguments::parse().carry_out(device) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
