//! Frame by frame.

use super::{frames::*, scope::*};
use crate::guard::{Doors, Pass, Stop, inspect};

use Pass::{Door, Link, Scope};
use Stop::{
    Diverting, ForeignSource, Fragment, Malformed, Neighbour, NobodyListens, Noise, TooLong,
    Tunnel, Unknown,
};

type Row = (&'static str, Vec<u8>, Result<Pass, Stop>);

#[track_caller]
fn check(rows: impl IntoIterator<Item = Row>) {
    let warden = ScopeWarden::usual();
    for (name, frame, expected) in rows {
        assert_eq!(inspect(&frame, OWN, &doors(), &warden), expected, "{name}");
    }
}

fn violation(remote: &str) -> Result<Pass, Stop> {
    Err(Stop::Violation(remote.parse().unwrap()))
}

#[test]
fn the_sink_elsewhere_is_called_while_the_way_is_tried_and_nothing_else_of_it() {
    let to =
        |address, port, flags, payload: &[u8]| v4(address, 6, &tcp(50_000, port, flags, payload));
    let sink = "203.0.113.25";
    let warden = ScopeWarden::usual();
    for (name, frame, tried, otherwise) in [
        ("a SYN", to(sink, 25, SYN, b""), Ok(Door), Err(Noise)),
        ("data", to(sink, 25, ACK, b"QUIT\r\n"), Ok(Door), Ok(Door)),
        ("a FIN", to(sink, 25, FIN | ACK, b""), Ok(Door), Ok(Door)),
        (
            "another port",
            to(sink, 587, SYN, b""),
            violation("203.0.113.25:587"),
            violation("203.0.113.25:587"),
        ),
        (
            "its neighbour",
            to("203.0.113.26", 25, SYN, b""),
            violation("203.0.113.26:25"),
            violation("203.0.113.26:25"),
        ),
        (
            "who has its address",
            arp(BROADCAST, 1, "198.51.100.7", sink),
            Ok(Link),
            Ok(Link),
        ),
    ] {
        for (tries, expected) in [(true, tried), (false, otherwise)] {
            warden.tries_way.set(tries);
            let found = inspect(&frame, OWN, &doors(), &warden);
            assert_eq!(found, expected, "{name}, tried: {tries}");
        }
    }
}

#[test]
fn tcp_over_ipv4() {
    let to =
        |address, port, flags, payload: &[u8]| v4(address, 6, &tcp(50_000, port, flags, payload));
    check([
        ("a SYN", to("192.0.2.25", 25, SYN, b""), Ok(Scope)),
        ("data", to("192.0.2.25", 587, ACK, b"EHLO a\r\n"), Ok(Scope)),
        ("a reset", to("192.0.2.25", 25, RST, b""), Ok(Scope)),
        (
            "another port",
            to("192.0.2.25", 80, SYN, b""),
            violation("192.0.2.25:80"),
        ),
        (
            "an exclusion",
            to("192.0.2.99", 25, SYN, b""),
            violation("192.0.2.99:25"),
        ),
        (
            "a stranger",
            to("203.0.113.9", 25, SYN, b""),
            violation("203.0.113.9:25"),
        ),
        (
            "data to a stranger",
            to("203.0.113.9", 25, ACK, b"x"),
            violation("203.0.113.9:25"),
        ),
        (
            "a FIN with data",
            to("203.0.113.9", 25, FIN | ACK, b"x"),
            violation("203.0.113.9:25"),
        ),
        (
            "a SYN with a FIN",
            to("203.0.113.9", 25, SYN | FIN, b""),
            violation("203.0.113.9:25"),
        ),
        (
            "a reset to a stranger",
            to("203.0.113.9", 4_000, RST | ACK, b""),
            Err(Noise),
        ),
        (
            "an ACK to a stranger",
            to("203.0.113.9", 4_000, ACK, b""),
            Err(Noise),
        ),
        (
            "an answer to a stranger's SYN",
            to("203.0.113.9", 4_000, SYN | ACK, b""),
            Err(Noise),
        ),
        (
            "broadcast",
            to("255.255.255.255", 25, SYN, b""),
            violation("255.255.255.255:25"),
        ),
        (
            "multicast",
            to("224.0.0.1", 25, SYN, b""),
            violation("224.0.0.1:25"),
        ),
        (
            "the gateway itself",
            to("198.51.100.1", 25, SYN, b""),
            violation("198.51.100.1:25"),
        ),
        (
            "a header cut off",
            v4("192.0.2.25", 6, &tcp(1, 25, SYN, b"")[..19]),
            Err(Malformed),
        ),
    ]);
}

#[test]
fn tcp_through_the_doors() {
    let to = |address, from, port| v4(address, 6, &tcp(from, port, SYN | ACK, b""));
    check([
        (
            "the host, from our link port",
            to("203.0.113.80", 7_025, 40_000),
            Ok(Door),
        ),
        (
            "the host, from another port",
            to("203.0.113.80", 7_026, 40_000),
            Err(Noise),
        ),
        ("the resolver", to("203.0.113.53", 50_000, 53), Ok(Door)),
        (
            "another port of the resolver",
            to("203.0.113.53", 50_000, 54),
            Err(Noise),
        ),
    ]);
}

#[test]
fn tcp_from_the_sinks_ports() {
    let to =
        |address, from, flags, payload: &[u8]| v4(address, 6, &tcp(from, 40_000, flags, payload));
    let v6_to = |address, flags| v6(address, 6, &tcp(2_525, 40_000, flags, b""));
    let refusal = |from| {
        let mut segment = tcp(from, 40_000, RST | ACK, b"");
        segment[4..8].fill(0);
        v4("203.0.113.9", 6, &segment)
    };
    check([
        (
            "an answer to a SYN",
            to("203.0.113.9", 25, SYN | ACK, b""),
            Ok(Door),
        ),
        (
            "a greeting",
            to("203.0.113.9", 25, ACK, b"220 a\r\n"),
            Ok(Door),
        ),
        (
            "a goodbye",
            to("203.0.113.9", 2_525, FIN | ACK, b"x"),
            Ok(Door),
        ),
        (
            "an abort",
            to("203.0.113.9", 2_525, RST | ACK, b""),
            Ok(Door),
        ),
        ("over IPv6", v6_to("2001:db8:77::1", SYN | ACK), Ok(Door)),
        (
            "to a target, which calls back",
            to("192.0.2.25", 25, ACK, b"x"),
            Ok(Door),
        ),
        ("nobody listens", refusal(25), Err(NobodyListens)),
        ("nobody listens there ever", refusal(26), Err(Noise)),
        (
            "a SYN to a stranger",
            to("203.0.113.9", 25, SYN, b""),
            violation("203.0.113.9:40000"),
        ),
        (
            "a SYN to the scope",
            v4("192.0.2.25", 6, &tcp(25, 25, SYN, b"")),
            Ok(Scope),
        ),
        (
            "another port of ours",
            to("203.0.113.9", 26, ACK, b"x"),
            violation("203.0.113.9:40000"),
        ),
        (
            "to everybody",
            to("255.255.255.255", 25, ACK, b"x"),
            Err(Noise),
        ),
        ("to a group", to("224.0.0.1", 25, ACK, b"x"), Err(Noise)),
        ("to a group over IPv6", v6_to("ff02::1", ACK), Err(Noise)),
    ]);
}

#[test]
fn whoever_objects_is_not_called_again() {
    let to = |flags, payload: &[u8]| v4("192.0.2.77", 6, &tcp(50_000, 25, flags, payload));
    check([
        ("a SYN", to(SYN, b""), Err(Noise)),
        ("the rest of a connection", to(ACK, b"QUIT\r\n"), Ok(Scope)),
        ("its end", to(FIN | ACK, b""), Ok(Scope)),
    ]);
}

#[test]
fn tcp_over_ipv6() {
    let to =
        |address, port, flags, payload: &[u8]| v6(address, 6, &tcp(50_000, port, flags, payload));
    let syn = |address| to(address, 25, SYN, b"");
    check([
        ("a SYN", syn("2001:db8:25::1"), Ok(Scope)),
        (
            "another port",
            to("2001:db8:25::1", 26, SYN, b""),
            violation("[2001:db8:25::1]:26"),
        ),
        (
            "a stranger",
            syn("2001:db8:26::1"),
            violation("[2001:db8:26::1]:25"),
        ),
        (
            "noise to a stranger",
            to("2001:db8:26::1", 25, RST, b""),
            Err(Noise),
        ),
        (
            "a mapped target",
            syn("::ffff:192.0.2.25"),
            violation("[::ffff:192.0.2.25]:25"),
        ),
        (
            "as much as fits",
            to("2001:db8:25::1", 25, ACK, &[b'x'; 1_220]),
            Ok(Scope),
        ),
        (
            "an octet more",
            to("2001:db8:25::1", 25, ACK, &[b'x'; 1_221]),
            Err(TooLong),
        ),
    ]);
}

#[test]
fn nothing_goes_to_an_address_that_embeds_another() {
    let everything = ScopeWarden::new(&["0.0.0.0/0", "::/0"], &[], &[25]);
    for address in [
        "2002:c000:219::1",
        "64:ff9b::192.0.2.25",
        "64:ff9b:1::192.0.2.25",
        "2001::c000:219",
        "::192.0.2.25",
        "::ffff:192.0.2.25",
    ] {
        let frame = v6(address, 6, &tcp(50_000, 25, SYN, b""));
        let refused = inspect(&frame, OWN, &Doors::default(), &everything);
        assert!(
            matches!(refused, Err(Stop::Violation(_))),
            "{address}: {refused:?}"
        );
        let reset = v6(address, 6, &tcp(50_000, 25, RST, b""));
        assert_eq!(
            inspect(&reset, OWN, &Doors::default(), &everything),
            Err(Noise)
        );
    }
    let plain = v6("2001:db8::1", 6, &tcp(50_000, 25, SYN, b""));
    assert_eq!(
        inspect(&plain, OWN, &Doors::default(), &everything),
        Ok(Scope)
    );
}

#[test]
fn udp_and_dhcp() {
    let dhcp = |hardware, to| {
        let packet = v4_packet(to, 17, 64, &[], &udp(68, 67, &[1; 240]));
        ethernet(hardware, 0x0800, &packet)
    };
    let long = {
        let mut datagram = udp(50_000, 53, b"query");
        datagram.push(0);
        v4("203.0.113.53", 17, &datagram)
    };
    check([
        (
            "a query",
            v4("203.0.113.53", 17, &udp(50_000, 53, b"query")),
            Ok(Door),
        ),
        ("an octet that UDP does not know", long, Err(Malformed)),
        (
            "a stranger",
            v4("203.0.113.9", 17, &udp(50_000, 53, b"q")),
            violation("203.0.113.9:53"),
        ),
        (
            "the scope",
            v4("192.0.2.25", 17, &udp(50_000, 25, b"q")),
            violation("192.0.2.25:25"),
        ),
        (
            "Teredo",
            v4("203.0.113.9", 17, &udp(50_000, 3_544, b"q")),
            violation("203.0.113.9:3544"),
        ),
        (
            "over IPv6",
            v6("2001:db8:9::9", 17, &udp(1, 53, b"q")),
            violation("[2001:db8:9::9]:53"),
        ),
        (
            "DHCP to everybody",
            dhcp(BROADCAST, "255.255.255.255"),
            Ok(Link),
        ),
        ("DHCP to its server", dhcp(ROUTER, "198.51.100.2"), Ok(Link)),
        (
            "DHCP to another server",
            dhcp(ROUTER, "198.51.100.3"),
            violation("198.51.100.3:67"),
        ),
    ]);
    let closed = Doors {
        dhcp: false,
        ..doors()
    };
    let frame = dhcp(ROUTER, "198.51.100.2");
    let refused = inspect(&frame, OWN, &closed, &ScopeWarden::usual());
    assert_eq!(refused, violation("198.51.100.2:67"));
}

#[test]
fn icmp_answers_and_nothing_else() {
    let v4_to = |address, kind| v4(address, 1, &icmp(kind));
    let v6_to = |address, kind| v6(address, 58, &icmp(kind));
    check([
        (
            "unreachable, to the scope",
            v4_to("192.0.2.25", 3),
            Ok(Link),
        ),
        (
            "an echo reply to the router",
            v4_to("198.51.100.1", 0),
            Ok(Link),
        ),
        (
            "unreachable, to a stranger",
            v4_to("203.0.113.9", 3),
            Err(Noise),
        ),
        ("an echo request", v4_to("192.0.2.25", 8), Err(Unknown)),
        ("a redirect", v4_to("192.0.2.25", 5), Err(Unknown)),
        (
            "cut off",
            v4("192.0.2.25", 1, &[3, 0, 0, 0]),
            Err(Malformed),
        ),
        (
            "unreachable, to the scope",
            v6_to("2001:db8:25::1", 1),
            Ok(Link),
        ),
        (
            "unreachable, to a stranger",
            v6_to("2001:db8:26::1", 1),
            Err(Noise),
        ),
        (
            "an echo request",
            v6_to("2001:db8:25::1", 128),
            Err(Unknown),
        ),
        (
            "a router advertisement",
            v6_link("fe80::1", "ff02::1", 58, 255, &icmp(134)),
            Err(Unknown),
        ),
        (
            "a redirect",
            v6_link("fe80::1", "fe80::2", 58, 255, &icmp(137)),
            Err(Unknown),
        ),
    ]);
}

#[test]
fn arp_on_our_own_link() {
    check([
        (
            "the router",
            arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1"),
            Ok(Link),
        ),
        (
            "a target on our link",
            arp(BROADCAST, 1, "192.0.2.7", "192.0.2.25"),
            Ok(Link),
        ),
        (
            "our own address",
            arp(BROADCAST, 1, "198.51.100.7", "198.51.100.7"),
            Ok(Link),
        ),
        (
            "whether it is free",
            arp(BROADCAST, 1, "0.0.0.0", "198.51.100.7"),
            Ok(Link),
        ),
        (
            "an answer",
            arp(ROUTER, 2, "198.51.100.7", "198.51.100.1"),
            Ok(Link),
        ),
        (
            "an answer to everybody",
            arp(BROADCAST, 2, "198.51.100.7", "198.51.100.1"),
            Err(Neighbour),
        ),
        (
            "a stranger",
            arp(BROADCAST, 1, "198.51.100.7", "198.51.100.9"),
            Err(Neighbour),
        ),
        (
            "an exclusion",
            arp(BROADCAST, 1, "192.0.2.7", "192.0.2.99"),
            Err(Neighbour),
        ),
        (
            "reverse ARP",
            arp(BROADCAST, 3, "198.51.100.7", "198.51.100.1"),
            Err(Unknown),
        ),
        (
            "cut off",
            arp(BROADCAST, 1, "0.0.0.0", "198.51.100.7")[..41].to_vec(),
            Err(Malformed),
        ),
    ]);
    let mut foreign = arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1");
    foreign[14 + 8] ^= 4;
    let mut padded = arp(BROADCAST, 1, "198.51.100.7", "198.51.100.1");
    padded.resize(60, 0);
    let mut overlong = padded.clone();
    overlong.push(0);
    check([
        ("in another's name", foreign, Err(ForeignSource)),
        ("filled to the smallest frame", padded, Ok(Link)),
        ("filled beyond it", overlong, Err(Malformed)),
    ]);
}

#[test]
fn neighbour_discovery_on_our_own_link() {
    let ns = |from, to, hop, target| v6_link(from, to, 58, hop, &neighbour(135, target));
    let na = |to, hop| v6_link("fe80::7", to, 58, hop, &neighbour(136, "fe80::7"));
    check([
        (
            "the router",
            ns("fe80::7", "ff02::1:ff00:1", 255, "2001:db8:1::1"),
            Ok(Link),
        ),
        (
            "the router again",
            ns("fe80::7", "2001:db8:1::1", 255, "2001:db8:1::1"),
            Ok(Link),
        ),
        (
            "a target",
            ns("fe80::7", "ff02::1:ff00:1", 255, "2001:db8:25::1"),
            Ok(Link),
        ),
        (
            "whether it is free",
            ns("::", "ff02::1:ff00:7", 255, "fe80::7"),
            Ok(Link),
        ),
        (
            "a stranger",
            ns("fe80::7", "ff02::1:ff00:9", 255, "2001:db8:1::9"),
            Err(Neighbour),
        ),
        (
            "another's group",
            ns("fe80::7", "ff02::1:ff00:9", 255, "2001:db8:1::1"),
            Err(Neighbour),
        ),
        (
            "over a router",
            ns("fe80::7", "ff02::1:ff00:1", 254, "2001:db8:1::1"),
            Err(Malformed),
        ),
        (
            "a group's address",
            ns("fe80::7", "ff02::1:ff00:1", 255, "ff02::1"),
            Err(Malformed),
        ),
        ("an answer to all", na("ff02::1", 255), Ok(Link)),
        ("an answer on the link", na("fe80::1", 255), Ok(Link)),
        (
            "an answer to a stranger",
            na("2001:db8:9::1", 255),
            Err(Neighbour),
        ),
        ("an answer over a router", na("fe80::1", 64), Err(Malformed)),
        (
            "a solicitation",
            v6_link("fe80::7", "ff02::2", 58, 255, &icmp(133)),
            Ok(Link),
        ),
        (
            "a solicitation elsewhere",
            v6_link("fe80::7", "ff05::2", 58, 255, &icmp(133)),
            Err(Neighbour),
        ),
    ]);
}

#[test]
fn reports_of_groups() {
    let igmp = |to, hop, options: &[u8]| {
        let packet = v4_packet(to, 2, hop, options, &[0x16, 0, 0, 0, 224, 0, 0, 9]);
        ethernet([1, 0, 0x5e, 0, 0, 9], 0x0800, &packet)
    };
    let report = |to, hop, kind| v6_link("fe80::7", to, 0, hop, &mld(kind));
    check([
        ("IGMP", igmp("224.0.0.9", 1, &[]), Ok(Link)),
        (
            "with router alert",
            igmp("224.0.0.9", 1, &[148, 4, 0, 0]),
            Ok(Link),
        ),
        (
            "with a source route",
            igmp("224.0.0.9", 1, &[131, 4, 4, 0]),
            Err(Diverting),
        ),
        ("beyond the link", igmp("224.0.0.9", 2, &[]), Err(Malformed)),
        ("to a stranger", igmp("203.0.113.9", 1, &[]), Err(Noise)),
        ("MLD", report("ff02::16", 1, 143), Ok(Link)),
        ("MLD, first version", report("ff02::9", 1, 131), Ok(Link)),
        ("a query", report("ff02::1", 1, 130), Err(Unknown)),
        (
            "beyond the link",
            report("ff02::16", 2, 143),
            Err(Malformed),
        ),
        ("to a stranger", report("2001:db8:9::1", 1, 143), Err(Noise)),
    ]);
}

#[test]
fn what_could_hide_or_divert_a_probe() {
    let segment = tcp(50_000, 25, SYN, b"");
    let with_option = |option: &[u8]| {
        ethernet(
            ROUTER,
            0x0800,
            &v4_packet("192.0.2.25", 6, 64, option, &segment),
        )
    };
    let behind = |header: u8| {
        let extension = [&[6, 0, 0, 0, 0, 0, 0, 0], &segment[..]].concat();
        v6("2001:db8:25::1", header, &extension)
    };
    let fragment = |high: u8, low: u8| {
        let mut frame = v4("192.0.2.25", 6, &segment);
        (frame[20], frame[21]) = (high, low);
        frame
    };
    check([
        ("more fragments", fragment(0x20, 0), Err(Fragment)),
        ("a later fragment", fragment(0, 1), Err(Fragment)),
        ("an IPv6 fragment", behind(44), Err(Fragment)),
        (
            "a loose source route",
            with_option(&[131, 7, 4, 203, 0, 113, 9, 0]),
            Err(Diverting),
        ),
        ("no operation", with_option(&[1, 1, 1, 1]), Err(Diverting)),
        ("hop-by-hop options", behind(0), Err(Diverting)),
        ("a routing header", behind(43), Err(Diverting)),
        ("destination options", behind(60), Err(Diverting)),
        ("authentication", behind(51), Err(Diverting)),
        ("encryption", behind(50), Err(Diverting)),
        ("no next header", behind(59), Err(Diverting)),
        ("IP in IP", v4("192.0.2.25", 4, &segment), Err(Tunnel)),
        ("protocol 41", v4("192.0.2.25", 41, &segment), Err(Tunnel)),
        ("GRE", v4("192.0.2.25", 47, &segment), Err(Tunnel)),
        (
            "IPv6 in IPv6",
            v6("2001:db8:25::1", 41, &segment),
            Err(Tunnel),
        ),
        (
            "GRE over IPv6",
            v6("2001:db8:25::1", 47, &segment),
            Err(Tunnel),
        ),
        ("SCTP", v4("192.0.2.25", 132, &segment), Err(Unknown)),
        (
            "ICMPv6 over IPv4",
            v4("192.0.2.25", 58, &icmp(1)),
            Err(Unknown),
        ),
    ]);
}

#[test]
fn frames_that_are_not_plainly_ours() {
    let good = v4("192.0.2.25", 6, &tcp(50_000, 25, SYN, b""));
    let changed = |place: usize, octet: u8| {
        let mut frame = good.clone();
        frame[place] = octet;
        frame
    };
    let mut padded = good.clone();
    padded.resize(60, 0);
    let mut trailing = v4("192.0.2.25", 6, &tcp(50_000, 25, ACK, &[b'x'; 40]));
    trailing.push(0);
    let vlan = [&good[..12], &[0x81, 0, 0, 5], &good[12..]].concat();
    check([
        ("as it is", good.clone(), Ok(Scope)),
        ("filled to the smallest frame", padded, Ok(Scope)),
        ("with octets behind it", trailing, Err(Malformed)),
        (
            "from another's hardware",
            changed(6, 0x06),
            Err(ForeignSource),
        ),
        ("to a hardware group", changed(0, 0x01), Err(Malformed)),
        ("version 5", changed(14, 0x55), Err(Malformed)),
        ("a header of 16 octets", changed(14, 0x44), Err(Malformed)),
        (
            "a length beyond the frame",
            changed(17, 200),
            Err(Malformed),
        ),
        ("in a VLAN", vlan, Err(Unknown)),
        ("an 802.3 length", changed(12, 0), Err(Unknown)),
        ("nothing", Vec::new(), Err(Malformed)),
        ("a header alone", good[..14].to_vec(), Err(Malformed)),
    ]);
}
