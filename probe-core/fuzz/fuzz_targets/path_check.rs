#![no_main]

#[path = "../checks/opened.rs"]
mod opened;
#[path = "../checks/path_check.rs"]
mod path_check;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| path_check::check(octets));
