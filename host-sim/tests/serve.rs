//! The program `host-sim serve`, as a script runs it.

#![cfg(all(unix, feature = "serve"))]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
};

use host_sim::{
    peers::Personality,
    serve::{CONNECTIONS_OF_ONE_MAX, Serving, Stand},
};
use serde_json::Value;

/// A program that serves, and is stopped with the test.
struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_host-sim"))
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Sends a signal and gives the exit status and the last words.
    fn stop(&mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        let status = self.child.wait().unwrap();
        let mut said = String::new();
        let err = self.child.stderr.as_mut().unwrap();
        err.read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone when the test held.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_personality_answers_until_the_program_is_stopped() {
    for signal in ["-INT", "-TERM"] {
        let mut program = Program::start(&["--listen", "127.0.0.1:0", "--json"]);
        let servers: Vec<Value> = std::iter::repeat_with(|| program.line())
            .map(|line| serde_json::from_str(&line).unwrap())
            .take_while(|line: &Value| line.get("ready").is_none())
            .collect();
        let mut names: Vec<_> = servers
            .iter()
            .filter_map(|line| line["personality"].as_str())
            .collect();
        let mut known: Vec<_> = Personality::every().map(|known| known.name).collect();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
        for server in &servers {
            if server["personality"] == "open" {
                let port = u16::try_from(server["port"].as_u64().unwrap()).unwrap();
                let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let mut greeting = String::new();
                BufReader::new(stream).read_line(&mut greeting).unwrap();
                assert_eq!(greeting, "220 open.parade.example ESMTP Postfix\r\n");
            }
        }
        let (status, said) = program.stop(signal);
        assert_eq!(status, Some(0));
        assert_eq!(
            said,
            "host-sim: stopped; connections answered: 1, turned away: 0\n"
        );
    }
}

#[test]
fn the_table_can_be_read() {
    let mut program = Program::start(&["--listen", "[::1]:0", "--only", "open"]);
    assert_eq!(
        program.line(),
        "personality       address                  what it is\n"
    );
    let row = program.line();
    assert!(row.starts_with("open              [::1]:"), "{row}");
    assert!(row.contains("  relays for anybody"), "{row}");
    assert_eq!(program.line(), "\n");
    assert_eq!(program.line(), "ready: 1 server; control-C stops\n");
}

#[test]
fn a_scenario_is_a_world_too() {
    let scenario = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/all-personalities.toml"
    );
    let mut program = Program::start(&["--listen", "127.0.0.1:0", "--world", scenario]);
    program.line();
    let row = program.line();
    assert!(row.starts_with("closed-550        127.0.0.1:"), "{row}");
}

#[test]
fn what_cannot_be_served_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let cases = [
        (
            vec!["--listen", "192.0.2.1:25"],
            "others might reach 192.0.2.1:25; if that is meant, say --beyond-loopback",
        ),
        (
            vec!["--spread", "world"],
            "others might reach 192.0.2.25:25",
        ),
        (
            vec!["--listen", "127.0.0.1:65535"],
            " servers from 127.0.0.1:65535 on: begin lower",
        ),
        (
            vec!["--only", "honest"],
            "--only honest: no such personality; there are closed-550, closed-454, open,",
        ),
        (
            vec!["--listen", &taken, "--only", "open"],
            "open cannot listen at 127.0.0.1:",
        ),
        (
            vec!["--world", "/nonexistent/world.toml"],
            "/nonexistent/world.toml: cannot be read",
        ),
        (
            vec!["--wire", "dgram:127.0.0.1:4000"],
            "`dgram:127.0.0.1:4000` is no wire; expected dgram:LOCAL,REMOTE",
        ),
        (
            vec!["--wire", "unix:/nonexistent/wire"],
            "the wire: No such file or directory",
        ),
    ];
    for (arguments, why) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_host-sim"))
            .arg("serve")
            .args(&arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_server_holds_so_many_connections_and_resets_the_next() {
    let open = Personality::named("open").unwrap();
    let stand = Stand {
        at: "127.0.0.1:0".parse().unwrap(),
        peer: open.at("mx.full.example", &[]),
    };
    let serving = Serving::bind(vec![stand]).unwrap();
    let at = serving.stands()[0].at;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = std::thread::spawn(move || serving.until(stopped).unwrap().1);

    let greeted = |at: SocketAddr| {
        let mut stream = TcpStream::connect(at).unwrap();
        let heard = stream.read(&mut [0; 100]).is_ok_and(|count| count > 0);
        (stream, heard)
    };
    let held: Vec<_> = (0..CONNECTIONS_OF_ONE_MAX).map(|_| greeted(at)).collect();
    assert!(held.iter().all(|(_, heard)| *heard));
    assert!(!greeted(at).1, "one too many");
    drop(held);
    // Places are free again as soon as the server has seen the callers leave.
    let mut refused = 1;
    let mut again = greeted(at);
    while !again.1 {
        refused += 1;
        again = greeted(at);
    }
    again.0.write_all(b"QUIT\r\n").unwrap();
    stop.send(()).unwrap();
    let served = server.join().unwrap();
    assert_eq!(served.turned_away, refused);
    assert_eq!(served.connections, CONNECTIONS_OF_ONE_MAX as u64 + 1);
}
