//! `cargo xtask lab status`: what runs, where, and what it says first.

use std::{
    io::{self, Write as _},
    net::IpAddr,
    process::ExitCode,
};

use tinyjson::JsonValue;

use super::{addresses, greeting, link, plan::SCANNERS, postgrey, postsrsd, process, resolver};
use crate::{
    failure::{Failure, Result},
    machine,
};

/// One address of one server.
struct Row {
    name: &'static str,
    process: Option<i32>,
    address: IpAddr,
    greeting: Option<String>,
}

/// Prints the table, or JSON. Succeeds when every server greets on every address.
pub(super) fn show(json: bool) -> Result<ExitCode> {
    if !machine::is_root() {
        return Err(Failure::new("looking into network namespaces needs root")
            .next("sudo --preserve-env=PATH cargo xtask lab status"));
    }
    let rows = rows();
    let text = if json {
        json_of(&rows)
    } else {
        table_of(&rows)
    };
    // Whoever reads only the first lines has closed the pipe, and that is all right.
    let _ = io::stdout().write_all(text.as_bytes());
    let well = rows
        .iter()
        .all(|row| row.process.is_some() && row.greeting.is_some());
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn json_of(rows: &[Row]) -> String {
    let objects: Vec<_> = rows.iter().map(Row::to_json).collect();
    format!("[{}]\n", objects.join(",\n "))
}

fn table_of(rows: &[Row]) -> String {
    let mut lines: Vec<_> = rows.iter().map(Row::to_line).collect();
    for name in [resolver::NAME, postgrey::NAME, postsrsd::NAME] {
        let process = describe_process(process::alive(name));
        lines.push(format!("{name:<17}  {process}"));
    }
    for scanner in SCANNERS {
        let name = link::process_name(scanner);
        let process = process::alive(&name);
        let counters = process.map_or_else(String::new, |_| link::counters(scanner));
        lines.push(format!(
            "{name:<17}  {:<15}  {counters}",
            describe_process(process)
        ));
    }
    lines.join("\n") + "\n"
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for server in super::all() {
        let process = process::alive(server.name);
        for address in addresses(server) {
            let greeting = process.and_then(|_| greeting::read(address));
            rows.push(Row {
                name: server.name,
                process,
                address,
                greeting,
            });
        }
    }
    rows
}

impl Row {
    fn to_line(&self) -> String {
        format!(
            "{:<17}  {:<15}  {:<17}  {}",
            self.name,
            describe_process(self.process),
            self.address.to_string(),
            self.greeting.as_deref().unwrap_or("no greeting")
        )
    }

    /// Members in a fixed order, which the library's objects do not keep.
    fn to_json(&self) -> String {
        let address = self.address.to_string();
        format!(
            r#"{{"name":{},"process":{},"address":{},"greeting":{}}}"#,
            quoted(Some(self.name)),
            self.process
                .map_or_else(|| "null".to_owned(), |pid| pid.to_string()),
            quoted(Some(&address)),
            quoted(self.greeting.as_deref())
        )
    }
}

fn quoted(text: Option<&str>) -> String {
    let value = text.map_or(JsonValue::Null, |text| JsonValue::String(text.to_owned()));
    value.stringify().expect("strings and null have a form")
}

fn describe_process(process: Option<i32>) -> String {
    process.map_or_else(|| "not running".to_owned(), |pid| format!("process {pid}"))
}
