//! The steps, in order: cheap and telling ones first.

use std::path::Path;

use super::{Outcome, Step};
use crate::{
    cargo::{self, BOARD_TARGET, cargo},
    debian,
    emulate::{self, Emulated, Extent},
    failure::Result,
    finding::verdicts,
    intelmq, lab, letters, machine, outside, panic_free, place, run, simulated, sizes,
    spelling::{self, Spelling},
};

/// The world that is run twice.
const SEED: u32 = 7;

/// The days of an appliance that are run; the ordinary tests have the one before.
const DAYS: &str = "1..3";

/// The boards' binaries, by the features that make them beside or instead of the default ones:
/// there is none with all.
const BOARD_FEATURES: [&[&str]; 4] = [
    &["board-qemu-mps2"],
    &["board-qemu-mps2,relay-only", "--no-default-features"],
    &["board-stm32h743,defmt"],
    &["board-stm32f767,defmt"],
];

/// Everything that must hold.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "toolchain",
        run: toolchain,
    },
    Step {
        name: "formatting",
        run: formatting,
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "tests",
        run: tests,
    },
    Step {
        name: "core with the smallest limits",
        run: tests_of_small_core,
    },
    Step {
        name: "documentation tests",
        run: documentation_tests,
    },
    Step {
        name: "documentation",
        run: documentation,
    },
    Step {
        name: "core and firmware for the boards",
        run: boards,
    },
    Step {
        name: "core cannot panic",
        run: core_cannot_panic,
    },
    Step {
        name: "sizes of the boards' images",
        run: sizes_of_images,
    },
    Step {
        name: "spelling of the letters",
        run: spelling_of_the_letters,
    },
    Step {
        name: "mails in Python's email",
        run: letters::read_mails,
    },
    Step {
        name: "reports in XARF's validator",
        run: letters::validate_reports,
    },
    Step {
        name: "events in IntelMQ",
        run: intelmq::exchange_events,
    },
    Step {
        name: "the page in Chromium",
        run: letters::render_page,
    },
    Step {
        name: "same seed, same frames",
        run: same_seed_same_frames,
    },
    Step {
        name: "days that leave nothing in use",
        run: days_that_leave_nothing_in_use,
    },
    Step {
        name: "appliance on an emulated board",
        run: appliance_on_an_emulated_board,
    },
    Step {
        name: "simulated servers from outside",
        run: simulated_servers_from_outside,
    },
    Step {
        name: "lookups at real DNS servers",
        run: lookups_at_real_dns_servers,
    },
    Step {
        name: "real mail servers",
        run: real_mail_servers,
    },
    Step {
        name: "proof by real mail servers",
        run: proof_by_real_mail_servers,
    },
    Step {
        name: "the sink under smtp-source",
        run: the_sink_under_smtp_source,
    },
    Step {
        name: "real mail servers through an emulated board",
        run: real_mail_servers_through_a_board,
    },
];

fn toolchain() -> Result<Outcome> {
    let version = run::output(&mut run::command(&["rustc", "--version"]))?;
    if !has_board_target()? {
        let add = ["rustup", "target", "add", BOARD_TARGET];
        if !run::exists("rustup") {
            return Ok(Outcome::skipped(
                format!("the target {BOARD_TARGET} is not installed, and rustup is missing"),
                format!(
                    "install rustup (https://rustup.rs), then: {}",
                    add.join(" ")
                ),
            ));
        }
        run::output(&mut run::command(&add))?;
    }
    Ok(Outcome::passed(version.trim()))
}

fn formatting() -> Result<Outcome> {
    cargo::check(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Outcome> {
    cargo::check(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn tests() -> Result<Outcome> {
    cargo::check_tests(&mut cargo(&[
        "test",
        "--workspace",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ]))
}

/// What `relay-only` runs with.
fn tests_of_small_core() -> Result<Outcome> {
    cargo::check_tests(&mut cargo(&[
        "test",
        "--package",
        "probe-core",
        "--features",
        "small",
        "--no-fail-fast",
        "--lib",
    ]))
}

fn documentation_tests() -> Result<Outcome> {
    cargo::check_tests(&mut cargo(&[
        "test",
        "--workspace",
        "--no-fail-fast",
        "--doc",
    ]))
}

fn documentation() -> Result<Outcome> {
    let mut document = cargo(&["doc", "--workspace", "--no-deps"]);
    cargo::check(document.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn boards() -> Result<Outcome> {
    if !has_board_target()? {
        return Ok(lacks_board_target());
    }
    let build = [
        "build",
        "--package",
        "probe-core",
        "--package",
        "firmware",
        "--lib",
        "--target",
        BOARD_TARGET,
    ];
    let silent = cargo::check(&mut cargo(&build))?;
    if !matches!(silent, Outcome::Passed { .. }) {
        return Ok(silent);
    }
    let telling = cargo::check(cargo(&build).args(["--features", "firmware/defmt"]))?;
    if !matches!(telling, Outcome::Passed { .. }) {
        return Ok(telling);
    }
    for features in BOARD_FEATURES {
        let mut clippy = cargo(&[
            "clippy",
            "--profile",
            "firmware",
            "--package",
            "firmware",
            "--bins",
            "--target",
            BOARD_TARGET,
            "--features",
        ]);
        clippy.args(features).args(["--", "--deny", "warnings"]);
        let binary = cargo::check(&mut clippy)?;
        if let Outcome::Failed { .. } = binary {
            return Ok(binary);
        }
    }
    Ok(Outcome::Passed {
        checks: 2 + BOARD_FEATURES.len() as u32,
        note: format!("{} binaries", BOARD_FEATURES.len()),
    })
}

fn core_cannot_panic() -> Result<Outcome> {
    if !has_board_target()? {
        return Ok(lacks_board_target());
    }
    Ok(match panic_free::prove(&place::workspace()) {
        Ok(_) => Outcome::Passed {
            checks: 2,
            note: "links without a panic; refuses to link with one".into(),
        },
        Err(why) => Outcome::failed(why),
    })
}

fn sizes_of_images() -> Result<Outcome> {
    if !has_board_target()? {
        return Ok(lacks_board_target());
    }
    let measured = sizes::check()?;
    Ok(if measured.broken.is_empty() {
        Outcome::Passed {
            checks: measured.held,
            note: String::new(),
        }
    } else {
        Outcome::Failed {
            passed: measured.held,
            failed: u32::try_from(measured.broken.len()).unwrap_or(u32::MAX),
            output: format!("{}{}", measured.table, measured.broken.join("\n")),
        }
    })
}

fn spelling_of_the_letters() -> Result<Outcome> {
    let mut spelling = spelling::check(&place::workspace());
    let mut apt_said = String::new();
    if let Spelling::NotChecked { .. } = spelling {
        apt_said = debian::install_where_allowed(&spelling::PACKAGES);
        spelling = spelling::check(&place::workspace());
    }
    Ok(match spelling {
        Spelling::Right { words } => Outcome::passed(format!("{words} words")),
        Spelling::Wrong { faults } => Outcome::failed(faults.join("\n")),
        Spelling::NotChecked { why, get } => Outcome::skipped(format!("{why}{apt_said}"), get),
    })
}

fn same_seed_same_frames() -> Result<Outcome> {
    let folder = place::target().join("same-seed");
    place::make_fresh_folder(&folder)?;
    run::output(&mut simulated::build())?;
    simulated::write_files(&folder)?;
    let first = simulated::scan(&folder, SEED)?;
    let second = simulated::scan(&folder, SEED)?;
    let other = simulated::scan(&folder, SEED + 1)?;
    if first.capture != second.capture {
        return Ok(Outcome::failed(format!(
            "seed {SEED} gave two different captures"
        )));
    }
    if verdicts(&first.findings)? != verdicts(&second.findings)? {
        return Ok(Outcome::failed(format!(
            "seed {SEED} gave different verdicts on equal frames"
        )));
    }
    if first.capture == other.capture {
        return Ok(Outcome::failed(
            "another seed gave the same frames: the seed decides nothing",
        ));
    }
    let octets = first.capture.len();
    Ok(Outcome::Passed {
        checks: 3,
        note: format!("{octets} octets of capture, twice alike"),
    })
}

fn days_that_leave_nothing_in_use() -> Result<Outcome> {
    run::output(&mut simulated::build())?;
    let said = run::output(&mut simulated::days(DAYS))?;
    let days = said.lines().count();
    Ok(Outcome::Passed {
        checks: u32::try_from(days).unwrap_or(u32::MAX),
        note: "24 virtual hours each".into(),
    })
}

fn appliance_on_an_emulated_board() -> Result<Outcome> {
    if !has_board_target()? {
        return Ok(lacks_board_target());
    }
    if let Some(lack) = emulate::lack() {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    emulate::build()?;
    Ok(of_board(emulate::scan(&Extent::TEST)?))
}

fn real_mail_servers_through_a_board() -> Result<Outcome> {
    if !has_board_target()? {
        return Ok(lacks_board_target());
    }
    if let Some(lack) = emulate::lack().or_else(machine::lab_lack) {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    emulate::build()?;
    Ok(of_board(emulate::real_servers()?))
}

fn of_board(emulated: Emulated) -> Outcome {
    if emulated.broken.is_empty() {
        Outcome::Passed {
            checks: emulated.held,
            note: String::new(),
        }
    } else {
        Outcome::Failed {
            passed: emulated.held,
            failed: u32::try_from(emulated.broken.len()).unwrap_or(u32::MAX),
            output: format!("{}{}", emulated.table, emulated.broken.join("\n")),
        }
    }
}

fn simulated_servers_from_outside() -> Result<Outcome> {
    if let Some(lack) = outside::lack() {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    let looked = outside::look()?;
    Ok(if looked.broken.is_empty() {
        Outcome::Passed {
            checks: looked.held,
            note: "nmap and swaks".into(),
        }
    } else {
        Outcome::Failed {
            passed: looked.held,
            failed: u32::try_from(looked.broken.len()).unwrap_or(u32::MAX),
            output: format!("{}{}", looked.table, looked.broken.join("\n")),
        }
    })
}

fn real_mail_servers() -> Result<Outcome> {
    in_the_lab(|| lab::scan(lab::Extent::Ordinary))
}

fn proof_by_real_mail_servers() -> Result<Outcome> {
    const LATER: &str = "greylisted ones: cargo xtask lab scan --deliver --long";
    // Both wait for the same messages: a scan through a board beside the other takes no longer.
    let has_board = has_board_target()? && emulate::lack().or_else(machine::lab_lack).is_none();
    let (outcome, note) = if has_board {
        emulate::build()?;
        let outcome = of_board(emulate::proof(lab::Extent::Ordinary)?);
        (outcome, format!("proxies, and a board's sink too; {LATER}"))
    } else {
        let prove = || lab::prove_with_proxies(lab::Extent::Ordinary).map(|proved| proved.scanned);
        (in_the_lab(prove)?, format!("proxies too; {LATER}"))
    };
    Ok(match outcome {
        Outcome::Passed { checks, .. } => Outcome::Passed { checks, note },
        other => other,
    })
}

fn lookups_at_real_dns_servers() -> Result<Outcome> {
    if let Some(lack) = machine::lab_lack().or_else(lab::dns_lack) {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    lab::ask_dns().map(of_the_lab)
}

fn the_sink_under_smtp_source() -> Result<Outcome> {
    if let Some(lack) = machine::lab_lack().or_else(outside::lack) {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    let has_board = has_board_target()? && emulate::lack().is_none();
    if has_board {
        emulate::build()?;
    } else {
        lab::build_postern()?;
    }
    lab::with_lab(|| {
        let ours = of_the_lab(lab::flood()?);
        let Outcome::Passed { checks, .. } = ours else {
            return Ok(ours);
        };
        if !has_board {
            let note = "postern sink alone, and no board's".to_owned();
            return Ok(Outcome::Passed { checks, note });
        }
        Ok(match of_board(emulate::flooded_sink()?) {
            Outcome::Passed { checks: more, .. } => Outcome::Passed {
                checks: checks + more,
                note: "postern sink, and a board's".into(),
            },
            other => other,
        })
    })
}

fn in_the_lab(work: impl FnOnce() -> Result<lab::Scanned>) -> Result<Outcome> {
    if let Some(lack) = machine::lab_lack() {
        return Ok(Outcome::skipped(lack.why, lack.get));
    }
    lab::build_postern()?;
    lab::with_lab(work).map(of_the_lab)
}

fn of_the_lab(scanned: lab::Scanned) -> Outcome {
    if scanned.broken.is_empty() {
        Outcome::Passed {
            checks: scanned.held,
            note: String::new(),
        }
    } else {
        Outcome::Failed {
            passed: scanned.held,
            failed: u32::try_from(scanned.broken.len()).unwrap_or(u32::MAX),
            output: format!("{}{}", scanned.table, scanned.broken.join("\n")),
        }
    }
}

fn has_board_target() -> Result<bool> {
    let words = [
        "rustc",
        "--print",
        "target-libdir",
        "--target",
        BOARD_TARGET,
    ];
    let folder = run::output(&mut run::command(&words))?;
    Ok(Path::new(folder.trim()).exists())
}

fn lacks_board_target() -> Outcome {
    Outcome::skipped(
        format!("the target {BOARD_TARGET} is not installed"),
        format!("rustup target add {BOARD_TARGET}"),
    )
}
