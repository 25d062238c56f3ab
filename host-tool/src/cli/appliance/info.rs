//! `postern appliance info`.

use std::fmt::Write as _;

use probe_core::{
    finding::DeviceId,
    frame::{
        about::{Addressing, Info, LinkPort, Provision},
        message::{Lack, NetworkState, Progress, SinkCounters},
    },
    path_check::Path,
};
use serde_json::{Value, json};

use super::super::args::ApplianceInfo as Args;
use crate::{
    exit::{Exit, Failure},
    output::{progress::lack_text, restart},
    site::way,
    visit::AskInfo,
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let link = super::link(&args.link)?;
    let mut asked = AskInfo::default();
    super::visit(&link, &mut asked)?;
    let (Some(info), Some(progress)) = (&asked.info, &asked.progress) else {
        return Ok(Exit::NoAppliance);
    };
    let text = if args.json {
        format!("{}\n", line(info, progress))
    } else {
        readable(info, progress)
    };
    super::super::print(&text)?;
    Ok(Exit::Done)
}

/// A text from the link on its way to a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn hex(device: DeviceId) -> String {
    device
        .0
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

/// How it is set up, as the arguments of `provision` say it.
fn set_up(provision: Option<Provision>) -> String {
    let Some(Provision { address, link_port }) = provision else {
        return "as it left the factory: DHCP".to_owned();
    };
    let mut text = match address {
        Addressing::Dhcp => "DHCP".to_owned(),
        Addressing::Static {
            address,
            prefix,
            gateway,
        } => {
            let gateway = gateway.map_or(String::new(), |of| format!(", gateway {of}"));
            format!("{address}/{prefix}{gateway}")
        }
    };
    if let Some(LinkPort { host, port }) = link_port {
        let _ = write!(text, ", link port {port} for {host}");
    }
    text
}

fn uptime(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {seconds} s"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

fn readable(info: &Info, progress: &Progress) -> String {
    let mut rows = vec![
        ("device", hex(info.device)),
        ("board", printable(&info.board)),
        ("firmware", printable(&info.version)),
        ("boot", info.boot.to_string()),
        ("up for", uptime(info.now.as_millis())),
        ("started", restart::beginning(info)),
        ("set up", set_up(info.provision)),
        (
            "scope",
            match info.scope {
                Some((digest, minutes)) => format!("{:08x}, powered for {minutes} min", digest.0),
                None => "none".to_owned(),
            },
        ),
        (
            "outbox",
            format!(
                "{} made, {} acknowledged, {} lost{}",
                progress.outbox.made,
                progress.outbox.acknowledged,
                progress.outbox.lost,
                if info.earlier {
                    "; records of earlier boots wait"
                } else {
                    ""
                }
            ),
        ),
    ];
    rows.push((
        "flash",
        match info.flash {
            Some(flash) => format!(
                "{} pages, {} erases, {} of one page, {} octets free, {} records spoiled{}",
                flash.pages,
                flash.erases,
                flash.erases_max,
                flash.free_octets,
                flash.spoiled,
                if flash.broken {
                    "; BROKEN: findings are in memory only"
                } else {
                    ""
                }
            ),
            None => "none: findings are in memory only".to_owned(),
        },
    ));
    rows.push(("network", network(progress.network, progress.path)));
    rows.push((
        "guard",
        format!(
            "{} frames let out, {} dropped, {} violations, {} strangers not answered",
            progress.guard.allowed,
            progress.guard.dropped,
            progress.guard.violations,
            progress.guard.strangers
        ),
    ));
    rows.push(("sink", sink(progress.sink)));
    let link = progress.link;
    let garbled = [
        link.broken,
        link.too_long,
        link.foreign,
        link.orphans,
        link.records_too_long,
        link.undecodable,
    ];
    let garbled: u64 = garbled.into_iter().map(u64::from).sum();
    rows.push((
        "link",
        format!("{} frames, {garbled} not to be read", link.frames),
    ));
    let visits = progress.visits;
    rows.push((
        "link port",
        format!(
            "{} calls, {} turned away, {} messages denied, {} not to be read",
            visits.calls, visits.busy, visits.denied, visits.unreadable
        ),
    ));
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:<9} {value}");
    }
    text
}

/// What the sink has taken and what it has not.
fn sink(sink: SinkCounters) -> String {
    let tokens = [sink.forged, sink.out_of_window, sink.wrong_role];
    let tokens: u64 = tokens.into_iter().map(u64::from).sum();
    format!(
        "{} connections, {} not taken; {} messages, {} callouts, {} objections; {} recipients refused, \
         {tokens} wrong tokens, {} put off",
        sink.sessions,
        sink.dropped,
        sink.messages,
        sink.callouts,
        sink.objections,
        sink.refused,
        sink.put_off
    )
}

/// What the network has, what the device waits for, and what is in use.
fn network(network: NetworkState, path: Option<Path>) -> String {
    let families = match (network.ipv4, network.ipv6) {
        (true, true) => "IPv4 and IPv6",
        (true, false) => "IPv4 only",
        (false, true) => "IPv6 only",
        (false, false) => "neither IPv4 nor IPv6",
    };
    let mut text = families.to_owned();
    if let Some(lack) = network.lack {
        let _ = write!(text, "; WAITS: {}", lack_text(lack));
    }
    let _ = write!(
        text,
        "; {} sockets, {} connections, {} requests held",
        network.sockets, network.connections, network.held
    );
    if let Some(path) = path {
        let _ = write!(text, "; way to the sink: {}", way::found(path));
    }
    text
}

fn line(info: &Info, progress: &Progress) -> Value {
    let address = info.provision.map(|provision| match provision.address {
        Addressing::Dhcp => json!("dhcp"),
        Addressing::Static {
            address,
            prefix,
            gateway,
        } => json!({ "address": format!("{address}/{prefix}"), "gateway": gateway }),
    });
    json!({
        "device": hex(info.device),
        "board": printable(&info.board),
        "firmware": printable(&info.version),
        "boot": info.boot,
        "up_ms": info.now.as_millis(),
        "reset": info.reset.as_str(),
        "panic": info.panic.as_ref().map(|panic| json!({
            "file": printable(&panic.file),
            "line": panic.line,
            "message": printable(&panic.message),
        })),
        "address": address,
        "link_port": info.provision.and_then(|provision| provision.link_port).map(|of| json!({
            "host": of.host,
            "port": of.port,
        })),
        "scope": info.scope.map(|(digest, minutes)| json!({
            "digest": format!("{:08x}", digest.0),
            "powered_minutes": minutes,
        })),
        "earlier": info.earlier,
        "flash": info.flash.map(|flash| json!({
            "pages": flash.pages,
            "erases": flash.erases,
            "erases_max": flash.erases_max,
            "free_octets": flash.free_octets,
            "spoiled": flash.spoiled,
            "broken": flash.broken,
        })),
        "outbox": {
            "made": progress.outbox.made,
            "acknowledged": progress.outbox.acknowledged,
            "octets": progress.outbox.octets,
            "lost": progress.outbox.lost,
        },
        "guard": {
            "allowed": progress.guard.allowed,
            "dropped": progress.guard.dropped,
            "violations": progress.guard.violations,
            "strangers": progress.guard.strangers,
        },
        "sink": {
            "sessions": progress.sink.sessions,
            "dropped": progress.sink.dropped,
            "messages": progress.sink.messages,
            "callouts": progress.sink.callouts,
            "objections": progress.sink.objections,
            "refused": progress.sink.refused,
            "forged": progress.sink.forged,
            "out_of_window": progress.sink.out_of_window,
            "wrong_role": progress.sink.wrong_role,
            "put_off": progress.sink.put_off,
        },
        "network": {
            "lack": progress.network.lack.map(Lack::as_str),
            "path": progress.path.map(|path| path.as_str()),
            "ipv4": progress.network.ipv4,
            "ipv6": progress.network.ipv6,
            "sockets": progress.network.sockets,
            "connections": progress.network.connections,
            "held": progress.network.held,
        },
        "link": {
            "frames": progress.link.frames,
            "messages": progress.link.messages,
            "broken": progress.link.broken,
            "too_long": progress.link.too_long,
            "foreign": progress.link.foreign,
            "orphans": progress.link.orphans,
            "records_too_long": progress.link.records_too_long,
            "undecodable": progress.link.undecodable,
        },
        "visits": {
            "calls": progress.visits.calls,
            "busy": progress.visits.busy,
            "denied": progress.visits.denied,
            "unreadable": progress.visits.unreadable,
        },
    })
}

#[cfg(test)]
mod tests {
    use probe_core::{
        frame::{
            ScopeDigest,
            about::{FlashState, Panic, Reset, beginning_of},
            message::VisitCounters,
        },
        time::Instant,
    };

    use super::*;

    #[test]
    fn an_appliance_is_told_in_a_few_lines_or_one_object() {
        let info = Info {
            version: beginning_of("0.1.0"),
            board: beginning_of("qemu\x1b[2J-mps2"),
            device: DeviceId(*b"qe\x52\x54\0\x12\x34\x56"),
            boot: 7,
            now: Instant::from_millis(3_725_000),
            reset: Reset::Panic,
            panic: Some(Panic {
                file: beginning_of("src/net.rs"),
                line: 300,
                message: beginning_of("cannot be"),
            }),
            flash: Some(FlashState {
                pages: 4,
                erases: 9,
                erases_max: 4,
                free_octets: 130_000,
                spoiled: 0,
                broken: true,
            }),
            provision: Some(Provision {
                address: Addressing::Static {
                    address: [192, 0, 2, 10].into(),
                    prefix: 24,
                    gateway: Some([192, 0, 2, 1].into()),
                },
                link_port: Some(LinkPort {
                    host: [192, 0, 2, 7].into(),
                    port: 7_323,
                }),
            }),
            scope: Some((ScopeDigest(0x0403_0201), 58)),
            earlier: true,
        };
        let mut progress = Progress::default();
        progress.outbox.made = 3;
        progress.link.frames = 12;
        progress.link.broken = 2;
        progress.network = NetworkState {
            lack: Some(Lack::Router),
            ipv4: false,
            ipv6: true,
            sockets: 2,
            held: 1,
            connections: 3,
        };
        progress.path = Some(Path::Refused);
        progress.guard.strangers = 6;
        progress.sink = SinkCounters {
            sessions: 9,
            dropped: 1,
            messages: 2,
            callouts: 3,
            objections: 1,
            refused: 4,
            forged: 1,
            out_of_window: 2,
            wrong_role: 3,
            put_off: 5,
        };
        progress.visits = VisitCounters {
            calls: 5,
            busy: 1,
            denied: 2,
            unreadable: 3,
        };
        assert_eq!(
            readable(&info, &progress),
            "device    7165525400123456\n\
             board     qemu[2J-mps2\n\
             firmware  0.1.0\n\
             boot      7\n\
             up for    1 h 2 min\n\
             started   after a panic at src/net.rs:300: cannot be\n\
             set up    192.0.2.10/24, gateway 192.0.2.1, link port 7323 for 192.0.2.7\n\
             scope     04030201, powered for 58 min\n\
             outbox    3 made, 0 acknowledged, 0 lost; records of earlier boots wait\n\
             flash     4 pages, 9 erases, 4 of one page, 130000 octets free, 0 records spoiled; \
             BROKEN: findings are in memory only\n\
             network   IPv6 only; WAITS: its router does not answer; 2 sockets, 3 connections, 1 requests held; \
             way to the sink: the port is closed, or something resets\n\
             guard     0 frames let out, 0 dropped, 0 violations, 6 strangers not answered\n\
             sink      9 connections, 1 not taken; 2 messages, 3 callouts, 1 objections; \
             4 recipients refused, 6 wrong tokens, 5 put off\n\
             link      12 frames, 2 not to be read\n\
             link port 5 calls, 1 turned away, 2 messages denied, 3 not to be read\n"
        );
        let line = line(&info, &progress);
        assert_eq!(
            (&line["reset"], &line["panic"]["line"]),
            (&json!("panic"), &json!(300))
        );
        assert_eq!(line["address"]["address"], "192.0.2.10/24");
        assert_eq!(line["flash"]["broken"], true);
        assert_eq!(line["scope"]["powered_minutes"], 58);
        assert_eq!(line["link"]["broken"], 2);
        assert_eq!(line["network"]["lack"], "router");
        assert_eq!(line["network"]["connections"], 3);
        assert_eq!(line["network"]["path"], "refused");
        assert_eq!(line["link_port"]["port"], 7_323);
        assert_eq!(line["visits"]["denied"], 2);
        assert_eq!(line["sink"]["out_of_window"], 2);
        let new = Info {
            reset: Reset::PowerOn,
            panic: None,
            flash: None,
            provision: None,
            scope: None,
            earlier: false,
            ..info
        };
        let text = readable(&new, &progress);
        for row in [
            "started   power-on\n",
            "set up    as it left the factory: DHCP\n",
            "scope     none\n",
            "outbox    3 made, 0 acknowledged, 0 lost\n",
            "flash     none: findings are in memory only\n",
        ] {
            assert!(text.contains(row), "{row}in\n{text}");
        }
    }

    #[test]
    fn uptimes_are_short() {
        for (ms, text) in [
            (999, "0 s"),
            (59_000, "59 s"),
            (61_000, "1 min 1 s"),
            (7_260_000, "2 h 1 min"),
            (180_000_000, "2 d 2 h"),
        ] {
            assert_eq!(uptime(ms), text);
        }
    }
}
