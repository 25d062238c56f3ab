//! A virtual internet that runs the appliance's own code in virtual time.
#![forbid(unsafe_code)]

mod build;
pub mod clock;
pub mod day;
pub mod demo;
pub mod dns;
mod drive;
pub mod elsewhere;
mod executor;
mod failure;
pub mod faults;
pub mod host;
mod life;
mod lines;
pub mod lists;
pub mod loss;
pub mod net;
pub mod observer;
pub mod oracles;
pub mod parade;
mod pcap;
pub mod peers;
pub mod pipe;
pub mod post;
pub mod proof;
pub mod proxies;
pub mod random;
pub mod scenario;
pub mod script;
#[cfg(feature = "serve")]
pub mod serve;
pub mod server;
pub mod simulation;
pub mod smtp;
pub mod trial;
pub mod world;
