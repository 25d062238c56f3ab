//! Letters as people read them: golden files, and what must hold in every language.

mod checks;
mod contract;
mod facts;
mod forms;
mod golden;
mod refused;
mod spoken;
mod text;
