//! What a user may get wrong: each with its file, line, what was expected and the exit status, and
//! nothing half-done.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{fs, os::unix::fs::PermissionsExt as _, os::unix::process::CommandExt as _};

use bench::{Bench, CLOCK, Ran, golden};

const SCOPE: &str = r#"contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-11-01
expires = 2100-01-01
networks = ["192.0.2.0/24"]

[authority]
kind = "consent"
reference = "contract 2026/17, annex B"

[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
"#;

/// A list that is as wrong as its name says, and what else is right.
#[test]
fn targets() {
    for (name, file, text) in [
        (
            "name-in-lines",
            "list",
            "192.0.2.1\n# our own\nmail.example.org\n192.0.2.0/24\n192.0.2.1:0\n",
        ),
        (
            "name-in-csv",
            "list.csv",
            "port,address\n25,192.0.2.1\n25,mail.example.org\n0,192.0.2.2\n",
        ),
        ("csv-without-header", "list.csv", "192.0.2.1,25\n"),
        (
            "csv-unknown-column",
            "list.csv",
            "address,adress,listedby\n192.0.2.1,,\n",
        ),
        ("csv-short-line", "list.csv", "address,port\n192.0.2.1\n"),
        ("empty", "list", "# nobody\n"),
        ("no-text", "list", "192.0.2.1\n\u{0}\n"),
    ] {
        let bench = Bench::new(&format!("targets-{name}"));
        bench.write("scope.toml", SCOPE);
        bench.write(file, text);
        let ran = scan(&bench, &["--targets", file]);
        refused(&bench, &ran, &format!("targets-{name}"));
    }
    let bench = Bench::new("targets-argument");
    bench.write("scope.toml", SCOPE);
    refused(
        &bench,
        &scan(&bench, &["mail.example.org", "192.0.2.300"]),
        "targets-arguments",
    );
    refused(&bench, &scan(&bench, &[]), "targets-none");
    refused(
        &bench,
        &scan(&bench, &["--targets", "missing"]),
        "targets-missing",
    );
}

#[test]
fn a_long_list_of_errors_is_cut() {
    let bench = Bench::new("many");
    bench.write("scope.toml", SCOPE);
    bench.write("list", &"nobody.example\n".repeat(1_000));
    let ran = scan(&bench, &["--targets", "list"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err
            .starts_with("postern: nothing was done: 1000 things are wrong\n")
    );
    assert!(ran.err.ends_with("… and 980 more\n"), "{}", ran.err);
}

#[test]
fn scopes() {
    let without = |from: &str, to: &str| {
        let (start, rest) = SCOPE.split_once(from).unwrap();
        let (_, end) = rest.split_once(to).unwrap();
        format!("{start}{to}{end}")
    };
    for (name, text) in [
        ("empty", String::new()),
        ("malformed", SCOPE.replace("networks = [", "networks = = [")),
        ("expired", SCOPE.replace("2100-01-01", "2026-11-15")),
        ("not-yet", SCOPE.replace("2026-11-01", "2026-11-25")),
        ("no-authority", without("[authority]", "[identity]")),
        (
            "no-contact",
            SCOPE.replacen("contact = \"noc@cert.example\"", "", 1),
        ),
        ("empty-contact", SCOPE.replacen("noc@cert.example", " ", 1)),
        ("no-networks", SCOPE.replacen("[\"192.0.2.0/24\"]", "[]", 1)),
        (
            "networks",
            SCOPE.replacen(
                "\"192.0.2.0/24\"",
                "\n  \"192.0.2.1/24\",\n  \"::/0\",\n  \"x\"\n",
                1,
            ),
        ),
        ("too-wide", SCOPE.replacen("192.0.2.0/24", "0.0.0.0/4", 1)),
        (
            "unknown-field",
            SCOPE
                .replace("abuse_page", "abuse_pages")
                .replace("helo", "hello"),
        ),
        (
            "rates",
            format!(
                "{SCOPE}[rates]\ntarget_refusals_max = 1000\nconnections_per_second_max = \"fast\"\n"
            ),
        ),
        (
            "delivery",
            format!("delivery = \"on\"\nprobes = [\"router\"]\ndepth = \"deep\"\n{SCOPE}"),
        ),
        (
            "proxy",
            format!(
                "probes = [\"relay\", \"proxy\"]\n{SCOPE}\n[proxy]\nports = {{ socks6 = [1080] }}\n\
                 sink_address = \"2001:db8::1\"\nsink_name = \"-\"\ninternal_host = 1\n"
            ),
        ),
        (
            "proxy-port-of-relays",
            format!(
                "probes = [\"relay\", \"proxy\"]\n{SCOPE}\n[proxy]\nports = {{ socks5 = [25] }}\n\
                 sink_address = \"198.51.100.25\"\n"
            ),
        ),
        (
            "proxy-without-sink",
            format!("probes = [\"proxy\"]\n{SCOPE}\n[proxy]\nports = {{ socks5 = [1080] }}\n"),
        ),
        (
            "sink-domain",
            SCOPE.replace("sink.cert.example", "a-sink-with-a-long-name.cert.example"),
        ),
    ] {
        let bench = Bench::new(&format!("scope-{name}"));
        bench.write("scope.toml", &text);
        refused(
            &bench,
            &scan(&bench, &["192.0.2.1"]),
            &format!("scope-{name}"),
        );
    }
    let bench = Bench::new("scope-none");
    let ran = bench.run(&["scan", "--link", "sim", "192.0.2.1"]);
    refused(&bench, &ran, "scope-none");
    let bench = Bench::new("scope-missing");
    refused(&bench, &scan(&bench, &["192.0.2.1"]), "scope-missing");
}

#[test]
fn links_probes_and_what_is_not_built() {
    let bench = Bench::new("links");
    bench.write("scope.toml", SCOPE);
    let with = |more: &[&str]| {
        let mut arguments = vec![
            "scan",
            "192.0.2.1",
            "--scope",
            "scope.toml",
            "--clock",
            CLOCK,
        ];
        arguments.extend(more);
        bench.run(&arguments)
    };
    for (name, more) in [
        ("link-none", &[][..]),
        ("link-unknown", &["--link", "smi"]),
        ("link-serial-no-path", &["--link", "serial:"]),
        ("link-tcp-no-port", &["--link", "tcp:192.0.2.10"]),
        ("link-tcp", &["--link", "tcp:192.0.2.10:7323"]),
        ("link-unix-no-path", &["--link", "unix:"]),
        ("link-sim-without-file", &["--link", "sim:"]),
        ("link-direct-with-more", &["--link", "direct:eth0"]),
        ("probes", &["--link", "sim", "--probes", "relay,proxy"]),
        (
            "probes-unknown",
            &["--link", "sim", "--probes", "relay,prox"],
        ),
        ("deliver", &["--link", "sim", "--deliver"]),
        ("depth", &["--link", "sim", "--depth", "full"]),
        ("pcap", &["--link", "sim", "--pcap", "none/wire.pcap"]),
        ("junit", &["--link", "sim", "--junit", "none/report.xml"]),
        (
            "unix-pcap",
            &["--link", "unix:none/link", "--pcap", "w.pcap"],
        ),
        ("direct-pcap", &["--link", "direct", "--pcap", "wire.pcap"]),
    ] {
        refused(&bench, &with(more), name);
    }
}

#[test]
fn an_appliance_is_set_up_over_a_serial_link_and_only_as_a_host_may_be() {
    let bench = Bench::new("provision");
    let unix = "unix:none/link";
    for (name, link, more) in [
        ("appliance-sim", "sim", &["--dhcp"][..]),
        ("appliance-tcp", "tcp:192.0.2.10:7323", &["--dhcp"]),
        ("appliance-address", unix, &["--address", "192.0.2.10"]),
        ("appliance-prefix", unix, &["--address", "192.0.2.10/31"]),
        (
            "appliance-gateway",
            unix,
            &["--address", "192.0.2.10/24", "--gateway", "192.0.3.1"],
        ),
        (
            "appliance-host",
            unix,
            &["--dhcp", "--host", "255.255.255.255"],
        ),
        (
            "appliance-port",
            unix,
            &["--dhcp", "--host", "192.0.2.7", "--port", "0"],
        ),
    ] {
        let mut arguments = vec!["appliance", "provision", "--link", link];
        arguments.extend(more);
        refused(&bench, &bench.run(&arguments), name);
    }
    // What may be asked for, where nobody is.
    let asked = bench.run(&["appliance", "info", "--link", unix]);
    assert_eq!(asked.status, 3, "{}", asked.all());
    golden("bad/appliance-nobody.txt", &asked.err);
}

#[test]
fn scope_new_and_check() {
    let bench = Bench::new("scope-new");
    let written = bench.run(&["scope", "new", "new.toml"]);
    golden("scope/new.txt", &written.all());
    let before = fs::read_to_string(bench.path("new.toml")).unwrap();
    refused(
        &bench,
        &bench.run(&["scope", "new", "new.toml"]),
        "scope-new-twice",
    );
    assert_eq!(fs::read_to_string(bench.path("new.toml")).unwrap(), before);
    refused(
        &bench,
        &bench.run(&["scope", "check", "new.toml"]),
        "scope-new-not-filled-in",
    );

    // Filled in as its comments say, the example can be used.
    let filled = before
        .replace("contact = \"\" ", "contact = \"noc@cert.example\" ")
        .replace(
            "abuse_page = \"\" ",
            "abuse_page = \"https://cert.example/probes\" ",
        )
        .replace("    # \"192", "    \"192")
        .replace("    # \"2001", "    \"2001")
        .replace(
            "reference = \"\" ",
            "reference = \"contract 2026/17, annex B\" ",
        )
        .replace("helo = \"\" ", "helo = \"probe.cert.example\" ")
        .replace(
            "sender_domain = \"\" ",
            "sender_domain = \"probe.cert.example\" ",
        )
        .replace(
            "sink_domain = \"\" ",
            "sink_domain = \"sink.cert.example\" ",
        )
        .replace("\n# sink_address", "\nsink_address")
        .replace("\n# resolver", "\nresolver")
        .replace("\n# target", "\ntarget")
        .replace("\n# network", "\nnetwork")
        .replace("\n# connections", "\nconnections")
        .replace("\n# parked", "\nparked");
    bench.write("filled.toml", &filled);
    let checked = bench.run(&["scope", "check", "--offline", "filled.toml"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    let undated: Vec<&str> = checked
        .out
        .lines()
        .filter(|line| !line.starts_with("in force"))
        .collect();
    golden("scope/check.txt", &format!("{}\n", undated.join("\n")));
}

/// A scope of every probe, in words.
#[test]
fn scope_check_tells_what_each_probe_may_ask() {
    let bench = Bench::new("scope-probes");
    let scope = format!(
        "probes = [\"relay\", \"proxy\", \"dnsbl\"]\n{SCOPE}resolver = \"192.0.2.53\"\n\n\
         [proxy]\nsink_address = \"198.51.100.25\"\nsink_name = \"sink.cert.example\"\n\
         internal_host = true\nports = {{ http-connect = [3128, 8080], http-get = [8080], \
         socks5 = [1080, 1075], socks4 = [1080], inside = [3128] }}\n\n\
         [[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\n\n\
         [[dnsbl]]\nzone = \"lists.cert.example\"\ncodes = {{ 2 = \"open-relay\" }}\n\
         may_be_quoted = true\nagreement = \"contract 17\"\n"
    );
    bench.write("scope.toml", &scope);
    let checked = bench.run(&["scope", "check", "scope.toml", "--offline"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    let undated: Vec<&str> = checked
        .out
        .lines()
        .filter(|line| !line.starts_with("in force"))
        .collect();
    golden(
        "scope/check-probes.txt",
        &format!("{}\n", undated.join("\n")),
    );
}

#[test]
fn profiles_languages_and_forms() {
    let bench = Bench::new("profiles");
    let new = bench.run(&["profile", "new", "mine.toml"]);
    golden("profile/new.txt", &new.all());
    golden(
        "profile/check.txt",
        &bench.run(&["profile", "check", "mine.toml"]).all(),
    );
    refused(
        &bench,
        &bench.run(&["profile", "new", "mine.toml"]),
        "profile-new-twice",
    );

    let new = bench.run(&["profile", "new", "isp.toml", "--from", "example-isp"]);
    assert_eq!(new.status, 0, "{}", new.err);
    for (name, profile) in [
        ("isp", "isp.toml"),
        ("2003", "ftc-2003"),
        ("2004", "ftc-2004"),
    ] {
        golden(
            &format!("profile/check-{name}.txt"),
            &bench.run(&["profile", "check", profile]).all(),
        );
    }
    // Nobody starts from a profile in another sender's name.
    refused(
        &bench,
        &bench.run(&["profile", "new", "other.toml", "--from", "ftc-2003"]),
        "profile-new-from",
    );

    let example = fs::read_to_string(bench.path("mine.toml")).unwrap();
    bench.write(
        "unknown.toml",
        &example.replacen("time_zone", "timezone", 1),
    );
    let phone = "phone = \"+48 22 555 01 00\"\n";
    assert!(example.contains(phone));
    bench.write("missing.toml", &example.replacen(phone, "", 1));
    bench.write(
        "malformed.toml",
        &example.replacen("[sender]", "[sender", 1),
    );
    for (name, profile) in [
        ("profile-unknown-field", "unknown.toml"),
        ("profile-missing-field", "missing.toml"),
        ("profile-malformed", "malformed.toml"),
        ("profile-not-there", "nobody"),
    ] {
        let letters = bench.run(&["letters", "--profile", profile, "--out", "letters"]);
        refused(&bench, &letters, name);
        let check = bench.run(&["profile", "check", profile]);
        assert_eq!((check.status, check.err), (2, letters.err), "{name}");
    }
    for (name, arguments) in [
        ("language", ["letters", "--lang", "pl,tlh"]),
        ("format", ["letters", "--format", "pdf"]),
    ] {
        refused(&bench, &bench.run(&arguments), name);
    }
    assert!(!bench.path("letters").exists());
}

#[test]
fn stores() {
    let bench = Bench::demo("stores");
    assert_eq!(bench.scan(&[]).status, 0);
    let db = bench.path("findings.db");

    golden(
        "bad/store-none.txt",
        &bench.run(&["findings", "--store", "none.db"]).all(),
    );
    assert!(!bench.path("none.db").exists(), "reading makes no store");
    bench.write("other.db", "not a database, but long enough to be one");
    golden("bad/store-other.txt", &with_store(&bench, "other.db").all());
    golden(
        "bad/store-folder.txt",
        &with_store(&bench, "list.csv/findings.db").all(),
    );

    let raw = rusqlite::Connection::open(&db).unwrap();
    raw.execute_batch("BEGIN EXCLUSIVE").unwrap();
    golden(
        "bad/store-locked.txt",
        &with_store(&bench, "findings.db").all(),
    );
    raw.execute_batch("ROLLBACK; PRAGMA user_version = 99;")
        .unwrap();
    golden(
        "bad/store-newer.txt",
        &with_store(&bench, "findings.db").all(),
    );
    let listed = bench.run(&["findings", "--store", "findings.db"]);
    assert_eq!(listed.status, 4, "reading refuses it as well");
}

#[test]
fn a_store_that_may_only_be_read() {
    let bench = Bench::demo("read-only");
    assert_eq!(bench.scan(&[]).status, 0);
    let db = bench.path("findings.db");
    fs::set_permissions(&db, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(bench.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    let program = bench.path("postern");
    // By a process of its own: a file that this one had open for writing could be held open by
    // what other tests start at the same moment, and then not be run.
    let copied = std::process::Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_postern"))
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());

    let mut command = bench.command(&[
        "exclude",
        "192.0.2.1",
        "--reason",
        "asked",
        "--store",
        "findings.db",
    ]);
    let mut as_nobody = std::process::Command::new(&program);
    as_nobody
        .args(command.get_args())
        .current_dir(bench.path("."));
    // Root may write anything: then someone else has to try.
    if fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0) {
        as_nobody.uid(65_534).gid(65_534);
        command = as_nobody;
    }
    let ran = Ran::from(command.output().unwrap());
    golden("bad/store-read-only.txt", &ran.all());
}

#[test]
fn a_number_without_a_finding() {
    let bench = Bench::demo("number");
    bench.scan(&[]);
    let ran = bench.run(&["show", "4711", "--store", "findings.db"]);
    golden("bad/number.txt", &ran.all());
}

#[test]
fn an_exclusion_needs_a_reason() {
    let bench = Bench::new("reason");
    let ran = bench.run(&[
        "exclude",
        "192.0.2.1",
        "--reason",
        " ",
        "--store",
        "findings.db",
    ]);
    refused(&bench, &ran, "exclude-without-reason");
}

fn scan(bench: &Bench, more: &[&str]) -> Ran {
    let mut arguments = vec![
        "scan",
        "--link",
        "sim",
        "--clock",
        CLOCK,
        "--scope",
        "scope.toml",
        "--store",
        "findings.db",
    ];
    arguments.extend(more);
    bench.run(&arguments)
}

fn with_store(bench: &Bench, store: &str) -> Ran {
    bench.run(&[
        "scan",
        "--link",
        "sim",
        "--clock",
        CLOCK,
        "--targets",
        "list.csv",
        "--scope",
        "scope.toml",
        "--store",
        store,
    ])
}

/// Exit status 2, the golden words, and no store: nothing was started.
fn refused(bench: &Bench, ran: &Ran, name: &str) {
    golden(&format!("bad/{name}.txt"), &ran.all());
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (2, ""),
        "{name}: {}",
        ran.err
    );
    assert!(
        !bench.path("findings.db").exists(),
        "{name}: a store was made"
    );
    assert!(!bench.path(".local").exists(), "{name}: a store was made");
}
