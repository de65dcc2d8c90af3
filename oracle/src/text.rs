//! Reading the text forms: a line's words, and the one-line error that says which of them is wrong.

use crate::{Call, Errno, Host, MAX_CELLS, Msync, Range, Who, nearest};
use std::fmt;

/// The first words of the calls that processes, the server and nature make, as [`Words::call`] reads them.
const CALLS: [(&str, &[&str]); 3] = [
    (
        "a process",
        &[
            "open",
            "close",
            "pread",
            "pwrite",
            "append",
            "mmap",
            "munmap",
            "mread",
            "mwrite",
            "msync",
            "madvise",
            "fsync",
            "fdatasync",
            "ftruncate",
            "fallocate",
            "punch",
            "zero",
            "fadvise",
            "copy",
            "lock",
            "unlock",
        ],
    ),
    ("server", &["pread", "pwrite", "ftruncate", "notify", "deny", "allow"]),
    ("nature", &["writeback", "reclaim", "crash", "fail", "short", "drop", "swap"]),
];

/// Why a text is no case or trace: the line, the word, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: u32,
    /// The word that is wrong; empty where one is missing.
    pub word: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.why),
            word => write!(f, "line {}: `{word}`: {}", self.line, self.why),
        }
    }
}

impl std::error::Error for TextError {}

/// The words of one line, taken from the left.
///
/// ```
/// use launder_oracle::{Range, Words};
///
/// let mut words = Words::of(7, "a2 0..4 soon");
/// assert_eq!(words.who()?.name(), "a2");
/// assert_eq!(words.range()?, Range::new(0, 4));
/// assert_eq!(words.end().unwrap_err().line, 7, "a word is left");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Words<'t> {
    line: u32,
    words: std::str::SplitAsciiWhitespace<'t>,
}

/// How much of a bad word an error quotes, in characters.
const QUOTED: usize = 40;

impl<'t> Words<'t> {
    /// The words of `text`, which is line number `line`.
    pub fn of(line: u32, text: &'t str) -> Words<'t> {
        Words { line, words: text.split_ascii_whitespace() }
    }

    /// An error about `word`.
    pub fn wrong(&self, word: &str, why: impl Into<String>) -> TextError {
        let word = word.chars().filter(|c| !c.is_control()).take(QUOTED).collect();
        TextError { line: self.line, word, why: why.into() }
    }

    /// The next word, if there is one.
    pub fn word(&mut self) -> Option<&'t str> {
        self.words.next()
    }

    /// The next word, which must be there: `what` it is.
    pub fn need(&mut self, what: &str) -> Result<&'t str, TextError> {
        self.words.next().ok_or_else(|| self.wrong("", format!("{what} is missing")))
    }

    /// The next word if it is `word`.
    pub fn take(&mut self, word: &str) -> bool {
        let mut ahead = self.words.clone();
        let taken = ahead.next() == Some(word);
        if taken {
            self.words = ahead;
        }
        taken
    }

    /// The next word, as a number below 2^32.
    pub fn number(&mut self, what: &str) -> Result<u32, TextError> {
        let word = self.need(what)?;
        self.digits(word)
    }

    fn digits(&self, word: &str) -> Result<u32, TextError> {
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.wrong(word, "no number"));
        }
        word.parse().map_err(|_| self.wrong(word, "numbers are below 2^32"))
    }

    /// The next word, as a number of cells.
    pub fn cells(&mut self, what: &str) -> Result<u32, TextError> {
        let word = self.need(what)?;
        let cells = self.digits(word)?;
        if cells > MAX_CELLS {
            return Err(self.wrong(word, format!("past cell {MAX_CELLS}, the limit")));
        }
        Ok(cells)
    }

    /// The next word, as a range of cells.
    pub fn range(&mut self) -> Result<Range, TextError> {
        let word = self.need("a range of cells (0..4, say)")?;
        self.range_of(word)
    }

    fn range_of(&self, word: &str) -> Result<Range, TextError> {
        let (start, end) =
            word.split_once("..").ok_or_else(|| self.wrong(word, "no range of cells (0..4, say)"))?;
        let (Ok(start), Ok(end)) = (self.digits(start), self.digits(end)) else {
            return Err(self.wrong(word, "no range of cells (0..4, say)"));
        };
        if end > MAX_CELLS {
            return Err(self.wrong(word, format!("past cell {MAX_CELLS}, the limit")));
        }
        if end < start {
            return Err(self.wrong(word, "ends before it starts"));
        }
        Ok(Range { start, end })
    }

    /// The next word, as someone.
    pub fn who(&mut self) -> Result<Who, TextError> {
        let word = self.need("who asks (a1, a2, b1, server or nature)")?;
        Who::named(word).ok_or_else(|| {
            let near = nearest(word, Who::ALL.map(Who::name));
            self.wrong(word, format!("nobody of that name (a1, a2, b1, server, nature){}", perhaps(near)))
        })
    }

    fn process(&mut self) -> Result<Who, TextError> {
        let word = self.need("a process (a1, a2 or b1)")?;
        Who::named(word)
            .filter(|who| who.host().is_some())
            .ok_or_else(|| self.wrong(word, "no process (a1, a2 or b1)"))
    }

    fn host(&mut self) -> Result<Host, TextError> {
        let word = self.need("a host (a or b)")?;
        Host::ALL
            .into_iter()
            .find(|host| (if *host == Host::A { "a" } else { "b" }) == word)
            .ok_or_else(|| self.wrong(word, "no host (a or b)"))
    }

    fn errno(&mut self) -> Result<Errno, TextError> {
        let word = self.need("an error (EIO, say)")?;
        Errno::named(word).ok_or_else(|| {
            let near = nearest(word, Errno::ALL.iter().map(|errno| errno.name()));
            self.wrong(word, format!("no error of errno(3){}", perhaps(near)))
        })
    }

    /// Nothing more may follow.
    pub fn end(&mut self) -> Result<(), TextError> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(self.wrong(word, "one word too many")),
        }
    }

    /// A call that `who` may make.
    pub fn call(&mut self, who: Who) -> Result<Call, TextError> {
        let word = self.need("a call")?;
        let call = match who {
            Who::A1 | Who::A2 | Who::B1 => self.process_call(word)?,
            Who::Server => self.server_call(word)?,
            Who::Nature => self.nature_call(word)?,
        };
        call.ok_or_else(|| self.wrong(word, no_call(who, word)))
    }

    fn process_call(&mut self, word: &str) -> Result<Option<Call>, TextError> {
        Ok(Some(match word {
            "open" => Call::Open,
            "close" => Call::Close,
            "pread" => Call::Pread { direct: self.take("direct"), range: self.range()? },
            "pwrite" => Call::Pwrite { direct: self.take("direct"), range: self.range()? },
            "append" => Call::Append { direct: self.take("direct"), cells: self.cells("a number of cells")? },
            "mmap" => Call::Mmap { private: self.take("private"), range: self.maybe_range()? },
            "munmap" => Call::Munmap,
            "mread" => Call::Mread(self.range()?),
            "mwrite" => Call::Mwrite(self.range()?),
            "msync" => Call::Msync(self.msync(), self.range()?),
            "madvise" => Call::MadviseDontneed(self.dontneed()?),
            "fsync" => Call::Fsync,
            "fdatasync" => Call::Fdatasync,
            "ftruncate" => Call::Ftruncate(self.cells("a size in cells")?),
            "fallocate" => Call::Fallocate(self.range()?),
            "punch" => Call::Punch(self.range()?),
            "zero" => Call::Zero(self.range()?),
            "fadvise" => Call::FadviseDontneed(self.dontneed()?),
            "copy" => self.copy()?,
            "lock" => Call::Lock,
            "unlock" => Call::Unlock,
            _ => return Ok(None),
        }))
    }

    fn server_call(&mut self, word: &str) -> Result<Option<Call>, TextError> {
        Ok(Some(match word {
            "pread" => Call::Pread { direct: false, range: self.range()? },
            "pwrite" => Call::Pwrite { direct: false, range: self.range()? },
            "ftruncate" => Call::Ftruncate(self.cells("a size in cells")?),
            "notify" => Call::Notify(self.host()?, self.range()?),
            "deny" => Call::Deny(self.process()?),
            "allow" => Call::Allow(self.process()?),
            _ => return Ok(None),
        }))
    }

    fn nature_call(&mut self, word: &str) -> Result<Option<Call>, TextError> {
        Ok(Some(match word {
            "writeback" => Call::Writeback(self.host()?, self.range()?),
            "reclaim" => Call::Reclaim(self.host()?, self.range()?),
            "crash" => Call::Crash(self.host()?),
            "fail" => return self.fail().map(Some),
            "short" if self.take("write") => Call::ShortWrite(self.number("a number of requests")?),
            "short" => return Err(self.wrong("short", "must be `short write N`")),
            "drop" => Call::Drop(self.number("a number of requests")?),
            "swap" => Call::Swap(self.number("a number of requests")?),
            _ => return Ok(None),
        }))
    }

    fn fail(&mut self) -> Result<Call, TextError> {
        let word = self.need("what fails (write, read or release)")?;
        match word {
            "write" => Ok(Call::FailWrite(self.errno()?, self.number("a number of requests")?)),
            "read" => Ok(Call::FailRead(self.errno()?, self.number("a number of requests")?)),
            "release" => Ok(Call::FailRelease(self.number("a number of releases")?)),
            _ => Err(self.wrong(word, "nothing that fails (write, read or release)")),
        }
    }

    fn maybe_range(&mut self) -> Result<Option<Range>, TextError> {
        match self.words.clone().next() {
            Some(word) if !word.starts_with('~') => self.range().map(Some),
            _ => Ok(None),
        }
    }

    fn msync(&mut self) -> Msync {
        if self.take("async") {
            Msync::Async
        } else if self.take("invalidate") {
            Msync::Invalidate
        } else {
            Msync::Sync
        }
    }

    fn dontneed(&mut self) -> Result<Range, TextError> {
        let word = self.need("the advice (dontneed)")?;
        if word != "dontneed" {
            return Err(self.wrong(word, "no advice that is known here (dontneed)"));
        }
        self.range()
    }

    fn copy(&mut self) -> Result<Call, TextError> {
        let from = self.range()?;
        let to = self.cells("the cell to copy to")?;
        if to + from.len() > MAX_CELLS {
            return Err(self.wrong(&to.to_string(), format!("past cell {MAX_CELLS}, the limit")));
        }
        Ok(Call::Copy { from, to })
    }
}

/// Why a word is none of the calls that `who` makes: another's, or perhaps another word.
fn no_call(who: Who, word: &str) -> String {
    let own = match who {
        Who::A1 | Who::A2 | Who::B1 => 0,
        Who::Server => 1,
        Who::Nature => 2,
    };
    let why = format!("no call that {who} makes");
    match CALLS.iter().find(|(_, words)| words.contains(&word)) {
        Some((others, _)) => format!("{why}, but {others} does"),
        None => why + &perhaps(nearest(word, CALLS[own].1.iter().copied())),
    }
}

fn perhaps(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that a function of this file takes, as its `match` begins with them.
    fn taken(by: &str) -> Vec<&'static str> {
        let (_, rest) = include_str!("text.rs").split_once(&format!("    fn {by}(")).expect("it is there");
        let (body, _) = rest.split_once("\n    }\n").expect("it ends");
        let arms = body.lines().filter_map(|line| line.trim_start().strip_prefix('"'));
        let mut words: Vec<_> = arms.filter_map(|arm| arm.split('"').next()).collect();
        words.dedup();
        words
    }

    #[test]
    fn the_calls_that_are_suggested_are_those_that_are_read() {
        let by = ["process_call", "server_call", "nature_call"];
        for ((_, suggested), by) in CALLS.iter().zip(by) {
            assert_eq!(*suggested, taken(by).as_slice(), "{by}");
        }
    }

    #[test]
    fn each_call_is_read_and_is_what_is_suggested_for_one_that_is_nearly_it() {
        for ((_, words), who) in CALLS.iter().zip([Who::A1, Who::Server, Who::Nature]) {
            for word in *words {
                let read = |word: &str| Words::of(1, word).call(who);
                assert!(!is_none(&read(word)), "{word}");
                let why = read(&format!("{word}_")).expect_err("it is no call").why;
                assert!(why.ends_with(&format!("; did you mean `{word}`?")), "{word}: {why}");
            }
        }
    }

    fn is_none(read: &Result<Call, TextError>) -> bool {
        read.as_ref().is_err_and(|error| error.why.starts_with("no call that "))
    }
}
