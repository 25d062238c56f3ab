//! Frames: whatever comes, the decoder finds its way back, and a message that is understood is
//! written again as it came.

use probe_core::frame::{
    Decoder, Part, ToDevice, ToHost, decode_message, encode_message, write_frame,
};

/// The octets are a link's.
pub(crate) fn check(octets: &[u8]) {
    let mut decoder = Decoder::new();
    for octet in octets {
        if let Some(record) = decoder.push(*octet) {
            let record = record.to_vec();
            if let Some(message) = decode_message::<ToDevice>(&record) {
                comes_back(&message);
            }
            if let Some(message) = decode_message::<ToHost>(&record) {
                comes_back(&message);
            }
        }
    }
    // A delimiter ends whatever was begun: the next whole frame is read.
    decoder.push(0);
    let mut frame = [0; 64];
    let part = Part {
        first: true,
        last: true,
        sequence: 7,
    };
    let written = write_frame(&mut frame, part, *b"after all").expect("there is room");
    let mut last = None;
    for octet in &frame[..written] {
        last = decoder.push(*octet).map(<[u8]>::to_vec);
    }
    assert_eq!(last.as_deref(), Some(&b"after all"[..]));
}

fn comes_back<T>(message: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let mut octets = Vec::new();
    let put = encode_message(message, &mut |octet| {
        octets.push(octet);
        true
    });
    assert_eq!(put, Some(octets.len()));
    assert_eq!(decode_message::<T>(&octets).as_ref(), Some(message));
}
