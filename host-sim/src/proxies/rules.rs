//! What distinguishes one proxy from another.

use std::time::Duration;

use super::request::How;

/// What a proxy does with whom.
pub(crate) struct Rules {
    /// What it can be asked in.
    pub(super) speaks: &'static [How],
    /// Whom it connects.
    pub(super) lets: Lets,
    /// How SOCKS5 says that a login is wanted.
    pub(super) login: Login,
    /// When it says yes.
    pub(super) grants: Grants,
    /// How long it takes before it connects.
    pub(super) connects_after: Duration,
    /// Whether its connections come out at another address than its own.
    pub(super) comes_out_elsewhere: bool,
    /// Whether what is no answer of HTTP is one of a broken server to it.
    pub(super) only_pages: bool,
    /// How it wants the last line of a CONNECT.
    pub(super) last_line: LastLine,
    /// What it says to whoever calls.
    pub(super) greets: &'static [u8],
}

/// A proxy that connects everybody, in no protocol yet.
pub(super) const OPEN: Rules = Rules {
    speaks: &[],
    lets: Lets::Everybody,
    login: Login::NoMethod,
    grants: Grants::WhenConnected,
    connects_after: Duration::ZERO,
    comes_out_elsewhere: false,
    only_pages: false,
    last_line: LastLine::Anyhow,
    greets: b"",
};

/// Whom a proxy connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lets {
    Everybody,
    Nobody,
    WithLogin,
    /// To these ports only.
    Ports(&'static [u16]),
    /// It says that it tries, and gets nowhere.
    NowhereAtAll,
}

/// How SOCKS5 says that a login is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// No method of those that are offered.
    NoMethod,
    /// A password, which was not offered.
    Password,
}

/// When a proxy says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grants {
    WhenConnected,
    AtOnce,
    /// At once, and connects nobody.
    AndNothingMore,
}

/// How a proxy wants the last line of a CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastLine {
    Anyhow,
    /// In a segment of its own, or it hangs up.
    Apart,
    /// In a segment of its own, or it says nothing.
    ApartOrNothing,
}
