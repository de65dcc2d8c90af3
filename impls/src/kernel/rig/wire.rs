//! What the processes of a rig say to each other, as text, which a person can read.

use super::super::Answer;
use launder_oracle::{Reply, Value};
use rustix::io::Errno;
use std::fmt::{self, Write};

/// An answer as text.
pub struct Said<'a>(pub &'a Answer);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(reply) => reply.fmt(f),
            Err(errno) => write!(f, "errno {}", errno.raw_os_error()),
        }
    }
}

/// The same, by itself.
pub fn print(answer: &Answer) -> String {
    Said(answer).to_string()
}

/// Reads an answer's text.
pub fn parse(text: &str) -> Answer {
    let mut words = text.split_ascii_whitespace();
    let reply = match words.next() {
        Some("ok") => Some(Reply::Ok),
        Some("got") => words.map(value).collect::<Option<Vec<_>>>().map(Reply::Got),
        Some("wrote") => number(words.next()).map(Reply::Wrote),
        Some("at") => number(words.next()).map(Reply::At),
        Some("SIGBUS") => Some(Reply::Sigbus),
        Some("errno") => {
            let errno = words.next().and_then(|word| word.parse().ok()).ok_or(Errno::PROTO)?;
            return Err(Errno::from_raw_os_error(errno));
        }
        _ => None,
    };
    reply.ok_or(Errno::PROTO)
}

fn value(word: &str) -> Option<Value> {
    match word {
        "-" => Some(Value::END),
        "?" => Some(Value::FOREIGN),
        word => word.parse().ok().map(Value::of),
    }
}

/// Reads a number.
pub fn number<N: std::str::FromStr>(word: Option<&str>) -> Option<N> {
    word?.parse().ok()
}

/// Several texts as one, a line each.
pub fn join(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_printed() {
        let values = vec![Value::ZERO, Value::of(7), Value::END, Value::FOREIGN];
        let replies =
            [Reply::Ok, Reply::Got(values), Reply::Got(vec![]), Reply::Wrote(2), Reply::At(9), Reply::Sigbus];
        for answer in replies.into_iter().map(Ok).chain([Err(Errno::IO), Err(Errno::NOTCONN)]) {
            assert_eq!(parse(&print(&answer)), answer);
        }
    }
}
