//! Progress on standard error, where it is a terminal; silence everywhere else.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashSet},
    io::IsTerminal as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use probe_core::{
    finding::DeviceId,
    frame::{
        about::Info,
        message::{DeviceHello, Lack, Progress},
    },
    path_check::Path,
    scope::Refusal,
    verdict::Kind,
};

use crate::{session::Watch, site::way, store::Record};

/// Watches a scan for a person.
pub struct Watcher {
    bar: ProgressBar,
    verdicts: BTreeMap<SocketAddr, Kind>,
    refused: Vec<(SocketAddr, Refusal)>,
    /// The same, to find them.
    known: HashSet<(SocketAddr, Refusal)>,
    over: u64,
    /// The boot that has said how it began.
    boot: Option<(DeviceId, u32)>,
    /// What the appliance waited for when it last said so.
    lack: Option<Lack>,
    /// What it had found on the way to the sink.
    path: Option<Path>,
    stop: Arc<AtomicBool>,
    stop_told: Cell<bool>,
}

impl Watcher {
    /// A watcher of a scan of `targets` suspects, which `stop` ends.
    pub fn new(targets: usize, stop: Arc<AtomicBool>) -> Self {
        Self {
            bar: bar(
                targets,
                "{bar:24} {pos}/{len} targets, {per_sec}, {eta} left\n{msg}",
            ),
            verdicts: BTreeMap::new(),
            refused: Vec::new(),
            known: HashSet::new(),
            over: 0,
            boot: None,
            lack: None,
            path: None,
            stop,
            stop_told: Cell::new(false),
        }
    }

    /// What the scan had brought before this session: the targets that had their end, and the suspects that
    /// were refused.
    pub fn resume(
        &mut self,
        ended: BTreeMap<SocketAddr, Kind>,
        refused: Vec<(SocketAddr, Refusal)>,
    ) {
        self.over = ended.len() as u64;
        self.verdicts = ended;
        for (suspect, why) in refused {
            self.refuse(suspect, why);
        }
        self.bar.set_position(self.over);
    }

    /// Takes a refusal in, once: a device that has started anew refuses again what it had refused.
    fn refuse(&mut self, suspect: SocketAddr, why: Refusal) {
        if self.known.insert((suspect, why)) {
            self.refused.push((suspect, why));
            self.over += 1;
        }
    }

    /// Every target that a record of this scan was about.
    pub fn targets(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.verdicts.keys().copied()
    }

    /// Every suspect that the appliance refused, and why.
    pub fn refused(&self) -> &[(SocketAddr, Refusal)] {
        &self.refused
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn message(&self) -> String {
        let counts: Vec<String> = crate::words::all()
            .filter_map(|kind: Kind| {
                let count = self.verdicts.values().filter(|it| **it == kind).count();
                (count > 0).then(|| format!("{count} {}", kind.as_str()))
            })
            .collect();
        counts.join(", ")
    }
}

/// What a device waits for, as a person reads it.
pub fn lack_text(lack: Lack) -> &'static str {
    match lack {
        Lack::Cable => "its network cable is out",
        Lack::Address => "nobody gives it an address",
        Lack::Router => "its router does not answer",
    }
}

/// How many things have to be done before a bar helps.
const STEPS_MIN: usize = 50;

/// The progress of work that this computer does by itself.
pub struct Steps {
    bar: ProgressBar,
}

impl Steps {
    /// Work on `count` things; `what` says what is done to them.
    pub fn new(what: &'static str, count: usize) -> Self {
        let bar = if count < STEPS_MIN {
            ProgressBar::hidden()
        } else {
            bar(count, "{bar:24} {pos}/{len} {msg}, {eta} left")
        };
        bar.set_message(what);
        Self { bar }
    }

    /// One more is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }
}

/// How many octets a file has before a bar helps.
const OCTETS_MIN: u64 = 4 * 1024 * 1024;

/// The progress of a file that is read.
pub struct Octets {
    bar: ProgressBar,
}

impl Octets {
    /// A file of `length` octets, where that is known; `what` says what is done to them.
    pub fn new(what: &'static str, length: Option<u64>) -> Self {
        let bar = match length {
            Some(length) if length >= OCTETS_MIN => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                bar(length, "{bar:24} {bytes}/{total_bytes} {msg}, {eta} left")
            }
            Some(_) => ProgressBar::hidden(),
            None => bar(0, "{bytes} {msg}, {bytes_per_sec}"),
        };
        bar.set_message(what);
        Self { bar }
    }

    /// So many octets are read.
    pub fn at(&self, octets: u64) {
        self.bar.set_position(octets);
    }
}

impl Drop for Octets {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A bar on standard error, where that is a terminal.
fn bar(length: usize, template: &str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length as u64), target);
    // Templates are constants; should one ever be wrong, the plain bar will do.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

impl Watch for Watcher {
    fn device(&mut self, _: &DeviceHello) {}

    fn info(&mut self, info: &Info) {
        let boot = (info.device, info.boot);
        if self.boot.replace(boot) == Some(boot) {
            return;
        }
        if let Some(sentence) = super::restart::sentence(info) {
            self.bar
                .suspend(|| anstream::eprintln!("postern: {sentence}"));
        }
    }

    fn progress(&mut self, progress: &Progress) {
        let targets = progress.targets;
        let lack = progress.network.lack;
        if std::mem::replace(&mut self.lack, lack) != lack {
            let said = match lack {
                Some(lack) => format!("the appliance waits: {}", lack_text(lack)),
                None => "the appliance goes on: its network is back".to_owned(),
            };
            self.bar.suspend(|| anstream::eprintln!("postern: {said}"));
        }
        if std::mem::replace(&mut self.path, progress.path) != progress.path
            && let Some(path) = progress.path
            && !path.is_open()
        {
            let found = way::found(path);
            self.bar.suspend(|| {
                anstream::eprintln!("postern: the appliance tries the way to the sink: {found}");
            });
        }
        let mut message = self.message();
        if targets.parked > 0 {
            message.push_str(&format!(", {} waiting to be asked again", targets.parked));
        }
        self.bar.set_message(message);
    }

    /// What is counted while the scan runs is the device's own word; lists and letters have the host's.
    fn stored(&mut self, record: &Record) {
        match record {
            Record::Finding(finding) => {
                self.verdicts.insert(finding.target, finding.verdict.kind);
                self.over += u64::from(finding.last);
            }
            Record::Dead(range) => {
                for finding in range.findings() {
                    self.verdicts.insert(finding.target, finding.verdict.kind);
                    self.over += 1;
                }
            }
            Record::Refused(refused) => {
                let suspect = refused.suspect;
                let suspect = SocketAddr::new(suspect.ip().to_canonical(), suspect.port());
                self.refuse(suspect, refused.why);
            }
            Record::Over(_) => self.over += 1,
            Record::Arrival(_) => {}
            Record::Lost(lost) => self.over += u64::from(lost.last),
        }
        self.bar.set_position(self.over);
        self.bar.set_message(self.message());
    }

    fn wants_stop(&self) -> bool {
        let stop = self.stop.load(Ordering::Relaxed);
        if stop && !self.stop_told.replace(true) {
            self.bar.suspend(|| {
                anstream::eprintln!(
                    "postern: stopping; what was found is stored (once more: stop at once)"
                );
            });
        }
        stop
    }
}
