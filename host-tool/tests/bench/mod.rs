//! A folder of its own for each test, the program in it, and golden files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The moment at which simulated worlds begin here.
pub(crate) const CLOCK: &str = "2026-11-20T09:00:00Z";

/// A folder, and the program run in it.
pub(crate) struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// An empty folder.
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("postern-cli-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// A folder with the demonstration's list and scope, `list.csv` and `scope.toml`.
    pub(crate) fn demo(name: &str) -> Self {
        let bench = Self::new(name);
        bench.write("list.csv", &host_sim::demo::suspects_csv());
        let depth = probe_core::scope::Depth::Standard;
        bench.write("scope.toml", &host_sim::demo::scope_toml(depth));
        bench
    }

    /// The same, with a sink that is not the appliance.
    pub(crate) fn demo_with_sink_elsewhere(name: &str) -> Self {
        let bench = Self::demo(name);
        let scope = fs::read_to_string(bench.path("scope.toml")).unwrap();
        let elsewhere = scope.replace("sink_ports = [25]\n", "").replace(
            "\nsink_address = \"10.20.30.2\"\n",
            "\nsink_address = \"192.0.2.250\"\n",
        );
        assert!(elsewhere.contains("192.0.2.250"), "{scope}");
        bench.write("scope.toml", &elsewhere);
        bench
    }

    /// Where a file of this folder is.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Writes a file.
    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// The program with `arguments`, in this folder, with this folder as its home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
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
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// Scans the demonstration's world into `findings.db`, with more arguments.
    pub(crate) fn scan(&self, more: &[&str]) -> Ran {
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

impl Bench {
    /// The number of the finding of an address.
    pub(crate) fn number_of(&self, address: &str) -> String {
        let listed = self.run(&["findings", "--store", "findings.db"]).out;
        let row = listed
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(address));
        let number = row.and_then(|row| row.split_whitespace().next());
        number.unwrap_or_else(|| panic!("no {address}")).to_owned()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status.
    pub(crate) status: i32,
    /// What it printed.
    pub(crate) out: String,
    /// What it complained of.
    pub(crate) err: String,
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
    pub(crate) fn all(&self) -> String {
        format!("{}{}exit status {}\n", self.out, self.err, self.status)
    }
}

/// Holds `text` against a golden file; `UPDATE_GOLDEN=1` writes it anew.
pub(crate) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if text != expected {
        let differs = text.lines().zip(expected.lines()).find(|(a, b)| a != b);
        let (is, should) = differs.unwrap_or(("more or fewer lines", "as many as there were"));
        panic!(
            "{} differs; if that is meant, run UPDATE_GOLDEN=1 cargo test -p host-tool\n\
             now: {is}\nwas: {should}",
            path.display()
        );
    }
}

/// How many frames of a capture in pcap format carry TCP.
pub(crate) fn tcp_frames(pcap: &[u8]) -> usize {
    let mut rest = &pcap[24..];
    let mut count = 0;
    while rest.len() >= 16 {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let frame = &rest[16..16 + length];
        let (kind, protocol_v4, protocol_v6) = (&frame[12..14], frame.get(23), frame.get(20));
        count += usize::from(
            (kind == [0x08, 0x00] && protocol_v4 == Some(&6))
                || (kind == [0x86, 0xdd] && protocol_v6 == Some(&6)),
        );
        rest = &rest[16 + length..];
    }
    count
}
