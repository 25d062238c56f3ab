//! `cargo xtask sizes`: what the boards' images are made of, beside their budget, the figures that are
//! committed, and a bare build of the same board with nothing but the network.

mod builds;
mod figures;
mod image;

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use lexopt::Arg::Long;

use crate::{
    failure::{Failure, Result},
    place,
};
use builds::Build;
use figures::Figures;
use image::Image;

/// How much larger than the committed figure an image may be, in hundredths.
const GROWTH_MAX_PERCENT: u64 = 3;
/// How many crates, modules and stack frames are told.
const TOLD_MAX: usize = 12;

/// What was measured.
pub(crate) struct Measured {
    /// For people.
    pub(crate) table: String,
    /// How many things held.
    pub(crate) held: u32,
    /// What did not hold.
    pub(crate) broken: Vec<String>,
}

/// One build, measured.
struct Row {
    build: Build,
    figures: Figures,
    bare: Figures,
    image: Image,
}

/// The command.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let (mut json, mut update) = (false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("json") => json = true,
            Long("update") => update = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let rows = measure(&builds::ALL)?;
    if update {
        let rows: Vec<_> = rows.iter().map(|row| (row.build, row.figures)).collect();
        let text = figures::written_into(&place::read(&committed_file())?, &rows)?;
        place::write(&committed_file(), &text)?;
    }
    let measured = hold(&rows)?;
    if json {
        for row in &rows {
            println!("{}", row.json());
        }
    } else {
        print!("{}", measured.table);
    }
    for broken in &measured.broken {
        eprintln!("xtask: {broken}");
    }
    Ok(ExitCode::from(u8::from(!measured.broken.is_empty())))
}

/// What every change is held against: the images that are quickest to build.
pub(crate) fn check() -> Result<Measured> {
    hold(&measure(&builds::QUICK)?)
}

fn committed_file() -> PathBuf {
    place::workspace().join("docs/sizes.md")
}

fn measure(builds: &[Build]) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for build in builds {
        let known = rows.iter().find(|row| row.build.bare() == build.bare());
        let bare = match known {
            Some(row) => row.bare,
            None => Figures::of(&Image::read(&build.bare().make()?)?),
        };
        let image = Image::read(&build.make()?)?;
        rows.push(Row {
            build: *build,
            figures: Figures::of(&image),
            bare,
            image,
        });
    }
    Ok(rows)
}

/// Holds what was measured against the committed figures, and against what may be in an image.
fn hold(rows: &[Row]) -> Result<Measured> {
    let committed = figures::read(&place::read(&committed_file())?);
    let mut measured = Measured {
        table: String::new(),
        held: 0,
        broken: Vec::new(),
    };
    for row in rows {
        let Row { build, figures, .. } = row;
        row.tell(&mut measured.table);
        let name = format!("{} {}", build.board, build.set);
        let Some(was) = committed.get(&name) else {
            return Err(
                Failure::new(format!("docs/sizes.md has no line for {name}"))
                    .next("cargo xtask sizes --update"),
            );
        };
        for (what, now, was) in [
            ("text", figures.text, was.text),
            ("static memory", figures.ram(), was.ram()),
        ] {
            measured.check(
                now * 100 <= was * (100 + GROWTH_MAX_PERCENT),
                format!(
                    "{name}: {what} has grown from {was} to {now} octets, over {GROWTH_MAX_PERCENT} %; \
                     if that is meant: cargo xtask sizes --update"
                ),
            );
        }
        let formatting = row.image.formatting();
        measured.check(
            formatting.is_empty(),
            format!(
                "{name}: the image formats what it should not:\n  {}",
                formatting.join("\n  ")
            ),
        );
    }
    Ok(measured)
}

impl Measured {
    fn check(&mut self, held: bool, otherwise: String) {
        if held {
            self.held += 1;
        } else {
            self.broken.push(otherwise);
        }
    }
}

impl Row {
    fn tell(&self, table: &mut String) {
        let Self {
            build,
            figures,
            bare,
            image,
        } = self;
        let budget = |now: u64, most: u64| match now.checked_sub(most) {
            None | Some(0) => format!("{now} of {most}"),
            Some(over) => format!("{now} of {most}, {over} over"),
        };
        let mut line = |what: &str, figure: String| {
            writeln!(table, "  {what:<24} {figure}").expect("strings take everything");
        };
        let title = format!("{} {}", build.board, build.set);
        line(&title, String::new());
        line("text", budget(figures.text, build.text_max));
        line("  with the network alone", bare.text.to_string());
        line("data and bss", budget(figures.ram(), build.ram_max));
        line("  with the network alone", bare.ram().to_string());
        line("data", figures.data.to_string());
        for (title, entries) in [
            ("text, by crate", image.text_by(1)),
            ("text, by module", image.text_by(2)),
            ("memory, by place", image.memory()),
            ("largest stack frames", image.frames()),
        ] {
            line(title, String::new());
            for (name, octets) in entries.into_iter().take(TOLD_MAX) {
                line(&format!("  {octets:>8}"), name);
            }
        }
    }

    fn json(&self) -> String {
        let list = |entries: Vec<(String, u64)>| {
            let entries = entries.into_iter().take(TOLD_MAX);
            let entries: Vec<String> = entries
                .map(|(name, octets)| format!("{{\"name\":{name:?},\"octets\":{octets}}}"))
                .collect();
            entries.join(",")
        };
        let Self {
            build,
            figures,
            bare,
            image,
        } = self;
        format!(
            "{{\"board\":{:?},\"set\":{:?},\"text\":{},\"data\":{},\"bss\":{},\"text_max\":{},\
             \"ram_max\":{},\"bare_text\":{},\"bare_ram\":{},\"crates\":[{}],\"modules\":[{}],\
             \"memory\":[{}],\"frames\":[{}]}}",
            build.board,
            build.set,
            figures.text,
            figures.data,
            figures.bss,
            build.text_max,
            build.ram_max,
            bare.text,
            bare.ram(),
            list(image.text_by(1)),
            list(image.text_by(2)),
            list(image.memory()),
            list(image.frames()),
        )
    }
}
