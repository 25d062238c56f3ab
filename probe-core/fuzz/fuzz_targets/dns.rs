#![no_main]

#[path = "../checks/dns.rs"]
mod dns;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dns::check(octets));
