//! What a board shows to whoever stands before it, and what they may tell it: a lamp, a button.

mod button;
mod lamp;

pub use button::{Button, FACTORY_PRESS, Press, STEADY};
pub use lamp::{Lamp, lamp};
