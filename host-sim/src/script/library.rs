//! The scripts that come with the simulator.

use std::sync::LazyLock;

use crate::peers::Personality;

/// A script's file and text.
pub type Source = (&'static str, &'static str);

/// Personalities that are easier told than programmed.
#[rustfmt::skip]
pub const SCRIPTS: &[Source] = &[
    ("host-sim/peers/accepts-252.script", include_str!("../../peers/accepts-252.script")),
    ("host-sim/peers/bare-line-feeds.script", include_str!("../../peers/bare-line-feeds.script")),
    ("host-sim/peers/courier.script", include_str!("../../peers/courier.script")),
    ("host-sim/peers/data-at-rcpt.script", include_str!("../../peers/data-at-rcpt.script")),
    ("host-sim/peers/drops-at-rcpt.script", include_str!("../../peers/drops-at-rcpt.script")),
    ("host-sim/peers/forwards-251.script", include_str!("../../peers/forwards-251.script")),
    ("host-sim/peers/ftp.script", include_str!("../../peers/ftp.script")),
    ("host-sim/peers/german-closed.script", include_str!("../../peers/german-closed.script")),
    ("host-sim/peers/greets-with-554.script", include_str!("../../peers/greets-with-554.script")),
    ("host-sim/peers/helo-only.script", include_str!("../../peers/helo-only.script")),
    ("host-sim/peers/in-pieces.script", include_str!("../../peers/in-pieces.script")),
    ("host-sim/peers/invalid-recipient.script", include_str!("../../peers/invalid-recipient.script")),
    ("host-sim/peers/latin-1-closed.script", include_str!("../../peers/latin-1-closed.script")),
    ("host-sim/peers/long-greeting.script", include_str!("../../peers/long-greeting.script")),
    ("host-sim/peers/mixed-closed.script", include_str!("../../peers/mixed-closed.script")),
    ("host-sim/peers/mixed-open.script", include_str!("../../peers/mixed-open.script")),
    ("host-sim/peers/no-enhanced-codes.script", include_str!("../../peers/no-enhanced-codes.script")),
    ("host-sim/peers/not-local-551.script", include_str!("../../peers/not-local-551.script")),
    ("host-sim/peers/null-mx-556.script", include_str!("../../peers/null-mx-556.script")),
    ("host-sim/peers/one-way-sender.script", include_str!("../../peers/one-way-sender.script")),
    ("host-sim/peers/polish-deferring.script", include_str!("../../peers/polish-deferring.script")),
    ("host-sim/peers/refuses-all-521.script", include_str!("../../peers/refuses-all-521.script")),
    ("host-sim/peers/says-ok-in-550.script", include_str!("../../peers/says-ok-in-550.script")),
    ("host-sim/peers/says-relay-in-250.script", include_str!("../../peers/says-relay-in-250.script")),
    ("host-sim/peers/silent-at-rcpt.script", include_str!("../../peers/silent-at-rcpt.script")),
    ("host-sim/peers/source-routes.script", include_str!("../../peers/source-routes.script")),
    ("host-sim/peers/teaser-greeting.script", include_str!("../../peers/teaser-greeting.script")),
];

/// What real servers answered; `cargo xtask lab record` writes these files.
#[rustfmt::skip]
pub const RECORDED: &[Source] = &[
    ("host-sim/recorded/exim-closed.script", include_str!("../../recorded/exim-closed.script")),
    ("host-sim/recorded/exim-open.script", include_str!("../../recorded/exim-open.script")),
    ("host-sim/recorded/opensmtpd-closed.script", include_str!("../../recorded/opensmtpd-closed.script")),
    ("host-sim/recorded/opensmtpd-open.script", include_str!("../../recorded/opensmtpd-open.script")),
    ("host-sim/recorded/postfix-closed.script", include_str!("../../recorded/postfix-closed.script")),
    ("host-sim/recorded/postfix-open.script", include_str!("../../recorded/postfix-open.script")),
];

/// The personalities of [`SCRIPTS`].
pub fn library() -> &'static [&'static Personality] {
    static LIBRARY: LazyLock<Vec<&'static Personality>> = LazyLock::new(|| load_all(SCRIPTS));
    &LIBRARY
}

/// The personalities of [`RECORDED`].
pub fn recorded() -> &'static [&'static Personality] {
    static RECORDINGS: LazyLock<Vec<&'static Personality>> = LazyLock::new(|| load_all(RECORDED));
    &RECORDINGS
}

fn load_all(sources: &[Source]) -> Vec<&'static Personality> {
    let load = |(file, text): &Source| {
        super::load(file, text).unwrap_or_else(|error| panic!("a script of ours: {error}"))
    };
    sources.iter().map(load).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_file_is_in_the_table_under_its_personalitys_name() {
        for (folder, sources, personalities) in [
            ("peers", SCRIPTS, library()),
            ("recorded", RECORDED, recorded()),
        ] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let mut files: Vec<_> = fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .map(|name| format!("host-sim/{folder}/{name}"))
                .collect();
            files.sort();
            let table: Vec<_> = sources.iter().map(|(file, _)| (*file).to_owned()).collect();
            let names: Vec<_> = personalities
                .iter()
                .map(|personality| format!("host-sim/{folder}/{}.script", personality.name))
                .collect();
            assert_eq!(files, table);
            assert_eq!(names, table);
        }
    }
}
