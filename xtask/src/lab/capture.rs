//! Captures of a link in the pcap format (link type 1, Ethernet), and what they say about TCP.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::failure::{Failure, Result};

/// A capture stops growing here, so that a lab left running does not fill the disk.
const CAPTURE_OCTETS_MAX: u64 = 64 * 1_024 * 1_024;
const FILE_HEADER_OCTETS: usize = 24;
const PACKET_HEADER_OCTETS: usize = 16;
const ETHERNET_HEADER_OCTETS: usize = 14;
const TCP: u8 = 6;

/// Writes frames as they pass; each is in the file before the link lets it go on.
pub(super) struct Writer {
    file: File,
    written: u64,
}

impl Writer {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut file = File::create(path)?;
        let mut header = Vec::with_capacity(FILE_HEADER_OCTETS);
        header.extend(0xa1b2_c3d4_u32.to_le_bytes());
        header.extend(2_u16.to_le_bytes());
        header.extend(4_u16.to_le_bytes());
        // Time zone and accuracy, which nobody uses.
        header.extend([0; 8]);
        header.extend(65_535_u32.to_le_bytes());
        header.extend(1_u32.to_le_bytes());
        file.write_all(&header)?;
        Ok(Self {
            file,
            written: header.len() as u64,
        })
    }

    pub(super) fn write(&mut self, frame: &[u8]) -> io::Result<()> {
        if self.written >= CAPTURE_OCTETS_MAX {
            return Ok(());
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let octets = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let mut record = Vec::with_capacity(PACKET_HEADER_OCTETS + frame.len());
        // The format's seconds have 32 bits.
        record.extend((now.as_secs() as u32).to_le_bytes());
        record.extend(now.subsec_micros().to_le_bytes());
        record.extend(octets.to_le_bytes());
        record.extend(octets.to_le_bytes());
        record.extend(frame);
        self.written += record.len() as u64;
        self.file.write_all(&record)
    }
}

/// A place in a growing capture.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Mark {
    /// The end of the capture as it is now.
    pub(super) fn now(path: &Path) -> Result<Self> {
        let length = path
            .metadata()
            .map_err(|error| Failure::at(path, &error))?
            .len();
        if length >= CAPTURE_OCTETS_MAX {
            return Err(Failure::new(format!("{} is full", path.display()))
                .next("cargo xtask lab down, then up"));
        }
        Ok(Self(usize::try_from(length).unwrap_or(usize::MAX)))
    }

    /// What has passed since.
    pub(super) fn read(self, path: &Path) -> Result<Capture> {
        let octets = std::fs::read(path).map_err(|error| Failure::at(path, &error))?;
        Ok(Capture::parse(octets.get(self.0..).unwrap_or_default()))
    }
}

/// Packets in the order of their capture.
pub(crate) struct Capture {
    packets: Vec<Packet>,
}

/// What the headers of one packet say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Packet {
    at: Duration,
    /// The Ethernet address of whoever sent it.
    sender: [u8; 6],
    from: SocketAddr,
    to: SocketAddr,
    /// Without ports for anything but TCP.
    tcp: Option<Tcp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tcp {
    opens: bool,
    payload: bool,
}

/// How a scanner and one server talked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Talk {
    pub(super) connections: u32,
    /// How often the scanner spoke and then had to wait for an answer.
    pub(super) turns: u32,
    /// In both directions.
    pub(super) packets: u32,
    /// From the first packet to the last.
    pub(super) took: Duration,
}

impl Capture {
    /// All of a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Mark(FILE_HEADER_OCTETS).read(path)
    }

    /// Where an Ethernet address sent packets; the port is 0 for anything but TCP.
    pub(crate) fn sent_by(&self, sender: [u8; 6]) -> BTreeSet<SocketAddr> {
        self.packets
            .iter()
            .filter(|packet| packet.sender == sender)
            .map(|packet| packet.to)
            .collect()
    }

    /// Packets to or from an address.
    pub(crate) fn packets_with(&self, address: IpAddr) -> usize {
        self.packets
            .iter()
            .filter(|packet| packet.from.ip() == address || packet.to.ip() == address)
            .count()
    }

    /// Every address that the scanner sent something to.
    pub(super) fn destinations_of(&self, scanner: &[IpAddr]) -> Vec<IpAddr> {
        let mut destinations: Vec<IpAddr> = self
            .packets
            .iter()
            .filter(|packet| scanner.contains(&packet.from.ip()))
            .map(|packet| packet.to.ip())
            .collect();
        destinations.sort_unstable();
        destinations.dedup();
        destinations
    }

    /// Who opened a connection to that port of the scanner's.
    pub(crate) fn callers_of(&self, scanner: &[IpAddr], port: u16) -> BTreeSet<IpAddr> {
        self.packets
            .iter()
            .filter(|packet| packet.opens() && packet.to.port() == port)
            .filter(|packet| scanner.contains(&packet.to.ip()))
            .map(|packet| packet.from.ip())
            .collect()
    }

    /// Every address that the scanner sent something to, but for what it sent from that port to whoever
    /// had called it.
    pub(crate) fn sent_unasked(&self, scanner: &[IpAddr], port: u16) -> BTreeSet<IpAddr> {
        let mut calls = BTreeSet::new();
        let mut sent = BTreeSet::new();
        for packet in &self.packets {
            if packet.opens() && scanner.contains(&packet.to.ip()) {
                calls.insert((packet.from, packet.to));
            }
            let answers = packet.from.port() == port && calls.contains(&(packet.to, packet.from));
            if scanner.contains(&packet.from.ip()) && (packet.opens() || !answers) {
                sent.insert(packet.to.ip());
            }
        }
        sent
    }

    /// How the scanner talked with a server.
    pub(super) fn talk_with(&self, server: SocketAddr) -> Talk {
        let mut talk = Talk::default();
        let mut first = None;
        // By the scanner's end of each connection: whether the last words were the scanner's.
        let mut scanner_spoke_last = BTreeMap::new();
        for packet in &self.packets {
            let (scanner, from_scanner) = if packet.to == server {
                (packet.from, true)
            } else if packet.from == server {
                (packet.to, false)
            } else {
                continue;
            };
            let Some(tcp) = packet.tcp else { continue };
            talk.packets += 1;
            talk.took = packet.at.saturating_sub(*first.get_or_insert(packet.at));
            if tcp.opens && from_scanner {
                talk.connections += 1;
            }
            if tcp.payload {
                let spoke_last = scanner_spoke_last.insert(scanner, from_scanner);
                if from_scanner && spoke_last != Some(true) {
                    talk.turns += 1;
                }
            }
        }
        talk
    }

    fn parse(mut octets: &[u8]) -> Self {
        let mut packets = Vec::new();
        while let Some((header, rest)) = octets.split_at_checked(PACKET_HEADER_OCTETS) {
            let number = |at: usize| {
                header[at..at + 4]
                    .iter()
                    .rev()
                    .fold(0_u32, |sum, &octet| sum << 8 | u32::from(octet))
            };
            let at =
                Duration::from_secs(number(0).into()) + Duration::from_micros(number(4).into());
            let Some((packet, rest)) = rest.split_at_checked(number(8) as usize) else {
                break;
            };
            packets.extend(Packet::parse(at, packet));
            octets = rest;
        }
        Self { packets }
    }
}

impl Packet {
    /// Whether it asks for a connection.
    fn opens(&self) -> bool {
        self.tcp.is_some_and(|tcp| tcp.opens)
    }

    fn parse(at: Duration, octets: &[u8]) -> Option<Self> {
        let sender = *octets.get(6..)?.first_chunk()?;
        // Anything but IP has no version there that we know.
        let octets = octets.get(ETHERNET_HEADER_OCTETS..)?;
        let (from, to, protocol, payload) = match octets.first()? >> 4 {
            4 => {
                let header = usize::from(octets.first()? & 0x0f) * 4;
                let total = usize::from(u16::from_be_bytes(*octets.get(2..)?.first_chunk()?));
                let from = Ipv4Addr::from(*octets.get(12..)?.first_chunk::<4>()?);
                let to = Ipv4Addr::from(*octets.get(16..)?.first_chunk::<4>()?);
                (
                    IpAddr::V4(from),
                    IpAddr::V4(to),
                    *octets.get(9)?,
                    octets.get(header..total)?,
                )
            }
            6 => {
                let from = Ipv6Addr::from(*octets.get(8..)?.first_chunk::<16>()?);
                let to = Ipv6Addr::from(*octets.get(24..)?.first_chunk::<16>()?);
                (
                    IpAddr::V6(from),
                    IpAddr::V6(to),
                    *octets.get(6)?,
                    octets.get(40..)?,
                )
            }
            _ => return None,
        };
        let mut packet = Self {
            at,
            sender,
            from: SocketAddr::new(from, 0),
            to: SocketAddr::new(to, 0),
            tcp: None,
        };
        if protocol == TCP {
            packet
                .from
                .set_port(u16::from_be_bytes(*payload.first_chunk()?));
            packet
                .to
                .set_port(u16::from_be_bytes(*payload.get(2..)?.first_chunk()?));
            let header = usize::from(payload.get(12)? >> 4) * 4;
            let flags = payload.get(13)?;
            let (synchronise, acknowledge) = (flags & 0x02 != 0, flags & 0x10 != 0);
            packet.tcp = Some(Tcp {
                opens: synchronise && !acknowledge,
                payload: payload.len() > header,
            });
        }
        Some(packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCANNER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 2);
    const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
    const SYN: u8 = 0x02;
    const ACK: u8 = 0x10;

    fn tcp(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), flags: u8, payload: &str) -> Vec<u8> {
        let total = 40 + payload.len() as u16;
        let mut packet = vec![0; ETHERNET_HEADER_OCTETS];
        packet[6..12].copy_from_slice(&[from.0.octets()[3]; 6]);
        packet.extend([0x45, 0]);
        packet.extend(total.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, TCP, 0, 0]);
        packet.extend(from.0.octets());
        packet.extend(to.0.octets());
        packet.extend(from.1.to_be_bytes());
        packet.extend(to.1.to_be_bytes());
        packet.extend([0; 8]);
        packet.extend([0x50, flags, 0, 0, 0, 0, 0, 0]);
        packet.extend(payload.as_bytes());
        packet
    }

    fn dialogue() -> Capture {
        let (scanner, server) = ((SCANNER, 40_000), (SERVER, 25));
        let packets = [
            tcp(scanner, server, SYN, ""),
            tcp(server, scanner, SYN | ACK, ""),
            tcp(scanner, server, ACK, ""),
            tcp(server, scanner, ACK, "220 mx\r\n"),
            tcp(scanner, server, ACK, "EHLO s\r\n"),
            tcp(server, scanner, ACK, "250 mx\r\n"),
            tcp(scanner, server, ACK, "MAIL FROM:<>\r\n"),
            tcp(scanner, server, ACK, "QUIT\r\n"),
            tcp(server, scanner, ACK, "250 ok\r\n221 bye\r\n"),
        ];
        let mut octets = Vec::new();
        for (second, packet) in packets.iter().enumerate() {
            octets.extend((second as u32).to_le_bytes());
            octets.extend(0_u32.to_le_bytes());
            octets.extend((packet.len() as u32).to_le_bytes());
            octets.extend((packet.len() as u32).to_le_bytes());
            octets.extend(packet);
        }
        Capture::parse(&octets)
    }

    #[test]
    fn words_in_a_row_are_one_turn() {
        let talk = dialogue().talk_with(SocketAddr::from((SERVER, 25)));
        assert_eq!(
            talk,
            Talk {
                connections: 1,
                turns: 2,
                packets: 9,
                took: Duration::from_secs(8)
            }
        );
    }

    #[test]
    fn only_the_scanners_packets_count_as_sent() {
        let capture = dialogue();
        assert_eq!(
            capture.destinations_of(&[IpAddr::V4(SCANNER)]),
            [IpAddr::V4(SERVER)]
        );
        assert_eq!(
            capture.packets_with(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 99))),
            0
        );
    }

    #[test]
    fn an_answer_is_not_sent_unasked() {
        let ours = [IpAddr::V4(SERVER)];
        let scanner = IpAddr::V4(SCANNER);
        // Seen from the end that was called.
        assert_eq!(dialogue().callers_of(&ours, 25), BTreeSet::from([scanner]));
        assert!(dialogue().sent_unasked(&ours, 25).is_empty());
        assert_eq!(
            dialogue().sent_unasked(&ours, 26),
            BTreeSet::from([scanner])
        );
        // Seen from the end that called.
        assert_eq!(
            dialogue().sent_unasked(&[scanner], 40_000),
            BTreeSet::from(ours)
        );
    }

    #[test]
    fn a_sender_is_known_by_its_ethernet_address() {
        let sent = dialogue().sent_by([2; 6]);
        assert_eq!(Vec::from_iter(sent), [SocketAddr::from((SERVER, 25))]);
        assert!(dialogue().sent_by([3; 6]).is_empty());
    }

    #[test]
    fn a_packet_cut_short_is_left_out() {
        let whole = tcp((SCANNER, 40_000), (SERVER, 25), SYN, "");
        for length in 0..whole.len() {
            assert_eq!(
                Packet::parse(Duration::ZERO, &whole[..length]),
                None,
                "{length} octets"
            );
        }
    }
}
