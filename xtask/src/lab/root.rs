//! A root folder for one server: its bundle, and an /etc and /var of its own.
//!
//! The servers' users exist only in there, so this machine's accounts stay as they are.

use std::{
    fs,
    net::Ipv4Addr,
    os::unix::fs::{self as unix, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    network,
    plan::{self, Namespace},
};
use crate::{
    failure::{Failure, Result},
    place, run,
};

/// A user that exists in one root only. Numbers are high, so that they mean nobody outside.
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) number: u32,
    /// Home folder; OpenSMTPD confines its parts to it.
    pub(super) home: &'static str,
}

/// The root folder of a server, or of the tools.
pub(super) struct Root {
    folder: PathBuf,
}

impl Root {
    /// A fresh root from a bundle. Files are linked, not copied: nothing may write into them.
    pub(super) fn make(name: &str, bundle: &Path, host_name: &str, users: &[User]) -> Result<Self> {
        let folder = place::target().join("lab/roots").join(name);
        place::make_fresh_folder(&folder)?;
        let mut copy = run::command(&["cp", "--archive", "--link"]);
        run::output(copy.arg(bundle.join(".")).arg(&folder))?;
        let root = Self { folder };
        root.devices()?;
        for (path, mode) in [
            ("/tmp", 0o1777),
            ("/run", 0o755),
            ("/proc", 0o555),
            ("/root", 0o700),
        ] {
            root.folder(path, 0, 0, mode)?;
        }
        root.people(users)?;
        root.names(host_name)?;
        Ok(root)
    }

    /// The folder as this machine sees it.
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Makes a folder with an owner and a mode.
    pub(super) fn folder(&self, path: &str, user: u32, group: u32, mode: u32) -> Result<()> {
        let folder = self.at(path);
        place::make_folder(&folder)?;
        own(&folder, user, group, mode)
    }

    /// Writes a file in place of whatever the bundle has there.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<()> {
        let file = self.at(path);
        if file.symlink_metadata().is_ok() {
            // Removed first: the old file is shared with the bundle.
            fs::remove_file(&file).map_err(|error| Failure::at(&file, &error))?;
        }
        place::write(&file, text)
    }

    /// Copies a file to another place in the root.
    pub(super) fn copy(&self, from: &str, to: &str) -> Result<()> {
        self.write(to, &place::read(&self.at(from))?)
    }

    /// Gives a file to an owner.
    pub(super) fn own(&self, path: &str, user: u32, group: u32, mode: u32) -> Result<()> {
        own(&self.at(path), user, group, mode)
    }

    /// Runs a program of this root, in it and among the servers, to its end.
    pub(super) fn run(&self, words: &[&str]) -> Result<String> {
        let mut chroot = network::within(Namespace::Servers);
        run::output(chroot.arg("chroot").arg(&self.folder).args(words))
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path.trim_start_matches('/'))
    }

    fn devices(&self) -> Result<()> {
        self.folder("/dev", 0, 0, 0o755)?;
        for (device, minor) in [
            ("null", "3"),
            ("zero", "5"),
            ("random", "8"),
            ("urandom", "9"),
        ] {
            let mut make = run::command(&["mknod", "--mode=666"]);
            run::output(
                make.arg(self.at("/dev").join(device))
                    .args(["c", "1", minor]),
            )?;
        }
        Ok(())
    }

    fn people(&self, users: &[User]) -> Result<()> {
        let mut passwd = "root:x:0:0:root:/root:/bin/sh\n\
                          mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n\
                          uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin\n\
                          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            .to_owned();
        let mut group = "root:x:0:\nadm:x:4:\nmail:x:8:\nuucp:x:10:\nnogroup:x:65534:\n".to_owned();
        for User { name, number, home } in users {
            passwd.push_str(&format!(
                "{name}:x:{number}:{number}::{home}:/usr/sbin/nologin\n"
            ));
            group.push_str(&format!("{name}:x:{number}:\n"));
        }
        self.write("/etc/passwd", &passwd)?;
        self.write("/etc/group", &group)
    }

    fn names(&self, host_name: &str) -> Result<()> {
        let resolver: Ipv4Addr = plan::RESOLVER;
        self.write("/etc/resolv.conf", &format!("nameserver {resolver}\n"))?;
        self.write(
            "/etc/nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files dns\n",
        )?;
        self.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")?;
        self.write("/etc/hostname", &format!("{host_name}\n"))?;
        let domain = host_name
            .split_once('.')
            .map_or(host_name, |(_, domain)| domain);
        self.write("/etc/mailname", &format!("{domain}\n"))?;
        self.write("/etc/aliases", "postmaster: root\n")
    }
}

/// Where programs are looked for inside a root.
pub(super) const SEARCH_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

fn own(path: &Path, user: u32, group: u32, mode: u32) -> Result<()> {
    unix::chown(path, Some(user), Some(group)).map_err(|error| Failure::at(path, &error))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(|error| Failure::at(path, &error))
}
