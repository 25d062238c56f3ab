//! Every report, read by the validator of the XARF project, with the official schemas.

use std::{fs, path::PathBuf};

use super::files;
use crate::{
    failure::{Failure, Result},
    place, python,
    suite::Outcome,
};

/// The package, on PyPI; it holds the schemas of XARF 4.2.0.
const PACKAGE: &str = "xarf==1.0.0";
/// Ends well where it is there.
const HAS_IT: &str = "import xarf, sys; sys.exit(xarf.SPEC_VERSION != '4.2.0')";

/// Validates every report of a demonstration, and finds what is wrong with damaged ones.
pub(crate) fn validate_reports() -> Result<Outcome> {
    if let Some(lack) = python::lacks("python3", "python3") {
        return Ok(lack);
    }
    match python::environment("xarf-python", PACKAGE, HAS_IT)? {
        Err(lack) => Ok(lack),
        Ok(program) => {
            let script = include_str!("validate_reports.py");
            let mut reports = files(".xarf.json")?;
            // A demonstration proves nothing; the tests' own reports do.
            reports.extend(golden()?);
            python::check(program.as_os_str(), "validate_reports.py", script, &reports)
        }
    }
}

fn golden() -> Result<Vec<PathBuf>> {
    let folder = place::workspace().join("host-tool/tests/golden/forms/xarf");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, &error))?;
    entries
        .map(|entry| Ok(entry.map_err(|error| Failure::at(&folder, &error))?.path()))
        .collect()
}
