//! Debian packages, extracted side by side and never installed: mail servers conflict as packages.
//!
//! A bundle is a folder that holds some packages and every library that they need, so that a
//! program in it runs after `chroot` whatever this machine has installed.

use std::{
    fs,
    os::unix,
    path::{Path, PathBuf},
    sync::Once,
};

use crate::{
    failure::{Failure, Result},
    machine, place, run,
};

/// How many of apt's last lines stand behind what is lacking.
const LAST_LINES: usize = 2;

/// Packages that share a root.
pub(crate) struct Bundle {
    /// The folder's name.
    pub(crate) name: &'static str,
    /// The package that the bundle is for; libraries are resolved for it.
    pub(crate) main: &'static str,
    /// Further packages, taken without what they depend on.
    pub(crate) with: &'static [&'static str],
    /// The main package is a program in Perl: its interpreter and modules come along.
    pub(crate) perl: bool,
}

/// The folder that holds the extracted bundle; downloads and extracts on first use.
pub(crate) fn root(bundle: &Bundle) -> Result<PathBuf> {
    let root = place::target().join("lab/bundles").join(bundle.name);
    let complete = root.with_extension("complete");
    let wanted = format!("{} {}", bundle.main, bundle.with.join(" "));
    if complete.is_file() && place::read(&complete)? == wanted {
        return Ok(root);
    }
    refresh_lists_if_empty(bundle.main)?;
    let mut packages = libraries_of(bundle)?;
    packages.push(bundle.main.to_owned());
    packages.extend(bundle.with.iter().map(|&package| package.to_owned()));

    let archives = place::target().join("lab/archives").join(bundle.name);
    place::make_fresh_folder(&archives)?;
    with_fresh_lists(|| {
        let mut download = run::command(&["apt-get", "download", "-q"]);
        run::output(download.args(&packages).current_dir(&archives))
    })?;
    place::make_fresh_folder(&root)?;
    extract_all(&archives, &root)?;
    link_merged_folders(&root)?;
    fs::remove_dir_all(&archives).map_err(|error| Failure::at(&archives, &error))?;
    place::write(&complete, &wanted)?;
    Ok(root)
}

/// Installs packages that conflict with nothing, such as dictionaries, where this user may. Whether a
/// program is there afterwards is the caller's to see; this is what apt said last where it failed, in
/// brackets for behind what is lacking, or nothing.
pub(crate) fn install_where_allowed(packages: &[&str]) -> String {
    if !machine::is_root() || !run::exists("apt-get") {
        return String::new();
    }
    match install(packages) {
        Ok(()) => String::new(),
        Err(failure) => said_last(&failure),
    }
}

/// What apt said last before this failure, in brackets.
pub(crate) fn said_last(failure: &Failure) -> String {
    format!(" (apt: {})", last_lines(&failure.to_string()))
}

fn install(packages: &[&str]) -> Result<()> {
    refresh_lists_if_empty(packages[0])?;
    with_fresh_lists(|| {
        let mut command = run::command(&[
            "apt-get",
            "install",
            "--yes",
            "-q",
            "--no-install-recommends",
        ]);
        run::output(
            command
                .args(packages)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })
    .map(drop)
}

/// The end of what a program said, in one line.
fn last_lines(said: &str) -> String {
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("; ")
}

/// Old lists name versions that the archive has no longer: what fails is tried once more with new
/// ones.
fn with_fresh_lists<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    attempt().or_else(|failure| match refresh_lists() {
        Ok(()) => attempt(),
        Err(_) => Err(failure),
    })
}

fn refresh_lists() -> Result<()> {
    run::output(&mut run::command(&["apt-get", "update", "-q"])).map(drop)
}

/// A machine whose package lists were emptied, as images for containers do, gets them once.
fn refresh_lists_if_empty(package: &str) -> Result<()> {
    static REFRESHED: Once = Once::new();
    let known = run::output(&mut run::command(&["apt-cache", "policy", package]))?;
    if known.contains("Candidate:") && !known.contains("Candidate: (none)") {
        return Ok(());
    }
    let mut result = Ok(());
    REFRESHED.call_once(|| {
        result = refresh_lists();
    });
    result
}

/// The libraries that the main package needs, all the way down.
///
/// apt is asked what it would install on a machine that has nothing; of that, programs and scripts
/// are left out, because nobody runs them in a bundle.
fn libraries_of(bundle: &Bundle) -> Result<Vec<String>> {
    let package = bundle.main;
    let scratch = place::target().join("lab/apt");
    place::make_folder(&scratch)?;
    let nothing_installed = scratch.join("status");
    place::write(&nothing_installed, "")?;
    let mut ask = run::command(&["apt-get", "install", "-qq", "--print-uris"]);
    ask.arg("--no-install-recommends")
        .args([
            "-o",
            &format!("Dir::State::status={}", nothing_installed.display()),
        ])
        // The machine's own caches stay as they are.
        .args([
            "-o",
            "Dir::Cache::pkgcache=",
            "-o",
            "Dir::Cache::srcpkgcache=",
        ])
        .args(["-o", "Debug::NoLocking=true"])
        .arg(package);
    let answer = run::output(&mut ask)?;
    let libraries: Vec<String> = answer
        .lines()
        .filter_map(package_of_uri_line)
        .filter(|name| is_library(name) || bundle.perl && is_perl(name))
        .map(str::to_owned)
        .collect();
    if libraries.is_empty() {
        return Err(Failure::new(format!(
            "apt resolved no libraries for {package}:\n{answer}"
        ))
        .next("apt-get update"));
    }
    Ok(libraries)
}

/// `'http://…/libc6_2.36_amd64.deb' libc6_2.36_amd64.deb 2759320 MD5Sum:…` names libc6.
fn package_of_uri_line(line: &str) -> Option<&str> {
    line.split(' ').nth(1)?.split('_').next()
}

fn is_library(package: &str) -> bool {
    (package.starts_with("lib") && !is_perl(package)) || ["zlib1g", "netbase"].contains(&package)
}

fn is_perl(package: &str) -> bool {
    package.starts_with("perl") || package.starts_with("libperl") || package.ends_with("-perl")
}

fn extract_all(archives: &Path, root: &Path) -> Result<()> {
    let entries = fs::read_dir(archives).map_err(|error| Failure::at(archives, &error))?;
    for entry in entries {
        let archive = entry.map_err(|error| Failure::at(archives, &error))?.path();
        let mut extract = run::command(&["dpkg-deb", "--extract"]);
        run::output(extract.arg(&archive).arg(root))?;
    }
    Ok(())
}

/// Newer releases ship everything under /usr; programs still name /lib and /bin.
fn link_merged_folders(root: &Path) -> Result<()> {
    for folder in ["bin", "sbin", "lib", "lib64"] {
        let link = root.join(folder);
        if !link.exists() && root.join("usr").join(folder).exists() {
            unix::fs::symlink(format!("usr/{folder}"), &link)
                .map_err(|error| Failure::at(&link, &error))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_names_packages_with_their_files() {
        let line =
            "'http://mirror.example/l/libc6_2.36-9_amd64.deb' libc6_2.36-9_amd64.deb 1 MD5Sum:0";
        assert_eq!(package_of_uri_line(line), Some("libc6"));
    }

    #[test]
    fn of_what_apt_said_the_end_is_told() {
        let said = "apt-get install --yes nmap ended with 100:\nReading package lists...\n\
                    E: Failed to fetch nmap.deb\nE: Unable to fetch some archives\n\n";
        assert_eq!(
            last_lines(said),
            "E: Failed to fetch nmap.deb; E: Unable to fetch some archives"
        );
        assert_eq!(last_lines(""), "");
    }

    #[test]
    fn only_libraries_perl_and_the_names_of_services_are_taken() {
        for (package, library, perl) in [
            ("libc6", true, false),
            ("zlib1g", true, false),
            ("netbase", true, false),
            ("libfile-find-rule-perl", false, true),
            ("libperl5.36", false, true),
            ("perl-base", false, true),
            ("dpkg", false, false),
        ] {
            let taken = (is_library(package), is_perl(package));
            assert_eq!(taken, (library, perl), "{package}");
        }
    }
}
