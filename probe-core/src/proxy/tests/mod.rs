//! The dialogue against proxies and against what is none, with our own sink behind them.

mod answers;
mod cuts;
mod limits;
mod peer;
mod players;
mod skips;
