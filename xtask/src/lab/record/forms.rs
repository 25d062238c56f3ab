//! Every form of docs/relay-battery.md as a template, the narrower ones first.

use super::super::plan::NEAR;

/// A form that is asked: its id and its template.
///
/// `*` is a local part. `{ours}`, `{sink}` and `{host}` are domains; `{own}` and `{there}` are
/// addresses, of the server and of the sink.
pub(super) type Form = (&'static str, &'static str);

/// MAIL FROM.
pub(super) const SENDERS: [Form; 13] = [
    ("F2", "<>"),
    ("F7", "<postmaster@{domain}>"),
    ("F7", "<postmaster@{host}>"),
    ("F3", "<*@{host}>"),
    ("F3", "<*@{domain}>"),
    ("F5", "<*@localhost>"),
    ("F9", "<*@nonexistent.{ours}>"),
    ("F4", "<*@[{own}]>"),
    ("F10", "<*@>"),
    ("F1", "<*@{ours}>"),
    ("F8", "<{ours}!*>"),
    ("F6", "<*>"),
    ("F11", "*@{ours}"),
];

/// The place of F1 in [`SENDERS`].
pub(super) const OURS: usize = 9;

/// RCPT TO. C3 is the twin of T1.
pub(super) const RECIPIENTS: [Form; 35] = [
    ("C1", "<postmaster>"),
    ("T8", "<\"*@{sink}\"@{host}>"),
    ("T8", "<\"*@{sink}\"@{domain}>"),
    ("T9", "<\"*@{sink}\"@[{own}]>"),
    ("T23", "<\"*%{sink}\"@{host}>"),
    ("T23", "<\"*%{sink}\"@{domain}>"),
    ("T6", "<\"*@{sink}\">"),
    ("T7", "<\"*%{sink}\">"),
    ("T19", "<@{domain},@{host}:*@{sink}>"),
    ("T13", "<@[{own}]:*@{sink}>"),
    ("T12", "<@{host}:*@{sink}>"),
    ("T12", "<@{domain}:*@{sink}>"),
    ("T21", "<*%{sink}%{host}@{host}>"),
    ("T21", "<*%{sink}%{domain}@{domain}>"),
    ("T20", "<*%{sink}@localhost>"),
    ("T20", "<*%{sink}@[127.0.0.1]>"),
    ("T3", "<*%{sink}@{host}>"),
    ("T3", "<*%{sink}@{domain}>"),
    ("T4", "<*%{sink}@[{own}]>"),
    ("T17", "<*%{sink}@>"),
    ("T10", "<*@{sink}@{host}>"),
    ("T10", "<*@{sink}@{domain}>"),
    ("T11", "<*@{sink}@[{own}]>"),
    ("T18", "<*@{sink}@>"),
    ("T16", "<{sink}!*@[{own}]>"),
    ("T15", "<{sink}!*@{host}>"),
    ("T15", "<{sink}!*@{domain}>"),
    ("T14", "<{sink}!*>"),
    ("T5", "<*%{sink}>"),
    ("C2", "<*@{domain}>"),
    ("C2", "<*@{host}>"),
    ("T25", "<*@[{there}]>"),
    ("T22", "<*@{sink}.>"),
    ("T1", "<*@{sink}>"),
    ("T2", "*@{sink}"),
];

/// Forms that are plainly at the sink.
pub(super) const PLAIN: [&str; 8] = ["T1", "T2", "T12", "T13", "T19", "T22", "T24", "T25"];

/// A server's names, as the templates want them.
pub(super) struct Names<'a> {
    pub(super) host: &'a str,
    pub(super) domain: &'a str,
    pub(super) address: &'a str,
}

impl Names<'_> {
    /// What is sent.
    pub(super) fn sample(&self, template: &str, local_part: &str, twin: bool) -> String {
        let sink = if twin {
            "nabcdefgh.invalid"
        } else {
            NEAR.sink_domain
        };
        template
            .replace('*', local_part)
            .replace("{ours}", NEAR.sender_domain)
            .replace("{sink}", sink)
            .replace("{host}", self.host)
            .replace("{domain}", self.domain)
            .replace("{own}", self.address)
            .replace("{there}", &NEAR.ipv4.to_string())
    }
}

/// The pattern that a script has for it.
pub(super) fn pattern(template: &str, twin: bool) -> String {
    template
        .replace("{ours}", "*")
        .replace("{sink}", if twin { "*.invalid" } else { "*" })
        .replace("{own}", "*")
        .replace("{there}", "*")
}

/// Whether it has a twin of the same shape that leads nowhere.
pub(super) fn has_twin(template: &str) -> bool {
    template.contains("{sink}")
}
