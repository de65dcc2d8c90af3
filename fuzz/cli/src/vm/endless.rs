//! Cases that may come to no end on a kernel, by what is known of it. A hunt does not put them: each costs a guest.

use launder_impls::Case;
use launder_oracle::{Call, Range, Who};

/// Why the case may come to no end where it is put to this file system of this release, if it may.
pub fn why(release: &str, file_system: &str, case: &Case) -> Option<String> {
    let mode = file_system.strip_prefix("9p-").filter(|_| release.starts_with("6.12."))?;
    let read = case.asks.iter().find(|ask| {
        let range = read_past_the_cache(&ask.call, mode == "none");
        range.is_some_and(|range| is_cut_short(ask.who, range, case))
    })?;
    let (who, call) = (read.who, read.call);
    Some(format!("{who}'s `{call}` may go beyond an end that it does not know of, and never return"))
}

/// What a call reads of the server by itself.
fn read_past_the_cache(call: &Call, there_is_none: bool) -> Option<Range> {
    match *call {
        Call::Pread { range, direct } if direct || there_is_none => Some(range),
        Call::Copy { from, .. } if there_is_none => Some(from),
        _ => None,
    }
}

/// Whether the file may end inside the range when that is read, and the reader's host believe it to be longer: somebody else has
/// cut it off.
fn is_cut_short(reader: Who, range: Range, case: &Case) -> bool {
    let truncated = |who: Who, call: &Call| matches!(call, Call::Ftruncate(size) if *size < range.end && who.host() != reader.host());
    let appends = case.asks.iter().any(|ask| matches!(ask.call, Call::Append { .. }));
    let ends = case.asks.iter().map(|ask| ask.call.reach());
    case.asks.iter().any(|ask| truncated(ask.who, &ask.call))
        && (appends || ends.into_iter().chain([case.cells]).any(|end| range.start < end && end < range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_put(release: &str, file_system: &str, text: &str) -> bool {
        why(release, file_system, &Case::parse(text).expect("a case")).is_none()
    }

    #[test]
    fn a_read_past_the_cache_is_not_put_where_somebody_else_may_have_ended_the_file_inside_it() {
        let hangs = "server ftruncate 1\na1 pread 0..4\n";
        let direct = "b1 ftruncate 1\na1 pread direct 0..4\n";
        assert!(!is_put("6.12.117+deb12-amd64", "9p-none", hangs));
        assert!(is_put("6.12.117+deb12-amd64", "9p-mmap", hangs), "that one is cached");
        assert!(!is_put("6.12.117+deb12-amd64", "9p-mmap", direct));
        assert!(is_put("6.1.0-56-amd64", "9p-none", hangs) && is_put("6.12.117+deb12-amd64", "nfs", direct));
        for text in ["a1 ftruncate 1\na1 pread 0..4\n", "server ftruncate 0\na1 pread 0..1\n"] {
            assert!(is_put("6.12.117+deb12-amd64", "9p-none", text), "{text}");
        }
    }
}
