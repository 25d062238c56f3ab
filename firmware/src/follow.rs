//! What becomes of the network: cable, addresses, routers.

use core::{convert::Infallible, future::poll_fn, pin::pin, task::Poll};

use embassy_futures::select::{select, select3};
use embassy_net::Stack;
#[cfg(feature = "ipv6")]
use embassy_net::{ConfigV6, HardwareAddress, Ipv6Cidr, StaticConfigV6};
use probe_core::{frame::message::NetworkState, time::Instant};

use crate::{
    bell::Bell,
    env::Env,
    guard::{Doors, Watch},
    link::Bells,
};

/// Looks at the network whenever it has changed.
pub(crate) struct Follower<'a, E> {
    pub(crate) env: &'a E,
    pub(crate) stack: Stack<'a>,
    pub(crate) watch: &'a Watch,
    /// The guard has news of a router.
    pub(crate) bell: &'a Bell,
    pub(crate) bells: Bells<'a>,
}

impl<E: Env> Follower<'_, E> {
    pub(crate) async fn follow(&self, mut told: impl FnMut(NetworkState)) -> Infallible {
        let mut known = None;
        loop {
            let until = self.take_advertised();
            let doors = self.doors();
            self.watch.set_doors(doors);
            let state = self.env.network_state();
            // Another address alone is news too: the guard's way from the old one is gone.
            let seen = (
                (state.lack, state.ipv4, state.ipv6),
                (doors, self.watch.own_networks()),
            );
            // Nobody is rung for what is no news: the stack may wake this task for that, and is itself
            // woken by the bells.
            if known != Some(seen) {
                known = Some(seen);
                told(state);
                self.bells.ring_all();
            }
            // The promise of the one that is polled last holds: to look up while nothing is over.
            let resting = select(self.env.sleep_until(until), self.env.rest());
            select3(self.changed(), self.bell.wait(), resting).await;
        }
    }

    /// Tells the stack which IPv6 address and router it has now, and says until when.
    fn take_advertised(&self) -> Instant {
        #[cfg(feature = "ipv6")]
        if self.watch.doors().slaac
            && let HardwareAddress::Ethernet(own) = self.stack.hardware_address()
        {
            let (now, advertised) = (self.env.now(), self.watch.advertised());
            let wanted = advertised
                .address(now, own.0)
                .map(|(address, gateway)| StaticConfigV6 {
                    address: Ipv6Cidr::new(address, 64),
                    gateway,
                    dns_servers: Default::default(),
                });
            if self.stack.config_v6() != wanted {
                let config = wanted.map_or(ConfigV6::None, ConfigV6::Static);
                self.stack.set_config_v6(config);
            }
            return advertised.until(now);
        }
        Instant::NEVER
    }

    /// The routers are doors, and the DHCP server. One that is not on our link is asked again by a
    /// broadcast.
    fn doors(&self) -> Doors {
        let doors = self.watch.doors();
        // For our own addresses, which the server has to be near to.
        self.env.network();
        Doors {
            gateway_v4: self.stack.config_v4().and_then(|config| config.gateway),
            #[cfg(feature = "ipv6")]
            gateway_v6: self.stack.config_v6().and_then(|config| config.gateway),
            dhcp_server: self.watch.dhcp_server().filter(|_| doors.dhcp),
            ..doors
        }
    }

    /// Returns when the stack has another state of its link, or another configuration.
    async fn changed(&self) {
        // The stack wakes one task for either, and has only futures that wait for one state: one that
        // has to wait again was woken for another.
        let is_up = self.stack.is_link_up();
        let mut waiting = pin!(async {
            if is_up {
                self.stack.wait_link_down().await;
            } else {
                self.stack.wait_link_up().await;
            }
        });
        let mut woken = false;
        poll_fn(|context| {
            let ready = waiting.as_mut().poll(context).is_ready();
            if ready || core::mem::replace(&mut woken, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}
