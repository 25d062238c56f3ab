//! Gives a board's binary its memory map and the linker's arguments.
//!
//! The linker runs in the workspace's root, where `memory.x` includes `board_memory.x`: that is
//! the chosen board's map, copied to where the linker looks for it.

use std::{env, fs, path::PathBuf};

/// Each board's feature, as Cargo tells it, and its memory map.
const BOARDS: [(&str, &str); 3] = [
    ("CARGO_FEATURE_BOARD_QEMU_MPS2", "boards/qemu-mps2.x"),
    ("CARGO_FEATURE_BOARD_STM32H743", "boards/stm32h743.x"),
    ("CARGO_FEATURE_BOARD_STM32F767", "boards/stm32f767.x"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../memory.x");
    // Which log lines there are is decided where they are compiled.
    println!("cargo::rerun-if-env-changed=DEFMT_LOG");
    let chosen: Vec<&str> = BOARDS
        .into_iter()
        .filter(|(feature, _)| env::var_os(feature).is_some())
        .map(|(_, map)| map)
        .collect();
    let is_bare = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "none");
    if chosen.is_empty() || !is_bare {
        return;
    }
    // More than one is an error that the library explains.
    let [map] = chosen.as_slice() else {
        return;
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    println!("cargo::rerun-if-changed={map}");
    if let Err(error) = fs::copy(map, out.join("board_memory.x")) {
        println!("cargo::error=firmware/{map}: {error}");
        return;
    }
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // Functions that are the same octet for octet are one. Nothing here compares what they are called by.
    println!("cargo::rustc-link-arg-bins=--icf=all");
    if env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    }
}
