//! What is wrong with a profile, and where.

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Neither a built-in profile nor a file that can be read.
    #[error(
        "profile `{path}`: {why}; expected a profile's file, or the name of a built-in one \
         ({built_in})"
    )]
    Read {
        /// What was asked for.
        path: String,
        /// What the system says.
        why: String,
        /// The built-in names.
        built_in: String,
    },
    /// A line that is not as expected.
    #[error("{origin}:{line}: {what}")]
    Line {
        /// The file, or the built-in name.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// What was found and what was expected.
        what: String,
    },
}
