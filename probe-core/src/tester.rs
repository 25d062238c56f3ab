//! The tester: who we are, by what right, and what our tokens are made with, the same for every job
//! under a scope.

#[cfg(not(feature = "small"))]
use crate::scope::{DnsblScope, ProxyScope};
use crate::{
    finding::DeviceId,
    frame::ScopeDigest,
    scope::{Authority, Delivery, Identity, Scope, Text},
    token::{Key, KeyDigest, Signer},
};

/// What dialogues and the sink know of us. A shell makes it once for a scope and a key, and lends it.
#[derive(Clone, Debug)]
pub struct Tester {
    /// Under which scope and key.
    pub id: TesterId,
    /// Who we say that we are.
    pub identity: Identity,
    /// By what right.
    pub authority: Authority,
    /// A mailbox that is read.
    pub contact: Text,
    /// A page that says who probes and how to stop it.
    pub abuse_page: Text,
    /// What may be delivered.
    pub delivery: Delivery,
    /// What tokens are made with.
    pub signer: Signer,
    /// What a sink's nonces are made with.
    pub key: Key,
    /// What proxies are asked, and where they shall connect to.
    #[cfg(not(feature = "small"))]
    pub proxy: ProxyScope,
    /// Which block lists are asked.
    #[cfg(not(feature = "small"))]
    pub dnsbl: DnsblScope,
}

/// Which tester: another scope or key makes another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TesterId {
    /// The scope.
    pub scope: ScopeDigest,
    /// The key.
    pub key: KeyDigest,
}

impl Tester {
    /// The tester of `device` under `scope`, with `key`.
    pub fn new(scope: &Scope, key: &Key, device: DeviceId) -> Self {
        Self {
            id: TesterId {
                scope: ScopeDigest::of(scope),
                key: key.digest(),
            },
            identity: scope.identity.clone(),
            authority: scope.authority.clone(),
            contact: scope.contact.clone(),
            abuse_page: scope.abuse_page.clone(),
            delivery: scope.delivery,
            signer: Signer::new(key, device),
            key: *key,
            #[cfg(not(feature = "small"))]
            proxy: scope.proxy.clone(),
            #[cfg(not(feature = "small"))]
            dnsbl: scope.dnsbl.clone(),
        }
    }
}
