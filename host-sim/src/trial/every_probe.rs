//! A trial with proxies and block lists beside its servers.
//!
//! They are drawn from dice of their own, so that a seed's servers and faults are the same without them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use probe_core::suspect::Suspect;

use super::{Trial, draw::Dice};
use crate::{
    demo,
    lists::{self, EVERY, List, Placed, RESOLVER, Says},
    proxies::Proxy,
    random::Random,
    world::Site,
};

impl Trial {
    /// The same, with proxies, and with lists that are asked about some addresses.
    pub fn with_every_probe(mut self) -> Self {
        let mut dice = Dice(Random::new(crate::random::hash(self.seed, b"every probe")));
        self.scope = demo::asking_proxies(self.scope);
        self.world = self.world.with_sink_name_of(&self.scope);
        for number in 0..2 + dice.below(6) {
            self.add_proxy(&mut dice, number);
        }
        self.add_lists(&mut dice);
        self
    }

    fn add_proxy(&mut self, dice: &mut Dice, number: u64) {
        let every: Vec<_> = Proxy::every().collect();
        let proxy = *dice.one_of(&every);
        let low = u8::try_from(number).unwrap_or(u8::MAX) + 40;
        let address: IpAddr = match dice.below(3) {
            0 => Ipv4Addr::new(198, 51, 100, low).into(),
            1 => Ipv4Addr::new(203, 0, 113, low).into(),
            _ => Ipv6Addr::new(0x2001, 0xdb8, 0x40, 0, 0, 0, 0, low.into()).into(),
        };
        self.add(SocketAddr::new(address, proxy.port), Site::Proxy(proxy));
    }

    fn add(&mut self, at: SocketAddr, site: Site) {
        self.world.sites.insert(at, site);
        self.list.push(Suspect {
            address: at.ip(),
            port: at.port(),
            names: Default::default(),
        });
    }

    /// Up to four lists, and up to three addresses that they are asked about.
    fn add_lists(&mut self, dice: &mut Dice) {
        let lists: Vec<&'static List> = (0..1 + dice.below(4)).map(|_| dice.one_of(&EVERY)).fold(
            Vec::new(),
            |mut lists, list| {
                if !lists.iter().any(|known| std::ptr::eq(*known, list)) {
                    lists.push(list);
                }
                lists
            },
        );
        let mut placed: Vec<Placed> = lists.into_iter().map(Placed::new).collect();
        for number in 0..1 + dice.below(3) {
            let low = u16::try_from(number).unwrap_or(0) + 60;
            let address: IpAddr = if dice.once_in(2) {
                Ipv4Addr::new(192, 0, 2, low.to_be_bytes()[1]).into()
            } else {
                Ipv6Addr::new(0x2001, 0xdb8, 0x60, 0, 0, 0, 0, low).into()
            };
            let mut says: Vec<Says> = Vec::new();
            for of in &mut placed {
                // Where it does not answer us, it is not asked about the next address either.
                let is_on_it = of.list.leaves_us_alone() || dice.once_in(2);
                says.push(of.list.says(address, is_on_it));
                if is_on_it {
                    *of = of.clone().with([address]);
                }
            }
            self.add(SocketAddr::new(address, 0), Site::Asked(says));
        }
        let resolver = IpAddr::V4(RESOLVER);
        let scope = self.scope.clone();
        self.scope = lists::asking(scope, resolver, &placed);
        let resolves = lists::resolver(&placed);
        self.world.resolvers.insert(resolver, resolves);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::trial::{Draw, draw};

    #[test]
    fn every_proxy_and_list_is_drawn_and_every_scope_can_be_used() {
        let (mut proxies, mut zones) = (BTreeSet::new(), BTreeSet::new());
        for seed in 0..400 {
            let trial = draw(seed, &Draw::Random).with_every_probe();
            trial.scope.check().unwrap();
            assert!(trial.extras().every_probe);
            proxies.extend(trial.world.sites.values().filter_map(|site| match site {
                Site::Proxy(proxy) => Some(proxy.name),
                _ => None,
            }));
            zones.extend(
                trial
                    .scope
                    .dnsbl
                    .zones
                    .iter()
                    .map(|it| it.name.as_str().to_owned()),
            );
        }
        assert_eq!(proxies.len(), Proxy::every().count());
        assert_eq!(zones.len(), EVERY.len());
    }

    #[test]
    fn its_servers_and_faults_are_the_same_without_them() {
        let without = draw(7, &Draw::Random);
        let with = without.clone().with_every_probe();
        assert!(with.list.starts_with(&without.list));
        assert_eq!(with.world.faults, without.world.faults);
        assert_eq!(with.cuts, without.cuts);
    }
}
