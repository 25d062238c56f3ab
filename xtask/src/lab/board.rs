//! A place for an emulated board among the servers: a TAP device, and what gives the board its addresses.

use std::path::PathBuf;

use super::{
    network,
    plan::{self, BOARD},
    process, resolver,
};
use crate::{failure::Result, place};

/// Name of the process that tells the board its addresses, of its log and of its record.
const NAME: &str = "board-router";

/// The board's end of a wire into the lab. It goes when it is dropped.
pub(crate) struct Port {
    capture: PathBuf,
}

impl Port {
    /// Makes it in a lab that is up. What is left of an earlier one is removed first.
    pub(crate) fn open() -> Result<Self> {
        close()?;
        let port = Self {
            capture: place::target().join("lab/run/board.pcap"),
        };
        network::make_board_port()?;
        resolver::dnsmasq(NAME, &plan::board_configuration())?;
        Ok(port)
    }

    /// What a program is started by so that it finds the wire.
    pub(crate) fn within(&self) -> Vec<String> {
        let command = network::within(BOARD.namespace);
        std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    /// QEMU's words for an Ethernet that is on the wire, with a capture of all that passes.
    pub(crate) fn wire(&self) -> Vec<String> {
        let mac = plan::BOARD_ETHERNET_ADDRESS.map(|octet| format!("{octet:02x}"));
        let tap = format!(
            "tap,id=wire,ifname={},script=no,downscript=no",
            BOARD.interface
        );
        let card = format!("nic,model=lan9118,netdev=wire,macaddr={}", mac.join(":"));
        let dump = format!(
            "filter-dump,id=dump,netdev=wire,file={}",
            self.capture.display()
        );
        ["-netdev", &tap, "-net", &card, "-object", &dump]
            .map(str::to_owned)
            .to_vec()
    }

    /// Where the capture is.
    pub(crate) fn capture(&self) -> &PathBuf {
        &self.capture
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Err(failure) = close() {
            eprintln!("lab: {failure}");
        }
    }
}

fn close() -> Result<()> {
    process::stop(NAME)?;
    network::remove_board_port()
}
