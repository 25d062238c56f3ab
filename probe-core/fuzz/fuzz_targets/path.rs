#![no_main]

#[path = "../checks/path.rs"]
mod path;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| path::check(octets));
