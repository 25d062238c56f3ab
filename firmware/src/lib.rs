//! The Postern appliance as plain async functions over an environment.
//!
//! ```text
//! host ⇄ link ⇄ Prober (probe-core) ⇄ worker × N ⇄ conversation ⇄ Env::Network ⇄ stack ⇄ guard ⇄ wire
//! ```
//!
//! Whoever runs it makes one [`probe_core::prober::Prober`] in a `RefCell`, an [`env::Env`], and
//! an [`appliance::Memory`], and polls the futures of an [`appliance::Appliance`]: one
//! [`work`](appliance::Appliance::work) for each worker, and one
//! [`link`](appliance::Appliance::link). Two rules hold everywhere:
//!
//! * The prober is borrowed for one call and never over an await. So it is free whenever another
//!   future is polled, such as the stack's runner, whose [`guard`] asks it about every frame.
//! * Each task has its own waker. A stack's runner and an application that share one wake each
//!   other for ever. [`appliance::run`] joins workers and link in one task, which is fine beside
//!   a runner with a task of its own.
//!
//! Nothing here knows a board, and nothing but [`net`] knows embassy-net.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![allow(async_fn_in_trait)]

#[cfg(all(feature = "relay-only", feature = "ipv6"))]
compile_error!(
    "the feature `relay-only` is the appliance without IPv6: build it with --no-default-features"
);
#[cfg(any(
    all(feature = "board-qemu-mps2", feature = "board-stm32h743"),
    all(feature = "board-qemu-mps2", feature = "board-stm32f767"),
    all(feature = "board-stm32h743", feature = "board-stm32f767"),
))]
compile_error!("a binary is for one board: choose exactly one of the features `board-…`");

pub mod appliance;
pub mod bell;
pub mod conversation;
pub mod duty;
pub mod env;
mod follow;
pub mod guard;
pub mod link;
#[cfg(not(feature = "relay-only"))]
mod lists;
mod log;
pub mod lookup;
pub mod net;
pub mod panel;
pub mod restart;
#[cfg(not(feature = "relay-only"))]
pub mod reverse;
pub mod scout;
#[cfg(not(feature = "relay-only"))]
pub mod sink;
pub mod storage;
pub mod unique;
#[cfg(not(feature = "relay-only"))]
pub mod visit;
mod way;
pub mod worker;

#[cfg(test)]
mod testing;
