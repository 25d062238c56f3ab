//! A proxy as whoever calls it has it: it reads what is asked for, decides, and passes on.

use std::{
    cell::RefCell,
    mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    rc::Rc,
};

use super::{
    passage::{Between, Onward, Passage, Shared, Stage, Stirred, word},
    request::{How, Read, Request, To, read},
    rules::{Grants, LastLine, Lets, Login, Rules},
};
use crate::{
    build::DeviceAddresses,
    post::{Log, other_host},
    server::{Call, Conversation, Server, Turn},
};

/// Where a proxy stands, and what it knows of its world.
pub(crate) struct Stand {
    pub(crate) at: SocketAddr,
    pub(crate) device: DeviceAddresses,
    /// A name that leads to the device.
    pub(crate) sink_name: Option<String>,
    pub(crate) log: Log,
    pub(crate) stirred: Stirred,
}

/// A proxy at its place.
pub(super) struct Gatehouse {
    pub(super) rules: &'static Rules,
    pub(super) stand: Rc<Stand>,
}

impl Server for Gatehouse {
    fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Door {
            rules: self.rules,
            stand: Rc::clone(&self.stand),
            heard: Vec::new(),
            is_welcome: false,
            way: None,
        })
    }
}

struct Door {
    rules: &'static Rules,
    stand: Rc<Stand>,
    heard: Vec<u8>,
    /// A hello of SOCKS5 was answered.
    is_welcome: bool,
    way: Option<Way>,
}

/// What was asked for and not refused.
struct Way {
    how: How,
    between: Shared,
    /// The caller was told that it is there.
    is_granted: bool,
    /// Where its other connection comes out.
    from: IpAddr,
    /// What came back is a page, as far as anybody looks.
    is_looked_at: bool,
}

impl Door {
    fn read(&mut self, segment: &[u8], turn: &mut Turn) {
        match read(&self.heard, self.is_welcome) {
            Read::More => {}
            Read::Nonsense => self.refuse_nonsense(turn),
            Read::Hello(methods, octets) => {
                self.heard.drain(..octets);
                self.hello(&methods, turn);
                if !turn.is_closed() && !self.heard.is_empty() {
                    self.read(segment, turn);
                }
            }
            Read::Request(request, octets) => {
                self.heard.drain(..octets);
                if request.how == How::Connect && !self.rules.last_line.suits(segment) {
                    match self.rules.last_line {
                        LastLine::ApartOrNothing => self.heard.clear(),
                        LastLine::Anyhow | LastLine::Apart => turn.close(),
                    }
                    return;
                }
                self.request(request, turn);
            }
        }
    }

    /// Whoever speaks HTTP says so; the others hang up.
    fn refuse_nonsense(&self, turn: &mut Turn) {
        if self.rules.speaks.iter().any(|how| how.is_http()) {
            turn.send(
                b"HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>\r\n",
            );
        }
        turn.close();
    }

    fn hello(&mut self, methods: &[u8], turn: &mut Turn) {
        if !self.rules.speaks.iter().any(|how| how.is_socks5()) {
            return self.refuse_nonsense(turn);
        }
        let wants_login = self.rules.lets == Lets::WithLogin;
        if wants_login || !methods.contains(&0) {
            let method = match self.rules.login {
                Login::NoMethod => 0xff,
                Login::Password => 2,
            };
            turn.send(&[5, method]);
            return turn.close();
        }
        turn.send(&[5, 0]);
        self.is_welcome = true;
    }

    fn request(&mut self, request: Request, turn: &mut Turn) {
        let Request { how, to, forward } = request;
        if !self.rules.speaks.contains(&how) {
            return self.refuse_unspoken(how, turn);
        }
        let may = match self.rules.lets {
            Lets::Everybody | Lets::NowhereAtAll => true,
            Lets::Nobody => false,
            Lets::WithLogin => {
                refuse(how, Refusal::Login, turn);
                return;
            }
            Lets::Ports(ports) => ports.contains(&to.port()),
        };
        if !may {
            return refuse(how, Refusal::Denied, turn);
        }
        let to = if self.rules.lets == Lets::NowhereAtAll {
            None
        } else {
            self.stand.resolve(&to)
        };
        let Some(to) = to else {
            return refuse(how, Refusal::Unreached, turn);
        };
        let between: Shared = Rc::new(RefCell::new(Between {
            onward: forward,
            ..Between::default()
        }));
        let mut way = Way {
            how,
            between: Rc::clone(&between),
            is_granted: false,
            from: self.rules.egress(self.stand.at.ip(), to.ip()),
            is_looked_at: false,
        };
        let from = way.from;
        if self.rules.grants != Grants::WhenConnected {
            way.grant(turn);
        }
        self.way = Some(way);
        if self.rules.grants == Grants::AndNothingMore {
            return;
        }
        let now = turn.now() + self.rules.connects_after;
        turn.call(Call {
            at: now,
            from: (from != self.stand.at.ip()).then_some(from),
            to: self.stand.device.current(to, now),
            conversation: Box::new(Onward {
                between,
                entry: Passage {
                    at: now,
                    by: self.stand.at,
                    from,
                    to,
                    asked_in: word(how),
                    said: Vec::new(),
                    opened: false,
                    answered: false,
                },
                log: self.stand.log.clone(),
                stirred: self.stand.stirred.clone(),
                place: None,
            }),
        });
    }

    fn refuse_unspoken(&self, how: How, turn: &mut Turn) {
        let speaks = |is: fn(How) -> bool| self.rules.speaks.iter().any(|how| is(*how));
        let family = if how.is_http() {
            speaks(How::is_http)
        } else if how.is_socks5() {
            speaks(How::is_socks5)
        } else {
            how.is_socks4() && speaks(How::is_socks4)
        };
        match how {
            _ if !family => self.refuse_nonsense(turn),
            How::Connect | How::Get | How::Post => {
                turn.send(b"HTTP/1.0 405 Method Not Allowed\r\nConnection: close\r\n\r\n");
                turn.close();
            }
            // Address type not supported.
            How::Socks5 | How::Socks5Ipv6 | How::Socks5Name => {
                turn.send(&reply5(8));
                turn.close();
            }
            How::Socks4 | How::Socks4a | How::Gateway => refuse(how, Refusal::Denied, turn),
        }
    }

    /// The connection to where it leads has something to do.
    fn stirs(&self, way: &Way) {
        self.stand.stirred.borrow_mut().insert(way.from);
    }

    /// Passes on what has come, and what has become known.
    fn passes(&mut self, turn: &mut Turn) {
        let Some(way) = &mut self.way else {
            return;
        };
        let stage = way.between.borrow().stage;
        if stage == Stage::Failed {
            if !way.is_granted {
                refuse(way.how, Refusal::Unreached, turn);
            }
            return turn.close();
        }
        let is_page = matches!(way.how, How::Get | How::Post);
        if stage == Stage::Open && !way.is_granted && !is_page {
            way.grant(turn);
        }
        let octets = mem::take(&mut way.between.borrow_mut().to_caller);
        if is_page && !way.is_looked_at && !octets.is_empty() {
            way.is_looked_at = true;
            if self.rules.only_pages && !octets.starts_with(b"HTTP/") {
                let page = b"HTTP/1.0 502 Bad Gateway\r\nConnection: close\r\n\r\n<h1>Bad Gateway</h1>\r\n";
                turn.send(page);
                way.between.borrow_mut().is_left = true;
                self.stand.stirred.borrow_mut().insert(way.from);
                return turn.close();
            }
        }
        turn.send(&octets);
        if stage == Stage::Ended {
            if is_page && !way.is_looked_at {
                refuse(way.how, Refusal::Unreached, turn);
            }
            turn.close();
        }
    }
}

impl Conversation for Door {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(self.rules.greets);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        if let Some(way) = &self.way {
            way.between.borrow_mut().onward.extend(octets);
            return self.stirs(way);
        }
        self.heard.extend(octets);
        self.read(octets, turn);
        if let Some(way) = &self.way {
            let early = mem::take(&mut self.heard);
            way.between.borrow_mut().onward.extend(early);
            self.stirs(way);
        }
    }

    fn on_timer(&mut self, _turn: &mut Turn) {}

    fn is_stirred(&self) -> bool {
        self.way.as_ref().is_some_and(|way| {
            let between = way.between.borrow();
            let is_page = matches!(way.how, How::Get | How::Post);
            match between.stage {
                Stage::Opening => false,
                Stage::Open => !between.to_caller.is_empty() || !(way.is_granted || is_page),
                Stage::Failed | Stage::Ended => true,
            }
        })
    }

    fn on_stir(&mut self, turn: &mut Turn) {
        self.passes(turn);
    }

    fn on_end(&mut self, _turn: &mut Turn) {
        if let Some(way) = &self.way {
            way.between.borrow_mut().is_left = true;
            self.stirs(way);
        }
    }
}

impl Way {
    fn grant(&mut self, turn: &mut Turn) {
        self.is_granted = true;
        match self.how {
            How::Connect => turn.send(b"HTTP/1.0 200 Connection established\r\n\r\n"),
            How::Socks4 | How::Socks4a => turn.send(&[0, 0x5a, 0, 0, 0, 0, 0, 0]),
            How::Socks5 | How::Socks5Ipv6 | How::Socks5Name => turn.send(&reply5(0)),
            How::Get | How::Post | How::Gateway => {}
        }
    }
}

impl Stand {
    /// Where a name leads: that of our sink to it, and no other anywhere.
    fn resolve(&self, to: &To) -> Option<SocketAddr> {
        match to {
            To::Address(at) => Some(*at),
            To::Name(name, port) => {
                let is_sink = self
                    .sink_name
                    .as_ref()
                    .is_some_and(|it| it.eq_ignore_ascii_case(name));
                is_sink.then(|| SocketAddr::new(self.device.ipv4().into(), *port))
            }
        }
    }
}

impl Rules {
    /// The address that a connection to `to` comes out at. A proxy has one of each family.
    fn egress(&self, at: IpAddr, to: IpAddr) -> IpAddr {
        let elsewhere = other_host(at);
        match (self.comes_out_elsewhere, at.is_ipv4() == to.is_ipv4()) {
            (false, true) => at,
            (true, true) => elsewhere,
            (_, false) => other_family(at),
        }
    }
}

/// The address of the other family of the proxy at `address`. No scope of ours holds it.
pub(crate) fn other_family(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets().map(u16::from);
            Ipv6Addr::new(0xfd98, 0, 0, 0, 0, 0, a << 8 | b, c << 8 | d).into()
        }
        IpAddr::V6(v6) => {
            // Which of the many it is is in its network and its last octet.
            let [_, _, c, d, .., h] = v6.segments();
            let [high, low] = (c ^ d.rotate_left(3)).to_be_bytes();
            let [_, last] = h.to_be_bytes();
            Ipv4Addr::new(100, 32 | (high & 31), low, last).into()
        }
    }
}

#[derive(Clone, Copy)]
enum Refusal {
    Denied,
    Login,
    Unreached,
}

fn refuse(how: How, why: Refusal, turn: &mut Turn) {
    match (how, why) {
        (How::Connect | How::Get | How::Post, _) => {
            let status = match why {
                Refusal::Denied => "403 Forbidden",
                Refusal::Login => {
                    "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\""
                }
                Refusal::Unreached => "502 Bad Gateway",
            };
            let text =
                format!("HTTP/1.0 {status}\r\nConnection: close\r\n\r\n<h1>Not for you</h1>\r\n");
            turn.send(text.as_bytes());
        }
        (How::Socks4 | How::Socks4a, Refusal::Login) => turn.send(&[0, 0x5d, 0, 0, 0, 0, 0, 0]),
        (How::Socks4 | How::Socks4a, _) => turn.send(&[0, 0x5b, 0, 0, 0, 0, 0, 0]),
        (_, Refusal::Denied | Refusal::Login) if how.is_socks5() => turn.send(&reply5(2)),
        (_, Refusal::Unreached) if how.is_socks5() => turn.send(&reply5(5)),
        _ => turn.send(b"Cannot connect\r\n"),
    }
    turn.close();
}

const fn reply5(code: u8) -> [u8; 10] {
    [5, code, 0, 1, 0, 0, 0, 0, 0, 0]
}

impl LastLine {
    /// Whether the last line of a head came as it should.
    fn suits(self, segment: &[u8]) -> bool {
        self == Self::Anyhow || matches!(segment, b"\r\n" | b"\n")
    }
}
