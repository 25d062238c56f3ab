//! Block lists of scans as JSON.

use std::collections::BTreeMap;

use probe_core::name::Name;
use serde::{Deserialize, Serialize};

use crate::{lists::Claim, scope_file::ScopeList};

#[derive(Serialize, Deserialize)]
struct Kept {
    zone: String,
    name: String,
    codes: BTreeMap<u8, String>,
    may_be_quoted: bool,
    agreement: Option<String>,
}

pub(super) fn write(lists: &[ScopeList]) -> String {
    let kept = |list: &ScopeList| Kept {
        zone: list.zone.as_str().to_owned(),
        name: list.name.clone(),
        codes: list
            .codes
            .iter()
            .filter_map(|(code, claim)| Some((*code, claim.as_str()?.to_owned())))
            .collect(),
        may_be_quoted: list.may_be_quoted,
        agreement: list.agreement.clone(),
    };
    let kept: Vec<Kept> = lists.iter().map(kept).collect();
    serde_json::to_string(&kept).expect("its keys are numbers")
}

/// What cannot be read means nothing, and may not be quoted.
pub(super) fn read(text: &str) -> Vec<ScopeList> {
    let kept: Vec<Kept> = serde_json::from_str(text).unwrap_or_default();
    let list = |kept: Kept| {
        let codes = kept.codes.into_iter();
        Some(ScopeList {
            zone: Name::new(&kept.zone).ok()?,
            name: kept.name,
            codes: codes
                .map(|(code, word)| (code, Claim::parse(&word).unwrap_or(Claim::Other)))
                .collect(),
            may_be_quoted: kept.may_be_quoted,
            agreement: kept.agreement,
        })
    };
    kept.into_iter().filter_map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::ListedProxy;

    #[test]
    fn lists_are_read_as_they_were_written() {
        let list = ScopeList {
            zone: Name::new("dnsbl.example").unwrap(),
            name: "An example".to_owned(),
            codes: BTreeMap::from([
                (3, Claim::Other),
                (8, Claim::OpenProxy(ListedProxy::Socks)),
                (9, Claim::OpenRelay),
            ]),
            may_be_quoted: true,
            agreement: Some("contract 17".to_owned()),
        };
        let all = [list];
        assert_eq!(read(&write(&all)), all);
        assert_eq!(read("[]"), []);
        assert_eq!(read("{"), []);
    }
}
