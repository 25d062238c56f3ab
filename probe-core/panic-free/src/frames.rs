//! Frames and messages, both ends.

use core::hint::black_box;

use probe_core::frame::{
    Decoder, Part, ToDevice, ToHost, decode_message, encode_message, write_frame,
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn to_host(octets: &mut [u8]) {
    there_and_back::<ToHost>(octets);
}

pub(crate) fn to_device(octets: &mut [u8]) {
    there_and_back::<ToDevice>(octets);
}

fn there_and_back<T: Serialize + DeserializeOwned>(octets: &mut [u8]) {
    let mut decoder = Decoder::new();
    for octet in octets.iter() {
        if let Some(record) = decoder.push(*octet)
            && let Some(message) = decode_message::<T>(record)
        {
            let mut sum = 0_u8;
            black_box(encode_message(&message, &mut |octet| {
                sum = sum.wrapping_add(octet);
                black_box(true)
            }));
            black_box(sum);
        }
    }
    decoder.count_undecodable();
    decoder.reset();
    black_box(decoder.counters());
    let part = Part {
        first: black_box(true),
        last: black_box(false),
        sequence: black_box(0),
    };
    let payload = black_box([0_u8; 1010]);
    black_box(write_frame(octets, part, payload));
}
