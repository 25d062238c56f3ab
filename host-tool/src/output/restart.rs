//! How an appliance's boot began, in a sentence.

use probe_core::restart::{Place, ResetCause, Restart};

/// What to say of a boot that followed a fault; of any other there is nothing to say.
pub(super) fn sentence(restart: &Restart) -> Option<String> {
    let what = match restart.cause {
        ResetCause::Panic => "after a panic",
        ResetCause::Fault => "after a fault of its processor",
        ResetCause::Overdue => "because a task was overdue",
        ResetCause::Watchdog => "by its watchdog",
        ResetCause::Unknown
        | ResetCause::PowerOn
        | ResetCause::BrownOut
        | ResetCause::ResetPin
        | ResetCause::Asked
        | ResetCause::Factory => return None,
    };
    let place = restart.place.as_ref().map(|of| place(restart.cause, of));
    let place = place.unwrap_or_default();
    Some(format!(
        "the appliance restarted {what}{place}; please report it"
    ))
}

fn place(cause: ResetCause, place: &Place) -> String {
    let (file, message) = (printable(&place.file), printable(&place.message));
    let mut text = match cause {
        ResetCause::Fault => format!(" at {:#010x}", place.line),
        ResetCause::Overdue => format!(" ({file} {})", place.line),
        _ => format!(" at {file}:{}", place.line),
    };
    if !message.is_empty() {
        text.push_str(&format!(": {message}"));
    }
    text
}

/// A text from the link on its way to a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_with_their_place_and_nothing_else_is() {
        let text = |text: &str| text.try_into().unwrap();
        let place = |file, line, message| {
            Some(Place {
                file: text(file),
                line,
                message: text(message),
            })
        };
        let table = [
            (
                ResetCause::Panic,
                place("firmware/src/net.rs", 300, "cannot \x1b[2Jbe"),
                "the appliance restarted after a panic at firmware/src/net.rs:300: cannot [2Jbe; please report it",
            ),
            (
                ResetCause::Panic,
                place("src/net.rs", 3, ""),
                "the appliance restarted after a panic at src/net.rs:3; please report it",
            ),
            (
                ResetCause::Fault,
                place("instruction", 0x0800_1234, ""),
                "the appliance restarted after a fault of its processor at 0x08001234; please report it",
            ),
            (
                ResetCause::Overdue,
                place("worker", 3, ""),
                "the appliance restarted because a task was overdue (worker 3); please report it",
            ),
            (
                ResetCause::Watchdog,
                None,
                "the appliance restarted by its watchdog; please report it",
            ),
        ];
        for (cause, place, told) in table {
            let restart = Restart {
                cause,
                restarts: 1,
                place,
            };
            assert_eq!(sentence(&restart).as_deref(), Some(told));
        }
        for cause in crate::words::all::<ResetCause>().filter(|cause| !cause.is_fault()) {
            let restart = Restart {
                cause,
                restarts: 1,
                place: place("src/net.rs", 3, ""),
            };
            assert_eq!(sentence(&restart), None, "{cause:?}");
        }
    }
}
