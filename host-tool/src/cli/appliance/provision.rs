//! `postern appliance provision`.

use std::net::Ipv4Addr;

use probe_core::frame::about::{Addressing, LinkPort, Provision, ProvisionAnswer};

use super::super::args::ApplianceProvision as Args;
use crate::{
    cli::scan::failure,
    exit::{Exit, Failure},
    problem::{Place, Problem},
    visit::SetUp,
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let link = super::link(&args.link)?;
    if !link.is_trusted() {
        return Err(Failure::input(failure::not_trusted(&link)));
    }
    let provision = read(args).map_err(Failure::input)?;
    let mut task = SetUp::new(provision);
    super::visit(&link, &mut task)?;
    let problem = |found: &str, expected: &str| {
        Problem::new(Place::named(format!("--link {link}")), found, expected)
    };
    match task.answer {
        Some(ProvisionAnswer::Kept) => {
            super::super::print("kept; it takes effect when the appliance starts again\n")?;
            Ok(Exit::Done)
        }
        Some(ProvisionAnswer::Refused(error)) => Err(Failure::input(problem(
            &format!("the appliance refuses it: {}", error.as_str()),
            "an address that a host may have, and no link port where its firmware has none",
        ))),
        Some(ProvisionAnswer::NotKept) => Err(Failure::Appliance(problem(
            "the appliance has nowhere to keep it, or its flash is broken",
            "an appliance with flash that takes it",
        ))),
        None => Err(Failure::Appliance(problem(
            "the appliance did not answer",
            "an appliance of this version",
        ))),
    }
}

/// What the arguments say.
fn read(args: &Args) -> Result<Provision, Problem> {
    let address = match &args.address {
        None => Addressing::Dhcp,
        Some(text) => {
            let (address, prefix) = network(text).ok_or_else(|| {
                Problem::new(
                    Place::named(format!("--address {text}")),
                    "it is not an IPv4 address with the length of its network's prefix",
                    "an address such as 192.0.2.10/24",
                )
            })?;
            Addressing::Static {
                address,
                prefix,
                gateway: args.gateway,
            }
        }
    };
    let provision = Provision {
        address,
        link_port: args.host.map(|host| LinkPort {
            host,
            port: args.port,
        }),
    };
    provision.check().map_err(|error| {
        Problem::new(
            Place::named("appliance provision"),
            error.as_str(),
            "an address of its own, a router in the same network, a host's address, and a port",
        )
    })?;
    Ok(provision)
}

fn network(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    Some((address.parse().ok()?, prefix.parse().ok()?))
}
