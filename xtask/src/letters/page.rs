//! The page of a run in Chromium, light and dark: it must show every letter, say nothing on the console and
//! ask for nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::files;
use crate::{
    failure::{Failure, Result},
    machine, place,
    python::lacks,
    run::{self, Said},
    suite::Outcome,
};

/// How long the browser may take.
const TIME: Duration = Duration::from_secs(60);

/// A picture of nothing but a background is smaller, in octets.
const PICTURE_OCTETS_MIN: usize = 40_000;

/// What the browser's own requests are said to come from; a page's come from somewhere.
const FROM_NO_PAGE: &str = "\"initiator\":\"not an origin\"";

/// Renders the page of each run of a demonstration.
pub(crate) fn render_page() -> Result<Outcome> {
    if let Some(lack) = lacks("chromium", "chromium") {
        return Ok(lack);
    }
    let mut looked = Looked::default();
    for page in files("preview.html")? {
        looked.at(&page)?;
    }
    looked.at_a_page_that_asks()?;
    Ok(if looked.broken.is_empty() {
        Outcome::Passed {
            checks: looked.held,
            note: format!("pictures in {}", folder().display()),
        }
    } else {
        Outcome::Failed {
            passed: looked.held,
            failed: u32::try_from(looked.broken.len()).unwrap_or(u32::MAX),
            output: looked.broken.join("\n"),
        }
    })
}

#[derive(Default)]
struct Looked {
    held: u32,
    broken: Vec<String>,
}

impl Looked {
    fn at(&mut self, page: &Path) -> Result<()> {
        let run = page.parent().and_then(Path::file_name);
        let run = run.unwrap_or_default().to_string_lossy().into_owned();
        let written = place::read(page)?;
        let seen = browse(page, &["--dump-dom"])?;
        let articles = |text: &str| text.matches("<article id=").count();
        self.note(&run, "it is rendered", seen.said.success);
        self.note(
            &run,
            "every letter is there",
            articles(&written) > 0 && articles(&written) == articles(&seen.said.out),
        );
        self.note(&run, &seen.console.join("\n"), seen.console.is_empty());
        self.note(
            &run,
            &format!("requests: {:?}", seen.requests),
            seen.requests.is_empty(),
        );

        let mut pictures = Vec::new();
        for (scheme, flags) in [
            ("light", ["--blink-settings=preferredColorScheme=1"]),
            ("dark", ["--blink-settings=preferredColorScheme=0"]),
        ] {
            let file = folder().join(format!("{run}-{scheme}.png"));
            let shot = format!("--screenshot={}", file.display());
            let seen = browse(
                page,
                &[&flags[..], &["--window-size=1280,1600", &shot]].concat(),
            )?;
            let picture = fs::read(&file).unwrap_or_default();
            self.note(
                &run,
                &format!("a picture in {scheme}: {}", seen.said.err),
                picture.len() > PICTURE_OCTETS_MIN,
            );
            pictures.push(picture);
        }
        self.note(
            &run,
            "dark is not light",
            pictures.first() != pictures.last(),
        );
        Ok(())
    }

    /// What finds nothing wrong with this page would find nothing wrong with any.
    fn at_a_page_that_asks(&mut self) -> Result<()> {
        let page = folder().join("asks.html");
        place::write(
            &page,
            "<!DOCTYPE html><title>asks</title><img src=\"http://tracker.invalid/x.png\">\
             <script>console.log('heard')</script>",
        )?;
        let seen = browse(&page, &["--dump-dom"])?;
        self.note("asks", "its request is seen", !seen.requests.is_empty());
        self.note("asks", "its words are heard", !seen.console.is_empty());
        Ok(())
    }

    fn note(&mut self, page: &str, what: &str, holds: bool) {
        if holds {
            self.held += 1;
        } else {
            self.broken.push(format!("{page}: {what}"));
        }
    }
}

struct Seen {
    said: Said,
    /// What the page wrote to the console; errors of its own among it.
    console: Vec<String>,
    /// What the page asked for.
    requests: Vec<String>,
}

fn folder() -> PathBuf {
    place::target().join("letters").join("pages")
}

/// Opens a page. No name resolves, so that nothing leaves this computer, whatever the browser wants.
fn browse(page: &Path, flags: &[&str]) -> Result<Seen> {
    place::make_folder(&folder())?;
    let profile = folder().join("browser");
    place::make_fresh_folder(&profile)?;
    let log = folder().join("requests.json");
    let _ = fs::remove_file(&log);
    let mut command = Command::new("chromium");
    command.args([
        "--headless=new",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--enable-logging=stderr",
    ]);
    if machine::is_root() {
        // Chromium refuses to sandbox for root; the page is ours.
        command.arg("--no-sandbox");
    }
    command
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .args(flags)
        .arg(format!("file://{}", page.display()));
    let said = run::capture_within(&mut command, TIME)?;
    let requests =
        place::read(&log).map_err(|failure| Failure::new(format!("{failure}\n{}", said.err)))?;
    let console = said.err.lines().filter(|line| line.contains(":CONSOLE:"));
    Ok(Seen {
        console: console.map(str::to_owned).collect(),
        requests: requests
            .lines()
            .filter(|line| line.contains("\"initiator\":") && !line.contains(FROM_NO_PAGE))
            .map(str::to_owned)
            .collect(),
        said,
    })
}
