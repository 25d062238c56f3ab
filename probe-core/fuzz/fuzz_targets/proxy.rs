#![no_main]

#[path = "../checks/opened.rs"]
mod opened;
#[path = "../checks/proxy.rs"]
mod proxy;
#[path = "../checks/scope.rs"]
mod scope;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| proxy::check(octets));
