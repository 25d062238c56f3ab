//! A run on one page, to be read before anything is sent: no script, nothing from elsewhere.
//!
//! The page speaks to the operator, in English as the program does; the letters keep their
//! languages.

use std::fmt::Write as _;

use super::{File, Sheet};
use crate::{
    letters::State,
    output::{minute, timestamp},
    words::counted,
};

/// How the page looks, in light and dark.
const STYLE: &str = include_str!("preview.css");

/// What the page may load: its own style and nothing else, whatever a letter quotes.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Addresses that a row of the contents names. The rest is counted.
const ADDRESSES_SHOWN_MAX: usize = 3;

/// The page of a run.
pub(super) fn file(sheets: &[Sheet<'_>]) -> File {
    let mut page = String::with_capacity(64 * 1024);
    page.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let _ = writeln!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>Letters before they are sent</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body id=\"top\">"
    );
    opening(&mut page, sheets);
    contents(&mut page, sheets);
    page.push_str("<main>\n");
    for sheet in sheets {
        letter(&mut page, sheet);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    File::of_run("preview.html", page.into_bytes())
}

fn opening(page: &mut String, sheets: &[Sheet<'_>]) {
    let written = sheets.first().map(|sheet| {
        format!(
            "Written on {} by the profile “{}”. ",
            minute(timestamp(sheet.facts.written)),
            escaped(&sheet.profile.name)
        )
    });
    let _ = write!(
        page,
        "<header>\n<h1>{}</h1>\n<p class=\"lead\">{}Nothing on this page has been sent.</p>\n\
         <ul class=\"counts\" aria-label=\"How far the letters are\">\n",
        counted(sheets.len(), "letter", "letters"),
        written.unwrap_or_default()
    );
    for state in State::ALL {
        let count = sheets
            .iter()
            .filter(|it| it.letter.state() == state)
            .count();
        let word = state.as_str();
        let none = if count == 0 { " none" } else { "" };
        let _ = writeln!(page, "<li class=\"state {word}{none}\">{count} {word}</li>");
    }
    page.push_str("</ul>\n</header>\n");
}

fn contents(page: &mut String, sheets: &[Sheet<'_>]) {
    page.push_str(
        "<nav aria-label=\"Contents\">\n\
         <div class=\"wide\" role=\"region\" aria-label=\"Table of contents\" tabindex=\"0\">\n\
         <table>\n<caption>Contents</caption>\n<thead><tr>",
    );
    for head in ["Letter", "To", "Servers", "Verdict", "Language", "State"] {
        let _ = write!(page, "<th scope=\"col\">{head}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for sheet in sheets {
        let letter = sheet.letter;
        let findings = &sheet.facts.findings;
        let mut servers: Vec<String> = findings
            .iter()
            .take(ADDRESSES_SHOWN_MAX)
            .map(|finding| finding.endpoint.to_string())
            .collect();
        if findings.len() > ADDRESSES_SHOWN_MAX {
            servers.push(format!("and {} more", findings.len() - ADDRESSES_SHOWN_MAX));
        }
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\"><a href=\"#{id}\">{reference}</a></th><td>{to}</td>\
             <td class=\"addresses\">{servers}</td><td>{verdicts}</td><td>{language}</td>\
             <td>{state}{faults}</td></tr>",
            id = id(sheet),
            reference = escaped(&letter.reference),
            to = recipient(sheet),
            servers = servers.join("<br>"),
            verdicts = super::verdicts(sheet).join("<br>"),
            language = language(sheet),
            state = badge(letter.state()),
            faults = match letter.faults.len() {
                0 => String::new(),
                count => format!(" {}", counted(count, "fault", "faults")),
            },
        );
    }
    page.push_str("</tbody>\n</table>\n</div>\n</nav>\n");
}

fn letter(page: &mut String, sheet: &Sheet<'_>) {
    let letter = sheet.letter;
    let id = id(sheet);
    let tag = letter.edition.first.tag();
    let _ = write!(
        page,
        "<article id=\"{id}\" aria-labelledby=\"{id}-subject\">\n<header>\n\
         <h2 id=\"{id}-subject\"><span class=\"reference\">{reference}</span> \
         <span lang=\"{tag}\">{subject}</span></h2>\n\
         <dl>\n<dt>State</dt><dd>{state}</dd>\n<dt>To</dt><dd>{to}</dd>\n\
         <dt>Language</dt><dd>{language}</dd>\n<dt>Verdict</dt><dd>{verdicts}</dd>\n",
        reference = escaped(&letter.reference),
        subject = escaped(&letter.subject),
        state = badge(letter.state()),
        to = recipient(sheet),
        language = language(sheet),
        verdicts = super::verdicts(sheet).join(", "),
    );
    let drafts: Vec<String> = letter
        .drafts
        .iter()
        .map(|it| it.as_str().to_owned())
        .collect();
    let faults: Vec<String> = letter.faults.iter().map(ToString::to_string).collect();
    for (label, reasons) in [("Draft because", drafts), ("Faults", faults)] {
        if reasons.is_empty() {
            continue;
        }
        let _ = write!(page, "<dt>{label}</dt><dd><ul>");
        for reason in reasons {
            let _ = write!(page, "<li>{}</li>", escaped(&reason));
        }
        page.push_str("</ul></dd>\n");
    }
    let _ = write!(
        page,
        "</dl>\n</header>\n<pre lang=\"{tag}\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-subject\">{}</pre>\n\
         <p class=\"back\"><a href=\"#top\">Back to the contents</a></p>\n</article>\n",
        escaped(&letter.text)
    );
}

fn badge(state: State) -> String {
    let word = state.as_str();
    format!("<span class=\"state {word}\">{word}</span>")
}

fn recipient(sheet: &Sheet<'_>) -> String {
    match &sheet.letter.recipient {
        Some(recipient) => escaped(recipient),
        None => "nobody yet: the list has no contact".to_owned(),
    }
}

fn language(sheet: &Sheet<'_>) -> String {
    let names: Vec<&str> = sheet
        .letter
        .edition
        .languages()
        .map(|it| it.name())
        .collect();
    names.join(" and ")
}

/// Reference and languages, which are letters, digits, `-`, `+` and `.`.
fn id(sheet: &Sheet<'_>) -> String {
    let letter = sheet.letter;
    format!("{}.{}", letter.reference, letter.edition).replace('+', "-")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text() {
        assert_eq!(
            escaped("<b onclick=\"x('y')\">&amp;</b>"),
            "&lt;b onclick=&quot;x(&#39;y&#39;)&quot;&gt;&amp;amp;&lt;/b&gt;"
        );
    }
}
