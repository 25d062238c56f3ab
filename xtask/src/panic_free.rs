//! The proof that no octet can make probe-core panic: `probe-core/panic-free` links for
//! thumbv7em only when not one panicking branch is left. To trust it, it must also be able to
//! fail: with an array that a peer's octet indexes it must not link.

use std::{path::Path, process::Command};

const TARGET: &str = "thumbv7em-none-eabihf";
/// What the linker says of the symbol that nobody defines.
const SYMBOL: &str = "error(panic-never): your program contains at least one panicking branch";

/// Runs both halves of the proof in the workspace at `root`. The answer is a sentence for people;
/// an error says what was expected and what to do.
pub(crate) fn prove(root: &Path) -> Result<String, String> {
    let good = link(root, "proof")?;
    if !good.linked {
        return Err(if good.output.contains(SYMBOL) {
            format!(
                "probe-core has a panicking branch: the proof does not link. To see where, run\n  \
                 {}\nand look for calls of core::panicking in the disassembly.",
                command_line("proof,find")
            )
        } else {
            format!(
                "the proof was not built; expected it to link with\n  {}\n{}",
                command_line("proof"),
                good.output
            )
        });
    }
    let bad = link(root, "proof,deliberate-index")?;
    if bad.linked {
        return Err(format!(
            "the proof proves nothing: with an array that a peer's octet indexes it still links\n  {}",
            command_line("proof,deliberate-index")
        ));
    }
    if !bad.output.contains(SYMBOL) {
        return Err(format!(
            "the deliberate index stopped the build, but not for its panicking branch; expected \
             the linker to miss {SYMBOL:?}\n{}",
            bad.output
        ));
    }
    Ok("probe-core links panic-free for thumbv7em, and an indexed array stops the link".into())
}

struct Linking {
    linked: bool,
    output: String,
}

fn link(root: &Path, features: &str) -> Result<Linking, String> {
    let output = Command::new("cargo")
        .args(arguments(features))
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo did not start: {error}"))?;
    Ok(Linking {
        linked: output.status.success(),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn arguments(features: &str) -> [&str; 9] {
    [
        "build",
        "--profile",
        "firmware",
        "--target",
        TARGET,
        "--package",
        "panic-free",
        "--features",
        features,
    ]
}

fn command_line(features: &str) -> String {
    format!("cargo {}", arguments(features).join(" "))
}
