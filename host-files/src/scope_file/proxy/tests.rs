use super::*;
use crate::{
    problem::{Place, Problems},
    scope_file::{self, ScopeFile},
};

const SCOPE: &str = r#"
contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-11-01
expires = 2026-12-01
networks = ["192.0.2.0/24"]
PROBES
[authority]
kind = "consent"
reference = "contract 17"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
sink_address = "198.51.100.25"
"#;

fn parse(probes: &str, more: &str) -> Result<ScopeFile, Problems> {
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let text = format!("{}{more}", SCOPE.replace("PROBES", probes));
    scope_file::parse(&text, &Place::named("scope.toml"), now)
}

const BOTH: &str = r#"probes = ["relay", "proxy"]"#;

#[test]
fn the_usual_ports_are_asked_where_none_is_named() {
    let file = parse(BOTH, "").unwrap();
    let proxy = &file.scope.proxy;
    let ports: Vec<u16> = proxy.ports.iter().map(|of| of.port).collect();
    assert_eq!(
        ports,
        [
            23, 80, 81, 1075, 1080, 3128, 6588, 8000, 8080, 8081, 8090, 10_808
        ]
    );
    let http = Protocols::CONNECT | Protocols::CONNECT_SPLIT;
    for (port, protocols) in [
        (23, Protocols::GATEWAY),
        (81, http),
        (80, http | Protocols::GET | Protocols::POST),
        (1080, Protocols::SOCKS),
        (25, Protocols::empty()),
    ] {
        assert_eq!(proxy.protocols(port), protocols, "{port}");
    }
    assert!(!proxy.inside);
    assert_eq!(proxy.sink.ipv4, "198.51.100.25".parse().ok());
    assert_eq!((proxy.sink.ipv6, &proxy.sink.name), (None, &None));
    assert_eq!(proxy.sink.ports, [25, 8025]);
}

#[test]
fn what_the_file_says_is_asked_and_nothing_else() {
    let file = parse(
        "probes = [\"proxy\"]\nsink_ports = [2525]",
        r#"
[proxy]
ports = { http-connect = [3128, 8080], http-get = [8080], socks5 = [1080], inside = [3128] }
sink_address = "198.51.100.26"
sink_address_ipv6 = "2001:db8::26"
sink_name = "proxies.cert.example"
"#,
    )
    .unwrap();
    // Without relays, no port is one of theirs.
    assert!(file.scope.ports.is_empty());
    let proxy = &file.scope.proxy;
    for (port, protocols) in [
        // Inside only with its own permission.
        (3128, Protocols::CONNECT),
        (8080, Protocols::CONNECT | Protocols::GET),
        (1080, Protocols::SOCKS5),
        (80, Protocols::empty()),
    ] {
        assert_eq!(proxy.protocols(port), protocols, "{port}");
    }
    let sink = &proxy.sink;
    assert_eq!(sink.ipv4, "198.51.100.26".parse().ok());
    assert_eq!(sink.ipv6, "2001:db8::26".parse().ok());
    assert_eq!(
        sink.name.as_ref().map(|name| name.as_str()),
        Some("proxies.cert.example")
    );
    assert_eq!(sink.ports, [2525]);

    let more = "[proxy]\nports = { inside = [3128] }\ninternal_host = true\nsink_ports = [587]\n";
    let file = parse(BOTH, more).unwrap();
    assert_eq!(file.scope.proxy.protocols(3128), Protocols::INSIDE);
    assert_eq!(file.scope.proxy.sink.ports, [587]);
}

#[test]
fn a_file_without_the_probe_allows_no_proxy() {
    let file = parse("", "[proxy]\nports = { socks5 = [1080] }\n").unwrap();
    assert_eq!(file.scope.proxy, ProxyScope::default());
    assert_eq!(file.scope.ports, [25]);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (more, line, told) in [
        ("[proxy]\nports = { socks6 = [1] }\n", 17, "socks6"),
        ("[proxy]\nports = { socks5 = [0] }\n", 17, "no port"),
        ("[proxy]\nports = { socks5 = [25] }\n", 17, "ports"),
        ("[proxy]\nports = [1080]\n", 17, "ports"),
        ("[proxy]\ninternal_host = \"no\"\n", 17, "internal_host"),
        ("[proxy]\nsink_address = \"::1\"\n", 17, "sink_address"),
        (
            "[proxy]\nsink_address = \"224.0.0.1\"\n",
            17,
            "sink_address",
        ),
        (
            "[proxy]\nsink_address_ipv6 = \"192.0.2.1\"\n",
            17,
            "sink_address_ipv6",
        ),
        ("[proxy]\nsink_ports = [25, 587, 8025]\n", 17, "sink_ports"),
        ("[proxy]\nsink_name = \"a b\"\n", 17, "sink_name"),
        ("[proxy]\nport = { socks5 = [1080] }\n", 17, "port"),
    ] {
        let problems = parse(BOTH, more).unwrap_err().to_string();
        let place = format!("scope.toml:{line}: ");
        assert!(
            problems.contains(&place) && problems.contains(told),
            "{more}: {problems}"
        );
    }
    let many: Vec<String> = (2_000..2_017).map(|port: u16| port.to_string()).collect();
    let more = format!(
        "[proxy]\nports = {{ http-connect = [{}] }}\n",
        many.join(", ")
    );
    let problems = parse(BOTH, &more).unwrap_err().to_string();
    assert!(problems.contains("at most 16"), "{problems}");
}

#[test]
fn proxies_need_somewhere_to_connect_to() {
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let text = SCOPE
        .replace("PROBES", BOTH)
        .replace("sink_address = \"198.51.100.25\"\n", "");
    let problems = scope_file::parse(&text, &Place::named("scope.toml"), now).unwrap_err();
    let problems = problems.to_string();
    for told in [
        "`proxy.sink_address` is missing, and so is `identity.sink_address`",
        "write `sink_address = \"192.0.2.25\"` below `[proxy]`",
    ] {
        assert!(problems.contains(told), "{problems}");
    }
}
