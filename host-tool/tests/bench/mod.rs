//! A folder of its own for each test, the program in it, and golden files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The moment at which simulated worlds begin here.
pub const CLOCK: &str = "2026-11-20T09:00:00Z";

/// A folder, and the program run in it.
pub struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let name = format!("postern-cli-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// A folder with the demonstration's list and scope, `list.csv` and `scope.toml`.
    pub fn demo(name: &str) -> Self {
        let bench = Self::new(name);
        bench.write("list.csv", &host_sim::demo::suspects_csv());
        let depth = probe_core::scope::Depth::Standard;
        bench.write("scope.toml", &host_sim::demo::scope_toml(depth));
        bench
    }

    /// Where a file of this folder is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Writes a file.
    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// The program with `arguments`, in this folder, with this folder as its home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", &self.folder)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Scans the demonstration's world into `findings.db`, with more arguments.
    pub fn scan(&self, more: &[&str]) -> Ran {
        let mut arguments = vec![
            "scan",
            "--link",
            "sim",
            "--clock",
            CLOCK,
            "--targets",
            "list.csv",
            "--scope",
            "scope.toml",
            "--store",
            "findings.db",
        ];
        arguments.extend(more);
        self.run(&arguments)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// What it printed.
    pub out: String,
    /// What it complained of.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// All of it as one text.
    pub fn all(&self) -> String {
        format!("{}{}exit status {}\n", self.out, self.err, self.status)
    }
}

/// Holds `text` against a golden file; `UPDATE_GOLDEN=1` writes it anew.
pub fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text,
        expected,
        "{} differs; if that is meant, run UPDATE_GOLDEN=1 cargo test -p host-tool",
        path.display()
    );
}
