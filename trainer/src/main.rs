//! `fieldray-train`: trains models and exports them as signed bundles.

mod cli;
mod device;

use clap::Parser;

fn main() -> anyhow::Result<()> {
    let device = device::find();
    device::keep_freed_memory();
    cli::Arguments::parse().carry_out(device)
}
