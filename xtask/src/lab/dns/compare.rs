//! A report of ours beside what was declared, and beside what dig says.

use super::{
    dig::Dig,
    ours::Report,
    questions::{Asked, MX, TXT},
    servers::Server,
};

/// What is wrong with a report, in words.
pub(super) fn faults(server: Server, asked: &Asked, report: &Report, dig: &Dig) -> Vec<String> {
    let mut faults = Faults::default();
    faults.differ("the report", asked.expected, report);
    // How many it takes until there is an answer is the machine's affair.
    if report.outcome == "no-answer" {
        let tries = if report.streamed { 1 } else { 3 };
        faults.differ("datagrams sent", tries, report.tries);
    }
    // Every server repeats the name as it came, whatever case our letters have.
    faults.differ("datagrams ignored", 0, report.ignored);
    // dig shows aliases without an end, and follows none.
    if report.outcome.starts_with("malformed") {
        return faults.0;
    }
    let kind = asked.question.kind();
    faults.differ("dig's outcome", dig.outcome(kind), &report.outcome);
    faults.differ("dig over TCP", dig.streamed, report.streamed);
    faults.differ("dig's aliases", dig.aliases(), report.aliases);
    // What a resolver remembers grows old until dig asks for it, and of a record that was not kept
    // nothing is known.
    let is_known = !(report.cut && report.records.is_empty());
    if is_known && !server.is_resolver() {
        faults.differ("dig's seconds", dig.ttl_s(kind), report.ttl_s);
    }
    faults.records(kind, report, dig);
    faults.0
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn differ(&mut self, what: &str, expected: impl ToString, found: impl ToString) {
        let (expected, found) = (expected.to_string(), found.to_string());
        if expected != found {
            let fault = format!("{what}: expected `{expected}`, found `{found}`");
            self.0.push(fault);
        }
    }

    /// Every record must be one of dig's, and all of them unless some are lost.
    fn records(&mut self, kind: u16, report: &Report, dig: &Dig) {
        let folded = |data: &[u8]| folded(kind, data);
        let mut theirs: Vec<Vec<u8>> = dig.records(kind).map(folded).collect();
        let may_end_early = report.cut && kind == TXT;
        for data in report.records.iter().map(|data| folded(data)) {
            let is_same = |other: &Vec<u8>| *other == data || may_end_early && begins(other, &data);
            match theirs.iter().position(is_same) {
                Some(place) => drop(theirs.swap_remove(place)),
                None => self.differ("dig's data", hex(&theirs), hex(&[data])),
            }
        }
        if !report.cut {
            self.differ("dig's further data", "", hex(&theirs));
        }
    }
}

fn hex(records: &[Vec<u8>]) -> String {
    let digits = |data: &Vec<u8>| data.iter().map(|octet| format!("{octet:02x}")).collect();
    records
        .iter()
        .map(digits)
        .collect::<Vec<String>>()
        .join(" ")
}

/// The same for names that differ in the case of letters only: servers point to the question's name,
/// which we write in a case of our own.
fn folded(kind: u16, data: &[u8]) -> Vec<u8> {
    let names_from = match kind {
        MX => 2,
        TXT => return data.to_vec(),
        _ => 0,
    };
    let (head, names) = data.split_at(names_from.min(data.len()));
    [head.to_vec(), names.to_ascii_lowercase()].concat()
}

/// Whether strings begin as these do.
fn begins(whole: &[u8], part: &[u8]) -> bool {
    let letters = |data: &[u8]| {
        let mut rest = data;
        let mut letters = Vec::new();
        while let Some((&length, behind)) = rest.split_first() {
            let (string, behind) = behind.split_at(usize::from(length).min(behind.len()));
            letters.extend_from_slice(string);
            rest = behind;
        }
        letters
    };
    letters(whole).starts_with(&letters(part))
}

#[cfg(test)]
mod tests {
    use super::{super::questions::Question, *};

    #[test]
    fn whatever_differs_is_told() {
        let asked = Asked {
            servers: &[],
            question: Question::Name(1, "a.example".to_owned()),
            expected: "answers 1 udp whole",
        };
        let dig = Dig::read(
            ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; ANSWER SECTION:\n\
             a.example. 300 CLASS1 TYPE1 \\# 4 C0000201\n",
        );
        for (line, fault) in [
            ("answers 300 0 1 0 udp whole c0000201", None),
            ("answers 300 0 1 0 udp whole c0000202", Some("dig's data")),
            ("answers 300 0 1 0 udp whole", Some("the report")),
            (
                "answers 299 0 1 0 udp whole c0000201",
                Some("dig's seconds"),
            ),
            (
                "answers 300 1 1 0 udp whole c0000201",
                Some("dig's aliases"),
            ),
            ("answers 300 0 2 0 udp whole c0000201", None),
            (
                "answers 300 0 1 3 udp whole c0000201",
                Some("datagrams ignored"),
            ),
            ("answers 300 0 1 0 tcp whole c0000201", Some("the report")),
            ("no-data 300 0 1 0 udp whole", Some("the report")),
        ] {
            let report = Report::read(line).unwrap();
            let faults = faults(Server::Bind, &asked, &report, &dig);
            let first = faults.first().and_then(|fault| fault.split(':').next());
            assert_eq!(first, fault, "{line}");
        }
    }

    #[test]
    fn case_counts_in_texts_and_preferences_only() {
        assert_eq!(folded(MX, b"\0A\x01A\0"), b"\0A\x01a\0");
        assert_eq!(folded(5, b"\x01A\0"), b"\x01a\0");
        assert_eq!(folded(TXT, b"\x01A"), b"\x01A");
    }

    #[test]
    fn the_beginning_of_a_text() {
        assert!(begins(b"\x02ab\x02cd", b"\x02ab\x01c"));
        assert!(!begins(b"\x02ab\x02cd", b"\x02ab\x01d"));
    }
}
