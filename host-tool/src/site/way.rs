//! What was found on the way to a sink elsewhere, for people.

use std::net::SocketAddr;

use probe_core::path_check::Path;

/// What was found there.
pub fn found(path: Path) -> String {
    match path {
        Path::Open { visited: true } => "our sink greets, and took our token".to_owned(),
        Path::Open { visited: false } => "our sink greets, and did not take EHLO".to_owned(),
        Path::Foreign => "a server that is not our sink greets".to_owned(),
        Path::TurnedAway(code) => format!("whoever listens there turns us away with {code}"),
        Path::NotSmtp => "whoever listens there speaks no SMTP".to_owned(),
        Path::Silent => "whoever listens there says nothing".to_owned(),
        Path::NoAnswer => "nobody answers".to_owned(),
        Path::Refused => "the port is closed, or something resets".to_owned(),
        Path::Unreachable => "there is no way to it".to_owned(),
        Path::NotAsked => "whoever tried could not connect".to_owned(),
    }
}

/// What to do about it, where the sink should be at this endpoint.
pub fn next(path: Path, sink: SocketAddr) -> Option<String> {
    match path {
        Path::Open { .. } => None,
        Path::Foreign => Some(
            "if it is our sink, see that it has this store's key (`postern key export`) and the right time; if \
             not, this network hands mail to a server of its own: scan from elsewhere"
                .to_owned(),
        ),
        Path::TurnedAway(_)
        | Path::NotSmtp
        | Path::Silent
        | Path::NoAnswer
        | Path::Refused
        | Path::Unreachable => Some(format!(
            "have `postern sink --listen {sink}` run there; if it does, this network lets no mail out: have port 25 \
             opened, or scan from elsewhere. Behind a closed port 25, open relays look closed"
        )),
        Path::NotAsked => Some("try again".to_owned()),
    }
}
