//! What is left of a scope where not every probe runs.

use probe_core::{finding::Probe, scope::Scope};

/// What is left of the scope where only these probes run: nothing else is admitted.
pub fn narrowed(mut scope: Scope, probes: &[Probe]) -> Scope {
    if !probes.contains(&Probe::Relay) {
        scope.ports.clear();
    }
    if !probes.contains(&Probe::Proxy) {
        scope.proxy = Default::default();
    }
    if !probes.contains(&Probe::Dnsbl) {
        scope.dnsbl = Default::default();
    }
    scope
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{problem::Place, scope_file};

    const SCOPE: &str = r#"
contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
networks = ["192.0.2.0/24"]
issued = 2026-11-01
expires = 2026-12-01
probes = PROBES
[authority]
kind = "consent"
reference = "contract 17"
[identity]
helo = "probe.cert.example"
sender_domain = "cert.example"
sink_domain = "sink.cert.example"
sink_address = "198.51.100.25"
resolver = "192.0.2.53"
[proxy]
ports = { socks5 = [1080] }
[[dnsbl]]
zone = "dnsbl.dronebl.org"
"#;

    fn scope(probes: &[Probe]) -> Scope {
        let words: Vec<&str> = probes.iter().map(|probe| probe.as_str()).collect();
        let text = SCOPE.replace("PROBES", &format!("{words:?}"));
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let file = scope_file::parse(&text, &Place::named("scope.toml"), now);
        file.unwrap_or_else(|problems| panic!("{problems}")).scope
    }

    #[test]
    fn a_probe_that_does_not_run_is_left_out_as_if_the_file_did_not_name_it() {
        use Probe::{Dnsbl, Proxy, Relay};
        let all = scope(&[Relay, Proxy, Dnsbl]);
        for probes in [
            &[Relay][..],
            &[Proxy],
            &[Dnsbl],
            &[Relay, Proxy],
            &[Relay, Dnsbl],
            &[Proxy, Dnsbl],
            &[Relay, Proxy, Dnsbl],
        ] {
            let left = narrowed(all.clone(), probes);
            assert_eq!(left, scope(probes), "{probes:?}");
            let has = |probe| probes.contains(&probe);
            assert_eq!(left.ports.is_empty(), !has(Relay), "{probes:?}");
            assert_eq!(left.proxy.ports.is_empty(), !has(Proxy), "{probes:?}");
            assert_eq!(left.dnsbl.zones.is_empty(), !has(Dnsbl), "{probes:?}");
        }
    }
}
