//! Faults as words of a command line: `loss=5,jitter=20,segment-only`.

use std::{fmt, str::FromStr, time::Duration};

use super::{Burst, Corruption, Faults, Share, Window, Wire};

/// What is wrong with such words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultsError {
    word: String,
}

impl fmt::Display for FaultsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "`{}`: expected `none`, or words such as {}, separated by commas",
            self.word, EXPECTED
        )
    }
}

impl std::error::Error for FaultsError {}

const EXPECTED: &str = "loss=5, burst=2, duplicate=1, reorder=5, corrupt=1 (percent of the \
    packets), segment-only, jitter=20 (ms), rate=64000 (octets a second), mtu=1300 (octets), \
    cable-out=1000-3000, router-down=1000-3000, power-out=1000-3000, address-change=5000 (ms)";

impl FromStr for Faults {
    type Err = FaultsError;

    /// Everything but the cable, the router and the device's power is about the paths to the hosts.
    fn from_str(words: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::default();
        if words == "none" {
            return Ok(faults);
        }
        for word in words.split(',') {
            take(&mut faults, word).ok_or_else(|| FaultsError { word: word.into() })?;
        }
        Ok(faults)
    }
}

fn take(faults: &mut Faults, word: &str) -> Option<()> {
    let path: &mut Wire = &mut faults.path;
    let Some((name, value)) = word.split_once('=') else {
        (word == "segment-only").then_some(())?;
        path.corruption = Corruption::SegmentOnly;
        return Some(());
    };
    match name {
        "loss" => path.loss = percent(value)?,
        "burst" => {
            path.burst = Some(Burst {
                begins: percent(value)?,
                ends: Share::percent(25),
                loss: Share::percent(80),
            });
        }
        "duplicate" => path.duplicate = percent(value)?,
        "reorder" => {
            path.reorder = percent(value)?;
            path.overtaken_by = Duration::from_millis(30);
        }
        "corrupt" => path.corrupt = percent(value)?,
        "jitter" => path.jitter = millis(value)?,
        "rate" => path.octets_per_second = Some(value.parse().ok().filter(|rate| *rate > 0)?),
        "mtu" => path.frame_octets_max = Some(value.parse().ok()?),
        "cable-out" => faults.link.out.push(window(value)?),
        "router-down" => faults.router_down.push(window(value)?),
        "power-out" => faults.power_out.push(window(value)?),
        "address-change" => faults.address_change = Some(millis(value)?),
        _ => return None,
    }
    Some(())
}

fn percent(value: &str) -> Option<Share> {
    let percent: f64 = value.parse().ok()?;
    let millionths = (percent * 10_000.0).round();
    (0.0..=1_000_000.0)
        .contains(&millionths)
        .then_some(Share(millionths as u32))
}

fn millis(value: &str) -> Option<Duration> {
    value.parse().ok().map(Duration::from_millis)
}

fn window(value: &str) -> Option<Window> {
    let (from, until) = value.split_once('-')?;
    let window = Window {
        from: millis(from)?,
        until: millis(until)?,
    };
    (window.from < window.until).then_some(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        let faults: Faults =
            "loss=2.5,reorder=1,segment-only,mtu=1300,cable-out=1-20,power-out=3-4"
                .parse()
                .unwrap();
        assert_eq!(faults.path.loss, Share(25_000));
        assert_eq!(faults.path.corruption, Corruption::SegmentOnly);
        assert_eq!(faults.path.frame_octets_max, Some(1_300));
        assert_eq!(faults.link.out[0].until, Duration::from_millis(20));
        assert_eq!(faults.power_out[0].from, Duration::from_millis(3));
        assert!("none".parse::<Faults>().unwrap().is_none());
    }

    #[test]
    fn other_words_are_named() {
        for word in [
            "los=5",
            "loss",
            "loss=101",
            "rate=0",
            "cable-out=5-5",
            "",
            "none,none",
        ] {
            let error = word.parse::<Faults>().unwrap_err();
            assert!(error.to_string().contains("expected `none`"), "{word}");
        }
    }
}
