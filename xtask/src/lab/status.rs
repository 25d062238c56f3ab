//! `cargo xtask lab status`: what runs, where, and what it says first.

use std::{collections::HashMap, net::IpAddr, process::ExitCode};

use tinyjson::JsonValue;

use super::{
    addresses, greeting, link,
    plan::{SCANNERS, SERVERS},
    process, resolver,
};
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
    if json {
        let array = JsonValue::Array(rows.iter().map(Row::to_json).collect());
        let text = array
            .stringify()
            .map_err(|error| Failure::new(error.to_string()))?;
        println!("{text}");
    } else {
        for row in &rows {
            println!("{}", row.to_line());
        }
        println!(
            "{:<17}  {}",
            resolver::NAME,
            describe_process(process::alive(resolver::NAME))
        );
        for scanner in SCANNERS {
            let name = link::process_name(scanner);
            let process = process::alive(&name);
            let counters = process.map_or_else(String::new, |_| link::counters(scanner));
            println!("{name:<17}  {:<15}  {counters}", describe_process(process));
        }
    }
    let well = rows
        .iter()
        .all(|row| row.process.is_some() && row.greeting.is_some());
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for server in &SERVERS {
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

    fn to_json(&self) -> JsonValue {
        let text = |text: &str| JsonValue::String(text.to_owned());
        JsonValue::Object(HashMap::from([
            ("name".to_owned(), text(self.name)),
            ("address".to_owned(), text(&self.address.to_string())),
            (
                "process".to_owned(),
                self.process
                    .map_or(JsonValue::Null, |pid| JsonValue::Number(f64::from(pid))),
            ),
            (
                "greeting".to_owned(),
                self.greeting.as_deref().map_or(JsonValue::Null, text),
            ),
        ]))
    }
}

fn describe_process(process: Option<i32>) -> String {
    process.map_or_else(|| "not running".to_owned(), |pid| format!("process {pid}"))
}
