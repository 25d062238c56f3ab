//! Asks a server, one question on each connection, so that no answer depends on an earlier one.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long an answer may take. Nobody in the lab is busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(2);
/// How often a connection is tried that brings no greeting: OpenSMTPD forgets one now and then when
/// many come at once.
const TRIES: u32 = 5;

/// A reply, line by line, without line ends.
pub(super) type Reply = Vec<String>;

/// Says `commands` one by one, and returns the greeting and their replies. A server that closes
/// early leaves fewer.
pub(super) fn ask(server: SocketAddr, commands: &[String]) -> io::Result<Vec<Reply>> {
    let (stream, mut says, greeting) = (1..TRIES)
        .find_map(|_| greeted(server).ok())
        .map_or_else(|| greeted(server), Ok)?;
    let mut replies = Vec::from_iter(greeting);
    for command in commands {
        (&stream).write_all(format!("{command}\r\n").as_bytes())?;
        let answer = reply(&mut says)
            .map_err(|error| io::Error::new(error.kind(), format!("{command}: {error}")))?;
        match answer {
            Some(reply) => replies.push(reply),
            None => break,
        }
    }
    Ok(replies)
}

/// A connection, and its greeting.
fn greeted(server: SocketAddr) -> io::Result<(TcpStream, BufReader<TcpStream>, Option<Reply>)> {
    let stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(GREETING))?;
    let mut says = BufReader::new(stream.try_clone()?);
    let greeting = reply(&mut says)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok((stream, says, greeting))
}

/// The next reply; `None` at the end.
fn reply(says: &mut BufReader<TcpStream>) -> io::Result<Option<Reply>> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        if says.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(Some(lines));
        }
    }
}

/// Whether a reply accepts.
pub(super) fn accepts(reply: &Reply) -> bool {
    reply.last().is_some_and(|line| line.starts_with('2'))
}
