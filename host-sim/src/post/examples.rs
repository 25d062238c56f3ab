//! An example of each form of docs/relay-battery.md, written down by hand: nothing of it is the battery's.

/// A sender of each form, to the server `mail.h.example` at 192.0.2.25, which takes mail for `h.example`.
pub const SENDERS: [(&str, &str); 11] = [
    ("F1", "<s@probe.example>"),
    ("F2", "<>"),
    ("F3", "<s@h.example>"),
    ("F4", "<s@[192.0.2.25]>"),
    ("F5", "<s@localhost>"),
    ("F6", "<s>"),
    ("F7", "<postmaster@h.example>"),
    ("F8", "<probe.example!s>"),
    ("F9", "<s@nonexistent.probe.example>"),
    ("F10", "<s@>"),
    ("F11", "s@probe.example"),
];

/// A recipient of each form. T24 stands behind another one, `T1-after-reset` behind a RSET.
pub const RECIPIENTS: [(&str, &str); 27] = [
    ("T1", "<u@sink.example>"),
    ("T2", "u@sink.example"),
    ("T3", "<u%sink.example@mail.h.example>"),
    ("T4", "<u%sink.example@[192.0.2.25]>"),
    ("T5", "<u%sink.example>"),
    ("T6", "<\"u@sink.example\">"),
    ("T7", "<\"u%sink.example\">"),
    ("T8", "<\"u@sink.example\"@mail.h.example>"),
    ("T9", "<\"u@sink.example\"@[192.0.2.25]>"),
    ("T10", "<u@sink.example@mail.h.example>"),
    ("T11", "<u@sink.example@[192.0.2.25]>"),
    ("T12", "<@mail.h.example:u@sink.example>"),
    ("T13", "<@[192.0.2.25]:u@sink.example>"),
    ("T14", "<sink.example!u>"),
    ("T15", "<sink.example!u@mail.h.example>"),
    ("T16", "<sink.example!u@[192.0.2.25]>"),
    ("T17", "<u%sink.example@>"),
    ("T18", "<u@sink.example@>"),
    ("T19", "<@h.example,@mail.h.example:u@sink.example>"),
    ("T20", "<u%sink.example@localhost>"),
    ("T20", "<u%sink.example@[127.0.0.1]>"),
    ("T21", "<u%sink.example%mail.h.example@mail.h.example>"),
    ("T22", "<u@sink.example.>"),
    ("T23", "<\"u%sink.example\"@mail.h.example>"),
    ("T24", "<u@sink.example>"),
    ("T25", "<u@[198.51.100.25]>"),
    ("T1-after-reset", "<u@sink.example>"),
];

/// A client's name of each form: the names of F12, and our own.
pub const HELLOS: [(&str, &str); 5] = [
    ("own", "probe.example"),
    ("theirs", "mail.h.example"),
    ("unknown", "nonexistent.probe.example"),
    ("literal", "[192.0.2.25]"),
    ("localhost", "localhost"),
];
