//! Ten thousand letters on one core: `cargo bench -p host-tool`.
//!
//! Speed is told as a ratio, so that it means the same on every machine: letters in the time that sorting
//! ten thousand lines takes. `letters.baseline` has the ratios that were there when the work was last looked at; half
//! of one is a failure.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
    sync::LazyLock,
    time::{Duration, Instant},
};

use host_tool::letters::{
    Language, Letter, Profile,
    form::{Form, Sheet},
    model::{
        Caveat, FindingFacts, LetterFacts, Line, Listing, Probed, Product, Recipient, Side, Tested,
    },
    render,
};
use probe_core::{
    scope::Depth,
    time::Utc,
    verdict::{Kind, Reason, Verdict},
};

const LETTERS: u32 = 10_000;
/// How many findings the letters have, in turn.
const FINDINGS: [u32; 4] = [1, 1, 2, 5];
/// How many lines the yardstick sorts, and how often.
const YARDSTICK_LINES: u32 = 10_000;
const YARDSTICK_TIMES: u32 = 20;
/// The share of a baseline that has to be reached.
const SHARE_MIN: f64 = 0.5;

fn main() -> ExitCode {
    let profile = Profile::load("example-cert").expect("it is built in");
    let baseline = baseline();
    let (yardstick, ()) = timed(sort_lines);
    let yardstick = yardstick / f64::from(YARDSTICK_TIMES);
    println!(
        "yardstick: {YARDSTICK_LINES} lines sorted in {:.2} ms",
        yardstick * 1e3
    );

    let facts: Vec<(LetterFacts, Language)> = (0..LETTERS).map(facts).collect();
    let (took, letters) = timed(|| -> Vec<Letter> {
        let written = facts
            .iter()
            .map(|(facts, language)| render(facts, *language, &profile));
        written
            .collect::<Result<_, _>>()
            .expect("facts make letters")
    });
    let mut is_slow = tell("render", took, yardstick, &baseline);
    assert_eq!(letters.len(), facts.len());
    assert!(letters.iter().all(|letter| letter.faults.is_empty()));

    let sheets: Vec<Sheet<'_>> = letters
        .iter()
        .zip(&facts)
        .map(|(letter, (facts, _))| Sheet {
            letter,
            facts,
            profile: &profile,
            follows: None,
        })
        .collect();
    for form in Form::ALL {
        let (took, octets) = timed(|| {
            let of_letters = sheets.iter().map(|sheet| form.of_letter(sheet));
            let of_run = std::iter::once_with(|| form.of_run(&sheets));
            of_letters
                .chain(of_run)
                .flat_map(|files| files.expect("every form can be written"))
                .map(|file| file.octets.len())
                .sum::<usize>()
        });
        assert!(octets > 0);
        is_slow |= tell(form.as_str(), took, yardstick, &baseline);
    }
    ExitCode::from(u8::from(is_slow))
}

/// Prints a line; whether this is far slower than it was.
fn tell(what: &str, took: f64, yardstick: f64, baseline: &BTreeMap<String, f64>) -> bool {
    let ratio = f64::from(LETTERS) / (took / yardstick);
    let known = baseline.get(what).copied();
    let share = known.map_or(f64::INFINITY, |known| ratio / known);
    let compared = known.map_or("no baseline".to_owned(), |known| {
        format!("baseline {known:.2}, {:.0} % of it", share * 100.0)
    });
    let is_slow = share < SHARE_MIN;
    println!(
        "{what:<7} {LETTERS} letters in {took:.3} s on a core: {:.0}/s; {ratio:.2} for each yardstick ({compared}){}",
        f64::from(LETTERS) / took,
        if is_slow { ": TOO SLOW" } else { "" }
    );
    is_slow
}

/// Lines of a name and a ratio.
fn baseline() -> BTreeMap<String, f64> {
    include_str!("letters.baseline")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, ratio) = line.split_once(' ')?;
            Some((name.to_owned(), ratio.trim().parse().ok()?))
        })
        .collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let began = time_on_core();
    let done = work();
    ((time_on_core() - began).as_secs_f64(), done)
}

/// How long this thread has been on a core, where the system says so; else how long it has run.
/// What other programs take of a busy machine does not count.
fn time_on_core() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// Writes lines and sorts them: text in memory, as letters are.
fn sort_lines() {
    for time in 0..YARDSTICK_TIMES {
        let lines: BTreeSet<String> = (0..YARDSTICK_LINES)
            .map(|line| format!("{:08x} line {line}", line.wrapping_mul(0x9e37_79b9) ^ time))
            .collect();
        let text: String = lines.iter().map(String::as_str).collect();
        assert!(std::hint::black_box(text).len() > lines.len());
    }
}

/// A letter in one of the languages, about one to five servers.
fn facts(number: u32) -> (LetterFacts, Language) {
    let place = usize::try_from(number).unwrap_or(0);
    let language = Language::ALL[place % Language::ALL.len()];
    let count = FINDINGS[place % FINDINGS.len()];
    let facts = LetterFacts {
        reference: format!("PO-{number:06}"),
        written: Utc(1_795_253_400),
        recipient: Recipient {
            contact: Some(format!("abuse@network{number}.example")),
            ..Recipient::default()
        },
        findings: (0..count).map(|server| finding(number, server)).collect(),
    };
    (facts, language)
}

fn finding(number: u32, server: u32) -> FindingFacts {
    let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + number * 8 + server);
    let said = |from, text: &str| Line {
        from,
        text: text.to_owned(),
    };
    FindingFacts {
        endpoint: (address, 25).into(),
        probed: Probed::Relay,
        also: Vec::new(),
        host_name: Some(format!("mx{server}.network{number}.example")),
        first_seen: Utc(1_795_000_000),
        last_seen: Utc(1_795_250_000),
        verdict: Some(Verdict {
            kind: Kind::Suspected,
            reason: Reason::RecipientAccepted,
        }),
        listings: vec![Listing {
            by: "relays.dnsbl.example".to_owned(),
            on: Some(jiff::civil::date(2026, 11, 1)),
            since: None,
            code: Some("127.0.0.2".to_owned()),
        }],
        tested: Some(Tested {
            depth: Depth::Standard,
            answered: 12,
            accepted: 1,
            refused: 11,
            accepted_forms: vec!["MAIL FROM:<> RCPT TO:<u@sink.example>".to_owned()],
        }),
        product: Some(Product::Postfix),
        transcript: vec![
            said(Side::Server, "220 mx.network.example ESMTP Postfix"),
            said(Side::Client, "EHLO probe.example"),
            said(Side::Server, "250-mx.network.example"),
            said(Side::Server, "250 PIPELINING"),
            said(Side::Client, "MAIL FROM:<>"),
            said(Side::Server, "250 2.1.0 Ok"),
            said(Side::Client, "RCPT TO:<u@sink.example>"),
            said(Side::Server, "250 2.1.5 Ok"),
        ],
        returned: None,
        caveats: vec![Caveat::PathUnverified],
    }
}
