//! Letters to whoever runs a server: model, then language, then form.
//!
//! ```text
//! LetterFacts -> blocks, in the order of the profile -> a language -> a form
//! ```
//!
//! The [`model`] knows no language, a language knows no layout, a form knows no case. A letter
//! says what was shown and no more.

pub mod model;
