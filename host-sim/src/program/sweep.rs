//! `host-sim sweep`: many seeds, in as many processes as there are cores.

use std::{
    env,
    io::{BufRead, BufReader, IsTerminal, Write},
    num::NonZeroU64,
    ops::{AddAssign, Range},
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use host_sim::{oracles::replay, trial::Extras};
use probe_core::verdict::Kind;

use super::replay::{drawn, faults};

/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// `A..B`, of which B is not one.
pub(crate) fn seeds(words: &str) -> Result<Range<u64>, String> {
    let range = || {
        let (from, behind) = words.split_once("..")?;
        let range = from.parse().ok()?..behind.parse().ok()?;
        (!range.is_empty()).then_some(range)
    };
    range().ok_or_else(|| "expected seeds such as 0..1000, the second greater".to_owned())
}

/// What trials have shown, in sum.
#[derive(Clone, Copy, Default)]
struct Sum {
    trials: u64,
    targets: u64,
    /// Targets whose verdict should have been decided when the first scan was over, and was not.
    undecided: u64,
    decidable: u64,
    connections: u64,
    virtual_ms: u64,
    core_ms: u64,
    /// Packets that wires did not deliver, and those of them that were too long.
    dropped: u64,
    too_long: u64,
    /// Power cuts, and the records that they took before they were stored.
    power_cuts: u64,
    records_cut: u64,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.trials += other.trials;
        self.targets += other.targets;
        self.undecided += other.undecided;
        self.decidable += other.decidable;
        self.connections += other.connections;
        self.virtual_ms += other.virtual_ms;
        self.core_ms += other.core_ms;
        self.dropped += other.dropped;
        self.too_long += other.too_long;
        self.power_cuts += other.power_cuts;
        self.records_cut += other.records_cut;
    }
}

impl Sum {
    /// The numbers, in the order of [`Sum::read`].
    fn line(&self) -> String {
        let numbers = [
            self.targets,
            self.undecided,
            self.decidable,
            self.connections,
            self.virtual_ms,
            self.core_ms,
            self.dropped,
            self.too_long,
            self.power_cuts,
            self.records_cut,
        ];
        let words: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        format!("{HELD} {}", words.join(" "))
    }

    /// What [`Sum::line`] says behind its first word.
    fn read(numbers: &str) -> Option<Self> {
        let numbers: Vec<u64> = numbers
            .split_whitespace()
            .map_while(|word| word.parse().ok())
            .collect();
        let &[
            targets,
            undecided,
            decidable,
            connections,
            virtual_ms,
            core_ms,
            dropped,
            too_long,
            power_cuts,
            records_cut,
        ] = &numbers[..]
        else {
            return None;
        };
        Some(Self {
            trials: 1,
            targets,
            undecided,
            decidable,
            connections,
            virtual_ms,
            core_ms,
            dropped,
            too_long,
            power_cuts,
            records_cut,
        })
    }
}

/// What a process says about a trial: a line of numbers, or a line of words.
const HELD: &str = "held";
const BROKEN: &str = "broken";

/// Runs every `every`-th of the seeds. A line for each on standard output.
pub(crate) fn part(
    seeds: Range<u64>,
    every: NonZeroU64,
    words: &str,
    extras: Extras,
) -> Result<ExitCode, String> {
    let faults = faults(words)?;
    let step = usize::try_from(every.get()).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    for seed in seeds.step_by(step) {
        let line = match one(seed, &faults, extras) {
            Ok(sum) => sum.line(),
            Err(why) => format!("{BROKEN} {seed} {}", why.replace('\n', " ")),
        };
        writeln!(out, "{line}").map_err(|error| format!("standard output: {error}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs one seed; what is wrong with it, if anything is.
fn one(seed: u64, faults: &host_sim::trial::Draw, extras: Extras) -> Result<Sum, String> {
    let began = Instant::now();
    let trial = drawn(seed, faults, extras);
    let outcome = trial.run(None).map_err(|why| why.to_string())?;
    let violations = trial.violations(&outcome);
    if !violations.is_empty() {
        let all: Vec<_> = violations.iter().map(ToString::to_string).collect();
        return Err(all.join("; "));
    }
    let verdicts = &outcome.first.when_over.verdicts;
    let mut decidable: Vec<_> = trial.admitted().collect();
    decidable.retain(|target| {
        let expected = trial.expected(*target);
        // A bounce that comes late may come before the scan is over.
        let kinds = [expected.when_over.kind, expected.in_the_end.kind];
        !kinds.contains(&Kind::Inconclusive)
    });
    let undecided = decidable.iter().filter(|target| {
        verdicts
            .get(target)
            .is_none_or(|found| found.kind == Kind::Inconclusive)
    });
    Ok(Sum {
        trials: 1,
        targets: trial.admitted().count() as u64,
        undecided: undecided.count() as u64,
        decidable: decidable.len() as u64,
        connections: outcome.report.wire.connections.len() as u64,
        virtual_ms: millis(outcome.report.elapsed),
        core_ms: millis(began.elapsed()),
        dropped: outcome.report.dropped.total(),
        too_long: outcome.report.dropped.too_long,
        power_cuts: outcome.report.cut_short.len() as u64,
        records_cut: outcome.records_cut(),
    })
}

/// Shares the seeds among processes; 1 at the first that breaks something.
pub(crate) fn command(
    seeds: Range<u64>,
    jobs: Option<NonZeroU64>,
    words: &str,
    extras: Extras,
    keep_going: bool,
) -> Result<ExitCode, String> {
    faults(words)?;
    let all = seeds.end - seeds.start;
    let jobs = jobs
        .map(NonZeroU64::get)
        .or_else(|| thread::available_parallelism().ok().map(|n| n.get() as u64))
        .unwrap_or(1)
        .min(all);
    let began = Instant::now();
    let (sender, lines) = mpsc::channel();
    let mut children = (0..jobs)
        .map(|job| start(seeds.start + job..seeds.end, jobs, words, extras, &sender))
        .collect::<Result<Vec<_>, _>>()?;
    drop(sender);

    let mut sum = Sum::default();
    let mut broken = 0;
    let mut told = began;
    loop {
        match lines.recv_timeout(PROGRESS_EVERY) {
            Ok(line) => match read(&line)? {
                Ok(held) => sum += held,
                Err((seed, why)) => {
                    println!("{why}");
                    println!("  again: {}", replay(seed, words, extras));
                    broken += 1;
                    if !keep_going {
                        for child in &mut children {
                            // One that has ended by itself cannot be ended.
                            let _ = child.kill();
                        }
                        return Ok(ExitCode::from(1));
                    }
                }
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            progress(sum.trials + broken, all, began.elapsed());
        }
    }
    for child in &mut children {
        let status = child.wait().map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("a process of the sweep ended with {status}"));
        }
    }
    if sum.trials + broken != all {
        let told = sum.trials + broken;
        return Err(format!("{told} of {all} seeds were told of"));
    }
    if broken > 0 {
        println!("{broken} of {all} seeds broke something; of the others:");
    }
    tell(&sum, began.elapsed());
    Ok(ExitCode::from(u8::from(broken > 0)))
}

fn start(
    seeds: Range<u64>,
    every: u64,
    words: &str,
    extras: Extras,
    lines: &Sender<String>,
) -> Result<Child, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(&program)
        .args([
            "sweep",
            "--seeds",
            &format!("{}..{}", seeds.start, seeds.end),
        ])
        .args(["--every", &every.to_string(), "--faults", words])
        .args(extras.flags())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let out = child.stdout.take().ok_or("a process without an output")?;
    let lines = lines.clone();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // Nobody listens any more once a violation was told.
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    Ok(child)
}

/// A line of a process: a sum, or the seed that breaks something and what it says.
fn read(line: &str) -> Result<Result<Sum, (u64, String)>, String> {
    let strange = || format!("a process of the sweep said `{line}`");
    if let Some((BROKEN, rest)) = line.split_once(' ') {
        let (seed, why) = rest.split_once(' ').ok_or_else(strange)?;
        let seed = seed.parse().map_err(|_| strange())?;
        return Ok(Err((seed, why.to_owned())));
    }
    let sum = line.strip_prefix(HELD).and_then(Sum::read);
    sum.map(Ok).ok_or_else(strange)
}

fn progress(done: u64, all: u64, took: Duration) {
    let rate = done as f64 / took.as_secs_f64();
    let left = (all - done) as f64 / rate.max(0.001);
    let (start, end) = if std::io::stderr().is_terminal() {
        ("\r", " ")
    } else {
        ("", "\n")
    };
    eprint!("{start}{done} of {all} seeds, {rate:.1} a second, {left:.0} s left{end}");
}

fn tell(sum: &Sum, took: Duration) {
    let core_s = sum.core_ms as f64 / 1_000.0;
    println!(
        "{} seeds held in {:.1} s: {} targets, {} of {} that can be decided were undecided when the first scan was over",
        sum.trials,
        took.as_secs_f64(),
        sum.targets,
        sum.undecided,
        sum.decidable,
    );
    println!(
        "{} connections, {:.0} a second of a process; {:.0} virtual seconds a second",
        sum.connections,
        sum.connections as f64 / core_s.max(0.001),
        sum.virtual_ms as f64 / 1_000.0 / core_s.max(0.001),
    );
    println!(
        "{} packets did not arrive, {} of them too long for their wire; {} power cuts took {} records that were not stored yet",
        sum.dropped, sum.too_long, sum.power_cuts, sum.records_cut,
    );
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seeds("3..9"), Ok(3..9));
        for wrong in ["", "3", "9..3", "3..3", "a..b", "1..=2"] {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_process_says_is_read() {
        let sum = read("held 7 1 5 12 9000 31 4 1 0 0").unwrap().ok().unwrap();
        assert_eq!((sum.targets, sum.undecided, sum.core_ms), (7, 1, 31));
        let broken = read("broken 5 seed 5: safety: it was").unwrap().err();
        assert_eq!(broken, Some((5, "seed 5: safety: it was".to_owned())));
        assert!(read("held 7").is_err() && read("").is_err());
    }
}
