#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fieldray_fuzz::update(bytes));
