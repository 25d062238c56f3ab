//! What the device says of itself, as its shell has told it.

use heapless::String;

use super::Prober;
use crate::{
    frame::about::{
        BOARD_OCTETS_MAX, FlashState, Info, Level, LogLine, Panic, Provision, ProvisionAnswer,
        ProvisionError, Reset, VERSION_OCTETS_MAX,
    },
    time::Instant,
};

/// How many lines of the log are kept; the oldest is forgotten for a new one.
pub const LOG_LINES_MAX: usize = if cfg!(feature = "small") { 8 } else { 16 };

/// What a shell knows of itself when it starts.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The version of its program.
    pub version: String<VERSION_OCTETS_MAX>,
    /// Which board it is.
    pub board: String<BOARD_OCTETS_MAX>,
    /// Why it started.
    pub reset: Reset,
    /// Where the program failed the last time.
    pub panic: Option<Panic>,
    /// How it is set up.
    pub provision: Option<Provision>,
    /// It can keep a [`Provision`].
    pub keeps: bool,
    /// It has a link port over the network.
    pub has_link_port: bool,
}

#[derive(Debug)]
pub(super) struct Device {
    about: About,
    flash: Option<FlashState>,
    info_wanted: bool,
    /// A host wants the device set up so; the shell keeps it.
    provision: Option<Provision>,
    provision_answer: Option<ProvisionAnswer>,
    /// Line `n` is at `n` modulo their number, until a newer one takes its place.
    lines: [Option<LogLine>; LOG_LINES_MAX],
    next_line: u32,
    /// The first line that a host wants.
    log_wanted: Option<u32>,
}

impl Device {
    #[inline(never)]
    pub(super) const fn new() -> Self {
        Self {
            about: About {
                version: String::new(),
                board: String::new(),
                reset: Reset::Unknown,
                panic: None,
                provision: None,
                keeps: false,
                has_link_port: false,
            },
            flash: None,
            info_wanted: false,
            provision: None,
            provision_answer: None,
            lines: [const { None }; LOG_LINES_MAX],
            next_line: 1,
            log_wanted: None,
        }
    }

    pub(super) fn heard_ask_info(&mut self) {
        self.info_wanted = true;
    }

    pub(super) fn heard_ask_log(&mut self, from: u32) {
        self.log_wanted = Some(from);
    }

    /// Another host is spoken with.
    pub(super) fn forget_asked(&mut self) {
        self.info_wanted = false;
        self.log_wanted = None;
    }

    pub(super) fn heard_provision(&mut self, provision: &Provision) {
        match provision.check() {
            Err(error) => self.provision_answer = Some(ProvisionAnswer::Refused(error)),
            Ok(()) if provision.link_port.is_some() && !self.about.has_link_port => {
                let error = ProvisionError::NoLinkPort;
                self.provision_answer = Some(ProvisionAnswer::Refused(error));
            }
            Ok(()) if !self.about.keeps => {
                self.provision_answer = Some(ProvisionAnswer::NotKept);
            }
            Ok(()) => self.provision = Some(*provision),
        }
    }

    pub(super) fn answer(&self) -> Option<ProvisionAnswer> {
        self.provision_answer
    }

    pub(super) fn answered(&mut self) {
        self.provision_answer = None;
    }

    pub(super) const fn is_info_wanted(&self) -> bool {
        self.info_wanted
    }

    pub(super) fn info_sent(&mut self) {
        self.info_wanted = false;
    }

    /// The next line that a host wants.
    pub(super) fn line(&self) -> Option<&LogLine> {
        let from = self.log_wanted?;
        let wanted = self.lines.iter().flatten();
        wanted
            .filter(|line| line.number >= from)
            .min_by_key(|line| line.number)
    }

    pub(super) fn line_sent(&mut self, number: u32) {
        self.log_wanted = Some(number.saturating_add(1)).filter(|next| *next < self.next_line);
    }

    /// Whether there is something to say.
    pub(super) fn has_news(&self) -> bool {
        self.info_wanted || self.provision_answer.is_some() || self.line().is_some()
    }
}

impl Prober {
    /// Tells who the device is. Call it before the link speaks.
    pub fn introduce(&mut self, about: About) {
        self.about.about = about;
    }

    /// How the flash fares, for [`Info`].
    pub fn flash_fares(&mut self, state: FlashState) {
        self.about.flash = Some(state);
    }

    /// How the host wants the device set up: the shell keeps it and says so with
    /// [`Prober::provisioned`].
    pub const fn provision_to_keep(&self) -> Option<Provision> {
        self.about.provision
    }

    /// The shell has kept `provision`, or could not.
    pub fn provisioned(&mut self, provision: Provision, is_kept: bool) {
        if self.about.provision == Some(provision) {
            self.about.provision = None;
        }
        self.about.provision_answer = Some(if is_kept {
            self.about.about.provision = Some(provision);
            ProvisionAnswer::Kept
        } else {
            ProvisionAnswer::NotKept
        });
    }

    /// Keeps a line for the log, made of these parts. It names no target.
    pub fn log(&mut self, now: Instant, level: Level, parts: &[&str]) {
        let device = &mut self.about;
        let mut text = String::new();
        for letter in parts.iter().flat_map(|part| part.chars()) {
            if text.push(letter).is_err() {
                break;
            }
        }
        let line = LogLine {
            number: device.next_line,
            at: now,
            level,
            text,
        };
        device.next_line = device.next_line.saturating_add(1);
        let place = usize::try_from(line.number).unwrap_or(0) % LOG_LINES_MAX;
        if let Some(kept) = device.lines.get_mut(place) {
            *kept = Some(line);
        }
    }

    pub(super) fn info(&self, now: Instant) -> Info {
        let Device { about, flash, .. } = &self.about;
        Info {
            version: about.version.clone(),
            board: about.board.clone(),
            device: self.device,
            boot: self.boot,
            now,
            reset: about.reset,
            panic: about.panic.clone(),
            flash: *flash,
            provision: about.provision,
            scope: self.scope_in_force(now),
            earlier: self.backlog.is_earlier(),
        }
    }
}
