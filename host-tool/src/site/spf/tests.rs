//! Records and what they say, by RFC 7208.

use host_sim::dns::{Record as Known, Zone};

use super::*;
use crate::site::tests::{Fake, run};

fn text(zone: Zone, name: &str, record: &str) -> Zone {
    zone.with(name, Known::Txt(vec![record.to_owned()]))
}

/// What `record` of cert.example says about `address`, where other names are known too.
fn said(record: &str, address: &str) -> Spf {
    let mut zone = text(Zone::new(), "cert.example", record)
        .with("cert.example", Known::A([192, 0, 2, 1].into()))
        .with("cert.example", Known::Aaaa("2001:db8::1".parse().unwrap()))
        .with("cert.example", Known::Mx(10, "mx.cert.example".into()))
        .with("mx.cert.example", Known::A([192, 0, 2, 2].into()))
        .with("null.example", Known::Mx(0, String::new()));
    zone = text(zone, "pass.example", "v=spf1 ip4:192.0.2.0/24 -all");
    zone = text(zone, "soft.example", "v=spf1 ~all");
    zone = text(zone, "wrong.example", "v=spf1 what -all");
    zone = text(zone, "loop.example", "v=spf1 include:loop.example -all");
    for place in 0..12 {
        let next = format!("v=spf1 redirect=chain-{}.example", place + 1);
        zone = text(zone, &format!("chain-{place}.example"), &next);
    }
    for place in 0..11 {
        let exchange = Known::Mx(10, format!("mx-{place}.example"));
        zone = zone.with("many.example", exchange);
    }
    let mut fake = Fake::new(zone);
    run(evaluate(
        &mut fake,
        "cert.example",
        address.parse().unwrap(),
    ))
}

#[derive(Debug, PartialEq)]
enum Is {
    Pass,
    Not(&'static str),
    None,
    Wrong(&'static str),
    Unknown(&'static str),
}

fn is(spf: &Spf, is: &Is) -> bool {
    match (spf, is) {
        (Spf::Pass(_), Is::Pass) | (Spf::None, Is::None) => true,
        (Spf::NotPass(word, _), Is::Not(other)) => word == other,
        (Spf::PermError(why), Is::Wrong(part)) | (Spf::NotEvaluated(why), Is::Unknown(part)) => {
            why.contains(part)
        }
        _ => false,
    }
}

#[test]
fn what_records_say() {
    let v4 = "192.0.2.10";
    for (record, address, expected) in [
        ("v=spf1", v4, Is::Not("neutral")),
        ("V=SPF1 +all", v4, Is::Pass),
        ("v=spf1 -all", v4, Is::Not("fail")),
        ("v=spf1 ~all", v4, Is::Not("softfail")),
        ("v=spf1 ?all", v4, Is::Not("neutral")),
        ("v=spf1 ip4:192.0.2.10 -all", v4, Is::Pass),
        ("v=spf1  IP4:192.0.2.0/24  -all ", v4, Is::Pass),
        ("v=spf1 -ip4:192.0.2.10 +all", v4, Is::Not("fail")),
        ("v=spf1 ip4:0.0.0.0/0 -all", v4, Is::Pass),
        ("v=spf1 ip4:192.0.2.11 -all", v4, Is::Not("fail")),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:7::1", Is::Pass),
        ("v=spf1 ip6:2001:db8::/32 -all", v4, Is::Not("fail")),
        ("v=spf1 ip6:::/0 -all", "2001:db8::1", Is::Pass),
        // `a` and `mx`, of this domain and of others.
        ("v=spf1 a -all", "192.0.2.1", Is::Pass),
        ("v=spf1 a -all", "2001:db8::1", Is::Pass),
        ("v=spf1 a -all", v4, Is::Not("fail")),
        ("v=spf1 a/24 -all", v4, Is::Pass),
        ("v=spf1 a//64 -all", "2001:db8::77", Is::Pass),
        (
            "v=spf1 a:mx.cert.example/28//128 -all",
            "192.0.2.15",
            Is::Pass,
        ),
        ("v=spf1 mx -all", "192.0.2.2", Is::Pass),
        ("v=spf1 mx:null.example -all", v4, Is::Not("fail")),
        (
            "v=spf1 mx:many.example -all",
            v4,
            Is::Wrong("more than 10 exchanges"),
        ),
        // A name that leads nowhere may be twice.
        ("v=spf1 a:x.example a:y.example +all", v4, Is::Pass),
        (
            "v=spf1 a:x.example a:y.example a:z.example +all",
            v4,
            Is::Wrong("more than 2 of its names lead nowhere"),
        ),
        // Others.
        ("v=spf1 include:pass.example -all", v4, Is::Pass),
        ("v=spf1 ?include:pass.example -all", v4, Is::Not("neutral")),
        ("v=spf1 include:soft.example -all", v4, Is::Not("fail")),
        (
            "v=spf1 include:nobody.example -all",
            v4,
            Is::Wrong("there is no record"),
        ),
        (
            "v=spf1 include:wrong.example -all",
            v4,
            Is::Wrong("`what` is no term"),
        ),
        (
            "v=spf1 include:loop.example -all",
            v4,
            Is::Wrong("more than 10 lookups"),
        ),
        ("v=spf1 redirect=pass.example", v4, Is::Pass),
        ("v=spf1 redirect=pass.example -all", v4, Is::Not("fail")),
        (
            "v=spf1 redirect=nobody.example",
            v4,
            Is::Wrong("has no record"),
        ),
        (
            "v=spf1 redirect=chain-0.example",
            v4,
            Is::Wrong("more than 10 lookups"),
        ),
        // What stands before decides; what cannot be evaluated is said.
        ("v=spf1 ip4:192.0.2.10 ptr -all", v4, Is::Pass),
        ("v=spf1 ptr -all", v4, Is::Unknown("`ptr`")),
        (
            "v=spf1 exists:%{i}.x.example -all",
            v4,
            Is::Unknown("`exists:%{i}.x.example`"),
        ),
        ("v=spf1 a:%{d} -all", v4, Is::Unknown("`a:%{d}`")),
        (
            "v=spf1 include:%{d2} -all",
            v4,
            Is::Unknown("`include:%{d2}`"),
        ),
        // What is no record, and what is a wrong one.
        ("v=spf10 +all", v4, Is::None),
        ("spf1 +all", v4, Is::None),
        ("v=spf1 +all what", v4, Is::Wrong("`what` is no term")),
        ("v=spf1 ip4:192.0.2.300 +all", v4, Is::Wrong("is no term")),
        ("v=spf1 ip4:192.0.2.0/33 +all", v4, Is::Wrong("is no term")),
        ("v=spf1 ip4:192.0.2.0/ +all", v4, Is::Wrong("is no term")),
        ("v=spf1 ip4:192.0.2.0/024 +all", v4, Is::Wrong("is no term")),
        ("v=spf1 ip4 +all", v4, Is::Wrong("is no term")),
        ("v=spf1 include +all", v4, Is::Wrong("is no term")),
        ("v=spf1 all:x +all", v4, Is::Wrong("is no term")),
        ("v=spf1 a: +all", v4, Is::Wrong("is no term")),
        (
            "v=spf1 redirect=a.example redirect=b.example",
            v4,
            Is::Wrong("redirects twice"),
        ),
        (
            "v=spf1 exp=a.example exp=b.example +all",
            v4,
            Is::Wrong("explains twice"),
        ),
        ("v=spf1 other=thing +all", v4, Is::Pass),
    ] {
        let spf = said(record, address);
        assert!(is(&spf, &expected), "{record} for {address}: {spf:?}");
    }
}

#[test]
fn a_long_record_comes_whole() {
    let many: Vec<String> = (0..40).map(|low| format!("ip4:198.51.100.{low}")).collect();
    let record = format!("v=spf1 {} ip4:192.0.2.10 -all", many.join(" "));
    let strings = record.as_bytes().chunks(200);
    let strings = strings.map(|part| String::from_utf8(part.to_vec()).unwrap());
    let zone = Zone::new().with("cert.example", Known::Txt(strings.collect()));
    let zone = (0..20).fold(zone, |zone, place| {
        text(
            zone,
            "cert.example",
            &format!("site-verification={place}{}", "x".repeat(60)),
        )
    });
    let mut fake = Fake::new(zone);
    let spf = run(evaluate(&mut fake, "cert.example", [192, 0, 2, 10].into()));
    assert!(matches!(spf, Spf::Pass(_)), "{spf:?}");
}
