//! Conversations against scripted peers, in virtual time. The number before a line is its moment
//! in milliseconds.

use std::cell::Cell;

use embassy_futures::join::{join, join_array, join3};
use probe_core::{
    dialogue::{Close, End, OpenFailure},
    scope::Refusal,
};

use super::*;
use crate::testing::{Move, Peer, Recital, Stage, Step};

const PEER: &str = "192.0.2.25:25";

/// Allows everything, unless told otherwise, and logs what it is asked.
struct TestDesk<'a> {
    stage: &'a Stage,
    openings: Vec<Opening>,
    stopped: &'a Cell<bool>,
}

impl Desk for TestDesk<'_> {
    fn may_open(&mut self, _now: Instant) -> Opening {
        let opening = match self.openings.is_empty() {
            true => Opening::Now,
            false => self.openings.remove(0),
        };
        if opening != Opening::Now {
            self.stage.log(format!("may not open: {opening:?}"));
        }
        opening
    }

    fn closed(&mut self, _now: Instant) {
        self.stage.log("closed");
    }

    fn violated(&mut self, _now: Instant) {
        self.stage.log("violated");
        self.stopped.set(true);
    }

    fn observed(&mut self, _now: Instant, observation: &Observation<'_>) {
        self.stage.log(format!("observed {observation:?}"));
    }

    fn stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// One conversation: its peers, its dialogue, and what may disturb it.
struct Play {
    peers: Vec<Peer>,
    dialogue: Vec<(&'static str, Vec<Move>)>,
    openings: Vec<Opening>,
    /// Rings without a reason, in milliseconds.
    rings_ms: Vec<u64>,
    /// The scan is over then, in milliseconds.
    stop_ms: Option<u64>,
}

impl Play {
    fn new(peers: Vec<Peer>, dialogue: Vec<(&'static str, Vec<Move>)>) -> Self {
        Self {
            peers,
            dialogue,
            openings: Vec::new(),
            rings_ms: Vec::new(),
            stop_ms: None,
        }
    }

    #[track_caller]
    fn ends(self, expected: Outcome, log: &str) {
        let stage = Stage::new(self.peers);
        let stopped = Cell::new(false);
        let bell = Bell::new();
        let mut desk = TestDesk {
            stage: &stage,
            openings: self.openings,
            stopped: &stopped,
        };
        let mut dialogue = Recital::new(self.dialogue, PEER);
        let (mut buffers, scratch) = (Buffers::new(), Scratch::new());
        let disturbances = async {
            for at_ms in self.rings_ms {
                stage.sleep_until(Instant::from_millis(at_ms)).await;
                bell.ring();
            }
            if let Some(at_ms) = self.stop_ms {
                stage.sleep_until(Instant::from_millis(at_ms)).await;
                stopped.set(true);
                bell.ring();
            }
        };
        let talk = converse(
            &stage,
            &bell,
            &mut desk,
            &mut dialogue,
            &mut buffers,
            &scratch,
        );
        let (outcome, ()) = stage.run(join(talk, disturbances));
        assert_eq!(outcome, expected);
        dialogue.assert_over();
        assert_eq!(stage.connections_open(), 0, "a connection was left open");
        stage.assert_log(log);
    }
}

fn open() -> Vec<Move> {
    vec![Move::Open(Transport::Tcp, 10), Move::Waits(10)]
}

#[test]
fn a_greeting_a_group_and_a_parting() {
    Play::new(
        vec![Peer::Plays(vec![
            Step::Pause(40),
            Step::Says("220 mail\r\n"),
            Step::Hears("EHLO a\r\nQUIT\r\n"),
            Step::Says("250 mail\r\n221 bye\r\n"),
            Step::Ends(End::Fin),
        ])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            (
                "S: 220 mail\r\n",
                vec![
                    Move::SaysMore("EHLO a\r\n", 30),
                    Move::Says("QUIT\r\n", 30),
                    Move::Waits(30),
                ],
            ),
            ("sent", vec![Move::Waits(30)]),
            (
                "S: 250 mail\r\n221 bye\r\n",
                vec![Move::Observes, Move::Closes(Close::Fin), Move::Done],
            ),
        ],
    )
    .ends(
        Outcome::Done,
        r"
        0  connect 192.0.2.25:25
        40 C: EHLO a\r\nQUIT
        40 observed Matched
        40 close Fin
        40 closed
        ",
    );
}

#[test]
fn connections_that_do_not_open() {
    for (failure, at_ms) in [
        (OpenFailure::Refused, 0),
        (OpenFailure::Unreachable, 0),
        (OpenFailure::NoSlot, 0),
        (OpenFailure::NoAnswer, 10_000),
    ] {
        let heard: &'static str = match failure {
            OpenFailure::Refused => "open failed: Refused",
            OpenFailure::Unreachable => "open failed: Unreachable",
            OpenFailure::NoSlot => "open failed: NoSlot",
            OpenFailure::NoAnswer => "open failed: NoAnswer",
            OpenFailure::OutOfScope => unreachable!("it ends the scan; see below"),
        };
        Play::new(
            vec![Peer::Fails(failure)],
            vec![("start", open()), (heard, vec![Move::Done])],
        )
        .ends(
            Outcome::Done,
            &format!("0 connect 192.0.2.25:25\n{at_ms} closed"),
        );
    }
}

#[test]
fn a_connection_outside_the_scope_is_a_violation() {
    Play::new(
        vec![Peer::Fails(OpenFailure::OutOfScope)],
        vec![
            ("start", open()),
            ("open failed: OutOfScope", vec![Move::Waits(60)]),
        ],
    )
    .ends(
        Outcome::Stopped,
        "
        0 connect 192.0.2.25:25
        0 violated
        0 closed
        ",
    );
}

#[test]
fn a_reset_in_the_middle_of_a_reply() {
    Play::new(
        vec![
            Peer::Plays(vec![
                Step::Says("220-mail"),
                Step::Pause(20),
                Step::Ends(End::Reset),
            ]),
            Peer::Plays(vec![Step::Pause(5), Step::Ends(End::Fin)]),
        ],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            ("S: 220-mail", vec![Move::Waits(30)]),
            ("ended: Reset", open()),
            ("opened", vec![Move::Waits(30)]),
            ("ended: Fin", vec![Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0  connect 192.0.2.25:25
        20 close Abort
        20 closed
        20 connect 192.0.2.25:25
        25 close Fin
        25 closed
        ",
    );
}

#[test]
fn a_peer_that_takes_nothing() {
    Play::new(
        vec![Peer::Plays(vec![
            Step::Says("220 mail\r\n"),
            Step::Hears("EHLO a\r\n"),
            Step::Deaf,
        ])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            (
                "S: 220 mail\r\n",
                vec![Move::Says("EHLO a\r\n", 30), Move::Waits(40)],
            ),
            ("sent", vec![Move::Says("MAIL\r\n", 30), Move::Waits(40)]),
            ("ended: WriteDeadline", vec![Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0     connect 192.0.2.25:25
        0     C: EHLO a
        30000 close Abort
        30000 closed
        ",
    );
}

#[test]
fn a_peer_that_takes_slowly_is_waited_for() {
    Play::new(
        vec![Peer::Plays(vec![
            Step::SlowlyHears(1_000),
            Step::Hears("EHLO a\r\n"),
            Step::Says("250 a\r\n"),
        ])],
        vec![
            ("start", open()),
            (
                "opened",
                vec![Move::Says("EHLO a\r\n", 30), Move::Waits(30)],
            ),
            ("sent", vec![Move::Waits(30)]),
            ("S: 250 a\r\n", vec![Move::Closes(Close::Abort), Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0    connect 192.0.2.25:25
        8000 C: EHLO a
        8000 close Abort
        8000 closed
        ",
    );
}

/// What has come behind what the dialogue answers waits for that answer, and what comes meanwhile for the next turn.
#[test]
fn a_turn_that_halts_goes_on_with_what_it_has_not_looked_at() {
    Play::new(
        vec![Peer::Plays(vec![
            Step::HearsPieces(2, 100),
            Step::Says("250 a\r\n250 b\r\n250 c\r\n"),
            Step::Says("250 d\r\n"),
        ])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            (
                "S: 250 a\r\n250 b\r\n250 c\r\n",
                vec![
                    Move::LooksAt("250 a\r\n"),
                    Move::SaysMore("A\r\n", 30),
                    Move::Observes,
                    Move::LooksAt("250 b\r\n"),
                    Move::Says("B\r\n", 30),
                    Move::LooksAt("250 c\r\n"),
                    Move::Observes,
                    Move::Waits(30),
                ],
            ),
            ("sent", vec![Move::Waits(30)]),
            ("S: 250 d\r\n", vec![Move::Closes(Close::Abort), Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        r"
        0   connect 192.0.2.25:25
        100 observed Matched
        300 C: A\r\nB
        300 observed Matched
        300 close Abort
        300 closed
        ",
    );
}

#[test]
fn the_deadlines_of_a_turn_that_halts_are_counted_from_its_beginning() {
    Play::new(
        vec![Peer::Plays(vec![Step::SlowlyHears(1_000)])],
        vec![
            ("start", open()),
            (
                "opened",
                vec![
                    Move::SaysMore("A\r\n", 5),
                    Move::Says("B\r\n", 5),
                    Move::Waits(30),
                ],
            ),
            ("ended: WriteDeadline", vec![Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0    connect 192.0.2.25:25
        5000 close Abort
        5000 closed
        ",
    );
}

/// As many conversations as there are places where octets wait, each with a peer that takes nothing for 30 seconds,
/// and one for which none is left once it has met its peer.
struct Crowd {
    peer: Vec<Step>,
    dialogue: Vec<(&'static str, Vec<Move>)>,
    /// It begins before the others, and meets its peer then.
    is_first: bool,
    /// It has to end then, in milliseconds.
    stop_ms: Option<u64>,
}

impl Crowd {
    #[track_caller]
    fn ends(self, expected: Outcome, log: &str) {
        let deaf = || Peer::Plays(vec![Step::Deaf]);
        let mut peers: Vec<_> = (0..HELD_MAX).map(|_| deaf()).collect();
        let place = if self.is_first { 0 } else { HELD_MAX };
        peers.insert(place, Peer::Plays(self.peer));
        let stage = Stage::new(peers);
        let (stopped, never, scratch) = (Cell::new(false), Cell::new(false), Scratch::new());
        let talk = async |bell: &Bell, stopped, dialogue: Vec<_>, expected| {
            let mut desk = TestDesk {
                stage: &stage,
                openings: Vec::new(),
                stopped,
            };
            let (mut buffers, mut dialogue) = (Buffers::new(), Recital::new(dialogue, PEER));
            let talk = converse(
                &stage,
                bell,
                &mut desk,
                &mut dialogue,
                &mut buffers,
                &scratch,
            );
            assert_eq!(talk.await, expected);
            dialogue.assert_over();
        };
        let held = async || {
            let says = vec![Move::Says("EHLO a\r\n", 30), Move::Waits(60)];
            let dialogue = vec![
                ("start", open()),
                ("opened", says),
                ("ended: WriteDeadline", vec![Move::Done]),
            ];
            talk(&Bell::new(), &never, dialogue, Outcome::Done).await;
        };
        let crowding = join_array([(); HELD_MAX].map(|()| held()));
        let bell = Bell::new();
        let crowded = talk(&bell, &stopped, self.dialogue, expected);
        let stopping = async {
            if let Some(at_ms) = self.stop_ms {
                stage.sleep_until(Instant::from_millis(at_ms)).await;
                stopped.set(true);
                bell.ring();
            }
        };
        if self.is_first {
            stage.run(join3(crowded, crowding, stopping));
        } else {
            stage.run(join3(crowding, crowded, stopping));
        }
        assert_eq!(stage.connections_open(), 0, "a connection was left open");
        stage.assert_log(log);
    }
}

/// Each of the peers that take nothing, one after the other.
fn of_the_deaf(lines: &str) -> String {
    lines.repeat(HELD_MAX)
}

#[test]
fn without_a_place_for_its_octets_a_dialogue_is_not_asked() {
    Crowd {
        peer: vec![
            Step::Says("220 mail\r\n"),
            Step::Hears("EHLO a\r\n"),
            Step::Ends(End::Fin),
        ],
        dialogue: vec![
            ("start", open()),
            ("opened", vec![Move::Waits(60)]),
            (
                "S: 220 mail\r\n",
                vec![Move::Says("EHLO a\r\n", 30), Move::Waits(60)],
            ),
            ("sent", vec![Move::Waits(60)]),
            ("ended: Fin", vec![Move::Done]),
        ],
        is_first: false,
        stop_ms: None,
    }
    .ends(
        Outcome::Done,
        &format!(
            "{}0 connect 192.0.2.25:25
            {}30000 C: EHLO a
            30000 close Fin
            30000 closed",
            of_the_deaf("0 connect 192.0.2.25:25\n"),
            of_the_deaf("30000 close Abort\n30000 closed\n"),
        ),
    );
}

/// Its peer has taken what was said in the beginning, and nothing since: the deadline of that is the last that there is.
#[test]
fn without_a_place_for_its_octets_a_dialogue_has_the_deadline_of_what_it_said_last() {
    Crowd {
        peer: vec![
            Step::Hears("EHLO a\r\n"),
            Step::Pause(5_000),
            Step::Says("250 a\r\n"),
            Step::Deaf,
        ],
        dialogue: vec![
            ("start", open()),
            (
                "opened",
                vec![Move::Says("EHLO a\r\n", 20), Move::Waits(60)],
            ),
            ("sent", vec![Move::Waits(60)]),
            (
                "S: 250 a\r\n",
                vec![
                    Move::LooksAt("250 a\r\n"),
                    Move::Observes,
                    Move::Says("MAIL\r\n", 30),
                    Move::Waits(60),
                ],
            ),
            ("ended: WriteDeadline", vec![Move::Done]),
        ],
        is_first: true,
        stop_ms: None,
    }
    .ends(
        Outcome::Done,
        &format!(
            "0 connect 192.0.2.25:25
            0 C: EHLO a
            {}20000 observed Matched
            20000 close Abort
            20000 closed
            {}",
            of_the_deaf("0 connect 192.0.2.25:25\n"),
            of_the_deaf("30000 close Abort\n30000 closed\n"),
        ),
    );
}

#[test]
fn the_end_of_the_scan_is_noticed_without_a_place_for_octets_too() {
    Crowd {
        peer: vec![Step::Pause(500), Step::Says("220 mail\r\n")],
        dialogue: vec![
            ("start", open()),
            ("opened", vec![Move::Waits(60)]),
            ("S: 220 mail\r\n", vec![Move::Waits(60)]),
        ],
        is_first: true,
        stop_ms: Some(4_050),
    }
    .ends(
        Outcome::Stopped,
        &format!(
            "0 connect 192.0.2.25:25
            {}4050 close Abort
            4050 closed
            {}",
            of_the_deaf("0 connect 192.0.2.25:25\n"),
            of_the_deaf("30000 close Abort\n30000 closed\n"),
        ),
    );
}

#[test]
fn a_peer_that_resets_while_we_write() {
    Play::new(
        vec![Peer::Plays(vec![
            Step::Says("220 mail\r\n"),
            Step::Ends(End::Reset),
        ])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            (
                "S: 220 mail\r\n",
                vec![Move::Says("EHLO a\r\n", 30), Move::Waits(30)],
            ),
            ("ended: Reset", vec![Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0 connect 192.0.2.25:25
        0 close Abort
        0 closed
        ",
    );
}

#[test]
fn a_silent_peer_times_out() {
    Play::new(
        vec![Peer::Plays(vec![])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            ("timeout", vec![Move::Closes(Close::Fin), Move::Waits(300)]),
            ("timeout", vec![Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0     connect 192.0.2.25:25
        30000 close Fin
        30000 closed
        ",
    );
}

#[test]
fn a_dialogue_that_parks() {
    Play::new(
        vec![Peer::Plays(vec![Step::Says("450 later\r\n")])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Waits(30)]),
            (
                "S: 450 later\r\n",
                vec![Move::Closes(Close::Fin), Move::Parks(310)],
            ),
        ],
    )
    .ends(
        Outcome::Parked(Instant::from_millis(310_000)),
        "
        0 connect 192.0.2.25:25
        0 close Fin
        0 closed
        ",
    );
}

#[test]
fn a_dialogue_that_forgets_to_close_is_cut_off() {
    Play::new(
        vec![Peer::Plays(vec![])],
        vec![("start", open()), ("opened", vec![Move::Done])],
    )
    .ends(
        Outcome::Done,
        "
        0 connect 192.0.2.25:25
        0 close Abort
        0 closed
        ",
    );
}

#[test]
fn permission_is_waited_for_and_takes_nothing_from_the_connection() {
    let mut play = Play::new(
        vec![Peer::Fails(OpenFailure::NoAnswer)],
        vec![
            ("start", open()),
            ("open failed: NoAnswer", vec![Move::Done]),
        ],
    );
    play.openings = vec![
        Opening::At(Instant::from_millis(20_000)),
        Opening::At(Instant::NEVER),
    ];
    play.rings_ms = vec![500, 25_000];
    play.ends(
        Outcome::Done,
        "
        0     may not open: At(Instant(20000))
        500   may not open: At(Instant(18446744073709551615))
        25000 connect 192.0.2.25:25
        35000 closed
        ",
    );
}

#[test]
fn a_connection_that_may_not_be_opened_ends_the_job() {
    let mut play = Play::new(vec![], vec![("start", open())]);
    play.openings = vec![Opening::No(Refusal::Expired)];
    play.ends(Outcome::Stopped, "0 may not open: No(Expired)");
}

#[test]
fn the_end_of_the_scan_is_noticed_in_every_wait() {
    let reading = vec![Peer::Plays(vec![])];
    let writing = vec![Peer::Plays(vec![Step::Deaf])];
    let connecting = vec![Peer::Fails(OpenFailure::NoAnswer)];
    let waits = ("opened", vec![Move::Waits(30)]);
    let writes = (
        "opened",
        vec![Move::Says("EHLO a\r\n", 30), Move::Waits(30)],
    );
    let cut_off = "0 connect 192.0.2.25:25\n 4000 close Abort\n 4000 closed";
    for (peers, dialogue, log) in [
        (reading, vec![("start", open()), waits], cut_off),
        (writing, vec![("start", open()), writes], cut_off),
        (
            connecting,
            vec![("start", open())],
            "0 connect 192.0.2.25:25\n 4000 closed",
        ),
        (vec![], vec![("start", vec![Move::Waits(60)])], ""),
    ] {
        let mut play = Play::new(peers, dialogue);
        play.rings_ms = vec![1_000, 2_000];
        play.stop_ms = Some(4_000);
        play.ends(Outcome::Stopped, log);
    }
}

#[test]
fn a_peer_that_never_stops_talking_does_not_outlive_the_scan() {
    let pieces = (0..20).map(|_| ("S: xxxx", vec![Move::Waits(30)]));
    let mut dialogue = vec![("start", open()), ("opened", vec![Move::Waits(30)])];
    dialogue.extend(pieces);
    let steps = (0..40).flat_map(|_| [Step::Pause(100), Step::Says("xxxx")]);
    let mut play = Play::new(vec![Peer::Plays(steps.collect())], dialogue);
    play.stop_ms = Some(2_050);
    play.ends(
        Outcome::Stopped,
        "
        0    connect 192.0.2.25:25
        2050 close Abort
        2050 closed
        ",
    );
}

#[test]
fn a_transport_that_this_shell_does_not_have() {
    let opens = vec![Move::Open(Transport::Tls, 10), Move::Waits(10)];
    let heard = "secure failed: NotAvailable";
    Play::new(vec![], vec![("start", opens), (heard, vec![Move::Done])]).ends(Outcome::Done, "");
}

#[test]
fn datagrams_and_then_a_connection() {
    let asks = |transport| vec![Move::Open(transport, 10), Move::Waits(10)];
    let answers = |answer| {
        let steps = vec![Step::Hears("what?"), Step::Pause(30), Step::Says(answer)];
        Peer::Plays(steps)
    };
    Play::new(
        vec![
            Peer::Fails(OpenFailure::NoSlot),
            answers("too long"),
            answers("that"),
        ],
        vec![
            ("start", asks(Transport::Udp)),
            ("open failed: NoSlot", asks(Transport::Udp)),
            ("opened", vec![Move::Says("what?", 10), Move::Waits(10)]),
            ("sent", vec![Move::Waits(10)]),
            (
                "S: too long from 192.0.2.25:25",
                [vec![Move::Closes(Close::Fin)], asks(Transport::Tcp)].concat(),
            ),
            ("opened", vec![Move::Says("what?", 10), Move::Waits(10)]),
            ("sent", vec![Move::Waits(10)]),
            ("S: that", vec![Move::Closes(Close::Fin), Move::Done]),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0  datagrams to 192.0.2.25:25 from 1028
        0  closed
        0  datagrams to 192.0.2.25:25 from 1028
        0  C: what?
        30 close Fin
        30 closed
        30 connect 192.0.2.25:25
        30 C: what?
        60 close Fin
        60 closed
        ",
    );
}

#[test]
fn tls_on_an_open_connection_is_not_available() {
    Play::new(
        vec![Peer::Plays(vec![])],
        vec![
            ("start", open()),
            ("opened", vec![Move::Secure(30), Move::Waits(30)]),
            (
                "secure failed: NotAvailable",
                vec![Move::Closes(Close::Fin), Move::Done],
            ),
        ],
    )
    .ends(
        Outcome::Done,
        "
        0 connect 192.0.2.25:25
        0 close Fin
        0 closed
        ",
    );
}
