//! The lab's namespaces, links and addresses. No interface of this machine is in them: there is no way out.

use std::process::Command;

use super::{
    plan::{self, Namespace, Scanner},
    process,
};
use crate::{
    failure::{Failure, Result},
    run,
};

/// Makes the three namespaces and the servers' addresses. The links come with their processes.
pub(super) fn make() -> Result<()> {
    for namespace in Namespace::ALL {
        ip(&["netns", "add", &namespace.name()])?;
        inside(namespace, &["ip", "link", "set", "lo", "up"])?;
    }
    for address in plan::server_addresses() {
        inside(
            Namespace::Servers,
            &["ip", "address", "add", &address, "dev", "lo"],
        )?;
    }
    Ok(())
}

/// Gives both ends of a scanner's link their addresses, and the scanner its way to the servers.
///
/// Each end knows its neighbour beforehand: nobody has to ask, which would cost a round trip.
pub(super) fn address(scanner: &Scanner) -> Result<()> {
    let Scanner {
        namespace,
        interface,
        ..
    } = scanner;
    let [servers_mac, scanner_mac] = plan::ETHERNET_ADDRESSES;
    let servers_end = [
        scanner.gateway_ipv4.to_string(),
        scanner.gateway_ipv6.to_string(),
    ];
    let scanners_end = [scanner.ipv4.to_string(), scanner.ipv6.to_string()];
    for (end, mac, [ipv4, ipv6], neighbour_mac, neighbours) in [
        (
            Namespace::Servers,
            servers_mac,
            &servers_end,
            scanner_mac,
            &scanners_end,
        ),
        (
            *namespace,
            scanner_mac,
            &scanners_end,
            servers_mac,
            &servers_end,
        ),
    ] {
        inside(end, &["ip", "link", "set", interface, "address", mac, "up"])?;
        inside(
            end,
            &[
                "ip",
                "address",
                "add",
                &format!("{ipv4}/24"),
                "dev",
                interface,
            ],
        )?;
        // Nobody else is there, so there is no duplicate to detect and nothing to wait for.
        inside(
            end,
            &[
                "ip",
                "address",
                "add",
                &format!("{ipv6}/64"),
                "dev",
                interface,
                "nodad",
            ],
        )?;
        for neighbour in neighbours {
            let entry = [
                "lladdr",
                neighbour_mac,
                "nud",
                "permanent",
                "dev",
                interface,
            ];
            inside(
                end,
                &[&["ip", "neighbour", "add", neighbour][..], &entry].concat(),
            )?;
        }
    }
    // A way to everywhere that ends among the servers: what should not be sent shows in the capture.
    let [ipv4, ipv6] = &servers_end;
    inside(*namespace, &["ip", "route", "add", "default", "via", ipv4])?;
    inside(
        *namespace,
        &["ip", "-6", "route", "add", "default", "via", ipv6],
    )?;
    Ok(())
}

/// Makes the TAP device of the board's wire, with the servers' end of it. QEMU opens it by its name.
pub(super) fn make_board_port() -> Result<()> {
    let interface = plan::BOARD.interface;
    let ipv4 = format!("{}/{}", plan::BOARD.gateway_ipv4, plan::BOARD_PREFIX);
    let ipv6 = format!("{}/64", plan::BOARD.gateway_ipv6);
    let router = format!("{}/64", plan::BOARD_ROUTER);
    let nodad = ["dev", interface, "nodad"];
    let (board, nameless) = (plan::BOARD.ipv6.to_string(), plan::NAMELESS.to_string());
    // A router takes no address from announcements, its own least of all.
    let announced = format!("net.ipv6.conf.{interface}.accept_ra=0");
    for words in [
        &["ip", "tuntap", "add", "dev", interface, "mode", "tap"][..],
        // The kernel's own address would have to wait for the board before it counts.
        &["ip", "link", "set", interface, "addrgenmode", "none"],
        &["sysctl", "-w", &announced],
        &["ip", "link", "set", interface, "up"],
        &["ip", "address", "add", &ipv4, "dev", interface],
        &[&["ip", "address", "add", &ipv6][..], &nodad].concat(),
        &[&["ip", "address", "add", &router][..], &nodad].concat(),
        &[
            "ip", "route", "add", &board, "dev", interface, "src", &nameless,
        ],
    ] {
        inside(Namespace::Servers, words)?;
    }
    Ok(())
}

/// Removes it, if it is there.
pub(super) fn remove_board_port() -> Result<()> {
    let interface = plan::BOARD.interface;
    if inside(Namespace::Servers, &["ip", "link", "show", interface]).is_err() {
        return Ok(());
    }
    inside(
        Namespace::Servers,
        &["ip", "link", "delete", "dev", interface],
    )
    .map(drop)
}

/// Whether all three namespaces are there.
pub(super) fn is_whole() -> bool {
    let names = names();
    Namespace::ALL
        .iter()
        .all(|namespace| names.contains(&namespace.name()))
}

/// Ends what is left in the servers' namespace without a record, and removes the namespaces of this
/// checkout.
pub(super) fn remove() -> Result<()> {
    let names = names();
    for namespace in Namespace::ALL {
        let name = namespace.name();
        if names.contains(&name) {
            if namespace == Namespace::Servers {
                // A removed target folder takes the records with it; what runs in here is still ours.
                for pid in ip(&["netns", "pids", &name])?.split_whitespace() {
                    process::kill(
                        pid.parse()
                            .map_err(|_| Failure::new(format!("{pid} is no process id")))?,
                    );
                }
            }
            ip(&["netns", "delete", &name])?;
        }
    }
    Ok(())
}

/// A command inside a namespace.
pub(crate) fn within(namespace: Namespace) -> Command {
    run::command(&["ip", "netns", "exec", &namespace.name()])
}

/// Runs a command inside a namespace and returns what it printed.
pub(crate) fn inside(namespace: Namespace, words: &[&str]) -> Result<String> {
    run::output(within(namespace).args(words))
}

fn ip(words: &[&str]) -> Result<String> {
    run::output(run::command(&["ip"]).args(words))
}

fn names() -> Vec<String> {
    let listed = ip(&["netns", "list"]).unwrap_or_default();
    listed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}
