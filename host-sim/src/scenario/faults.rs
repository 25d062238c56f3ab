//! What goes wrong on the way: the table `[faults]`, with `[faults.link]` and `[faults.path]`.

use std::time::Duration;

use host_files::table::{Reader, Section, number, real, text};
use toml::de::DeValue;

use crate::faults::{Burst, Corruption, Faults, Share, Window, Wire};

const FAULTS: [&str; 5] = [
    "link",
    "path",
    "router_down_ms",
    "address_change_ms",
    "power_out_ms",
];
const WIRE: [&str; 11] = [
    "loss_percent",
    "burst",
    "duplicate_percent",
    "reorder_percent",
    "reorder_ms",
    "corrupt_percent",
    "corruption",
    "jitter_ms",
    "octets_per_second",
    "frame_octets_max",
    "out_ms",
];
const BURST: [&str; 3] = ["begins_percent", "ends_percent", "loss_percent"];
const CORRUPTIONS: [&str; 2] = ["checked", "segment-only"];

const PERCENT: &str = "a percentage from 0 to 100, such as 2.5";
const MILLISECONDS: &str = "a number of milliseconds";
const WINDOWS: &str = "a list of times in milliseconds such as [\"1000-3000\"]";

/// How much later an overtaken packet arrives, unless the file says.
const REORDER: Duration = Duration::from_millis(30);
/// How often a burst ends with a packet, unless the file says.
const BURST_ENDS: Share = Share::percent(25);
/// What a burst loses, unless the file says.
const BURST_LOSS: Share = Share::percent(80);

/// Reads the table; without one nothing goes wrong.
pub(super) fn read<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Faults {
    let section = reader.section(top, "faults", &FAULTS);
    Faults {
        link: wire(reader, &section, "link"),
        path: wire(reader, &section, "path"),
        router_down: windows(reader, &section, "router_down_ms"),
        address_change: millis(reader, &section, "address_change_ms"),
        power_out: windows(reader, &section, "power_out_ms"),
    }
}

fn wire<'t>(reader: &mut Reader<'t>, faults: &Section<'t>, name: &str) -> Wire {
    let section = reader.section(faults, name, &WIRE);
    let corruption = reader.optional(
        &section,
        "corruption",
        "\"checked\" or \"segment-only\"",
        text,
    );
    let corruption = match corruption.as_deref() {
        Some("segment-only") => Corruption::SegmentOnly,
        Some("checked") | None => Corruption::Checked,
        Some(word) => {
            reader.no_such(&section, "corruption", word, "corruption", &CORRUPTIONS);
            Corruption::Checked
        }
    };
    let reorder = share(reader, &section, "reorder_percent").unwrap_or_default();
    let overtaken_by = millis(reader, &section, "reorder_ms").unwrap_or(REORDER);
    Wire {
        jitter: millis(reader, &section, "jitter_ms").unwrap_or_default(),
        loss: share(reader, &section, "loss_percent").unwrap_or_default(),
        burst: burst(reader, &section),
        duplicate: share(reader, &section, "duplicate_percent").unwrap_or_default(),
        reorder,
        // A wire on which nothing is overtaken stays a clean one.
        overtaken_by: if reorder == Share::default() {
            Duration::ZERO
        } else {
            overtaken_by
        },
        corrupt: share(reader, &section, "corrupt_percent").unwrap_or_default(),
        corruption,
        octets_per_second: positive(reader, &section, "octets_per_second"),
        frame_octets_max: positive(reader, &section, "frame_octets_max"),
        out: windows(reader, &section, "out_ms"),
    }
}

fn burst<'t>(reader: &mut Reader<'t>, wire: &Section<'t>) -> Option<Burst> {
    let section = reader.section(wire, "burst", &BURST);
    if !wire.has("burst") {
        return None;
    }
    let begins = reader.required(&section, "begins_percent", PERCENT, percent);
    Some(Burst {
        begins: begins.unwrap_or_default(),
        ends: share(reader, &section, "ends_percent").unwrap_or(BURST_ENDS),
        loss: share(reader, &section, "loss_percent").unwrap_or(BURST_LOSS),
    })
}

fn share<'t>(reader: &mut Reader<'t>, section: &Section<'t>, field: &str) -> Option<Share> {
    reader.optional(section, field, PERCENT, percent)
}

fn percent(value: &DeValue<'_>) -> Option<Share> {
    let percent = real(value).filter(|it| (0.0..=100.0).contains(it))?;
    Some(Share((percent * 10_000.0).round() as u32))
}

fn millis<'t>(reader: &mut Reader<'t>, section: &Section<'t>, field: &str) -> Option<Duration> {
    let millis = reader.optional(section, field, MILLISECONDS, number);
    millis.map(Duration::from_millis)
}

fn positive<'t>(reader: &mut Reader<'t>, section: &Section<'t>, field: &str) -> Option<u32> {
    reader.optional(section, field, "a whole number, 1 or more", |value| {
        number(value)
            .and_then(|it| u32::try_from(it).ok())
            .filter(|it| *it > 0)
    })
}

fn windows<'t>(reader: &mut Reader<'t>, section: &Section<'t>, field: &str) -> Vec<Window> {
    let all = reader.list(section, field, WINDOWS, |value| {
        let text = text(value).ok_or_else(|| "something that is no text".to_owned())?;
        window(&text).ok_or_else(|| format!("{text:?} is no time from one moment to a later one"))
    });
    all.unwrap_or_default()
}

fn window(text: &str) -> Option<Window> {
    let (from, until) = text.split_once('-')?;
    let moment = |text: &str| text.trim().parse().ok().map(Duration::from_millis);
    let window = Window {
        from: moment(from)?,
        until: moment(until)?,
    };
    (window.from < window.until).then_some(window)
}
