//! Cargo's own commands, and what their output says.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, ExitCode},
};

use crate::{
    failure::Result,
    place,
    run::{self, Said},
    suite::Outcome,
};

/// The target of the boards.
pub(crate) const BOARD_TARGET: &str = "thumbv7em-none-eabihf";

/// `cargo` with these arguments, in the workspace, without colours in what is kept.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = run::command(&["cargo"]);
    command.args(arguments).env("CARGO_TERM_COLOR", "never");
    command
}

/// The same for a board's image, with more of the compiler's flags. An image names the files that it may
/// panic in: without the folders that they lie in on this computer it is 4 KB smaller, and tells no more and no less
/// wherever it was built.
pub(crate) fn cargo_for_boards(flags: &[&str], arguments: &[&str]) -> Command {
    let mut all: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
    let mut folders = sources_of_packages();
    folders.push(place::workspace());
    for folder in folders {
        all.push(format!("--remap-path-prefix={}/=", folder.display()));
    }
    let mut command = cargo(&[]);
    command
        .arg("--config")
        // As a list of strings the notations of Rust and TOML are the same.
        .arg(format!("target.{BOARD_TARGET}.rustflags={all:?}"))
        .args(arguments);
    command
}

/// Where Cargo keeps the sources of packages: a folder for each registry.
fn sources_of_packages() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let registries = registries.into_iter().flatten().flatten();
    registries.map(|registry| registry.path()).collect()
}

/// Runs a command as one check.
pub(crate) fn check(command: &mut Command) -> Result<Outcome> {
    let said = run::capture(command)?;
    Ok(if said.success {
        Outcome::passed("")
    } else {
        Outcome::failed(format!("{}\n{}", run::describe(command), said.everything()))
    })
}

/// Runs a command whose checks are the tests of libtest.
pub(crate) fn check_tests(command: &mut Command) -> Result<Outcome> {
    let said = run::capture(command)?;
    Ok(judge_tests(&run::describe(command), &said))
}

/// `cargo fmt`, to rewrite or only to look.
pub(crate) fn format(check: bool) -> Result<ExitCode> {
    let mut command = cargo(&["fmt", "--all"]);
    if check {
        command.arg("--check");
    }
    run::show(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo bench`, whose programs print what they measured.
pub(crate) fn bench() -> Result<ExitCode> {
    for (package, bench) in [("host-sim", "sessions"), ("host-tool", "letters")] {
        run::show(&mut cargo(&[
            "bench",
            "--package",
            package,
            "--bench",
            bench,
        ]))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn judge_tests(command: &str, said: &Said) -> Outcome {
    let counts = Counts::read(&said.out);
    if said.success {
        Outcome::Passed {
            checks: counts.passed,
            note: format!("{} tests", counts.passed),
        }
    } else {
        Outcome::Failed {
            passed: counts.passed,
            // A test program that does not build or dies is a failure without a count.
            failed: counts.failed.max(1),
            // What failed comes last, because the end is what the reader sees.
            output: format!(
                "{command}\n{}{}\n{}",
                said.err,
                said.out,
                failures(&said.out)
            ),
        }
    }
}

/// What libtest says of the tests that failed, of every test program.
fn failures(output: &str) -> String {
    let mut telling = String::new();
    let mut inside = false;
    for line in output.lines() {
        inside |= line == "failures:";
        if inside {
            telling.push_str(line);
            telling.push('\n');
        }
        inside &= !line.starts_with("test result:");
    }
    telling
}

/// Sums of libtest's closing lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u32,
    failed: u32,
}

impl Counts {
    fn read(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let Some((_, figures)) = line
                .strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
            else {
                continue;
            };
            for figure in figures.split("; ") {
                match figure.split_once(' ') {
                    Some((number, "passed")) => counts.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => counts.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_PROGRAMS: &str = "\
running 3 tests
test a ... ok
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    #[test]
    fn closing_lines_add_up() {
        assert_eq!(
            Counts::read(TWO_PROGRAMS),
            Counts {
                passed: 7,
                failed: 2
            }
        );
    }

    #[test]
    fn only_what_failed_is_told_again() {
        let output = "test a ... ok\nfailures:\n---- b ----\nwhy\ntest result: FAILED. 1 passed\n\
                      test c ... ok\ntest result: ok. 1 passed\n";
        assert_eq!(
            failures(output),
            "failures:\n---- b ----\nwhy\ntest result: FAILED. 1 passed\n"
        );
    }

    #[test]
    fn a_test_program_that_does_not_build_is_one_failure() {
        let said = Said {
            success: false,
            status: Some(101),
            out: String::new(),
            err: "error: could not compile".to_owned(),
        };
        assert!(matches!(
            judge_tests("cargo test", &said),
            Outcome::Failed {
                passed: 0,
                failed: 1,
                ..
            }
        ));
    }
}
