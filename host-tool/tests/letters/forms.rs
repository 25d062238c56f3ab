//! The forms of letters: what a mail program, a spreadsheet, a browser and another program get.

use std::collections::BTreeMap;

use host_tool::letters::{
    Language, Letter, Profile,
    form::{File, Form, Sheet},
    model::{FindingFacts, LetterFacts, Listing},
    render,
};
use serde_json::Value;

use crate::{facts, refused::own};

/// A letter with everything that its forms need.
pub(crate) struct Written {
    pub facts: LetterFacts,
    pub profile: Profile,
    pub letter: Letter,
}

impl Written {
    pub(crate) fn new(findings: Vec<FindingFacts>, language: Language, profile: Profile) -> Self {
        let facts = facts::letter("A-1", language, findings);
        let letter = render(&facts, language, &profile).unwrap();
        Self {
            facts,
            profile,
            letter,
        }
    }

    pub(crate) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            letter: &self.letter,
            facts: &self.facts,
            profile: &self.profile,
            follows: None,
        }
    }

    pub(crate) fn files(&self, form: Form) -> Vec<File> {
        form.of_letter(&self.sheet()).unwrap()
    }

    fn mail(&self) -> Mail {
        Mail::read(&self.files(Form::Eml)[0])
    }

    pub(crate) fn reports(&self) -> Vec<Value> {
        let files = self.files(Form::Xarf);
        let parsed = files.iter().map(|it| serde_json::from_slice(&it.octets));
        parsed.collect::<Result<_, _>>().unwrap()
    }
}

fn example() -> Profile {
    Profile::load("example-cert").unwrap()
}

pub(crate) fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

/// The top headers of a mail, unfolded, and the rest.
struct Mail {
    headers: Vec<(String, String)>,
    whole: String,
}

impl Mail {
    fn read(file: &File) -> Self {
        let whole = String::from_utf8(file.octets.clone()).unwrap();
        let (head, _) = whole.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let headers = unfolded.split("\r\n").map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_owned(), value.trim().to_owned())
        });
        Self {
            headers: headers.collect(),
            whole,
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(it, _)| it == name);
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        first
    }
}

#[test]
fn a_mail_has_every_header() {
    let written = Written::new(vec![facts::suspected(25)], Language::Pl, own());
    assert_eq!(names(&written.files(Form::Eml)), ["A-1.pl.eml"]);
    let mail = written.mail();
    for (name, value) in [
        ("Date", Some("Sat, 21 Nov 2026 09:30:00 +0000")),
        ("To", Some("<abuse@hosting.example>")),
        ("Message-ID", Some("<A-1.pl@cert.gov.pl>")),
        ("Auto-Submitted", Some("auto-generated")),
        ("Content-Language", Some("pl")),
        ("MIME-Version", Some("1.0")),
        ("In-Reply-To", None),
        ("References", None),
        ("X-Postern-Not-Ready", None),
    ] {
        assert_eq!(mail.header(name), value, "{name}");
    }
    for name in ["From", "Reply-To"] {
        let value = mail.header(name).unwrap();
        assert!(value.ends_with("<notices@cert.gov.pl>"), "{name}: {value}");
    }
    assert!(mail.header("Subject").unwrap().starts_with("=?utf-8?"));
    assert!(
        mail.header("Content-Type")
            .unwrap()
            .starts_with("multipart/mixed; boundary=")
    );
}

#[test]
fn a_mail_keeps_to_the_lines_of_mail() {
    for language in Language::ALL {
        let findings = vec![facts::confirmed(1), facts::suspected(2)];
        let written = Written::new(findings, language, own());
        let mail = written.mail();
        assert_eq!(mail.whole, written.mail().whole, "the same octets again");
        assert!(mail.whole.is_ascii());
        assert!(!mail.whole.replace("\r\n", "").contains(['\r', '\n']));
        for line in mail.whole.split("\r\n") {
            assert!(line.len() <= 78, "{language}: {line}");
        }
        let attachments = mail
            .whole
            .matches("Content-Disposition: attachment")
            .count();
        assert_eq!(attachments, 3, "{language}");
        for name in ["A-1.csv", "A-1.1.xarf.json", "A-1.2.xarf.json"] {
            assert!(mail.whole.contains(&format!("filename=\"{name}\"")));
        }
    }
}

#[test]
fn a_draft_has_no_recipient_and_says_why() {
    let findings = || vec![facts::suspected(25)];
    let draft = Written::new(findings(), Language::Pl, example());
    let mut nobody = facts::letter("A-1", Language::Pl, findings());
    nobody.recipient.contact = Some("not an address".into());
    let faulty = Written {
        letter: render(&nobody, Language::Pl, &own()).unwrap(),
        facts: nobody,
        profile: own(),
    };
    for (written, name, why) in [
        (
            &draft,
            "A-1.pl.draft.eml",
            "example-sender, language-not-approved",
        ),
        (&faulty, "A-1.pl.faulty.eml", "faults"),
    ] {
        assert_eq!(names(&written.files(Form::Eml)), [name]);
        let mail = written.mail();
        assert_eq!(mail.header("To"), None);
        assert_eq!(mail.header("X-Postern-Not-Ready"), Some(why));
    }
}

#[test]
fn a_letter_of_history_is_from_nobody_and_reports_nothing() {
    let profile = Profile::load("ftc-2003").unwrap();
    let written = Written::new(vec![facts::suspected(25)], Language::Pl, profile);
    assert_eq!(names(&written.files(Form::Eml)), ["A-1.pl.draft.eml"]);
    let mail = written.mail();
    for name in ["From", "Reply-To"] {
        let value = mail.header(name).unwrap();
        assert!(value.ends_with("<nobody@historic.invalid>"), "{value}");
    }
    assert_eq!(mail.header("To"), None);
    assert_eq!(mail.header("X-Postern-Not-Ready"), Some("historic"));
    let identifier = mail.header("Message-ID");
    assert_eq!(identifier, Some("<A-1.pl@historic.invalid>"));
    assert_eq!(written.files(Form::Xarf), []);
}

#[test]
fn a_mail_without_a_contact_has_no_recipient() {
    let mut facts = facts::letter("A-1", Language::En, vec![facts::suspected(25)]);
    facts.recipient.contact = None;
    let written = Written {
        letter: render(&facts, Language::En, &own()).unwrap(),
        facts,
        profile: own(),
    };
    assert!(written.letter.is_ready());
    assert_eq!(written.mail().header("To"), None);
}

#[test]
fn a_reminder_belongs_to_its_letter() {
    let written = Written::new(vec![facts::suspected(25)], Language::En, own());
    let sheet = Sheet {
        follows: Some("A-1.en@cert.gov.pl"),
        ..written.sheet()
    };
    let mail = Mail::read(&Form::Eml.of_letter(&sheet).unwrap()[0]);
    for name in ["In-Reply-To", "References"] {
        assert_eq!(mail.header(name), Some("<A-1.en@cert.gov.pl>"), "{name}");
    }
}

#[test]
fn tables_are_as_they_were_read() {
    let findings = vec![facts::confirmed(1), facts::suspected(2)];
    let written = Written::new(findings, Language::En, own());
    golden("findings.csv", &written.files(Form::Csv)[0].octets);
    let run = Form::Csv.of_run(&[written.sheet()]).unwrap();
    golden("letters.csv", &run[0].octets);
}

pub(crate) fn golden(name: &str, octets: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/forms")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, octets).unwrap();
    }
    let expected = std::fs::read(&path).unwrap_or_default();
    assert!(
        expected == octets,
        "{name} has changed; read it and run the test with UPDATE_GOLDEN=1"
    );
}

/// Rows by column.
pub(crate) fn table(file: &File) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(file.octets.as_slice());
    reader
        .deserialize()
        .collect::<Result<Vec<BTreeMap<String, String>>, _>>()
        .unwrap()
}

#[test]
fn a_spreadsheet_gets_a_row_for_each_finding() {
    let mut listed_twice = facts::suspected(2);
    listed_twice.listings.push(Listing {
        by: "=cmd|' /C calc'!A0".into(),
        on: None,
        since: None,
        code: None,
    });
    listed_twice.host_name = Some("=1+1".into());
    let written = Written::new(vec![facts::confirmed(1), listed_twice], Language::En, own());
    let files = written.files(Form::Csv);
    assert_eq!(names(&files), ["A-1.csv"]);
    let rows = table(&files[0]);
    let cell = |row: usize, column: &str| rows[row][column].as_str();
    for (row, column, value) in [
        (0, "reference", "A-1"),
        (0, "address", "192.0.2.1"),
        (0, "verdict", "confirmed"),
        (0, "returned_from", "198.51.100.1"),
        (0, "listed_by", ""),
        (1, "host", "'=1+1"),
        (1, "listed_by", "relays.dnsbl.example; =cmd|' /C calc'!A0"),
        (1, "listed_on", "2026-11-01; "),
        (1, "last_seen", "2026-11-21T08:44:00Z"),
        (1, "forms_accepted", "2"),
        (1, "caveats", "path-unverified"),
    ] {
        assert_eq!(cell(row, column), value, "{column}");
    }
    let text = String::from_utf8(files[0].octets.clone()).unwrap();
    assert_eq!(text.matches("\r\n").count(), 3);
    assert_eq!(text.matches('\n').count(), 3);
}

#[test]
fn a_run_is_a_table_and_a_page() {
    let ready = Written::new(vec![facts::confirmed(1)], Language::Pl, own());
    let mut hostile = facts::letter("A-2", Language::En, vec![facts::suspected(2)]);
    hostile.recipient.organisation = Some("</pre><script src=//x.example>&\"'".into());
    let faulty = Written {
        letter: render(&hostile, Language::En, &own()).unwrap(),
        facts: hostile,
        profile: own(),
    };
    let sheets = [ready.sheet(), faulty.sheet()];

    let files = Form::Csv.of_run(&sheets).unwrap();
    assert_eq!(names(&files), ["letters.csv"]);
    let rows = table(&files[0]);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0]["state"].as_str(), rows[0]["why"].as_str()),
        ("ready", "")
    );
    assert_eq!(rows[1]["state"], "faulty");
    assert!(rows[1]["why"].contains("quotation"), "{}", rows[1]["why"]);
    assert_eq!(rows[0]["addresses"], "192.0.2.1:25");

    let files = Form::Html.of_run(&sheets).unwrap();
    assert_eq!(names(&files), ["preview.html"]);
    let page = String::from_utf8(files[0].octets.clone()).unwrap();
    for (text, times) in [
        ("<article id=", 2),
        ("href=\"#A-1.pl\"", 1),
        ("id=\"A-1.pl\"", 1),
        ("<pre lang=\"pl\"", 1),
        // In the head of the letter, in its faults, and in the list's own row.
        ("&lt;/pre&gt;&lt;script src=//x.example&gt;&amp;", 3),
        ("<script", 0),
        (" src=", 0),
        ("<link", 0),
        ("<img", 0),
        ("url(", 0),
        ("@import", 0),
        ("<li class=\"state ready\">1 ready</li>", 1),
        ("<li class=\"state faulty\">1 faulty</li>", 1),
        ("prefers-color-scheme: dark", 1),
    ] {
        let shown = page.replace("script src=//x.example&gt;", "");
        let page = if times == 0 { &shown } else { &page };
        assert_eq!(page.matches(text).count(), times, "{text}");
    }
    let links = page.matches("href=\"").count();
    assert_eq!(
        links,
        page.matches("href=\"#").count(),
        "only within the page"
    );
}

#[test]
fn a_form_of_the_run_is_none_of_a_letter() {
    let written = Written::new(vec![facts::suspected(1)], Language::En, own());
    let sheet = written.sheet();
    for (form, letter, run) in [
        (Form::Text, 1, 0),
        (Form::Eml, 1, 0),
        (Form::Csv, 1, 1),
        (Form::Html, 0, 1),
        (Form::Xarf, 1, 0),
    ] {
        assert_eq!(form.of_letter(&sheet).unwrap().len(), letter, "{form}");
        assert_eq!(form.of_run(&[sheet]).unwrap().len(), run, "{form}");
    }
}
