//! The lines of a log of `strace -f -ttt -xx -s 1048576`, as calls of pread64(2), pwrite64(2), fsync(2), fdatasync(2) and
//! ftruncate(2) with their answers.

use std::collections::BTreeMap;

/// A call and its answer.
#[derive(Debug)]
pub struct Logged {
    /// The line at which it begins, from 1: also its place in the order of all that is observed.
    pub begins: usize,
    /// The line that has its answer.
    pub ends: usize,
    pub process: u32,
    pub call: Call,
    /// What was returned, or the name of the error.
    pub answer: Result<u64, String>,
}

#[derive(Debug)]
pub enum Call {
    /// What was read; nothing where it failed.
    Pread {
        bytes: Vec<u8>,
        count: u64,
        offset: u64,
    },
    Pwrite {
        bytes: Vec<u8>,
        offset: u64,
    },
    Fsync,
    Fdatasync,
    Ftruncate(u64),
}

/// A log that cannot be used: the line, and why.
pub type Refused = (usize, String);

/// The calls of a log, in the order in which they began, and how many of which others were left out.
pub fn read(log: &str) -> Result<(Vec<Logged>, BTreeMap<String, usize>), Refused> {
    let (mut calls, mut left_out) = (Vec::new(), BTreeMap::new());
    let mut under_way: BTreeMap<u32, (usize, String)> = BTreeMap::new();
    let (mut last, mut file) = (0.0, None);
    for (number, line) in (1..).zip(log.lines()) {
        let refuse = |why: &str| (number, why.to_string());
        let (process, time, text) = columns(line).ok_or_else(|| refuse("no line of strace -f -ttt"))?;
        if time < last {
            return Err(refuse(
                "its time is before that of the line above: a log is read in the order of strace",
            ));
        }
        last = time;
        if text.starts_with("+++") || text.starts_with("---") {
            continue;
        }
        let (begins, whole) = match text.strip_prefix("<... ") {
            Some(text) => {
                let rest = text.split_once("resumed>").map(|(_, rest)| rest);
                let rest = rest.ok_or_else(|| refuse("`resumed` is missing"))?;
                let (begins, first) =
                    under_way.remove(&process).ok_or_else(|| refuse("what is resumed has not begun"))?;
                (begins, first + rest)
            }
            None => match text.strip_suffix("<unfinished ...>") {
                Some(first) => {
                    under_way.insert(process, (number, first.trim_end().to_string()));
                    continue;
                }
                None => (number, text.to_string()),
            },
        };
        let name = whole.split('(').next().unwrap_or_default();
        match call(name, &whole).map_err(|why| (number, why))? {
            Some((of, call, answer)) => {
                let first = file.get_or_insert_with(|| of.clone());
                if *first != of {
                    return Err(refuse(&format!(
                        "`{of}` is another file than `{first}`: strace -P names one"
                    )));
                }
                calls.push(Logged { begins, ends: number, process, call, answer });
            }
            None => *left_out.entry(name.to_string()).or_insert(0) += 1,
        }
    }
    match under_way.into_values().find(|(_, text)| NAMES.iter().any(|name| text.starts_with(name))) {
        Some((number, _)) => Err((number, "the call has no answer in the log".into())),
        None => {
            calls.sort_by_key(|call| call.begins);
            Ok((calls, left_out))
        }
    }
}

const NAMES: [&str; 5] = ["pread64(", "pwrite64(", "fsync(", "fdatasync(", "ftruncate("];

/// The process (0 if no line says one), the time in seconds and the rest.
fn columns(line: &str) -> Option<(u32, f64, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("[pid").map_or(line, str::trim_start);
    let (first, rest) = line.split_once(' ')?;
    let first = first.trim_end_matches(']');
    if first.contains('.') {
        return Some((0, first.parse().ok()?, rest));
    }
    let (time, text) = rest.trim_start().split_once(' ')?;
    Some((first.parse().ok()?, time.parse().ok()?, text))
}

type Parsed = (String, Call, Result<u64, String>);

/// The descriptor, or its path where strace -y says it, the call and its answer; nothing for a call that is left out.
fn call(name: &str, text: &str) -> Result<Option<Parsed>, String> {
    if !NAMES.iter().any(|known| known.strip_suffix('(') == Some(name)) {
        return Ok(None);
    }
    let mut rest = text[name.len() + 1..].trim_start();
    let end = rest.find([',', ')']).ok_or("its descriptor is missing")?;
    // Without a path, of processes that need not have the file open under one number, -P is trusted.
    let of = rest[..end].split_once('<').map_or("", |(_, path)| path.trim_end_matches('>')).to_string();
    rest = &rest[end..];
    let call = match name {
        "fsync" => Call::Fsync,
        "fdatasync" => Call::Fdatasync,
        "ftruncate" => Call::Ftruncate(number(&mut rest)?),
        _ => {
            let bytes = bytes(&mut rest)?;
            let (count, offset) = (number(&mut rest)?, number(&mut rest)?);
            match (name, bytes) {
                ("pread64", bytes) => Call::Pread { bytes: bytes.unwrap_or_default(), count, offset },
                (_, Some(bytes)) if bytes.len() as u64 == count => Call::Pwrite { bytes, offset },
                _ => return Err(format!("not all {count} bytes are in the log: strace -s {count}")),
            }
        }
    };
    let answer = rest.trim_start().strip_prefix(')').and_then(|rest| rest.trim_start().strip_prefix("= "));
    let mut words = answer.ok_or("its answer is missing")?.split(' ');
    let answer = match words.next().unwrap_or_default() {
        "-1" => Err(words.next().unwrap_or_default().to_string()),
        word => Ok(word.parse().map_err(|_| format!("`{word}` is no answer"))?),
    };
    if let (Call::Pread { bytes, .. }, Ok(read)) = (&call, &answer)
        && bytes.len() as u64 != *read
    {
        return Err(format!("not all {read} bytes are in the log: strace -s {read}"));
    }
    Ok(Some((of, call, answer)))
}

/// The next argument, a number.
fn number(rest: &mut &str) -> Result<u64, String> {
    let text = rest.trim_start_matches([',', ' ']);
    let end = text.find([',', ')']).ok_or("an argument is missing")?;
    *rest = &text[end..];
    text[..end].parse().map_err(|_| format!("`{}` is no number", &text[..end]))
}

/// The next argument, a string; nothing where it is an address.
fn bytes(rest: &mut &str) -> Result<Option<Vec<u8>>, String> {
    let text = rest.trim_start_matches([',', ' ']);
    let Some(text) = text.strip_prefix('"') else {
        *rest = &text[text.find(',').ok_or("an argument is missing")?..];
        return Ok(None);
    };
    let (mut bytes, mut at) = (Vec::new(), 0);
    let code = text.as_bytes();
    let digits = |at: usize, most: usize, radix: u32| {
        let count = code[at..].iter().take(most).take_while(|it| (**it as char).is_digit(radix)).count();
        u8::from_str_radix(&text[at..at + count], radix).map(|byte| (byte, at + count))
    };
    loop {
        let wrong = |_| "a byte is cut off".to_string();
        match (code.get(at), code.get(at + 1)) {
            (Some(b'"'), _) => break,
            (Some(b'\\'), Some(b'x')) => {
                let (byte, next) = digits(at + 2, 2, 16).map_err(wrong)?;
                (at, _) = (next, bytes.push(byte));
            }
            (Some(b'\\'), Some(b'0'..=b'7')) => {
                let (byte, next) = digits(at + 1, 3, 8).map_err(wrong)?;
                (at, _) = (next, bytes.push(byte));
            }
            (Some(b'\\'), Some(letter)) => {
                let known = [(b'n', 10), (b't', 9), (b'r', 13), (b'v', 11), (b'f', 12)];
                let named = known.iter().find(|(name, _)| name == letter);
                bytes.push(named.map_or(*letter, |(_, byte)| *byte));
                at += 2;
            }
            (Some(byte), _) => (at, _) = (at + 1, bytes.push(*byte)),
            (None, _) => return Err("a string does not end".into()),
        }
    }
    *rest = &text[at + 1..];
    if let Some(after) = rest.strip_prefix("...") {
        *rest = after;
    }
    Ok(Some(bytes))
}
