//! Debian's nginx: a web server, and one that hands requests on to whatever host they name.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::Result,
    lab::{inside, root::Root},
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "nginx",
    main: "nginx",
    with: &["nginx-common"],
    perl: false,
};

/// What it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// One page, whatever is asked.
    Page,
    /// Whatever another host has.
    Forwards,
}

pub(super) fn start(proxy: &Proxy, site: Site) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[])?;
    root.folder("/var/lib/nginx", 0, 0, 0o755)?;
    root.folder("/var/log/nginx", 0, 0, 0o755)?;
    root.write("/etc/nginx/lab.conf", &configuration(proxy, site))?;
    let program = [
        "/usr/sbin/nginx",
        "-c",
        "/etc/nginx/lab.conf",
        "-e",
        "stderr",
    ];
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}

fn configuration(proxy: &Proxy, site: Site) -> String {
    let location = match site {
        Site::Page => "return 200 \"<html><title>Welcome</title>It works.</html>\";".to_owned(),
        Site::Forwards => format!(
            "proxy_bind {};\n proxy_pass http://$http_host$request_uri;",
            proxy.ipv4()
        ),
    };
    format!(
        "daemon off;\nuser root;\nworker_processes 1;\npid /run/nginx.pid;\nerror_log stderr;\n\
         events {{}}\n\
         http {{\n access_log off;\n server {{\n  listen {}:{};\n  listen [{}]:{};\n  location / {{\n {location}\n }}\n }}\n}}\n",
        proxy.ipv4(),
        proxy.port,
        proxy.ipv6(),
        proxy.port,
    )
}
