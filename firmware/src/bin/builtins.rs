//! Holds what moves, fills, compares and divides on the boards against what is meant, on QEMU's board:
//! `cargo xtask emulate` runs it. It ends with status 0 when all is right, and panics for ever when not.
#![no_std]
#![no_main]

#[path = "../board/mod.rs"]
#[expect(dead_code, reason = "the appliance is not in this program")]
mod board;

use core::{arch::asm, ffi::c_void, hint::black_box};

unsafe extern "C" {
    fn memmove(to: *mut c_void, from: *const c_void, octets: usize) -> *mut c_void;
    fn memcpy(to: *mut c_void, from: *const c_void, octets: usize) -> *mut c_void;
    fn memset(to: *mut c_void, octet: i32, octets: usize) -> *mut c_void;
    fn memcmp(one: *const c_void, other: *const c_void, octets: usize) -> i32;
}

const ROOM: usize = 64;
/// Beginnings on every alignment, and lengths up to some words and what is left over.
const OFFSETS: usize = 9;
const LENGTHS: usize = 27;

#[cortex_m_rt::entry]
fn main() -> ! {
    for octets in 0..LENGTHS {
        for to in 0..OFFSETS {
            set(to, octets);
            for from in 0..OFFSETS {
                moved(to, from, octets);
                compared(to, from, octets);
            }
        }
    }
    divided();
    // SAFETY: the debugger's operation that ends the program, with the reason that it is over; it reads no memory.
    unsafe { asm!("bkpt 0xAB", in("r0") 0x18, in("r1") 0x2_0026, options(noreturn)) }
}

/// Octets that are all different.
fn pattern() -> [u8; ROOM] {
    core::array::from_fn(|at| (at as u8).wrapping_mul(37).wrapping_add(11))
}

/// Within one room, forwards and backwards, and from another one.
fn moved(to: usize, from: usize, octets: usize) {
    let before = black_box(pattern());
    let (mut own, mut other) = (before, [0xa5; ROOM]);
    let start = own.as_mut_ptr();
    let other_start = other.as_mut_ptr();
    // SAFETY: both ends are within the rooms: 8 and 26 octets are fewer than 64.
    let given = unsafe {
        (
            memmove(start.add(to).cast(), start.add(from).cast(), octets),
            memcpy(
                other_start.add(to).cast(),
                before.as_ptr().add(from).cast(),
                octets,
            ),
        )
    };
    assert!(given.0 == start.wrapping_add(to).cast());
    assert!(given.1 == other_start.wrapping_add(to).cast());
    for at in 0..ROOM {
        let source = (to..to + octets).contains(&at).then(|| at - to + from);
        assert!(own[at] == before[source.unwrap_or(at)]);
        assert!(other[at] == source.map_or(0xa5, |source| before[source]));
    }
}

fn set(to: usize, octets: usize) {
    let mut room = black_box([0x11_u8; ROOM]);
    // SAFETY: as above. Only the lowest octet of the number counts.
    unsafe { memset(room.as_mut_ptr().add(to).cast(), 0x1c7, octets) };
    for (at, octet) in room.into_iter().enumerate() {
        let filled = (to..to + octets).contains(&at);
        assert!(octet == if filled { 0xc7 } else { 0x11 });
    }
}

fn compared(one: usize, other: usize, octets: usize) {
    let room = black_box([0x80; ROOM]);
    let compare = |room: &[u8; ROOM], other_room: &[u8; ROOM]| {
        // SAFETY: as above.
        unsafe {
            memcmp(
                room.as_ptr().add(one).cast(),
                other_room.as_ptr().add(other).cast(),
                octets,
            )
        }
    };
    assert!(compare(&room, &room) == 0);
    for differs in 0..octets {
        let mut less = room;
        // As a number with a sign it would be more.
        less[other + differs] = 0x7f;
        assert!(compare(&room, &less) > 0);
        less[other + differs] = 0xff;
        assert!(compare(&room, &less) < 0);
    }
}

/// Numbers of every length by numbers of every length.
fn divided() {
    let mut lot = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |bits: u32| {
        lot ^= lot << 13;
        lot ^= lot >> 7;
        lot ^= lot << 17;
        lot >> (64 - bits) | 1 << (bits - 1)
    };
    for bits in 1..=64 {
        for divisor_bits in 1..=64 {
            let (number, divisor) = (black_box(draw(bits)), black_box(draw(divisor_bits)));
            let (quotient, rest) = (number / divisor, number % divisor);
            assert!(rest < divisor);
            assert!(quotient.checked_mul(divisor) == Some(number - rest));
        }
    }
    assert!(black_box(u64::MAX) / black_box(1) == u64::MAX);
    assert!(black_box(0_u64) / black_box(7) == 0);
}
