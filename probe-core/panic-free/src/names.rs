//! Names and scopes, whose texts and addresses come over the link.

use core::{hint::black_box, net::IpAddr};

use probe_core::{frame, name::Name, scope::Scope, suspect::Suspect, time::Utc};

pub(crate) fn names(octets: &[u8]) {
    if let Ok(name) = core::str::from_utf8(octets)
        .map_err(drop)
        .and_then(|text| Name::new(text).map_err(drop))
    {
        black_box(name.parent());
        black_box(name.is_under(&name));
    }
}

pub(crate) fn scope(octets: &[u8]) {
    let suspect = Suspect {
        address: black_box(IpAddr::from([0; 16])),
        port: black_box(25),
        names: heapless::Vec::new(),
    };
    if let Some(scope) = frame::decode_message::<Scope>(octets) {
        black_box(scope.check().is_ok());
        if let Ok(target) = scope.admit(&suspect, black_box(Utc(0))) {
            black_box(target.endpoint());
        }
    }
}
