//! A bounded set of things, none of which moves.

/// Room for `MAX` things.
#[derive(Debug)]
pub(super) struct Slots<T, const MAX: usize>([Option<T>; MAX]);

impl<T, const MAX: usize> Slots<T, MAX> {
    #[inline(never)]
    pub(super) const fn new() -> Self {
        Self([const { None }; MAX])
    }

    /// Puts `thing` into a free slot, or gives it back.
    pub(super) fn insert(&mut self, thing: T) -> Result<(), T> {
        match self.0.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => {
                *slot = Some(thing);
                Ok(())
            }
            None => Err(thing),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flatten()
    }

    pub(super) fn find(&self, is: impl Fn(&T) -> bool) -> Option<&T> {
        self.iter().find(|thing| is(thing))
    }

    pub(super) fn find_mut(&mut self, is: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.0.iter_mut().flatten().find(|thing| is(thing))
    }

    pub(super) fn take(&mut self, is: impl Fn(&T) -> bool) -> Option<T> {
        self.0
            .iter_mut()
            .find(|slot| slot.as_ref().is_some_and(&is))
            .and_then(Option::take)
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for slot in &mut self.0 {
            if !slot.as_ref().is_some_and(&keep) {
                *slot = None;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.iter().count()
    }

    pub(super) fn free(&self) -> usize {
        MAX.saturating_sub(self.len())
    }
}
