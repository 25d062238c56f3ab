//! Visits over real carriers: the device's end is a prober on a thread of its own.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant as Clock},
};

use probe_core::{
    dead::{DeadBy, DeadRange},
    finding::{DeviceId, JobSerial, Probe, RecordId},
    frame::{
        FRAME_OCTETS_MAX,
        about::{Addressing, FlashState, Level, Provision, ProvisionAnswer, beginning_of},
        message::{Denial, DeviceHello},
    },
    prober::{About, Prober, Visitor},
    scope::Depth,
    verdict::RULES,
};

use super::*;
use crate::{
    link::{Link, LinkError},
    store::SqliteStore,
};

const UTC: Utc = Utc(1_795_000_000);

fn device() -> Prober {
    let mut prober = Prober::new(DeviceId(*b"postern1"), 7);
    prober.introduce(About {
        version: beginning_of("0.1.0"),
        board: beginning_of("test-board"),
        keeps: true,
        has_link_port: true,
        ..About::default()
    });
    prober.flash_fares(FlashState {
        pages: 4,
        ..FlashState::default()
    });
    for line in 1..=20u32 {
        let level = Level::Info;
        prober.log(
            Instant::from_millis(u64::from(line)),
            level,
            &["line ", &line.to_string()],
        );
    }
    prober
}

/// Which of its links a host has to the device.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Serial,
    LinkPort,
}

/// Runs a device until its link is closed, or long enough. It keeps what it is to keep.
fn serve(way: Way, mut link: impl std::io::Read + std::io::Write, mut prober: Prober) {
    let mut visitor = Visitor::new();
    let began = Clock::now();
    let now = || Instant::from_millis(began.elapsed().as_millis() as u64 + 100);
    prober.visitor_came(now(), &mut visitor);
    let (mut piece, mut frame) = ([0; 512], [0; FRAME_OCTETS_MAX]);
    while began.elapsed() < Duration::from_secs(20) {
        match link.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => match way {
                Way::Serial => prober.link_received(now(), &piece[..count]),
                Way::LinkPort => {
                    prober.visitor_received(now(), &mut visitor, &piece[..count]);
                }
            },
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                thread::sleep(Duration::from_millis(2));
            }
            // The other end of a pseudo-terminal is closed.
            Err(_) => return,
        }
        if let Some(provision) = prober.provision_to_keep() {
            prober.provisioned(provision, true);
        }
        while let Some(count) = match way {
            Way::Serial => prober.link_transmit(now(), &mut frame),
            Way::LinkPort => prober.visitor_transmit(now(), &mut visitor, &mut frame),
        } {
            let mut rest = &frame[..count];
            while !rest.is_empty() {
                match link.write(rest) {
                    Ok(count) => rest = &rest[count..],
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                        thread::sleep(Duration::from_millis(1));
                    }
                    Err(_) => return,
                }
            }
        }
    }
}

/// A link over TCP to a device of its own.
fn over_tcp() -> Link {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        serve(Way::LinkPort, stream, device());
    });
    Link::Tcp("127.0.0.1".to_owned(), port)
}

/// A link over a pair of pseudo-terminals, which begin as terminals do: with echo, with lines, and
/// with meanings for single octets.
#[cfg(unix)]
fn over_serial() -> Link {
    use rustix::{
        fs::{OFlags, fcntl_setfl},
        pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    };
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let path = ptsname(&ours, Vec::new()).unwrap();
    fcntl_setfl(&ours, OFlags::NONBLOCK).unwrap();
    // Held open, so that the device's end does not fail before the host is there.
    let theirs = std::fs::File::options()
        .read(true)
        .write(true)
        .open(path.to_str().unwrap())
        .unwrap();
    thread::spawn(move || {
        let _held = theirs;
        serve(Way::Serial, std::fs::File::from(ours), device());
    });
    Link::Serial(path.to_str().unwrap().into())
}

fn links() -> Vec<Link> {
    vec![
        over_tcp(),
        #[cfg(unix)]
        over_serial(),
    ]
}

fn visit(link: &Link, task: &mut dyn Task) {
    link.visit(&mut Errand { utc: UTC, task }).unwrap();
}

#[test]
fn an_appliance_says_who_it_is() {
    for link in links() {
        let mut asked = AskInfo::default();
        visit(&link, &mut asked);
        let info = asked.info.unwrap();
        assert_eq!(
            (info.board.as_str(), info.boot),
            ("test-board", 7),
            "{link}"
        );
        assert_eq!(info.flash.map(|flash| flash.pages), Some(4));
        assert_eq!(asked.hello.unwrap().device, DeviceId(*b"postern1"));
        let link = asked.progress.unwrap().link;
        assert_eq!((link.broken, link.undecodable), (0, 0));
    }
}

#[test]
fn an_appliance_keeps_how_it_is_to_be_set_up_or_says_what_is_wrong() {
    let provision = |prefix| Provision {
        address: Addressing::Static {
            address: [192, 0, 2, 10].into(),
            prefix,
            gateway: None,
        },
        link_port: None,
    };
    for (prefix, expected) in [
        (24, ProvisionAnswer::Kept),
        (
            31,
            ProvisionAnswer::Refused(probe_core::frame::about::ProvisionError::Prefix),
        ),
    ] {
        #[cfg(unix)]
        {
            let mut task = SetUp::new(provision(prefix));
            visit(&over_serial(), &mut task);
            assert_eq!(task.answer, Some(expected));
        }
        // Over the network it does not even look.
        let mut task = SetUp::new(provision(prefix));
        let task = &mut task;
        let denied = over_tcp().visit(&mut Errand { utc: UTC, task });
        let Err(LinkError::Session(SessionError::Denied(denial))) = denied else {
            panic!("{denied:?}");
        };
        assert_eq!((denial, &task.answer), (Denial::Provision, &None));
    }
}

#[test]
fn a_log_is_read_to_its_end() {
    for link in links() {
        let mut numbers = Vec::new();
        let line = |boot, line: &probe_core::frame::about::LogLine| {
            assert_eq!(boot, 7);
            assert_eq!(line.text, format!("line {}", line.number).as_str());
            numbers.push(line.number);
            Ok(())
        };
        visit(&link, &mut ReadLog::new(line, None::<fn() -> bool>));
        // It keeps sixteen.
        assert_eq!(numbers, (5..=20).collect::<Vec<u32>>(), "{link}");
    }
}

#[test]
fn nobody_there_is_told_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for link in [
        format!("tcp:127.0.0.1:{port}"),
        #[cfg(unix)]
        "serial:/dev/none".to_owned(),
        #[cfg(unix)]
        "unix:/none/link".to_owned(),
    ] {
        let mut asked = AskInfo::default();
        let link = Link::parse(&link).unwrap();
        let task = &mut asked;
        let failure = link.visit(&mut Errand { utc: UTC, task }).unwrap_err();
        assert!(matches!(failure, LinkError::NotThere(_)), "{failure:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_is_no_serial_port() {
    let link = Link::parse("serial:/dev/null").unwrap();
    let mut asked = AskInfo::default();
    let task = &mut asked;
    let failure = link.visit(&mut Errand { utc: UTC, task }).unwrap_err();
    let told = format!("{failure:?}");
    assert!(told.contains("it is no serial port"), "{told}");
}

#[test]
fn neighbours_where_nobody_answers_are_stored_too() {
    let folder = std::env::temp_dir().join(format!("postern-collect-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut store = SqliteStore::open(&folder.join("findings.db")).unwrap();
    let mut collect = Collect::new(&mut store, UTC);
    let (now, mut host) = (Instant::BOOT, HostLink::new());
    let id = RecordId { boot: 7, number: 1 };
    let hello = DeviceHello {
        format: FORMAT,
        rules: RULES,
        device: DeviceId(*b"postern1"),
        boot: id.boot,
        now,
        first: id.number,
    };
    let range = DeadRange {
        id,
        job: JobSerial::default(),
        first: "192.0.2.1:25".parse().unwrap(),
        count: 20,
        by: DeadBy::NoAnswer,
        probe: Probe::Relay,
        depth: Depth::Quick,
        lab: false,
        path_checked: false,
        hours: 0,
        began: now,
        ended: now,
        rules: RULES,
    };
    for message in [ToHost::Hello(hello), ToHost::Dead(range)] {
        collect.heard(now, &mut host, message).unwrap();
    }
    collect.settle(now, &mut host).unwrap();
    assert!(collect.stored > 0);
    std::fs::remove_dir_all(&folder).unwrap();
}
