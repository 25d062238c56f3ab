//! The library of scenarios, and what may be wrong with a scenario.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use host_sim::{
    lists::EVERY,
    peers::Personality,
    proxies::Proxy,
    scenario::{self, Instead},
};

/// Runs `host-sim run` on a file in `folder`.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_host-sim"))
        .arg("run")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn names() -> Vec<String> {
    let files = fs::read_dir(library()).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_scenario_of_the_library_comes_out_as_it_expects() {
    let mut wrong = Vec::new();
    let mut delivering = 0;
    for name in names() {
        let text = fs::read_to_string(library().join(&name)).unwrap();
        let delivers = text.contains("\ndelivery = \"on\"\n");
        delivering += usize::from(delivers);
        let ways: &[&[&str]] = match delivers {
            true => &[&[], &["--deliver"]],
            false => &[&[]],
        };
        for way in ways {
            let output = run(&library(), &[*way, &[name.as_str()]].concat());
            if output.status.success() {
                continue;
            }
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let unexpected: Vec<&str> = said.lines().filter(|it| it.contains("NOT")).collect();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            wrong.push(format!("{name} {way:?}: {told}{}", unexpected.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names().len() >= 12, "{:?}", names());
    assert!(delivering > 0);
    let output = run(&library(), &["dead-range.toml", "--deliver"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("does not allow test messages"), "{told}");
}

#[test]
fn every_personality_stands_in_the_scenario_of_all() {
    let text = fs::read_to_string(library().join("all-personalities.toml")).unwrap();
    for personality in Personality::every() {
        let line = format!("personality = \"{}\"\n", personality.name);
        assert!(text.contains(&line), "{} is missing", personality.name);
    }
}

/// Every proxy, each expected as it declares itself, in its own place and in one that somebody chose.
#[test]
fn every_proxy_stands_in_a_scenario() {
    let folder = folder("proxies");
    let tables: String = (10..)
        .zip(Proxy::every())
        .map(|(host, proxy)| {
            let Proxy { name, port, .. } = proxy;
            format!(
                "[[proxy]]\npersonality = \"{name}\"\naddress = [\"192.0.2.{host}\", \"2001:db8:{host}::1\"]\n\
                 [[proxy]]\npersonality = \"{name}\"\naddress = \"198.51.100.{host}\"\nport = 1{port}\n"
            )
        })
        .collect();
    let scope = "[scope]\nnetworks = [\"192.0.2.0/24\", \"198.51.100.0/24\", \"2001:db8::/32\"]\n";
    let text = format!("about = \"Every proxy\"\n{tables}{scope}");
    fs::write(folder.join("proxies.toml"), text).unwrap();
    for depth in ["quick", "standard", "full"] {
        let text = fs::read_to_string(folder.join("proxies.toml")).unwrap();
        fs::write(
            folder.join("at-depth.toml"),
            format!("depth = \"{depth}\"\n{text}"),
        )
        .unwrap();
        let output = run(&folder, &["at-depth.toml"]);
        let said = String::from_utf8(output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let unexpected: Vec<&str> = said.lines().filter(|it| it.contains("NOT")).collect();
        let count = format!("\n{} targets, 0 not", 3 * Proxy::every().count());
        assert!(
            said.contains(&count),
            "{depth}: {told}{}",
            unexpected.join("\n")
        );
    }
}

/// Every block list, asked about an address that is on it and one that is not, alone and beside others.
#[test]
fn every_list_is_asked_in_a_scenario() {
    let folder = folder("lists");
    let targets = "[[target]]\naddress = [\"192.0.2.10-192.0.2.11\", \"2001:db8::10-2001:db8::11\"]\nport = 0\n";
    for at_once in [1, 8] {
        for lists in EVERY.chunks(at_once) {
            let tables: String = lists
                .iter()
                .map(|list| {
                    let name = list.name;
                    format!(
                        "[[list]]\npersonality = \"{name}\"\nlists = [\"192.0.2.10\", \"2001:db8::10\"]\n"
                    )
                })
                .collect();
            let text = format!("about = \"Lists\"\n{tables}{targets}");
            fs::write(folder.join("lists.toml"), text).unwrap();
            let output = run(&folder, &["lists.toml"]);
            let said = String::from_utf8(output.stdout).unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("\n4 targets, 0 not"), "{told}{said}");
        }
    }
}

/// A scope file that lies beside it decides what is asked: it may ask no proxies, and lists that nobody knows.
#[test]
fn a_scope_file_decides_which_probes_there_are() {
    let folder = folder("probes");
    let scope = host_sim::demo::scope_toml(probe_core::scope::Depth::Quick)
        .replace("probes = [\"relay\"]", "probes = [\"relay\", \"dnsbl\"]")
        .replace(
            "[identity]\n",
            "[[dnsbl]]\nzone = \"healthy.lists.example\"\ncodes = { 9 = \"open-proxy\" }\n\
             [[dnsbl]]\nzone = \"nobody.lists.example\"\ncodes = { 2 = \"open-relay\" }\n\
             [identity]\nresolver = \"192.0.2.53\"\n",
        );
    fs::write(folder.join("scope.toml"), scope).unwrap();
    let text = format!(
        "scope = \"scope.toml\"\n{GOOD}{PROXY}expected = \"refused: port\"\n\
         {LIST}lists = \"192.0.2.10\"\n"
    );
    fs::write(folder.join("probes.toml"), text).unwrap();
    let output = run(&folder, &["probes.toml", "--json"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<[String; 2]> = said
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| ["target", "got"].map(|field| row[field].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(
        rows,
        [
            ["192.0.2.10:25", "suspected: accepts-anything"],
            ["192.0.2.20:1080", "refused: port"],
            ["192.0.2.10:0", "suspected: listed"],
        ]
    );
    assert!(output.status.success());
}

#[test]
fn a_wrong_expectation_is_told_and_changes_the_exit_status() {
    let folder = folder("unexpected");
    let text = "about = \"One who is open and should not be\"\n\
                [[peer]]\npersonality = \"open\"\naddress = \"192.0.2.10\"\nexpected = \"closed\"\n\
                [[peer]]\npersonality = \"tarpit\"\naddress = \"192.0.2.11\"\nexpected = \"closed\"\n";
    fs::write(folder.join("open.toml"), text).unwrap();
    let output = run(&folder, &["open.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let (table, _) = said.split_once("\nseed ").unwrap();
    golden("scenario/unexpected.txt", &format!("{table}\n"));

    let json = run(&folder, &["open.toml", "--json"]);
    let said = String::from_utf8(json.stdout).unwrap();
    let lines: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["as_expected"], false);
    assert_eq!(lines[0]["got"], "suspected: accepts-anything");

    // As many may be inconclusive as the file says; who is open is not among them.
    let allowed = format!("inconclusive_max = 1\n{text}");
    fs::write(folder.join("open.toml"), allowed).unwrap();
    let output = run(&folder, &["open.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("inconclusive: tarpit (allowed)"), "{said}");
    assert!(said.contains("\n2 targets, 1 not as expected\n"), "{said}");
}

#[test]
fn the_same_scenario_gives_the_same_frames() {
    let run = |seed: &str| {
        let arguments = ["provider-network.toml", "--json", "--seed", seed];
        String::from_utf8(run(&library(), &arguments).stdout).unwrap()
    };
    let (one, again, other) = (run("5"), run("5"), run("6"));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn a_list_and_a_scope_may_lie_beside_it() {
    let folder = folder("beside");
    fs::write(
        folder.join("list.csv"),
        "address,domains\n192.0.2.10,a.example\n",
    )
    .unwrap();
    let depth = probe_core::scope::Depth::Quick;
    fs::write(folder.join("scope.toml"), host_sim::demo::scope_toml(depth)).unwrap();
    let text = "about = \"Two servers, one of them on the list\"\n\
                targets = \"list.csv\"\nscope = \"scope.toml\"\n\
                [[peer]]\npersonality = \"open\"\naddress = [\"192.0.2.10\", \"192.0.2.11\"]\n\
                [[target]]\naddress = \"192.0.2.10\"\nport = 587\nexpected = \"refused: port\"\n\
                [[target]]\naddress = \"192.0.2.99\"\n";
    fs::write(folder.join("two.toml"), text).unwrap();
    let read = scenario::read(&folder.join("two.toml"), Instead::default());
    let scenario = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(scenario.scope.depth, depth);
    let suspects: Vec<String> = scenario
        .suspects
        .iter()
        .map(|entry| entry.endpoint().to_string())
        .collect();
    assert_eq!(
        suspects,
        ["192.0.2.10:25", "192.0.2.10:587", "192.0.2.99:25"]
    );
    assert!(run(&folder, &["two.toml"]).status.success());
}

const GOOD: &str = r#"about = "One server"
[[peer]]
personality = "open"
address = "192.0.2.10"
"#;

/// A proxy and a list beside the server, each as its table begins.
const PROXY: &str = "[[proxy]]\npersonality = \"open-socks5\"\naddress = \"192.0.2.20\"\n";
const LIST: &str = "[[list]]\npersonality = \"healthy\"\n";

/// What is wrong, and how everything that is wrong with it is told.
#[test]
fn bad_scenarios() {
    let many_ports: String = (9000..9017)
        .map(|port| format!("{PROXY}port = {port}\n"))
        .collect();
    let many_lists: String = (0..9)
        .map(|number| format!("{LIST}zone = \"l{number}.example\"\n"))
        .collect();
    let many: String = (0..40)
        .map(|number| format!("[[dead]]\naddress = \"192.0.{number}.1\"\n"))
        .collect();
    let bad: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("malformed", GOOD.replace("[[peer]]", "[[peer]")),
        ("nobody", "about = \"Nobody\"\n".to_owned()),
        ("no-about", GOOD.replacen("about = \"One server\"\n", "", 1)),
        (
            "unknown-fields",
            GOOD.replace("about", "abuot").replace("address", "adress"),
        ),
        ("personality", GOOD.replace("\"open\"", "\"opan\"")),
        ("no-personality", GOOD.replace("personality = \"open\"\n", "")),
        ("no-address", GOOD.replace("address = \"192.0.2.10\"\n", "")),
        (
            "addresses",
            GOOD.replace(
                "\"192.0.2.10\"",
                "[\n  \"mail.example.org\",\n  \"192.0.2.9-192.0.2.1\",\n  \"10.0.0.0/8\",\n  25\n]",
            ),
        ),
        ("no-host", GOOD.replace("192.0.2.10", "224.0.0.1")),
        ("own-link", GOOD.replace("192.0.2.10", "10.20.30.40")),
        ("port", format!("{GOOD}port = 0\n")),
        ("names", format!("{GOOD}host = \"a b\"\ndomains = [\"c d\"]\n")),
        ("twice", format!("{GOOD}[[closed]]\naddress = \"192.0.2.8/30\"\n")),
        ("answer", format!("{GOOD}[[dead]]\naddress = \"192.0.2.11\"\nanswer = \"nothin\"\n")),
        ("verdict", format!("{GOOD}expected = \"close\"\n")),
        ("reason", format!("{GOOD}expected = [\"closed: relay-deny\", \"refused: exclude\"]\n")),
        ("expected-number", format!("{GOOD}expected = 550\n")),
        ("expected-empty", format!("{GOOD}expected = []\n")),
        ("peer-is-no-table", "about = \"x\"\npeer = \"open\"\n".to_owned()),
        (
            "numbers",
            format!("seed = -1\nlatency_ms = 60000\ndate = \"soon\"\ndepth = \"deep\"\ninconclusive_max = \"some\"\n{GOOD}"),
        ),
        ("no-list", format!("targets = \"list.csv\"\n{GOOD}")),
        ("no-scope-file", format!("scope = \"scope.toml\"\n{GOOD}")),
        ("depth-beside-scope", format!("scope = \"scope.toml\"\ndepth = \"full\"\n{GOOD}")),
        ("scope-fields", format!("{GOOD}[scope]\nnetwork = [\"192.0.2.0/24\"]\nports = [\"smtp\"]\n")),
        ("scope-networks", format!("{GOOD}[scope]\nnetworks = [\"192.0.2.1/24\", \"x\"]\n")),
        ("scope-multicast", format!("{GOOD}[scope]\nnetworks = [\"224.0.0.0/8\"]\n")),
        ("scope-rates", format!("{GOOD}[scope.rates]\ntarget_refusals_max = 1000\nspacing = 1\n")),
        (
            "faults",
            format!(
                "{GOOD}[faults]\nrouter_down_ms = [\"9-3\"]\naddress_change_ms = \"soon\"\n\
                 [faults.path]\nloss_percent = 101\nlose = 1\ncorruption = \"segments-only\"\n\
                 octets_per_second = 0\n[faults.link.burst]\nbegins_percent = \"often\"\n"
            ),
        ),
        ("proxy-personality", format!("{GOOD}{}", PROXY.replace("socks5", "sock5"))),
        (
            "proxy-fields",
            format!("{GOOD}[[proxy]]\nhost = \"a.example\"\nport = 0\nexpected = \"opened\"\n"),
        ),
        ("proxy-port-of-a-peer", format!("{GOOD}{PROXY}port = 25\n")),
        ("too-many-proxy-ports", format!("{GOOD}{many_ports}").replace("192.0.2.20", "2001:db8::20")),
        (
            "list-fields",
            format!("{GOOD}[[list]]\npersonality = \"healty\"\nzone = \"a b\"\naddress = \"192.0.2.10\"\nlists = 9\n"),
        ),
        (
            "list-codes",
            format!("{GOOD}{LIST}lists = {{ 9 = \"192.0.2.300\", 1 = \"192.0.2.10\", proxy = [\"192.0.2.10\", \"x\"] }}\n"),
        ),
        ("list-twice", format!("{GOOD}{LIST}{LIST}")),
        ("too-many-lists", format!("{GOOD}{many_lists}")),
        ("asked-without-a-list", format!("{GOOD}[[target]]\naddress = \"192.0.2.30\"\nport = 0\n")),
        (
            "resolver",
            format!("{GOOD}{LIST}[[closed]]\naddress = \"198.18.0.48/29\"\n"),
        ),
        ("too-many-networks", format!("{GOOD}{many}")),
        (
            "too-many-addresses",
            format!("{GOOD}[[dead]]\naddress = [\"198.18.0.0/21\", \"198.18.8.0/21\"]\n[[closed]]\naddress = \"198.18.16.0/24\"\n"),
        ),
    ];
    let folder = folder("bad");
    for (name, text) in &bad {
        fs::write(folder.join("scenario.toml"), text).unwrap();
        let output = run(&folder, &["scenario.toml"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {told}");
        assert!(output.stdout.is_empty(), "{name}");
        golden(&format!("scenario/bad/{name}.txt"), &told);
    }
    let output = run(&folder, &["none.toml"]);
    let told = String::from_utf8(output.stderr).unwrap();
    golden("scenario/bad/missing.txt", &told);

    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/scenario/bad");
    assert_eq!(
        fs::read_dir(golden).unwrap().count(),
        bad.len() + 1,
        "no golden file is left over"
    );
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scenario-{name}"));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Holds `text` against a golden file; `UPDATE_GOLDEN=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{}", path.display());
}
