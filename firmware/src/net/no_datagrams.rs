//! A network without a socket for datagrams: of an appliance that asks no resolver.

use core::{
    cell::RefCell,
    convert::Infallible,
    marker::PhantomData,
    net::SocketAddr,
    task::{Context, Poll},
};

use embassy_net::{IpEndpoint, Stack};
use probe_core::dialogue::{End, OpenFailure};

use crate::env::Read;

/// Nothing.
#[derive(Default)]
pub struct DatagramMemory(());

impl DatagramMemory {
    /// Nothing.
    pub const fn new() -> Self {
        Self(())
    }
}

/// No socket.
pub(super) struct Datagrams<'d>(PhantomData<Stack<'d>>);

impl<'d> Datagrams<'d> {
    pub(super) const fn new(_stack: Stack<'d>, _memory: &'d mut DatagramMemory) -> Self {
        Self(PhantomData)
    }
}

/// Nobody has it.
pub(super) struct Asking<'a, 'd>(Infallible, PhantomData<&'a Datagrams<'d>>);

impl<'a, 'd> Asking<'a, 'd> {
    pub(super) const fn begin(
        _datagrams: &'a RefCell<Datagrams<'d>>,
        _local: SocketAddr,
        _remote: IpEndpoint,
    ) -> Result<Self, OpenFailure> {
        Err(OpenFailure::NoSlot)
    }

    pub(super) const fn local(&self) -> SocketAddr {
        match self.0 {}
    }

    pub(super) const fn remote(&self) -> Option<IpEndpoint> {
        match self.0 {}
    }

    pub(super) const fn poll_readable(&self, _cx: &mut Context<'_>) -> Poll<()> {
        match self.0 {}
    }

    pub(super) const fn read(&mut self, _octets: &mut [u8]) -> Read {
        match self.0 {}
    }

    pub(super) const fn send(&self, _octets: &[u8]) -> Result<(), End> {
        match self.0 {}
    }
}
