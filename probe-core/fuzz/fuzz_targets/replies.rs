#![no_main]

#[path = "../checks/replies.rs"]
mod replies;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| replies::check(octets));
