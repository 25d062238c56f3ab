//! Messages about the device itself: who it is and how it fares, how it is set up, and what it
//! says while it works.

use core::net::{IpAddr, Ipv4Addr};

use heapless::String;
use serde::{Deserialize, Serialize};

use super::ScopeDigest;
use crate::{
    finding::DeviceId,
    scope::{is_host, is_loopback},
    time::Instant,
};

/// The longest version of a firmware, in octets.
pub const VERSION_OCTETS_MAX: usize = 16;
/// The longest name of a board, in octets.
pub const BOARD_OCTETS_MAX: usize = 20;
/// The longest name of a file in which the program failed, in octets; its end is kept.
pub const PANIC_FILE_OCTETS_MAX: usize = 48;
/// The longest message of a failure, in octets; its beginning is kept.
pub const PANIC_MESSAGE_OCTETS_MAX: usize = 56;
/// The longest line of the log, in octets; its beginning is kept.
pub const LOG_TEXT_OCTETS_MAX: usize = 96;
/// The link port's TCP port, unless whoever sets the device up says otherwise.
pub const LINK_PORT_USUAL: u16 = 7_323;

/// Who the device is and how it fares. What it counts comes with
/// [`Progress`](super::message::Progress).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The version of its program.
    pub version: String<VERSION_OCTETS_MAX>,
    /// Which board it is.
    pub board: String<BOARD_OCTETS_MAX>,
    /// Which device.
    pub device: DeviceId,
    /// How often it has started.
    pub boot: u32,
    /// What its clock says: for how long it has been up.
    pub now: Instant,
    /// Why it started.
    pub reset: Reset,
    /// Where the program failed the last time, if it did.
    pub panic: Option<Panic>,
    /// Its flash, where it has some.
    pub flash: Option<FlashState>,
    /// How it is set up, where it has been.
    pub provision: Option<Provision>,
    /// The scope in force, and for how many minutes it was powered since; a minute that has begun
    /// counts.
    pub scope: Option<(ScopeDigest, u32)>,
    /// Records of earlier boots wait for the host.
    pub earlier: bool,
}

/// Why a device started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reset {
    /// It does not say.
    #[default]
    Unknown,
    /// It was switched on.
    PowerOn,
    /// The supply was too low for a while.
    BrownOut,
    /// Somebody reset it.
    Pin,
    /// Its program asked for it, as after a failure.
    Software,
    /// Its watchdog was not fed, and nobody left word why.
    Watchdog,
    /// A task did not look up when it had promised to: in [`Info::panic`], its name and number.
    Overdue,
    /// The program found that something cannot be.
    Panic,
    /// The processor found that something cannot be done: in [`Info::panic`], the address of the
    /// instruction for a line.
    Fault,
    /// Somebody held the button from the start: what it was set up with is forgotten.
    Factory,
}

impl Reset {
    /// The word in `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::PowerOn => "power-on",
            Self::BrownOut => "brown-out",
            Self::Pin => "pin",
            Self::Software => "software",
            Self::Watchdog => "watchdog",
            Self::Overdue => "overdue",
            Self::Panic => "panic",
            Self::Fault => "fault",
            Self::Factory => "factory",
        }
    }

    /// Whether the boot before this one ended for a fault of the device.
    pub const fn is_fault(self) -> bool {
        match self {
            Self::Watchdog | Self::Overdue | Self::Panic | Self::Fault => true,
            Self::Unknown
            | Self::PowerOn
            | Self::BrownOut
            | Self::Pin
            | Self::Software
            | Self::Factory => false,
        }
    }
}

/// Where a program failed, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panic {
    /// In which file.
    pub file: String<PANIC_FILE_OCTETS_MAX>,
    /// In which line.
    pub line: u32,
    /// The message, where it is a literal.
    pub message: String<PANIC_MESSAGE_OCTETS_MAX>,
}

/// How worn a device's flash is, and how full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashState {
    /// Pages in use.
    pub pages: u16,
    /// How often all of them together were erased.
    pub erases: u32,
    /// How often the one was that was erased most often.
    pub erases_max: u32,
    /// Octets that the outbox has free without an erase.
    pub free_octets: u32,
    /// Records that were read and were not what was written.
    pub spoiled: u32,
    /// The flash takes nothing any more.
    pub broken: bool,
}

/// How a device is set up. It takes effect at its next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// Its IPv4 address.
    pub address: Addressing,
    /// Where it may be called over the network, and by whom; `None`: nowhere.
    pub link_port: Option<LinkPort>,
}

/// Where a device may be called over the network, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPort {
    /// The only host that is answered.
    pub host: IpAddr,
    /// The device's TCP port.
    pub port: u16,
}

/// Where a device's IPv4 address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Addressing {
    /// It asks by DHCP.
    Dhcp,
    /// It has this one.
    Static {
        /// The address.
        address: Ipv4Addr,
        /// How many of its bits are the network's: 1 to 30.
        prefix: u8,
        /// The router of that network.
        gateway: Option<Ipv4Addr>,
    },
}

/// What is wrong with a [`Provision`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProvisionError {
    /// The address is no host's, or the first or last of its network.
    Address,
    /// The prefix is not 1 to 30.
    Prefix,
    /// The router is no other host of the address's network.
    Gateway,
    /// The host's address is no host's.
    Host,
    /// The port is 0.
    Port,
    /// The device's program has no link port.
    NoLinkPort,
}

impl ProvisionError {
    /// What is wrong, in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "the address is no host's address in its network",
            Self::Prefix => "the prefix is not 1 to 30",
            Self::Gateway => "the gateway is no other host in the address's network",
            Self::Host => "the host's address is no host's address",
            Self::Port => "the link port is 0",
            Self::NoLinkPort => "its firmware has no link port over the network",
        }
    }
}

/// What became of a [`Provision`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProvisionAnswer {
    /// It is kept, and takes effect at the next start.
    Kept,
    /// It may not be used.
    Refused(ProvisionError),
    /// The device has nowhere to keep it, or its flash is broken.
    NotKept,
}

impl Provision {
    /// Whether a device can be set up so.
    pub fn check(&self) -> Result<(), ProvisionError> {
        if let Addressing::Static {
            address,
            prefix,
            gateway,
        } = self.address
        {
            let Some(network) = Network::of(address, prefix) else {
                return Err(ProvisionError::Prefix);
            };
            if !network.has_host(address) {
                return Err(ProvisionError::Address);
            }
            if gateway.is_some_and(|other| other == address || !network.has_host(other)) {
                return Err(ProvisionError::Gateway);
            }
        }
        match self.link_port {
            Some(of) if !is_host(of.host) => Err(ProvisionError::Host),
            Some(of) if of.port == 0 => Err(ProvisionError::Port),
            Some(_) | None => Ok(()),
        }
    }
}

/// An IPv4 network, by its mask and its first address.
struct Network {
    mask: u32,
    first: u32,
}

impl Network {
    fn of(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        if !(1..=30).contains(&prefix) {
            return None;
        }
        let mask = u32::MAX.checked_shl(32u32.saturating_sub(u32::from(prefix)))?;
        let first = address.to_bits() & mask;
        Some(Self { mask, first })
    }

    fn has_host(&self, address: Ipv4Addr) -> bool {
        let bits = address.to_bits();
        is_host(IpAddr::V4(address))
            && !is_loopback(IpAddr::V4(address))
            && bits & self.mask == self.first
            && bits != self.first
            && bits != self.first | !self.mask
    }
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// A fault of the device.
    Error,
    /// Something that keeps it from its work.
    Warning,
    /// Something that it does.
    Info,
}

impl Level {
    /// The word in `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Consecutive within a boot, from 1. Lines that nobody fetched in time are forgotten.
    pub number: u32,
    /// When.
    pub at: Instant,
    /// How much it matters.
    pub level: Level,
    /// What: without addresses of targets.
    pub text: String<LOG_TEXT_OCTETS_MAX>,
}

/// `text`, or as many of its first octets as there is room for.
pub fn beginning_of<const N: usize>(text: &str) -> String<N> {
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.push(letter).is_err() {
            break;
        }
    }
    kept
}

/// `text`, or as many of its last octets as there is room for.
pub fn end_of<const N: usize>(text: &str) -> String<N> {
    let mut skipped = text.chars();
    while skipped.as_str().len() > N {
        skipped.next();
    }
    beginning_of(skipped.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{ToHost, message::PLAIN_MESSAGE_OCTETS_MAX},
        testing::octets_of,
    };

    #[test]
    fn a_provision_is_a_host_in_a_network() {
        use ProvisionError as Wrong;
        for (address, prefix, gateway, expected) in [
            ("192.0.2.10", 24, None, Ok(())),
            ("192.0.2.10", 24, Some("192.0.2.1"), Ok(())),
            ("10.0.2.15", 1, Some("10.0.2.2"), Ok(())),
            ("192.0.2.1", 30, Some("192.0.2.2"), Ok(())),
            ("192.0.2.10", 0, None, Err(Wrong::Prefix)),
            ("192.0.2.10", 31, None, Err(Wrong::Prefix)),
            ("192.0.2.10", 200, None, Err(Wrong::Prefix)),
            ("192.0.2.0", 24, None, Err(Wrong::Address)),
            ("192.0.2.255", 24, None, Err(Wrong::Address)),
            ("224.0.0.1", 24, None, Err(Wrong::Address)),
            ("127.0.0.1", 8, None, Err(Wrong::Address)),
            ("192.0.2.10", 24, Some("192.0.2.10"), Err(Wrong::Gateway)),
            ("192.0.2.10", 24, Some("192.0.3.1"), Err(Wrong::Gateway)),
            ("192.0.2.10", 24, Some("192.0.2.255"), Err(Wrong::Gateway)),
        ] {
            let provision = Provision {
                address: Addressing::Static {
                    address: address.parse().unwrap(),
                    prefix,
                    gateway: gateway.map(|gateway| gateway.parse().unwrap()),
                },
                link_port: None,
            };
            assert_eq!(
                provision.check(),
                expected,
                "{address}/{prefix} {gateway:?}"
            );
        }
        for (host, port, expected) in [
            ("192.0.2.7", 7_323, Ok(())),
            ("2001:db8::7", 1, Ok(())),
            ("192.0.2.7", 0, Err(Wrong::Port)),
            ("255.255.255.255", 7_323, Err(Wrong::Host)),
            ("ff02::1", 7_323, Err(Wrong::Host)),
            ("::", 7_323, Err(Wrong::Host)),
        ] {
            let provision = Provision {
                address: Addressing::Dhcp,
                link_port: Some(LinkPort {
                    host: host.parse().unwrap(),
                    port,
                }),
            };
            assert_eq!(provision.check(), expected, "{host}:{port}");
        }
    }

    #[test]
    fn the_longest_of_each_fits_a_plain_message() {
        const LONG: &str = "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé";
        let info = Info {
            version: beginning_of(LONG),
            board: beginning_of(LONG),
            device: DeviceId([255; 8]),
            boot: u32::MAX,
            now: Instant::NEVER,
            reset: Reset::Watchdog,
            panic: Some(Panic {
                file: end_of(LONG),
                line: u32::MAX,
                message: beginning_of(LONG),
            }),
            flash: Some(FlashState {
                pages: u16::MAX,
                erases: u32::MAX,
                erases_max: u32::MAX,
                free_octets: u32::MAX,
                spoiled: u32::MAX,
                broken: true,
            }),
            provision: Some(Provision {
                address: Addressing::Static {
                    address: Ipv4Addr::BROADCAST,
                    prefix: 255,
                    gateway: Some(Ipv4Addr::BROADCAST),
                },
                link_port: Some(LinkPort {
                    host: "2001:db8::1".parse().unwrap(),
                    port: u16::MAX,
                }),
            }),
            scope: Some((ScopeDigest(u32::MAX), u32::MAX)),
            earlier: true,
        };
        assert_eq!((info.version.len(), info.board.len()), (16, 20));
        let line = LogLine {
            number: u32::MAX,
            at: Instant::NEVER,
            level: Level::Info,
            text: beginning_of(LONG),
        };
        for message in [ToHost::Info(info), ToHost::Log(line)] {
            let octets = octets_of::<ToHost>(&message).len();
            assert!(octets <= PLAIN_MESSAGE_OCTETS_MAX, "{octets} octets");
        }
    }

    #[test]
    fn text_is_cut_between_letters() {
        assert_eq!(beginning_of::<4>("aééé"), "aé");
        assert_eq!(end_of::<4>("éééa"), "éa");
        assert_eq!(end_of::<8>("src/a.rs"), "src/a.rs");
        assert_eq!(end_of::<4>("src/a.rs"), "a.rs");
    }
}
