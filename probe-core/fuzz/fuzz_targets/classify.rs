#![no_main]

#[path = "../checks/classify.rs"]
mod classify;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| classify::check(octets));
