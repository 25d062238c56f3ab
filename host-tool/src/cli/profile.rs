//! `postern profile`.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use super::{args::Profile as Args, print};
use crate::{
    exit::{Exit, Failure},
    letters::{
        Language, Profile,
        model::{Basis, SubjectKind},
    },
    problem::{Place, Problem},
};

pub(super) fn run(command: &Args) -> Result<Exit, Failure> {
    match command {
        Args::New { file, from } => {
            let known = Profile::starting_points();
            let text = Profile::built_in_text(from).filter(|_| known.contains(&from.as_str()));
            let text = text.ok_or_else(|| {
                Failure::input(Problem::new(
                    Place::named(format!("--from {from}")),
                    "this is no starting point for a profile",
                    known.join(", "),
                ))
            })?;
            write(file, text).map_err(Failure::input)?;
            let name = file.display();
            print(&format!(
                "{name} is written. Put your own names in, then run: postern profile check {name}\n"
            ))?;
        }
        Args::Check { file } => {
            let profile = load(&file.display().to_string())?;
            print(&describe(&profile))?;
        }
    }
    Ok(Exit::Done)
}

/// Reads a built-in profile or a file.
pub(super) fn load(name_or_path: &str) -> Result<Profile, Failure> {
    Profile::load(name_or_path).map_err(|error| {
        use crate::letters::ProfileError;
        Failure::input(match error {
            ProfileError::Read {
                path,
                why,
                built_in,
            } => Problem::new(
                Place::named(path),
                format!("cannot be read: {why}"),
                format!(
                    "a profile's file, or the name of one that comes with the program ({built_in})"
                ),
            )
            .next("`postern profile new FILE` writes an example"),
            ProfileError::Line { origin, line, what } => {
                let (found, expected) = what.split_once("; expected ").map_or(
                    (what.as_str(), "what `postern profile new FILE` writes"),
                    |it| it,
                );
                Problem::new(
                    Place::named(origin).line(line as u64),
                    found.to_owned(),
                    expected.to_owned(),
                )
            }
        })
    })
}

fn write(file: &Path, text: &str) -> Result<(), Problem> {
    let problem = |error: std::io::Error| {
        let place = Place::file(file);
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            Problem::new(place, "the file is there already", "the name of a new file")
                .next("choose another name, or remove the file first")
        } else {
            Problem::new(place, format!("cannot be written: {error}"), "a new file")
        }
    };
    let mut new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(problem)?;
    new.write_all(text.as_bytes()).map_err(problem)
}

fn describe(profile: &Profile) -> String {
    let approved: Vec<&str> = profile
        .approved
        .iter()
        .map(|it: &Language| it.tag())
        .collect();
    let kinds: Vec<&str> = [
        (SubjectKind::Relay, "relays"),
        (SubjectKind::Proxy, "proxies"),
    ]
    .into_iter()
    .filter(|(kind, _)| profile.writes_about(*kind))
    .map(|(_, word)| word)
    .collect();
    let mut text = format!(
        "profile     {}\nsender      {}, {}, {}\nlanguages   {}\napproved    {}\nabout       {}\n\
         rests on    {}\n",
        profile.name,
        profile.sender.name,
        profile.sender.mail,
        profile.sender.phone.as_deref().unwrap_or("no telephone"),
        profile.languages().join(", "),
        if approved.is_empty() {
            "none: every letter carries the mark of a draft".to_owned()
        } else {
            approved.join(", ")
        },
        kinds.join(", "),
        match profile.basis {
            Basis::Tests => "our own tests, and the listings beside them",
            Basis::Listings => "listings alone: no letter says more than that it may be open",
            Basis::Historic => "listings alone, tested or not",
        },
    );
    if profile.is_historic() {
        text.push_str("historic    its letters show how letters once read, and are never sent\n");
    }
    if profile.is_example() {
        text.push_str(
            "draft       the sender has names that are reserved for documentation: \
             every letter carries the mark of a draft\n",
        );
    }
    text
}
