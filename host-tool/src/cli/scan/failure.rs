//! Why a link did not carry a scan to its end, for people.

use crate::{
    exit::Failure,
    link::{Link, LinkError},
    problem::{Place, Problem},
    session::SessionError,
};

/// Why a link failed, and what to do about it.
pub(super) fn explain(link: &Link, error: LinkError) -> Failure {
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
