//! Why a link did not carry a scan to its end, for people.

use jiff::Timestamp;
use probe_core::frame::message::Denial;

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
    let name = format!("--link {link}");
    let problem =
        |found: String, expected: &str| Problem::new(Place::named(name.as_str()), found, expected);
    match error {
        LinkError::Unusable(why) => Failure::input(problem(why, "a link that can be used so")),
        LinkError::NotThere(error) => Failure::Appliance(
            problem(
                format!("no appliance there: {error}"),
                "the serial port, or its socket, of an appliance that runs",
            )
            .next("start the appliance, and see that the path is its own"),
        ),
        LinkError::NotTrusted => Failure::input(not_trusted(link)),
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
        LinkError::Session(SessionError::Denied(denial)) => {
            Failure::Appliance(denied(link, denial))
        }
        LinkError::Session(SessionError::Busy) => Failure::Appliance(
            problem(
                "the appliance is busy with a scan under another scope".to_owned(),
                "an appliance that is free",
            )
            .next("scan under that scope to take over from whoever began, or press the appliance's button"),
        ),
    }
}

/// Why a link to an appliance failed on a visit, and what to do about it.
pub(in crate::cli) fn of_link(link: &Link, error: LinkError) -> Failure {
    let place = || Place::named(format!("--link {link}"));
    match error {
        LinkError::Unusable(why) => {
            Failure::input(Problem::new(place(), why, "a link that can be used so"))
        }
        LinkError::NotThere(error) => Failure::Appliance(
            Problem::new(
                place(),
                format!("no appliance there: {error}"),
                "the serial port, its socket, or the link port of an appliance that runs",
            )
            .next("start the appliance, and see that the path or address is its own"),
        ),
        LinkError::NotTrusted => Failure::input(not_trusted(link)),
        LinkError::Session(SessionError::Store(error)) => Failure::Store(error),
        LinkError::Session(SessionError::NoAnswer) => Failure::Appliance(Problem::new(
            place(),
            "no appliance answered",
            "an appliance that says who it is",
        )),
        LinkError::Session(SessionError::Format(format)) => Failure::Appliance(Problem::new(
            place(),
            format!("the appliance speaks format {format}"),
            "an appliance of this version",
        )),
        LinkError::Session(SessionError::Denied(denial)) => {
            Failure::Appliance(denied(link, denial))
        }
        LinkError::Session(error) => Failure::Appliance(
            Problem::new(
                place(),
                match error {
                    SessionError::LinkEnded(why) => format!("the link ended: {why}"),
                    _ => "the appliance fell silent".to_owned(),
                },
                "an answer",
            )
            .next("try again: nothing was half done"),
        ),
        LinkError::Simulation { why, .. } => Failure::input(Problem::new(
            place(),
            why,
            "an appliance outside this program",
        )),
        LinkError::Strayed { .. } => Failure::input(Problem::new(
            place(),
            "frames have strayed",
            "an appliance outside this program",
        )),
    }
}

/// Whoever may say what is probed must have the appliance in hand, until the link is authenticated.
pub(in crate::cli) fn not_trusted(link: &Link) -> Problem {
    Problem::new(
        Place::named(format!("--link {link}")),
        "a scan, a scope and a set-up go over a serial link only, as the link over the network is not authenticated yet",
        "serial:PATH, or unix:PATH for an appliance in QEMU",
    )
    .next("connect the appliance's serial port, or fetch what it has found with `postern appliance collect`")
}

/// What an appliance does not do for a host that calls over the network.
fn denied(link: &Link, denial: Denial) -> Problem {
    let place = Place::named(format!("--link {link}"));
    match denial {
        Denial::Busy => Problem::new(
            place,
            "the appliance speaks with a host on its serial link",
            "an appliance whose serial link nobody uses",
        )
        .next("try again later, or fetch what it has found there"),
        other => Problem::new(
            place,
            format!(
                "the appliance takes no `{}` over the network",
                other.as_str()
            ),
            "serial:PATH, or unix:PATH for an appliance in QEMU",
        ),
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
