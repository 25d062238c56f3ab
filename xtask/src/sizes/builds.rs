//! Which images there are, and how they are made.

use std::path::PathBuf;

use crate::{
    cargo::{BOARD_TARGET, cargo_for_boards},
    failure::{Failure, Result},
    place, run,
};

/// One image: a board with a set of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Build {
    /// The board, and what its binary is called.
    pub(super) board: &'static str,
    /// `default` or `relay-only`.
    pub(super) set: &'static str,
    /// The program.
    binary: &'static str,
    features: &'static [&'static str],
    /// The budget of its text, in octets.
    pub(super) text_max: u64,
    /// The budget of its static memory without the stack, in octets.
    pub(super) ram_max: u64,
}

const KIB: u64 = 1_024;

/// IPv4 and IPv6, sixteen workers.
const fn whole(board: &'static str, features: &'static [&'static str]) -> Build {
    Build {
        board,
        set: "default",
        binary: board,
        features,
        text_max: 144 * KIB,
        ram_max: 192 * KIB,
    }
}

/// IPv4, eight workers.
const fn relay_only(board: &'static str, features: &'static [&'static str]) -> Build {
    Build {
        set: "relay-only",
        text_max: 96 * KIB,
        ram_max: 96 * KIB,
        ..whole(board, features)
    }
}

const QEMU: Build = whole("qemu-mps2", &["board-qemu-mps2"]);
const QEMU_RELAY_ONLY: Build = relay_only(
    "qemu-mps2",
    &["board-qemu-mps2,relay-only", "--no-default-features"],
);

/// Every image.
pub(super) const ALL: [Build; 6] = [
    QEMU,
    QEMU_RELAY_ONLY,
    whole("stm32h743", &["board-stm32h743"]),
    relay_only(
        "stm32h743",
        &["board-stm32h743,relay-only", "--no-default-features"],
    ),
    whole("stm32f767", &["board-stm32f767"]),
    relay_only(
        "stm32f767",
        &["board-stm32f767,relay-only", "--no-default-features"],
    ),
];

/// Those that build without the chips' own crates.
pub(super) const QUICK: [Build; 2] = [QEMU, QEMU_RELAY_ONLY];

/// The program with nothing but the network.
const BARE: &str = "bare-net";

impl Build {
    /// The same board and features, with nothing but the network: DHCP, and one TCP connection.
    pub(super) fn bare(&self) -> Self {
        Self {
            binary: BARE,
            ..*self
        }
    }

    /// Builds it, with the sizes of its stack frames beside the code, and says where it is.
    pub(super) fn make(&self) -> Result<PathBuf> {
        // Its own folder: other flags would have everything built anew in the usual one.
        let target = place::target().join("sizes");
        // What measures is unstable; what is measured is the code of the stable compiler.
        let build = ["build", "--profile", "firmware", "--target", BOARD_TARGET];
        let mut command = cargo_for_boards(&["-Zemit-stack-sizes"], &build);
        command.args(["--package", "firmware", "--bin", self.binary, "--features"]);
        command.args(self.features);
        if self.binary == BARE {
            command.args(["--features", BARE]);
        }
        command
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_INCREMENTAL", "0")
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTFLAGS");
        run::output(&mut command)?;
        let made = target.join(BOARD_TARGET).join("firmware").join(self.binary);
        // The next set of features has the same name.
        let kept = target.join(format!("{}-{}-{}", self.binary, self.board, self.set));
        std::fs::copy(&made, &kept).map_err(|error| Failure::at(&made, &error))?;
        Ok(kept)
    }
}
