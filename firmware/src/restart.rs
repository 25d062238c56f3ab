//! What a program leaves for the one that follows it, in memory that a reset does not clear.
//!
//! ```text
//! octets   0      4       5            6               7      8          12      16     64        120
//!          magic  ending  file length  message length  0      restarts   line    file   message   CRC-32
//! ```
//!
//! Whatever power left there is told from a record by the magic and the CRC. It is written where
//! nothing may be trusted any more, so nothing here formats or can panic.

use probe_core::frame::{
    about::{PANIC_FILE_OCTETS_MAX, PANIC_MESSAGE_OCTETS_MAX, Panic, Reset, beginning_of},
    crc32,
};

/// How many octets a board keeps over a reset.
pub const KEPT_OCTETS: usize = CRC_AT + 4;

const ENDING_AT: usize = 4;
const FILE_LENGTH_AT: usize = 5;
const MESSAGE_LENGTH_AT: usize = 6;
const RESTARTS_AT: usize = 8;
const LINE_AT: usize = 12;
const FILE_AT: usize = 16;
const MESSAGE_AT: usize = FILE_AT + PANIC_FILE_OCTETS_MAX;
const CRC_AT: usize = MESSAGE_AT + PANIC_MESSAGE_OCTETS_MAX;

const MAGIC: [u8; 4] = *b"PsK1";

/// How a program ended, by what it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It left nothing: it was running.
    Running,
    /// It asked for the reset.
    Asked,
    /// A task had not kept its promise.
    Overdue,
    /// It panicked.
    Panic,
    /// The processor stopped it.
    Fault,
    /// Somebody wanted it to forget everything.
    Factory,
}

impl Ending {
    const ALL: [Self; 6] = [
        Self::Running,
        Self::Asked,
        Self::Overdue,
        Self::Panic,
        Self::Fault,
        Self::Factory,
    ];

    const fn number(self) -> u8 {
        match self {
            Self::Running => 0,
            Self::Asked => 1,
            Self::Overdue => 2,
            Self::Panic => 3,
            Self::Fault => 4,
            Self::Factory => 5,
        }
    }

    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.number() == number)
    }
}

/// How a boot began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// What made the device start.
    pub reset: Reset,
    /// How many starts there were before this one since power came; stops at its largest value.
    pub restarts: u32,
    /// Where the program stood that this one follows, if it could leave word.
    pub panic: Option<Panic>,
}

/// What a chip's registers say of its start. Several may be set: power that comes pulls at the pin
/// as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResetFlags {
    /// Power came.
    pub power_on: bool,
    /// The supply was too low.
    pub brown_out: bool,
    /// A watchdog bit.
    pub watchdog: bool,
    /// The program asked.
    pub software: bool,
    /// The pin was pulled, by the button, a debugger or the chip itself.
    pub pin: bool,
}

impl ResetFlags {
    /// The one cause that explains the others.
    pub const fn cause(self) -> Reset {
        match self {
            Self { power_on: true, .. } => Reset::PowerOn,
            Self {
                brown_out: true, ..
            } => Reset::BrownOut,
            Self { watchdog: true, .. } => Reset::Watchdog,
            Self { software: true, .. } => Reset::Software,
            Self { pin: true, .. } => Reset::Pin,
            _ => Reset::Unknown,
        }
    }
}

/// The memory that is kept.
pub struct Kept<'a>(&'a mut [u8; KEPT_OCTETS]);

impl<'a> Kept<'a> {
    /// What a board keeps.
    pub const fn new(octets: &'a mut [u8; KEPT_OCTETS]) -> Self {
        Self(octets)
    }

    /// Says how this boot began, and keeps that it runs. `hardware`: what the board's registers
    /// know. A board without such registers says `None`; what it has kept decides then: if there
    /// is nothing, power was away, and if nobody left word, the watchdog bit.
    pub fn begin(&mut self, hardware: Option<Reset>) -> Restart {
        let restart = match self.read() {
            None => Restart {
                reset: hardware.unwrap_or(Reset::PowerOn),
                restarts: 0,
                panic: None,
            },
            Some((ending, restarts, panic)) => Restart {
                reset: cause(hardware, ending),
                restarts: restarts.saturating_add(1),
                panic,
            },
        };
        self.write(Ending::Running, restart.restarts, None);
        restart
    }

    /// Leaves word before a reset.
    pub fn end(&mut self, ending: Ending, place: Option<(&str, u32, &str)>) {
        let restarts = self.read().map_or(0, |(_, restarts, _)| restarts);
        self.write(ending, restarts, place);
    }

    fn write(&mut self, ending: Ending, restarts: u32, place: Option<(&str, u32, &str)>) {
        self.0.fill(0);
        let (file, line, message) = place.unwrap_or_default();
        self.put(0, &MAGIC);
        self.put(ENDING_AT, &[ending.number()]);
        self.put(RESTARTS_AT, &restarts.to_le_bytes());
        self.put(LINE_AT, &line.to_le_bytes());
        // The end of a file's path tells more than its beginning.
        let file = file
            .get(file.ceil_char_boundary(file.len().saturating_sub(PANIC_FILE_OCTETS_MAX))..)
            .unwrap_or_default();
        let message = message
            .get(..message.floor_char_boundary(PANIC_MESSAGE_OCTETS_MAX))
            .unwrap_or_default();
        self.put_text(FILE_AT, FILE_LENGTH_AT, file);
        self.put_text(MESSAGE_AT, MESSAGE_LENGTH_AT, message);
        let crc = crc32(self.0.get(..CRC_AT).unwrap_or_default());
        self.put(CRC_AT, &crc.to_le_bytes());
    }

    fn put(&mut self, at: usize, octets: &[u8]) {
        for (to, from) in self.0.iter_mut().skip(at).zip(octets) {
            *to = *from;
        }
    }

    fn put_text(&mut self, at: usize, length_at: usize, text: &str) {
        self.put(at, text.as_bytes());
        self.put(length_at, &[u8::try_from(text.len()).unwrap_or(0)]);
    }

    fn read(&self) -> Option<(Ending, u32, Option<Panic>)> {
        let (content, crc) = self.0.split_at_checked(CRC_AT)?;
        let whole = content.starts_with(&MAGIC) && crc32(content).to_le_bytes() == crc;
        if !whole {
            return None;
        }
        let number = |at: usize| {
            let octets = content.get(at..)?.first_chunk()?;
            Some(u32::from_le_bytes(*octets))
        };
        let text = |at: usize, length_at: usize| {
            let length = usize::from(*content.get(length_at)?);
            let octets = content.get(at..)?.get(..length)?;
            core::str::from_utf8(octets).ok()
        };
        let file: &str = text(FILE_AT, FILE_LENGTH_AT)?;
        let place = Panic {
            line: number(LINE_AT)?,
            message: beginning_of(text(MESSAGE_AT, MESSAGE_LENGTH_AT)?),
            file: beginning_of(file),
        };
        Some((
            Ending::of(*content.get(ENDING_AT)?)?,
            number(RESTARTS_AT)?,
            Some(place).filter(|_| !file.is_empty()),
        ))
    }
}

/// Word that was left knows more than the registers, unless those say that power was away.
fn cause(hardware: Option<Reset>, ending: Ending) -> Reset {
    match (hardware, ending) {
        (Some(away @ (Reset::PowerOn | Reset::BrownOut)), _) => away,
        (_, Ending::Asked) => Reset::Software,
        (_, Ending::Overdue) => Reset::Overdue,
        (_, Ending::Panic) => Reset::Panic,
        (_, Ending::Fault) => Reset::Fault,
        (_, Ending::Factory) => Reset::Factory,
        (Some(known), Ending::Running) => known,
        (None, Ending::Running) => Reset::Watchdog,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: [u8; KEPT_OCTETS] = [0xa5; KEPT_OCTETS];

    #[test]
    fn flags_that_come_together_have_one_cause() {
        let flags = |of: &str| ResetFlags {
            power_on: of.contains('P'),
            brown_out: of.contains('B'),
            watchdog: of.contains('W'),
            software: of.contains('S'),
            pin: of.contains('p'),
        };
        let table = [
            ("PBp", Reset::PowerOn),
            ("Bp", Reset::BrownOut),
            ("Wp", Reset::Watchdog),
            ("Sp", Reset::Software),
            ("p", Reset::Pin),
            ("", Reset::Unknown),
        ];
        for (of, cause) in table {
            assert_eq!(flags(of).cause(), cause, "{of}");
        }
    }

    #[test]
    fn what_was_left_decides_unless_power_was_away() {
        use Reset as Cause;
        let table = [
            (None, None, Cause::PowerOn),
            (Some(Cause::Pin), None, Cause::Pin),
            (None, Some(Ending::Running), Cause::Watchdog),
            (Some(Cause::Pin), Some(Ending::Running), Cause::Pin),
            (
                Some(Cause::Watchdog),
                Some(Ending::Running),
                Cause::Watchdog,
            ),
            (Some(Cause::Watchdog), Some(Ending::Overdue), Cause::Overdue),
            (Some(Cause::Software), Some(Ending::Panic), Cause::Panic),
            (Some(Cause::Software), Some(Ending::Fault), Cause::Fault),
            (Some(Cause::Software), Some(Ending::Factory), Cause::Factory),
            (None, Some(Ending::Asked), Cause::Software),
            (Some(Cause::PowerOn), Some(Ending::Panic), Cause::PowerOn),
            (
                Some(Cause::BrownOut),
                Some(Ending::Running),
                Cause::BrownOut,
            ),
        ];
        for (hardware, left, told) in table {
            let mut memory = NOISE;
            if let Some(ending) = left {
                Kept::new(&mut memory).end(ending, None);
            }
            let restart = Kept::new(&mut memory).begin(hardware);
            assert_eq!(restart.reset, told, "{hardware:?} {left:?}");
            assert_eq!(restart.panic, None, "{hardware:?} {left:?}");
        }
    }

    #[test]
    fn a_panic_is_told_once_with_its_place_and_starts_are_counted() {
        let mut memory = NOISE;
        let begin = |memory: &mut _| Kept::new(memory).begin(None);
        assert_eq!(begin(&mut memory).restarts, 0);
        Kept::new(&mut memory).end(Ending::Panic, Some(("src/net.rs", 300, "cannot be")));
        let told = begin(&mut memory);
        let place = told.panic.expect("a place");
        assert_eq!((told.reset, told.restarts), (Reset::Panic, 1));
        assert_eq!(
            (place.file.as_str(), place.line, place.message.as_str()),
            ("src/net.rs", 300, "cannot be")
        );
        let told = begin(&mut memory);
        assert_eq!((told.reset, told.restarts), (Reset::Watchdog, 2));
        assert_eq!(told.panic, None);
    }

    #[test]
    fn long_texts_are_cut_where_they_tell_least_and_between_letters() {
        let mut memory = NOISE;
        let (file, message) = (
            "ä".repeat(60) + "x/net.rs",
            "x".to_owned() + &"ä".repeat(60),
        );
        Kept::new(&mut memory).end(Ending::Panic, Some((&file, 1, &message)));
        let place = Kept::new(&mut memory).begin(None).panic.expect("a place");
        assert_eq!(place.file.as_str(), "ä".repeat(20) + "x/net.rs");
        assert_eq!(place.message.as_str(), "x".to_owned() + &"ä".repeat(27));
    }

    #[test]
    fn no_flipped_bit_makes_a_record() {
        let mut memory = NOISE;
        Kept::new(&mut memory).end(Ending::Panic, Some(("src/net.rs", 300, "cannot be")));
        for bit in 0..KEPT_OCTETS * 8 {
            let mut flipped = memory;
            flipped[bit / 8] ^= 1 << (bit % 8);
            let told = Kept::new(&mut flipped).begin(None);
            assert_eq!(
                (told.reset, told.panic),
                (Reset::PowerOn, None),
                "bit {bit}"
            );
        }
    }
}
