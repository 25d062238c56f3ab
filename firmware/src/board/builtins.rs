//! What the compiler calls to move, fill and compare memory, and to divide numbers of 64 bits. The
//! compiler brings its own, unrolled for speed and ten times as large; a definition of ours
//! comes first (docs/decisions/0019-size-of-the-images.md).

core::arch::global_asm!(include_str!("builtins.s"), options(raw));
