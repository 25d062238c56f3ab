#![no_main]

#[path = "../checks/dialogue.rs"]
mod dialogue;
#[path = "../checks/scope.rs"]
mod scope;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dialogue::check(octets));
