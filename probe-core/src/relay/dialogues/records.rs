//! RelayEvidence as a finding carries it.

use super::{
    DEPTHS,
    servers::{Build, SERVERS, closed_550, closed_exim, closed_opensmtpd, closed_postfix},
};
use crate::{evidence::RelayEvidence, relay::peer::talk, scope::Depth, verdict::judge_relay};

#[test]
fn a_closed_target_costs_at_most_256_octets() {
    const OTHER_FIELDS_OCTETS: usize = 60;
    for (name, build) in [
        ("postfix", closed_postfix as Build),
        ("550", closed_550),
        ("exim", closed_exim),
        ("opensmtpd", closed_opensmtpd),
    ] {
        for depth in DEPTHS {
            let talk = talk(depth, &mut build());
            let mut room = [0; 2_048];
            let short = talk.evidence.with_transcript_within(76);
            let octets = postcard::to_slice(&short, &mut room).unwrap();
            assert!(
                octets.len() + OTHER_FIELDS_OCTETS <= 256,
                "{name}, {}: {}",
                depth.as_str(),
                octets.len()
            );
            let back: RelayEvidence = postcard::from_bytes(octets).unwrap();
            assert_eq!(judge_relay(&back), talk.verdict());
        }
    }
}

#[test]
fn evidence_comes_back_from_a_finding_as_it_went() {
    for (name, build, _) in SERVERS {
        let talk = talk(Depth::Full, &mut build());
        let mut room = [0; 4_096];
        let octets = postcard::to_slice(&talk.evidence, &mut room).unwrap();
        let back: RelayEvidence = postcard::from_bytes(octets).unwrap();
        assert_eq!(judge_relay(&back), talk.verdict(), "{name}");
        let pairs = |evidence: &RelayEvidence| evidence.pairs().collect::<Vec<_>>();
        assert_eq!(pairs(&back), pairs(&talk.evidence), "{name}");
    }
}
