//! Debian's HAProxy, which answers every request with 200 and connects nobody.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::Result,
    lab::{inside, root::Root},
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "haproxy",
    main: "haproxy",
    with: &[],
    perl: false,
};

pub(super) fn start(proxy: &Proxy) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[])?;
    let configuration = format!(
        "defaults\n mode http\n timeout client 30s\n timeout connect 5s\n timeout server 30s\n\
         frontend all\n bind {}:{port}\n bind [{}]:{port}\n\
         \x20http-request return status 200 content-type text/html string \"<p>Welcome</p>\"\n",
        proxy.ipv4(),
        proxy.ipv6(),
        port = proxy.port,
    );
    root.write("/etc/haproxy/lab.cfg", &configuration)?;
    let program = ["/usr/sbin/haproxy", "-db", "-f", "/etc/haproxy/lab.cfg"];
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}
