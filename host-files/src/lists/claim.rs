//! What a database says about an address that it lists.

/// What an entry in a database means. Only an entry that says what a probe asks for is an occasion
/// for a letter; everything else is context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The list does not say: it names the address as one that is suspected of what is probed.
    #[default]
    Suspect,
    /// It relays mail for strangers.
    OpenRelay,
    /// It forwards connections for strangers.
    OpenProxy(ListedProxy),
    /// Something else: that it can be reached, or has another weakness, or sends spam.
    Other,
}

/// How an open proxy is spoken to, as exactly as the database says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListedProxy {
    /// The database does not say.
    Any,
    /// HTTP: CONNECT or forwarding.
    Http,
    /// SOCKS of any version.
    Socks,
    /// SOCKS4 or SOCKS4a.
    Socks4,
    /// SOCKS5.
    Socks5,
    /// A text gateway such as WinGate.
    Gateway,
}

impl Claim {
    /// Every claim that has a word.
    pub const NAMED: [Self; 8] = [
        Self::OpenRelay,
        Self::OpenProxy(ListedProxy::Any),
        Self::OpenProxy(ListedProxy::Http),
        Self::OpenProxy(ListedProxy::Socks),
        Self::OpenProxy(ListedProxy::Socks4),
        Self::OpenProxy(ListedProxy::Socks5),
        Self::OpenProxy(ListedProxy::Gateway),
        Self::Other,
    ];

    /// The word in lists, in the store and in `--json`; none where the list does not say.
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Suspect => None,
            Self::OpenRelay => Some("open-relay"),
            Self::OpenProxy(ListedProxy::Any) => Some("open-proxy"),
            Self::OpenProxy(ListedProxy::Http) => Some("open-proxy/http"),
            Self::OpenProxy(ListedProxy::Socks) => Some("open-proxy/socks"),
            Self::OpenProxy(ListedProxy::Socks4) => Some("open-proxy/socks4"),
            Self::OpenProxy(ListedProxy::Socks5) => Some("open-proxy/socks5"),
            Self::OpenProxy(ListedProxy::Gateway) => Some("open-proxy/gateway"),
            Self::Other => Some("other"),
        }
    }

    /// The claim of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::NAMED
            .into_iter()
            .find(|claim| claim.as_str() == Some(word))
    }

    /// All words, for messages.
    pub fn words() -> String {
        Self::NAMED
            .into_iter()
            .filter_map(Self::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for claim in Claim::NAMED {
            assert_eq!(Claim::parse(claim.as_str().unwrap()), Some(claim));
        }
        assert_eq!(Claim::parse(""), None);
        assert_eq!(Claim::Suspect.as_str(), None);
    }
}
