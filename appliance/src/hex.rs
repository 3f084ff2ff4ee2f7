//! Hashes as people read them.

/// Bytes in hexadecimal, as `sha256sum` writes them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
