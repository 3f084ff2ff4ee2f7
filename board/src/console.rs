//! The text console, which shares the panel with us.

use std::fs;

/// The console that is seen.
const CONSOLE: &str = "/dev/tty0";

/// Hides the cursor, and keeps the console from going dark. Where it may not be written there is none to see, or the image's kernel
/// command line has hidden it (`vt.global_cursor_default=0`).
pub(crate) fn hide_cursor() {
    let _ = fs::write(CONSOLE, "\x1b[?25l\x1b[9;0]");
}
