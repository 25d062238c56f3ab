//! Debian's tinyproxy, with the configuration that its package has and the lines that differ.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::Result,
    lab::{
        inside,
        root::{Root, User},
    },
    place,
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "tinyproxy",
    main: "tinyproxy-bin",
    with: &["tinyproxy"],
    perl: false,
};

/// Who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Its own machine.
    AsShipped,
    /// Everybody, with CONNECT to port 443.
    OpenWithPorts,
    /// Everybody, to everywhere.
    Open,
    /// Whoever has a login.
    Login,
}

const TINYPROXY: User = User {
    name: "tinyproxy",
    number: 64_142,
    home: "/tmp",
};

pub(super) fn start(proxy: &Proxy, gate: Gate) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[TINYPROXY])?;
    let shipped = place::read(&root.path().join("etc/tinyproxy/tinyproxy.conf"))?;
    root.write(
        "/etc/tinyproxy/lab.conf",
        &configuration(&shipped, proxy, gate),
    )?;
    let program = ["/usr/bin/tinyproxy", "-d", "-c", "/etc/tinyproxy/lab.conf"];
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}

fn configuration(shipped: &str, proxy: &Proxy, gate: Gate) -> String {
    let mut text = String::new();
    for line in shipped
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let word = line.split(' ').next().unwrap_or_default();
        let is_kept = match word {
            "Port" | "LogFile" | "PidFile" | "Listen" | "Bind" => false,
            "Allow" => gate == Gate::AsShipped,
            "ConnectPort" => matches!(gate, Gate::AsShipped | Gate::OpenWithPorts),
            _ => true,
        };
        if is_kept {
            text.push_str(line);
            text.push('\n');
        }
    }
    match gate {
        Gate::OpenWithPorts => text.push_str("ConnectPort 443\n"),
        Gate::Login => text.push_str("BasicAuth somebody something\n"),
        Gate::AsShipped | Gate::Open => {}
    }
    text.push_str(&format!(
        "Port {port}\nListen {ipv4}\nBind {ipv4}\n",
        port = proxy.port,
        ipv4 = proxy.ipv4(),
    ));
    text
}
