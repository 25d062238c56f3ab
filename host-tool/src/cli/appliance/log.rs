//! `postern appliance log`.

use probe_core::frame::about::LogLine;
use serde_json::json;

use super::{super::args::ApplianceLog as Args, info::printable};
use crate::{
    exit::{Exit, Failure},
    session::SessionError,
    visit::ReadLog,
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let link = super::link(&args.link)?;
    let mut before = None;
    let mut closed = None;
    let print = |boot: u32, line: &LogLine| {
        let text = if args.json {
            format!("{}\n", object(boot, line))
        } else {
            readable(boot, before, line)
        };
        before = Some((boot, line.number));
        super::super::print(&text).map_err(|failure| {
            closed = Some(failure);
            SessionError::LinkEnded("nobody reads".to_owned())
        })
    };
    let enough = args.follow.then(super::enough);
    let visited = super::visit(&link, &mut ReadLog::new(print, enough));
    match (closed, visited) {
        (Some(failure), _) | (None, Err(failure)) => Err(failure),
        (None, Ok(())) => Ok(Exit::Done),
    }
}

/// A line, and before it whatever is missing.
fn readable(boot: u32, before: Option<(u32, u32)>, line: &LogLine) -> String {
    let mut text = String::new();
    let expected = match before {
        Some((of, number)) if of == boot => number.saturating_add(1),
        Some(_) | None => {
            text.push_str(&format!("boot {boot}\n"));
            1
        }
    };
    let missing = line.number.saturating_sub(expected);
    if missing > 0 {
        let lines = if missing == 1 { "line" } else { "lines" };
        text.push_str(&format!(
            "… {missing} {lines} that nobody fetched in time\n"
        ));
    }
    let ms = line.at.as_millis();
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    text.push_str(&format!(
        "{seconds:>8}.{ms:03} {:<7} {}\n",
        line.level.as_str(),
        printable(&line.text)
    ));
    text
}

fn object(boot: u32, line: &LogLine) -> serde_json::Value {
    json!({
        "boot": boot,
        "number": line.number,
        "at_ms": line.at.as_millis(),
        "level": line.level.as_str(),
        "text": printable(&line.text),
    })
}

#[cfg(test)]
mod tests {
    use probe_core::{
        frame::about::{Level, beginning_of},
        time::Instant,
    };

    use super::*;

    #[test]
    fn lines_say_when_and_what_is_missing() {
        let line = |number| LogLine {
            number,
            at: Instant::from_millis(61_005),
            level: Level::Warning,
            text: beginning_of("network\x07 down"),
        };
        let body = "      61.005 warning network down\n";
        assert_eq!(readable(3, None, &line(1)), format!("boot 3\n{body}"));
        assert_eq!(readable(3, Some((3, 1)), &line(2)), body);
        assert_eq!(
            readable(3, Some((3, 1)), &line(3)),
            format!("… 1 line that nobody fetched in time\n{body}")
        );
        assert_eq!(
            readable(4, Some((3, 9)), &line(4)),
            format!("boot 4\n… 3 lines that nobody fetched in time\n{body}")
        );
        assert_eq!(
            object(3, &line(1)).to_string(),
            r#"{"at_ms":61005,"boot":3,"level":"warning","number":1,"text":"network down"}"#
        );
    }
}
