//! What a campaign runs on, and what it was built by.

use serde::{Deserialize, Serialize};
use std::fs;
use std::num::NonZero;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// A machine, as far as it says what it is.
#[derive(Serialize, Deserialize)]
pub struct Machine {
    pub architecture: String,
    pub processor: Option<String>,
    pub cores: usize,
    /// Memory, in MiB.
    pub memory: Option<u64>,
    pub kernel: Option<String>,
}

/// The versions of what ran.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    pub launder: String,
    /// The commit that the sources were at, or came after, when it was built.
    pub commit: Option<String>,
    pub rustc: Option<String>,
}

impl Machine {
    /// This one.
    pub fn this() -> Machine {
        let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok());
        let kernel = |name| fs::read_to_string(format!("/proc/sys/kernel/{name}")).ok();
        let words = [kernel("ostype"), kernel("osrelease"), kernel("version")];
        let words: Vec<String> = words.into_iter().flatten().map(|word| word.trim().to_string()).collect();
        Machine {
            architecture: std::env::consts::ARCH.into(),
            processor: field("/proc/cpuinfo", "model name"),
            cores: thread::available_parallelism().map_or(1, NonZero::get),
            memory: memory.map(|kib: u64| kib / 1024),
            kernel: (!words.is_empty()).then(|| words.join(" ")),
        }
    }
}

impl Versions {
    /// Those of this program.
    pub fn this() -> Versions {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_string());
        Versions {
            launder: env!("CARGO_PKG_VERSION").into(),
            commit: known(env!("LAUNDER_COMMIT")),
            rustc: known(env!("LAUNDER_RUSTC")),
        }
    }
}

/// The first field of that name in a file of `name: value` lines.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_string())
    };
    text.lines().find_map(value)
}

/// The time, in UTC, as RFC 3339 has it.
pub fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    rfc3339(seconds)
}

/// So many seconds after the beginning of 1970. Years are counted from March, so that a leap day is the last of its year.
fn rfc3339(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_date_counts_them() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
        }
    }
}
