//! The steps, in order: cheap and telling ones first.

use super::{Outcome, Step};
use crate::{
    cargo::{self, BOARD_TARGET, cargo},
    failure::Result,
    run,
};

/// Everything that must hold.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "toolchain",
        run: toolchain,
    },
    Step {
        name: "formatting",
        run: formatting,
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "tests",
        run: tests,
    },
    Step {
        name: "documentation tests",
        run: documentation_tests,
    },
    Step {
        name: "documentation",
        run: documentation,
    },
    Step {
        name: "boards build",
        run: boards_build,
    },
];

fn toolchain() -> Result<Outcome> {
    let version = run::output(&mut run::command(&["rustc", "--version"]))?;
    let folder = run::output(&mut run::command(&[
        "rustc",
        "--print",
        "target-libdir",
        "--target",
        BOARD_TARGET,
    ]))?;
    if !std::path::Path::new(folder.trim()).exists() {
        if !run::exists("rustup") {
            return Ok(Outcome::skipped(
                format!("the target {BOARD_TARGET} is not installed"),
                format!("rustup target add {BOARD_TARGET}"),
            ));
        }
        run::output(&mut run::command(&[
            "rustup",
            "target",
            "add",
            BOARD_TARGET,
        ]))?;
    }
    Ok(Outcome::passed(version.trim()))
}

fn formatting() -> Result<Outcome> {
    cargo::check(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Outcome> {
    cargo::check(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn tests() -> Result<Outcome> {
    cargo::check_tests(&mut cargo(&[
        "test",
        "--workspace",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ]))
}

fn documentation_tests() -> Result<Outcome> {
    cargo::check_tests(&mut cargo(&[
        "test",
        "--workspace",
        "--no-fail-fast",
        "--doc",
    ]))
}

fn documentation() -> Result<Outcome> {
    let mut document = cargo(&["doc", "--workspace", "--no-deps"]);
    cargo::check(document.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn boards_build() -> Result<Outcome> {
    cargo::check(&mut cargo(&[
        "build",
        "--package",
        "probe-core",
        "--package",
        "firmware",
        "--lib",
        "--target",
        BOARD_TARGET,
    ]))
}
