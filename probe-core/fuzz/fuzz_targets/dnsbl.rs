#![no_main]

#[path = "../checks/dnsbl.rs"]
mod dnsbl;
#[path = "../checks/scope.rs"]
mod scope;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| dnsbl::check(octets));
