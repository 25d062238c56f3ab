//! The examples for other people's CI are YAML, and their commands do what they say.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use bench::{Bench, Ran};
use yaml_rust2::{Yaml, YamlLoader};

/// What the tests do not run: it fetches, or builds what runs the tests.
const BUILD: &str = "cargo build --locked --package host-tool";
const INSTALL: &str = "rustup toolchain install ";
const SCAN: &str = "target/debug/postern scan ";

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn example(name: &str) -> Yaml {
    let path = workspace().join("docs/ci").join(name);
    let text = fs::read_to_string(path).unwrap();
    let mut documents = YamlLoader::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// Every command of an example, in order.
fn commands(name: &str) -> Vec<String> {
    let yaml = example(name);
    let all = match name {
        "github-actions.yml" => {
            let steps = yaml["jobs"]["simulate"]["steps"].as_vec().unwrap();
            let run = steps.iter().filter_map(|step| step["run"].as_str());
            run.map(str::to_owned).collect::<Vec<_>>()
        }
        _ => {
            let script = yaml["simulate"]["script"].as_vec().unwrap();
            let lines = script.iter().map(|line| line.as_str().unwrap());
            lines.map(str::to_owned).collect()
        }
    };
    assert!(all.len() >= 3, "{all:?}");
    all
}

/// A folder that looks like the workspace after `cargo build`.
fn built(name: &str) -> Bench {
    let bench = Bench::new(&format!("ci-{name}"));
    fs::create_dir_all(bench.path("target/debug")).unwrap();
    symlink(
        env!("CARGO_BIN_EXE_postern"),
        bench.path("target/debug/postern"),
    )
    .unwrap();
    let simulator = fs::canonicalize(workspace().join("host-sim")).unwrap();
    symlink(simulator, bench.path("host-sim")).unwrap();
    bench
}

fn shell(bench: &Bench, command: &str) -> Ran {
    let mut shell = Command::new("sh");
    shell.args(["-ec", command]).current_dir(bench.path("."));
    Ran::from(shell.output().unwrap())
}

#[test]
fn the_commands_of_the_examples_pass() {
    for name in ["github-actions.yml", "gitlab-ci.yml"] {
        let bench = built(name);
        let mut scans = 0;
        for command in commands(name) {
            if command == BUILD || command.starts_with(INSTALL) {
                continue;
            }
            assert!(command.starts_with(SCAN), "{name}: what is {command:?}?");
            let ran = shell(&bench, &command);
            assert_eq!(ran.status, 0, "{name}: {command}\n{}{}", ran.out, ran.err);
            scans += 1;
        }
        assert_eq!(scans, 2, "{name}");
        for report in ["provider-network.xml", "closed.xml"] {
            let report = fs::read_to_string(bench.path(report)).unwrap();
            assert!(report.contains(" failures=\"0\" errors=\"0\""), "{report}");
        }
    }
}

#[test]
fn the_commands_fail_where_they_should() {
    let bench = built("failing");
    let all = commands("github-actions.yml");
    let gate = all.iter().find(|it| it.contains("--fail-on")).unwrap();
    let open = gate.replace("closed-of-every-kind", "provider-network");
    assert_ne!(*gate, open);
    assert_eq!(shell(&bench, &open).status, 1);
}

#[test]
fn the_examples_keep_the_reports_and_install_the_toolchain_of_the_workspace() {
    let gitlab = example("gitlab-ci.yml");
    let reports = gitlab["simulate"]["artifacts"]["reports"]["junit"].as_vec();
    assert_eq!(reports.unwrap().len(), 2);
    let toolchain = fs::read_to_string(workspace().join("rust-toolchain.toml")).unwrap();
    let all = commands("github-actions.yml");
    let install = all.iter().find_map(|it| it.strip_prefix(INSTALL)).unwrap();
    let version = install.split(' ').next().unwrap();
    assert!(
        toolchain.contains(&format!("channel = \"{version}\"")),
        "{install}"
    );
    let image = gitlab["simulate"]["image"].as_str().unwrap();
    let image = image.strip_prefix("rust:").unwrap();
    assert!(version.starts_with(image), "{image}");
}
