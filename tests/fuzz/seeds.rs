//! Writes good bytes for each target into `corpus/TARGET`, for cargo-fuzz to begin with.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    for fuzz in fieldray_fuzz::TARGETS {
        let folder = Path::new("corpus").join(fuzz.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in (fuzz.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
