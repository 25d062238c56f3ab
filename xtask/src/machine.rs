//! What this machine has, and how to get what it lacks.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use crate::run;

/// Something that this machine lacks.
#[derive(Clone, Debug)]
pub(crate) struct Lack {
    /// What is lacking.
    pub(crate) why: String,
    /// The command that gets it.
    pub(crate) get: String,
}

impl Lack {
    /// A lack and its cure.
    pub(crate) fn new(why: impl Into<String>, get: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            get: get.into(),
        }
    }
}

/// Whether we are root here.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// What the lab of real mail servers needs and this machine does not have.
pub(crate) fn lab_lack() -> Option<Lack> {
    if !cfg!(target_os = "linux") {
        return Some(Lack::new(
            "network namespaces need Linux",
            "run it in a virtual machine with Linux",
        ));
    }
    if !is_root() {
        return Some(Lack::new(
            "network namespaces need root",
            "run it as root: sudo --preserve-env=PATH cargo xtask test",
        ));
    }
    for (program, package) in [
        ("ip", "iproute2"),
        ("unshare", "util-linux"),
        ("apt-get", "apt"),
    ] {
        if !run::exists(program) {
            return Some(Lack::new(
                format!("the program `{program}` is missing"),
                format!("apt-get install {package} (Debian, or a system like it)"),
            ));
        }
    }
    if !can_make_namespaces() {
        return Some(Lack::new(
            "the kernel or the container refuses network, mount and process namespaces",
            "run it on a machine or in a container with CAP_SYS_ADMIN and CAP_NET_ADMIN",
        ));
    }
    if !Path::new("/dev/net/tun").exists() {
        return Some(Lack::new(
            "/dev/net/tun is missing, which the delay link needs",
            "modprobe tun, or give the container the device /dev/net/tun",
        ));
    }
    None
}

/// Tries it: nothing says in advance whether a container may. What is made here ends with `true`.
fn can_make_namespaces() -> bool {
    let isolated = [
        "unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "true",
    ];
    run::capture(&mut run::command(&isolated)).is_ok_and(|said| said.success)
}
