//! Addresses as a scenario names them: one, the first and the last of a range, or a network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use host_files::{
    scope_file,
    table::{Reader, Section, text},
};
use toml::de::DeValue;

use super::SCENARIO_ADDRESSES_MAX;

/// What is expected where addresses stand.
pub(super) const ADDRESSES: &str = "\"192.0.2.10\", a range \"192.0.2.10-192.0.2.19\", a network \"192.0.2.16/28\", or a list of these";

/// Reads a field that must be there: one of them, or a list.
pub(super) fn read<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    field: &str,
) -> Option<Vec<IpAddr>> {
    if let Some(DeValue::Array(_)) = section.value(field) {
        let lists = reader.list(section, field, ADDRESSES, |value| match value {
            DeValue::String(text) => parse(text),
            _ => Err("something that is no text".to_owned()),
        });
        return lists.map(|lists| lists.concat());
    }
    let text = reader.required(section, field, ADDRESSES, text)?;
    parse(&text)
        .map_err(|found| reader.wrong(section, field, format_args!("holds {found}"), ADDRESSES))
        .ok()
}

/// Reads one of them, or says what is wrong.
pub(super) fn parse(text: &str) -> Result<Vec<IpAddr>, String> {
    let text = text.trim();
    if let Some((first, last)) = text.split_once('-') {
        let no_address = |end: &str| format!("{:?} is no address", end.trim());
        let address = |end: &str| end.trim().parse::<IpAddr>().map_err(|_| no_address(end));
        return range(address(first)?, address(last)?, text);
    }
    if text.contains('/') {
        let network = scope_file::network(text)?;
        let width: u8 = if network.address.is_ipv4() { 32 } else { 128 };
        let hosts = width.saturating_sub(network.prefix);
        let size = 1u128.checked_shl(u32::from(hosts)).unwrap_or(u128::MAX);
        return several(network.address, size, text);
    }
    text.parse()
        .map(|address| vec![address])
        .map_err(|_| format!("{text:?} is no address"))
}

fn range(first: IpAddr, last: IpAddr, text: &str) -> Result<Vec<IpAddr>, String> {
    if first.is_ipv4() != last.is_ipv4() {
        return Err(format!("{text:?} begins in one family and ends in another"));
    }
    let Some(further) = bits(last).checked_sub(bits(first)) else {
        return Err(format!("{text:?} ends before it begins"));
    };
    several(first, further.saturating_add(1), text)
}

fn several(first: IpAddr, count: u128, text: &str) -> Result<Vec<IpAddr>, String> {
    if count > SCENARIO_ADDRESSES_MAX as u128 {
        return Err(format!(
            "{text:?} holds more than the {SCENARIO_ADDRESSES_MAX} addresses that a scenario may name"
        ));
    }
    Ok((0..count).map(|index| nth(first, index)).collect())
}

/// The address `index` behind `first`; never past the end of the family, by how they are counted.
fn nth(first: IpAddr, index: u128) -> IpAddr {
    let bits = bits(first).saturating_add(index);
    match first {
        IpAddr::V4(_) => Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX)).into(),
        IpAddr::V6(_) => Ipv6Addr::from(bits).into(),
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_networks_are_spelled_out() {
        for (text, first, last, count) in [
            ("192.0.2.10", "192.0.2.10", "192.0.2.10", 1),
            ("192.0.2.254-192.0.3.1", "192.0.2.254", "192.0.3.1", 4),
            ("192.0.2.16/28", "192.0.2.16", "192.0.2.31", 16),
            ("192.0.2.1/32", "192.0.2.1", "192.0.2.1", 1),
            (
                "2001:db8::a - 2001:db8::11",
                "2001:db8::a",
                "2001:db8::11",
                8,
            ),
            (
                "255.255.255.254/31",
                "255.255.255.254",
                "255.255.255.255",
                2,
            ),
        ] {
            let all = parse(text).unwrap();
            let ends = [all[0], all[all.len() - 1]].map(|it| it.to_string());
            assert_eq!(
                (ends, all.len()),
                ([first, last].map(str::to_owned), count),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, wrong) in [
            ("mail.example", "\"mail.example\" is no address"),
            ("192.0.2.9-192.0.2.1", "ends before it begins"),
            ("192.0.2.9-2001:db8::1", "begins in one family"),
            ("192.0.2.9-x", "\"x\" is no address"),
            ("192.0.2.1/28", "has bits behind its prefix"),
            ("10.0.0.0/8", "holds more than the 4096 addresses"),
            ("::/0", "holds more than the 4096 addresses"),
        ] {
            let told = parse(text).unwrap_err();
            assert!(told.contains(wrong), "{text}: {told}");
        }
    }
}
