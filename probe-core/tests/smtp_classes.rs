//! What real servers say, and what it means: the table is `smtp_classes.txt`.

use probe_core::smtp::{Class, ReplyParser, Step};

struct Row {
    line: usize,
    step: Step,
    class: String,
    reply: String,
}

fn rows() -> Vec<Row> {
    include_str!("smtp_classes.txt")
        .lines()
        .enumerate()
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
        .map(|(line, text)| {
            let (step, rest) = text.split_once(' ').expect("step, class, reply");
            let (class, reply) = rest.trim_start().split_once(' ').expect("class, reply");
            Row {
                line: line + 1,
                step: step_of(step),
                class: class.into(),
                reply: reply.trim_start().into(),
            }
        })
        .collect()
}

fn step_of(word: &str) -> Step {
    match word {
        "GREETING" => Step::Greeting,
        "EHLO" => Step::Ehlo,
        "HELO" => Step::Helo,
        "MAIL" => Step::Mail,
        "RCPT" => Step::Rcpt,
        "RSET" => Step::Rset,
        "STARTTLS" => Step::StartTls,
        "QUIT" => Step::Quit,
        _ => panic!("no such step: {word}"),
    }
}

fn class_of(step: Step, reply: &str) -> Class {
    let stream = format!("{}\r\n", reply.replace(" | ", "\r\n"));
    let mut parser = ReplyParser::new();
    let reply = parser.push(step, &mut stream.as_bytes());
    reply.expect("a whole reply").class
}

#[test]
fn replies_mean_what_their_servers_mean() {
    let rows = rows();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let class = class_of(row.step, &row.reply).as_str();
            (class != row.class).then(|| {
                format!(
                    "smtp_classes.txt:{}: is {class}, should be {}: {}",
                    row.line, row.class, row.reply
                )
            })
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[test]
fn letter_case_changes_no_meaning() {
    for row in rows().iter().filter(|row| row.reply.is_ascii()) {
        for reply in [
            row.reply.to_ascii_uppercase(),
            row.reply.to_ascii_lowercase(),
        ] {
            assert_eq!(class_of(row.step, &reply).as_str(), row.class, "{reply}");
        }
    }
}
