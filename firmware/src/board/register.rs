//! Memory-mapped registers.

/// A register of 32 bits.
#[derive(Clone, Copy)]
pub(crate) struct Register(usize);

impl Register {
    /// The register at an address.
    ///
    /// # Safety
    /// The address must be that of a device's register, aligned, which is there for as long as the
    /// program runs and whose reads and writes change no memory.
    pub(crate) const unsafe fn at(address: usize) -> Self {
        Self(address)
    }

    /// Reads it. Reading may change what it holds.
    pub(crate) fn read(self) -> u32 {
        // SAFETY: whoever made this register has promised that the address may be read.
        unsafe { core::ptr::with_exposed_provenance::<u32>(self.0).read_volatile() }
    }

    /// Writes it.
    pub(crate) fn write(self, value: u32) {
        // SAFETY: whoever made this register has promised that the address may be written.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(self.0).write_volatile(value) };
    }
}
