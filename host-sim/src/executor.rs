//! Polls a handful of futures by hand, in an order that never varies.
//!
//! Each task has a waker of its own. With one waker for all, a task that wakes itself would have
//! every other polled again, which wake themselves in turn, and time would never move.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// A future that is polled only after its own waker was called.
pub(crate) struct Task<'a> {
    name: &'static str,
    future: Option<Pin<Box<dyn Future<Output = ()> + 'a>>>,
    woken: Arc<Flag>,
    waker: Waker,
}

impl<'a> Task<'a> {
    /// A task that is due for its first poll.
    pub(crate) fn new(name: &'static str, future: impl Future<Output = ()> + 'a) -> Self {
        let woken = Arc::new(Flag(AtomicBool::new(true)));
        Self {
            name,
            future: Some(Box::pin(future)),
            waker: woken.clone().into(),
            woken,
        }
    }

    /// For error messages.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it has run to its end.
    pub(crate) fn done(&self) -> bool {
        self.future.is_none()
    }

    /// Makes the task due for a poll.
    pub(crate) fn wake(&self) {
        self.waker.wake_by_ref();
    }

    /// Polls the task if it was woken; says whether it was.
    pub(crate) fn poll_if_woken(&mut self) -> bool {
        let Some(future) = &mut self.future else {
            return false;
        };
        // Looked at many times for each time that it is set: no read and write in one.
        if !self.woken.0.load(Ordering::Relaxed) {
            return false;
        }
        self.woken.0.store(false, Ordering::Relaxed);
        if let Poll::Ready(()) = future.as_mut().poll(&mut Context::from_waker(&self.waker)) {
            self.future = None;
        }
        true
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_task_is_polled_when_it_is_woken_and_not_otherwise() {
        let polls = Cell::new(0);
        let future = std::future::poll_fn(|context| {
            polls.set(polls.get() + 1);
            match polls.get() {
                1 => context.waker().wake_by_ref(),
                2 => {}
                _ => return Poll::Ready(()),
            }
            Poll::Pending
        });
        let mut task = Task::new("test", future);
        assert!(task.poll_if_woken(), "the first poll is due");
        assert!(task.poll_if_woken(), "it woke itself");
        assert!(!task.poll_if_woken(), "nobody woke it");
        task.waker.wake_by_ref();
        assert!(task.poll_if_woken() && task.done());
        task.waker.wake_by_ref();
        assert!(!task.poll_if_woken(), "it is over");
        assert_eq!(polls.get(), 3);
    }
}
