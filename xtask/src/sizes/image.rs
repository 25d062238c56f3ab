//! What is in an image, from its symbols.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    failure::{Failure, Result},
    run,
};

/// An image's sections, symbols and stack frames.
pub(super) struct Image {
    sections: BTreeMap<String, u64>,
    symbols: Vec<Symbol>,
    frames: Vec<(String, u64)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Symbol {
    name: String,
    kind: char,
    octets: u64,
}

impl Image {
    /// Reads an image with LLVM's tools, which come with the toolchain.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let sections = said("llvm-size", &["-A"], file)?;
        let symbols = said("llvm-nm", &["--print-size", "--demangle"], file)?;
        let frames = said("llvm-readobj", &["--stack-sizes", "--demangle"], file)?;
        Ok(Self {
            sections: sections.lines().filter_map(section).collect(),
            symbols: symbols.lines().filter_map(symbol).collect(),
            frames: frames_in(&frames),
        })
    }

    /// Octets of sections together.
    pub(super) fn octets(&self, sections: &[&str]) -> u64 {
        let of = |name: &&str| self.sections.get(*name).copied();
        sections.iter().filter_map(of).sum()
    }

    /// Code and named constants by the first so many words of their paths, largest first.
    pub(super) fn text_by(&self, words: usize) -> Vec<(String, u64)> {
        let code = self.symbols.iter().filter(|of| "tTrR".contains(of.kind));
        sums(code.map(|of| (path(&of.name, words), of.octets)))
    }

    /// Static memory by its place, largest first.
    pub(super) fn memory(&self) -> Vec<(String, u64)> {
        let memory = self.symbols.iter().filter(|of| "bBdD".contains(of.kind));
        sums(memory.map(|of| (of.name.clone(), of.octets)))
    }

    /// Stack frames, largest first.
    pub(super) fn frames(&self) -> Vec<(String, u64)> {
        let mut frames = self.frames.clone();
        frames.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        frames
    }

    /// Symbols of the standard library's formatting: of numbers with a point, of addresses, and whatever
    /// is derived to be looked at. The device's texts are ufmt's.
    pub(super) fn formatting(&self) -> Vec<String> {
        let formats = |name: &str| {
            name.contains("flt2dec")
                || name.contains("core::fmt::float")
                || name.contains(" as core::fmt::")
        };
        let names = self.symbols.iter().map(|of| of.name.as_str());
        names
            .filter(|name| formats(name))
            .map(str::to_owned)
            .collect()
    }
}

fn said(tool: &str, arguments: &[&str], file: &Path) -> Result<String> {
    let folder = run::output(&mut run::command(&["rustc", "--print", "target-libdir"]))?;
    let tool: PathBuf = Path::new(folder.trim()).with_file_name("bin").join(tool);
    if !tool.is_file() {
        return Err(Failure::new(format!("{} is missing", tool.display()))
            .next("rustup component add llvm-tools"));
    }
    let mut command: Command = run::command(&[tool.as_os_str()]);
    run::output(command.args(arguments).arg(file))
}

fn section(line: &str) -> Option<(String, u64)> {
    let mut words = line.split_ascii_whitespace();
    let (name, octets) = (words.next()?, words.next()?);
    name.starts_with('.')
        .then(|| Some((name.to_owned(), octets.parse().ok()?)))?
}

fn symbol(line: &str) -> Option<Symbol> {
    let mut words = line.splitn(4, ' ');
    let (_, octets, kind, name) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(Symbol {
        octets: u64::from_str_radix(octets, 16).ok()?,
        kind: kind.chars().next()?,
        name: readable(name),
    })
}

/// A frame's function stands in one line, and its size in a later one.
fn frames_in(said: &str) -> Vec<(String, u64)> {
    let mut frames = Vec::new();
    let mut function = "";
    for line in said.lines().map(str::trim) {
        if let Some(names) = line.strip_prefix("Functions: [") {
            function = names.trim_end_matches(']');
        } else if let Some(size) = line.strip_prefix("Size: 0x")
            && let Ok(octets) = u64::from_str_radix(size, 16)
        {
            frames.push((readable(function), octets));
        }
    }
    frames
}

/// A name without what the older of Rust's two manglings leaves in it, and without its hash.
fn readable(name: &str) -> String {
    let mut name = name.to_owned();
    for (escape, means) in [
        ("$LT$", "<"),
        ("$GT$", ">"),
        ("$RF$", "&"),
        ("$BP$", "*"),
        ("$LP$", "("),
        ("$RP$", ")"),
        ("$C$", ","),
        ("$u20$", " "),
        ("$u5b$", "["),
        ("$u5d$", "]"),
        ("$u7b$", "{"),
        ("$u7d$", "}"),
        ("..", "::"),
    ] {
        name = name.replace(escape, means);
    }
    let hash = name.rfind("::h").filter(|at| {
        let rest = &name[at + 3..];
        rest.len() >= 16 && rest.bytes().take(16).all(|octet| octet.is_ascii_hexdigit())
    });
    if let Some(at) = hash {
        name.truncate(at);
    }
    name.strip_prefix("_<")
        .map_or(name.clone(), |rest| format!("<{rest}"))
}

/// The first words of the path that a name begins with. What a task's poll has taken in of everything
/// is named for what it is.
fn path(name: &str, words: usize) -> String {
    if name.contains("TaskStorage") && name.ends_with("poll") {
        return "(tasks, with what is inlined into them)".to_owned();
    }
    if name.contains("lanon") || name.contains("Lanon") || name.starts_with("anon.") {
        return "(constants without a name)".to_owned();
    }
    let begins = |letter: char| letter.is_alphabetic() || letter == '_';
    let name = name.trim_start_matches(|letter| !begins(letter));
    let name = name.strip_prefix("mut ").unwrap_or(name);
    let name = name.strip_prefix("dyn ").unwrap_or(name);
    let name = name.trim_start_matches(|letter| !begins(letter));
    let ends = |letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':');
    let path = name.split(ends).next().unwrap_or(name);
    let path: Vec<&str> = path.split("::").take(words).collect();
    path.join("::")
}

fn sums(entries: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut sums = BTreeMap::new();
    for (name, octets) in entries {
        *sums.entry(name).or_insert(0) += octets;
    }
    let mut sums: Vec<_> = sums.into_iter().filter(|(_, octets)| *octets > 0).collect();
    sums.sort_by_key(|(_, octets)| std::cmp::Reverse(*octets));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYMBOLS: &str = "\
0000f7ec 000004c2 t <core::net::ip_addr::Ipv6Addr as core::fmt::Display>::fmt
0001bf68 00000040 t _$LT$smoltcp..wire..ip..Address$u20$as$u20$core..fmt..Debug$GT$::fmt::h40e8676dd995c1a6
0000eac0 00000010 t core::panicking::panic_fmt
00013540 00000018 t ufmt_write::uWrite::write_char::haad76fb4e33077e2
00011e3e 00000100 t embassy_executor::raw::TaskStorage$LT$F$GT$::poll::hc786367565d1a23a
00011f3e 00000020 T probe_core::relay::plan::Plan::next::h251f19ef9a5ca368
00011f5e 00000010 t _$LT$$RF$mut$u20$postcard..ser..Serializer$u20$as$u20$X$GT$::s::h251f19ef9a5ca368
2001eb80 00010160 b qemu_mps2::PROBER::habe5aa0a5f20974f
2003490c B __ebss
";

    fn image() -> Image {
        Image {
            sections: section(".text   167524   1024").into_iter().collect(),
            symbols: SYMBOLS.lines().filter_map(symbol).collect(),
            frames: frames_in(
                "  Entry {\n    Functions: [_$LT$a..B$GT$::c::h251f19ef9a5ca368]\n    Size: 0x10\n  }\n  \
                 Entry {\n    Functions: [main]\n    Size: 0x1A0\n  }\n",
            ),
        }
    }

    #[test]
    fn formatting_of_the_standard_library_is_told_and_ufmt_is_not() {
        assert_eq!(
            image().formatting(),
            [
                "<core::net::ip_addr::Ipv6Addr as core::fmt::Display>::fmt",
                "<smoltcp::wire::ip::Address as core::fmt::Debug>::fmt",
            ]
        );
    }

    #[test]
    fn octets_are_summed_by_crate_and_by_module() {
        let crates = image().text_by(1);
        let of = |name: &str| crates.iter().find(|(known, _)| known == name);
        assert_eq!(of("core").map(|found| found.1), Some(0x4c2 + 0x10));
        assert_eq!(of("postcard").map(|found| found.1), Some(0x10));
        assert_eq!(of("smoltcp").map(|found| found.1), Some(0x40));
        assert!(of("(tasks, with what is inlined into them)").is_some());
        let modules = image().text_by(2);
        assert!(modules.contains(&("probe_core::relay".to_owned(), 0x20)));
        assert_eq!(
            image().memory(),
            [("qemu_mps2::PROBER".to_owned(), 0x10160)]
        );
        assert_eq!(image().octets(&[".text", ".rodata"]), 167_524);
    }

    #[test]
    fn stack_frames_are_told_largest_first() {
        let expected = [("main".to_owned(), 0x1a0), ("<a::B>::c".to_owned(), 0x10)];
        assert_eq!(image().frames(), expected);
    }
}
