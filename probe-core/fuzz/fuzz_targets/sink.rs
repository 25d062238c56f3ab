#![no_main]

#[path = "../checks/sink.rs"]
mod sink;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| sink::check(octets));
