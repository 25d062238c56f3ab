#![no_main]

#[path = "../checks/dialogue.rs"]
mod dialogue;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dialogue::check(octets));
