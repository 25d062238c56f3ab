//! The Postern appliance as plain async functions over an environment.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![allow(async_fn_in_trait)]

pub mod appliance;
pub mod bell;
pub mod conversation;
pub mod env;
pub mod guard;
pub mod link;
pub mod net;
pub mod worker;

#[cfg(test)]
mod testing;
