//! `postern scope`.

use probe_core::token::Key;

use crate::{
    cli::{
        args::{Scope, ScopeCheck},
        now, open_store, site, store_path,
    },
    exit::{Exit, Failure},
    key_file, output,
    scope_file::{self, describe, example},
    site::{Outcome, sources, worst},
    store::Store as _,
};

/// Writes an example, or checks a file.
pub(super) fn run(command: &Scope) -> Result<Exit, Failure> {
    match command {
        Scope::New { file } => {
            example::write(file, now()).map_err(Failure::input)?;
            let name = file.display();
            super::print(&format!(
                "{name} is written. Fill in what is empty, then run: postern scope check {name}\n"
            ))?;
            Ok(Exit::Done)
        }
        Scope::Check(args) => check(args),
    }
}

/// Checks the file, and then our names and addresses, where the scope says whom to ask.
fn check(args: &ScopeCheck) -> Result<Exit, Failure> {
    let scope = scope_file::read(&args.file, now())?;
    let described = describe::text(&scope, now());
    if args.offline {
        super::print(&described)?;
        return Ok(Exit::Done);
    }
    let key = key(args)?;
    if !args.json {
        super::print(&described)?;
    }
    let sources = sources(&scope, true);
    let for_whom = output::site::sources(&sources);
    let checks = site::check(&scope.scope, sources, key)?;
    if args.json {
        let lines: String = checks.iter().map(output::site::json).collect();
        super::print(&lines)?;
    } else {
        let asked = match scope.scope.identity.resolver {
            Some(resolver) => format!("asked of {resolver}, for {for_whom}"),
            None => "nobody was asked".to_owned(),
        };
        let table = output::site::text(&checks, output::width());
        super::print(&format!("\n{:<12}{asked}\n\n{table}", "our names"))?;
    }
    let has_asked = scope.scope.identity.resolver.is_some();
    Ok(match worst(&checks) {
        Outcome::Failed => Exit::Matched,
        // Nobody was to be asked: only the file was checked.
        Outcome::NotMade if has_asked => Exit::Matched,
        Outcome::NotMade | Outcome::NotNeeded | Outcome::Passed => Exit::Done,
    })
}

/// The key that the sink is known by: that of `--key`, or else that of a store that is there.
fn key(args: &ScopeCheck) -> Result<Option<Key>, Failure> {
    if let Some(file) = &args.key {
        return key_file::read(file).map(Some).map_err(Failure::input);
    }
    let is_there = match store_path(&args.store) {
        Ok(path) => path.exists(),
        Err(_) => false,
    };
    if !is_there {
        return Ok(None);
    }
    let mut store = open_store(&args.store)?;
    store.key(now()).map(Some).map_err(Failure::Store)
}
