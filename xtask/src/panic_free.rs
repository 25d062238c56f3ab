//! The proof that no octet can make probe-core panic: `probe-core/panic-free` links for
//! thumbv7em only when not one panicking branch is left. To trust it, it must also be able to
//! fail: with an array that a peer's octet indexes it must not link.

use std::{collections::BTreeSet, path::Path, process::Command};

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
                "probe-core has a panicking branch: the proof does not link. Expected none; found\n{}",
                places(root).unwrap_or_else(|why| format!("  unknown: {why}"))
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
        "proof",
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

/// The lines of source from which panics are called, one each: read from a disassembly of the same
/// program with a panic handler that does nothing.
fn places(root: &Path) -> Result<String, String> {
    let found = link(root, "proof,find")?;
    if !found.linked {
        return Err(format!(
            "expected this to link\n  {}\n{}",
            command_line("proof,find"),
            found.output
        ));
    }
    let tools = said(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let objdump = Path::new(tools.trim()).with_file_name("bin/llvm-objdump");
    let program = root.join("target").join(TARGET).join("proof/panic-free");
    let listing = said(
        Command::new(objdump)
            .args(["--disassemble", "--line-numbers", "--no-show-raw-insn"])
            .arg(program),
    )?;
    Ok(calls_of_panics(&listing)
        .iter()
        .map(|place| format!("  {place}\n"))
        .collect())
}

/// The source lines of a disassembly at which `core::panicking` is called from elsewhere.
fn calls_of_panics(listing: &str) -> BTreeSet<&str> {
    const PANICKING: &str = "9panicking";
    let mut places = BTreeSet::new();
    let mut function = "";
    let mut place = "";
    for line in listing.lines() {
        if line.ends_with(">:") {
            function = line;
        } else if let Some(comment) = line.strip_prefix("; ") {
            place = comment;
        } else if line.contains(PANICKING) && !function.contains(PANICKING) {
            places.insert(place);
        }
    }
    places
}

fn said(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_found_at_the_lines_that_call_them() {
        let listing = "\
00010010 <_start>:
; _start():
; core/src/smtp/path.rs:53
   10010:      \tbl\t0x2e282 <_RNv4core9panicking18panic_bounds_check> @ imm = #0x176
   10014:      \tbl\t0x2e282 <_RNv4core3str9from_utf8> @ imm = #0x176

0002e282 <_RNv4core9panicking18panic_bounds_check>:
; library/core/src/panicking.rs:271
   2e286:      \tbl\t0x2e10c <_RNv4core9panicking9panic_fmt> @ imm = #-0x17e
";
        assert_eq!(
            Vec::from_iter(calls_of_panics(listing)),
            ["core/src/smtp/path.rs:53"]
        );
    }
}
