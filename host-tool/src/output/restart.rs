//! How an appliance's boot began, in a sentence.

use probe_core::frame::about::{Info, Panic, Reset};

/// What to say of a boot that followed a fault; of any other there is nothing to say.
pub(super) fn sentence(info: &Info) -> Option<String> {
    if !info.reset.is_fault() {
        return None;
    }
    let what = beginning(info);
    Some(format!("the appliance restarted {what}; please report it"))
}

/// How it began: after which fault and where, or else the word of what made it start.
pub(crate) fn beginning(info: &Info) -> String {
    let what = match info.reset {
        Reset::Panic => "after a panic",
        Reset::Fault => "after a fault of its processor",
        Reset::Overdue => "because a task was overdue",
        Reset::Watchdog => "by its watchdog",
        Reset::Unknown
        | Reset::PowerOn
        | Reset::BrownOut
        | Reset::Pin
        | Reset::Software
        | Reset::Factory => return info.reset.as_str().to_owned(),
    };
    let place = info.panic.as_ref().map(|of| place(info.reset, of));
    format!("{what}{}", place.unwrap_or_default())
}

fn place(reset: Reset, place: &Panic) -> String {
    let (file, message) = (printable(&place.file), printable(&place.message));
    let mut text = match reset {
        Reset::Fault => format!(" at {:#010x}", place.line),
        Reset::Overdue => format!(" ({file} {})", place.line),
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
    use probe_core::{finding::DeviceId, time::Instant};

    use super::*;

    fn info(reset: Reset, panic: Option<Panic>) -> Info {
        Info {
            version: "0.1.0".try_into().unwrap(),
            board: "stm32h743".try_into().unwrap(),
            device: DeviceId::default(),
            boot: 2,
            now: Instant::BOOT,
            reset,
            panic,
            flash: None,
            provision: None,
            scope: None,
            earlier: false,
        }
    }

    #[test]
    fn faults_are_told_with_their_place_and_nothing_else_is() {
        let place = |file: &str, line, message: &str| {
            Some(Panic {
                file: file.try_into().unwrap(),
                line,
                message: message.try_into().unwrap(),
            })
        };
        let table = [
            (
                Reset::Panic,
                place("firmware/src/net.rs", 300, "cannot \x1b[2Jbe"),
                "the appliance restarted after a panic at firmware/src/net.rs:300: cannot [2Jbe; please report it",
            ),
            (
                Reset::Panic,
                place("src/net.rs", 3, ""),
                "the appliance restarted after a panic at src/net.rs:3; please report it",
            ),
            (
                Reset::Fault,
                place("instruction", 0x0800_1234, ""),
                "the appliance restarted after a fault of its processor at 0x08001234; please report it",
            ),
            (
                Reset::Overdue,
                place("worker", 3, ""),
                "the appliance restarted because a task was overdue (worker 3); please report it",
            ),
            (
                Reset::Watchdog,
                None,
                "the appliance restarted by its watchdog; please report it",
            ),
        ];
        for (reset, place, told) in table {
            assert_eq!(sentence(&info(reset, place)).as_deref(), Some(told));
        }
        for reset in crate::words::all::<Reset>().filter(|reset| !reset.is_fault()) {
            let info = info(reset, place("src/net.rs", 3, ""));
            assert_eq!(sentence(&info), None, "{reset:?}");
        }
    }
}
