//! `cargo xtask fuzz`: every fuzz target for a while, with coverage and the address sanitizer.
//!
//! Built by nightly's rustc with the flags that cargo-fuzz gives; cargo-fuzz itself is not needed. What
//! the fuzzer finds new stays in the target folder; a failure leaves its input there as well.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Failure, Result},
    machine::Lack,
    place, run,
};

/// Edge counters, comparison tracing and the address sanitizer, for libFuzzer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
     -Cllvm-args=-simplifycfg-branch-fold-threshold=0 --cfg fuzzing -Zsanitizer=address \
     -Ccodegen-units=1 -Cdebuginfo=1";

/// What this machine lacks for fuzzing.
pub(crate) fn lack() -> Option<Lack> {
    let works = run::capture(&mut nightly("rustc", &["--version"])).is_ok_and(|said| said.success);
    (!works).then(|| {
        Lack::new(
            "fuzzing needs a nightly compiler",
            "rustup toolchain install nightly --profile minimal",
        )
    })
}

/// Runs each target for so many seconds and prints what the fuzzer counted. Fails at the first target
/// that finds something.
pub(crate) fn run(seconds_each: u32) -> Result<()> {
    if let Some(lack) = lack() {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    let host = host_triple()?;
    build(&host)?;
    for target in targets()? {
        let figures = fuzz(&host, &target, seconds_each)?;
        println!("fuzz {target:<12} {figures}");
    }
    Ok(())
}

fn build(host: &str) -> Result<()> {
    let mut command = nightly("cargo", &["build", "--release", "--bins", "--target", host]);
    command
        .current_dir(crate_folder())
        .env("CARGO_TARGET_DIR", output_folder());
    run::output(command.env("RUSTFLAGS", FLAGS)).map(drop)
}

fn fuzz(host: &str, target: &str, seconds: u32) -> Result<String> {
    let found = output_folder().join("corpus").join(target);
    let artifacts = output_folder().join("artifacts").join(target);
    place::make_folder(&found)?;
    place::make_folder(&artifacts)?;
    let program = output_folder().join(host).join("release").join(target);
    let mut command = run::command(&[program.as_os_str()]);
    command
        // What is found goes into the first folder; the committed corpus is only read.
        .arg(&found)
        .arg(crate_folder().join("corpus").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!(
            "-dict={}",
            crate_folder().join("smtp.dict").display()
        ))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"]);
    let said = run::capture(&mut command)?;
    if !said.success {
        return Err(Failure::new(format!(
            "fuzz target {target} found something:\n{}",
            said.err
        ))
        .next(format!(
            "copy the input from {} to probe-core/fuzz/corpus/{target} and mend the code",
            artifacts.display()
        )));
    }
    Ok(figures(&said.err))
}

/// libFuzzer's closing figures in a few words.
fn figures(log: &str) -> String {
    let figure = |name: &str| {
        log.lines()
            .find_map(|line| {
                line.strip_prefix("stat::")?
                    .strip_prefix(name)?
                    .strip_prefix(':')
            })
            .map_or("?", str::trim)
    };
    format!(
        "{} runs, {} a second, {} new inputs",
        figure("number_of_executed_units"),
        figure("average_exec_per_sec"),
        figure("new_units_added")
    )
}

fn targets() -> Result<Vec<String>> {
    let folder = crate_folder().join("fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, &error))?;
    let mut targets: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "rs").then_some(())?;
            Some(path.file_stem()?.to_str()?.to_owned())
        })
        .collect();
    targets.sort_unstable();
    Ok(targets)
}

fn host_triple() -> Result<String> {
    let described = run::output(&mut nightly("rustc", &["--version", "--verbose"]))?;
    described
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("rustc does not name its host:\n{described}")))
}

/// A program of the nightly toolchain. Cargo has set this process up for the pinned one.
fn nightly(program: &str, arguments: &[&str]) -> Command {
    let mut command = run::command(&["rustup", "run", "nightly", program]);
    command
        .args(arguments)
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .env_remove("CARGO");
    command
}

fn crate_folder() -> PathBuf {
    place::workspace().join(Path::new("probe-core/fuzz"))
}

fn output_folder() -> PathBuf {
    place::target().join("fuzz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_figures_are_found() {
        let log = "Done 5 runs in 1 second(s)\nstat::number_of_executed_units: 500\n\
                   stat::average_exec_per_sec:     250\nstat::new_units_added:          3\n";
        assert_eq!(figures(log), "500 runs, 250 a second, 3 new inputs");
    }
}
