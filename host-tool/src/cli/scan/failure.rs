//! Why a link did not carry a scan to its end, for people.

use jiff::Timestamp;

use crate::{
    cli::args::Scan as Args,
    exit::Failure,
    link::{Link, LinkError},
    output::counted,
    problem::{Place, Problem},
    session::SessionError,
};

/// Why a link failed, and what to do about it.
pub(super) fn explain(args: &Args, link: &Link, began: Timestamp, error: LinkError) -> Failure {
    let name = match link {
        Link::Sim => "--link sim".to_owned(),
        Link::Scenario(file) => format!("--link sim:{}", file.display()),
        Link::Direct => "--link direct".to_owned(),
        #[cfg(unix)]
        Link::Unix(path) => format!("--link unix:{}", path.display()),
    };
    let problem =
        |found: String, expected: &str| Problem::new(Place::named(name.as_str()), found, expected);
    match error {
        LinkError::Unusable(why) => Failure::input(problem(why, "a link that can be used so")),
        LinkError::NotThere(error) => Failure::Appliance(
            problem(
                format!("no appliance there: {error}"),
                "the socket of an appliance that runs",
            )
            .next("start the appliance, and see that the path is its own"),
        ),
        LinkError::Simulation { seed, why } => Failure::input(
            problem(why, "a simulation that comes to its end").next(format!(
                "report it with what replays it: {}",
                replay(args, began, seed)
            )),
        ),
        LinkError::Strayed { seed, total, told } => {
            let frames = counted(
                usize::try_from(total).unwrap_or(usize::MAX),
                "frame",
                "frames",
            );
            let found = format!(
                "seed {seed}: {frames} left the device outside the scope: {}{}",
                told.join("; "),
                if total > told.len() as u64 {
                    "; …"
                } else {
                    ""
                },
            );
            Failure::input(
                problem(
                    found,
                    "no frame outside the scope: this is a fault of postern",
                )
                .next(format!(
                    "report it with what replays it: {}",
                    replay(args, began, seed)
                )),
            )
        }
        LinkError::Session(SessionError::Store(error)) => Failure::Store(error),
        LinkError::Session(SessionError::ScopeRefused(error)) => Failure::input(problem(
            format!("the appliance refuses the scope: {error:?}"),
            "a scope that `postern scope check` accepts",
        )),
        LinkError::Session(SessionError::NoAnswer) => Failure::Appliance(problem(
            "no appliance answered".to_owned(),
            "an appliance that says who it is",
        )),
        LinkError::Session(SessionError::LinkEnded(why)) => Failure::Appliance(
            problem(
                format!("the link ended: {why}"),
                "a link to the end of the scan",
            )
            .next("scan again: what was found is stored"),
        ),
        LinkError::Session(SessionError::Silent) => Failure::Appliance(
            problem(
                "the appliance fell silent".to_owned(),
                "news of the scan every second",
            )
            .next("scan again: what was found is stored"),
        ),
        LinkError::Session(SessionError::Format(format)) => Failure::Appliance(problem(
            format!("the appliance speaks format {format}"),
            "an appliance of this version",
        )),
        LinkError::Session(SessionError::Busy) => Failure::Appliance(problem(
            "the appliance is busy with a scan under another scope".to_owned(),
            "an appliance that is free",
        )),
    }
}

/// The command that runs the same simulation again. The seed may be the scenario's, or nobody's, so it
/// is always said.
fn replay(args: &Args, began: Timestamp, seed: u64) -> String {
    let mut words = vec!["postern scan --link".to_owned()];
    words.push(quoted(args.link.as_deref().unwrap_or("sim")));
    words.push(format!("--seed {seed}"));
    words.push(format!("--clock {began}"));
    if let Some(scope) = &args.scope {
        words.push(format!("--scope {}", quoted(&scope.to_string_lossy())));
    }
    for list in &args.targets {
        words.push(format!("--targets {}", quoted(&list.to_string_lossy())));
    }
    if let Some(depth) = args.depth {
        words.push(format!("--depth {}", depth.as_str()));
    }
    words.extend(args.suspects.iter().map(|suspect| quoted(suspect)));
    words.join(" ")
}

/// `word` as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:,=+@".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Args as All, Command};

    fn told(error: LinkError) -> String {
        let words = "postern scan --link sim --scope scope.toml --depth quick \
                     --targets LIST [2001:db8::1]:25";
        let words = words
            .split_whitespace()
            .map(|word| word.replace("LIST", "our list.csv"));
        let Command::Scan(args) = All::parse_from(words).command else {
            panic!("a scan");
        };
        let began = "2026-11-20T09:00:00Z".parse().unwrap();
        let failure = explain(&args, &Link::Sim, began, error);
        assert_eq!(failure.exit(), crate::exit::Exit::Usage);
        failure.to_string()
    }

    const REPLAY: &str = "  next: report it with what replays it: postern scan --link sim --seed 9 \
                          --clock 2026-11-20T09:00:00Z --scope scope.toml \
                          --targets 'our list.csv' --depth quick '[2001:db8::1]:25'";

    #[test]
    fn a_stray_frame_names_the_seed_and_the_command_that_replays_it() {
        let strayed = LinkError::Strayed {
            seed: 9,
            total: 2,
            told: vec!["1.5s: TCP to 10.0.0.1:25".to_owned()],
        };
        assert_eq!(
            told(strayed),
            format!(
                "--link sim: seed 9: 2 frames left the device outside the scope: \
                 1.5s: TCP to 10.0.0.1:25; …\n  \
                 expected: no frame outside the scope: this is a fault of postern\n{REPLAY}"
            )
        );
    }

    #[test]
    fn a_simulation_that_fails_names_the_command_that_replays_it() {
        let livelock = LinkError::Simulation {
            seed: 9,
            why: "seed 9: livelock at 3s".to_owned(),
        };
        assert_eq!(
            told(livelock),
            format!(
                "--link sim: seed 9: livelock at 3s\n  \
                 expected: a simulation that comes to its end\n{REPLAY}"
            )
        );
    }
}
