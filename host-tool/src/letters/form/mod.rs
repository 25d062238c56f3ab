//! The forms that a spoken letter takes. Plain text is the first.

pub(crate) mod data;
pub(crate) mod machine;
pub(crate) mod text;
