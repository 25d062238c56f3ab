//! Letters as people read them: golden files, and what must hold in every language.

mod checks;
mod contract;
mod events;
mod facts;
mod forms;
mod golden;
mod historic;
mod layout;
mod refused;
mod reports;
mod spoken;
mod text;
mod typography;
