//! What goes out: commands, observations, and what there is to wait for.

use super::{Course, Mail, OPEN_MS_MAX, Packed, REPLY_MS_MAX, Stage, Todo};
use crate::{
    dialogue::{Output, Transport, Why},
    evidence::{Finish, Observation},
    relay::plan::{Planned, Verb},
    smtp::{Command, PathText, Step},
    time::Instant,
};

/// What [`Course::act`] found to do.
pub(in crate::relay) enum Act {
    /// This.
    Put(Output<'static>),
    /// Observe what has come of a reply that does not end, if anything.
    Unfinished(Step),
}

impl Course<'_> {
    /// The next thing to do that needs no reply's text.
    pub(in crate::relay) fn act(&mut self, now: Instant, transmit: &mut [u8]) -> Option<Act> {
        if let Some(todo) = self.todo.pop_front() {
            return Some(self.perform(now, todo));
        }
        let octets = match self.stage {
            Stage::Hello {
                extended,
                written: false,
            } => {
                self.stage = Stage::Hello {
                    extended,
                    written: true,
                };
                self.envelope()
                    .hello(self.borne.hello, extended, transmit)
                    .unwrap_or_default()
            }
            Stage::StartTls { written: false } => {
                self.stage = Stage::StartTls { written: true };
                write_octets(b"STARTTLS\r\n", transmit)
            }
            Stage::Group => self.write_commands(transmit),
            _ => 0,
        };
        if octets == 0 {
            return None;
        }
        self.asks(now, self.reply_ms_max());
        let more = self.stage == Stage::Group && self.may_write();
        Some(Act::Put(Output::Transmit {
            octets,
            more,
            by: self.deadline,
        }))
    }

    fn perform(&mut self, now: Instant, todo: Todo) -> Act {
        let observed = |observation| Act::Put(Output::Observed(observation));
        match todo {
            Todo::Open => {
                self.deadline = now + OPEN_MS_MAX;
                Act::Put(Output::Open {
                    transport: Transport::Tcp,
                    remote: self.target.endpoint(),
                    by: self.deadline,
                })
            }
            Todo::Close(close) => Act::Put(Output::Close(close)),
            Todo::Secure => {
                self.asks(now, REPLY_MS_MAX);
                Act::Put(Output::Secure {
                    server_name: None,
                    by: self.deadline,
                })
            }
            Todo::Unfinished(step) => Act::Unfinished(step),
            Todo::Began => {
                let outcomes = *self.plan.outcomes();
                if !self.is_delivering() {
                    self.plan.retry_deferred();
                }
                observed(Observation::Began {
                    depth: self.plan.depth(),
                    hours: self.hours,
                    outcomes,
                })
            }
            Todo::Opening(hello) => observed(Observation::Opening(hello)),
            Todo::OpenFailed(failure) => observed(Observation::OpenFailed(failure)),
            Todo::Outcome(Packed(pairs), outcome) => {
                observed(Observation::Outcome { pairs, outcome })
            }
            Todo::DeliveredBefore(pair, fate) => {
                observed(Observation::DeliveredBefore { pair, fate })
            }
            Todo::DeliveryCut(pair) => observed(Observation::DeliveryCut(pair)),
            Todo::Returned => observed(Observation::Returned(self.deliveries.returned)),
            Todo::Matched => observed(Observation::Matched),
            Todo::SecureFailed(why) => observed(Observation::SecureFailed(why)),
            Todo::Noted(notes) => observed(Observation::Noted(notes)),
            Todo::Closed(ending) => observed(Observation::Closed(ending)),
            Todo::Finished(finish) => {
                if finish == Finish::Parked {
                    self.deadline = now + self.pause;
                }
                observed(Observation::Finished(finish))
            }
        }
    }

    /// Whether a command may go out now.
    fn may_write(&self) -> bool {
        self.written < self.group.len()
            && self.mail != Mail::Lost
            && (self.group.pipelined || self.written == self.answered)
    }

    /// Writes as many commands as may go out and fit; how many octets they have.
    fn write_commands(&mut self, transmit: &mut [u8]) -> usize {
        let mut octets = 0_usize;
        while self.may_write() {
            let Some(planned) = self.group.get(self.written) else {
                break;
            };
            let room = transmit.get_mut(octets..).unwrap_or_default();
            if planned.verb == Verb::Dot {
                return octets.saturating_add(self.write_message(planned.pair, room));
            }
            let Some(more) = self.write_command(planned, room) else {
                break;
            };
            octets = octets.saturating_add(more);
            self.written = self.written.saturating_add(1);
            if planned.verb == Verb::Rcpt {
                self.sent.insert(planned.pair);
            }
        }
        octets
    }

    fn write_command(&self, planned: Planned, room: &mut [u8]) -> Option<usize> {
        let mut path = PathText::new();
        let envelope = self.envelope();
        let command = match planned.verb {
            Verb::Mail => {
                envelope.mail(planned.pair, &mut path).ok()?;
                Command::Mail(&path)
            }
            Verb::Rcpt => {
                let twin = self.group.twins;
                envelope.rcpt(planned.pair, twin, &mut path).ok()?;
                Command::Rcpt(&path)
            }
            Verb::Data => Command::Data,
            // A message is written by itself.
            Verb::Dot => return None,
            Verb::Rset => Command::Rset,
            Verb::Quit => Command::Quit,
        };
        command.write(room).ok()
    }

    /// What there is to wait for.
    pub(in crate::relay) fn wait(&self) -> Output<'static> {
        let why = match self.stage {
            Stage::Over | Stage::NotBegun => return Output::Done,
            Stage::Parked => {
                return Output::Park {
                    until: self.deadline,
                };
            }
            Stage::Pausing => Why::Pause,
            Stage::Opening => Why::Open,
            Stage::Greeting => Why::Greeting,
            Stage::Securing => Why::Secure,
            Stage::Hello { .. } | Stage::Group | Stage::StartTls { .. } => Why::Reply,
        };
        Output::Wait {
            until: self.deadline,
            why,
        }
    }
}

fn write_octets(octets: &[u8], out: &mut [u8]) -> usize {
    match out.get_mut(..octets.len()) {
        Some(places) => {
            places.copy_from_slice(octets);
            octets.len()
        }
        None => 0,
    }
}
