//! What the board cannot know of itself, from the command line that it was started with.
//!
//! ```text
//! qemu-mps2 seed=9f3c boot=7 address=192.0.2.2/24 gateway=192.0.2.1
//! ```
//!
//! Without an address the board has the one that it was set up with, or asks for one by DHCP. A board that starts anew in the same run
//! counts on from `boot`, at most [`RESTARTS_MAX`] times: the next run begins behind them.
//!
//! `flash=psram` says that the PSRAM is a file that lasts. The boots are then counted there, and the
//! settings that it holds count before those of the command line.
//!
//! `fault=panic`, `fault=instruction` and `fault=hang` make the first start of a
//! run fail, for whoever wants to see what comes then.

use core::net::Ipv4Addr;

use embassy_net::Ipv4Cidr;
use firmware::restart::Restart;
use probe_core::{frame::about::Addressing, schedule::BOOT_MAX};
use ufmt::uwrite;

use super::{console, fault::Fault, semihosting};
use crate::board::report::Line;

/// The longest command line, in octets.
const LINE_OCTETS_MAX: usize = 256;

/// How often a board starts anew in one run.
const RESTARTS_MAX: u32 = 15;

/// What the command line says.
#[derive(Clone, Copy)]
pub(super) struct BootLine {
    /// Where the random octets come from. No key is ever made of it.
    pub(super) seed: u64,
    /// The number of this run's first boot.
    boot: u32,
    fault: Option<Fault>,
    flash: bool,
    address: Option<Ipv4Cidr>,
    gateway: Option<Ipv4Addr>,
}

impl BootLine {
    /// Reads it. A word that is not understood ends the program: a board that guesses where it is
    /// would probe from the wrong place.
    pub(super) fn read() -> Self {
        let mut room = [0; LINE_OCTETS_MAX];
        let text = semihosting::command_line(&mut room).unwrap_or_default();
        let mut line = Self {
            seed: 0,
            boot: 1,
            fault: None,
            flash: false,
            address: None,
            gateway: None,
        };
        // The first word is the program's name; the text may end with a zero.
        for word in text.trim_end_matches('\0').split_ascii_whitespace().skip(1) {
            if line.take(word).is_none() {
                let mut told = Line::default();
                let _ = uwrite!(
                    told,
                    "postern: expected seed=HEX, boot=N, address=A/BITS, gateway=A, flash=psram or fault=WHICH; found {}",
                    word
                );
                console::say(told.as_str());
                semihosting::exit_failure();
            }
        }
        line
    }

    fn take(&mut self, word: &str) -> Option<()> {
        let (name, value) = word.split_once('=')?;
        match name {
            "seed" => self.seed = u64::from_str_radix(value, 16).ok()?,
            "boot" => self.boot = value.parse().ok().filter(|boot| *boot <= BOOT_MAX)?,
            "address" => self.address = Some(value.parse().ok()?),
            "gateway" => self.gateway = Some(value.parse().ok()?),
            "flash" if value == "psram" => self.flash = true,
            "fault" => self.fault = Some(Fault::of(value)?),
            _ => return None,
        }
        Some(())
    }

    /// The number of this boot. With the device's identity it names the findings, so it is another
    /// one each time. A board that starts too often ends the program.
    pub(super) fn boot(&self, restart: &Restart) -> u32 {
        if restart.restarts > RESTARTS_MAX {
            console::say("postern: started too often in one run; see why above");
            semihosting::exit_failure();
        }
        self.boot.saturating_add(restart.restarts)
    }

    /// Whether there is flash that lasts.
    pub(super) const fn has_flash(&self) -> bool {
        self.flash
    }

    /// What is to go wrong in this boot.
    pub(super) fn fault(&self, restart: &Restart) -> Option<Fault> {
        self.fault.filter(|_| restart.restarts == 0)
    }

    /// Where the board's address comes from, if the line says so.
    pub(super) fn addressing(&self) -> Option<Addressing> {
        self.address.map(|address| Addressing::Static {
            address: address.address(),
            prefix: address.prefix_len(),
            gateway: self.gateway,
        })
    }
}
