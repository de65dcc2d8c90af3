//! A trace: what was said, in the order in which it was observed.

use crate::{CELLS, Call, FILE_BYTES, Reply, TextError, Value, Who, Words};
use std::fmt;

/// One line of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line of the trace's text at which it stands, from 1.
    pub line: u32,
    /// What was said.
    pub what: What,
}

/// What a line of a trace says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Someone begins a call.
    Call(Who, Call),
    /// Someone's call returns.
    Reply(Who, Reply),
    /// Something happened inside: for the reader; the judge skips it.
    Step(Box<str>),
}

/// How a trace ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every call returned, but those that a crash cut off.
    Quiet,
    /// Calls are under way and none of them can move.
    Stuck,
    /// Calls are under way, move, and get nowhere.
    Endless,
}

/// What was said, in order, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Cells, of hole, of the file that it began with.
    pub cells: u32,
    /// What was said.
    pub events: Vec<Event>,
    /// How it ended.
    pub end: End,
}

impl Trace {
    /// Reads a trace's text.
    ///
    /// ```
    /// use launder_oracle::{End, Trace};
    ///
    /// let trace = Trace::parse("file 8\nb1 > append 2\nb1 < at 8\nend quiet\n")?;
    /// assert_eq!((trace.cells, trace.events.len(), trace.end), (8, 2, End::Quiet));
    /// let error = Trace::parse("b1 < ok\nend quiet\n").unwrap_err();
    /// assert_eq!(error.line, 1, "a reply without a call: {error}");
    /// # Ok::<(), launder_oracle::TextError>(())
    /// ```
    ///
    /// # Errors
    /// The first line that is none of a trace's, or that cannot follow what stands before it.
    pub fn parse(text: &str) -> Result<Trace, TextError> {
        let nowhere = Words::of(1, "");
        if text.len() > FILE_BYTES {
            return Err(nowhere.wrong("", format!("more than {FILE_BYTES} bytes, the limit")));
        }
        let mut reading = Reading::default();
        for (line, text) in (1..).zip(text.lines()) {
            reading.line(line, text)?;
        }
        match reading.end {
            Some(end) => {
                let cells = reading.cells.unwrap_or(CELLS);
                Ok(Trace { cells, events: reading.events, end })
            }
            None => Err(Words::of(text.lines().count().max(1) as u32, "")
                .wrong("", "no `end quiet`, `end stuck` or `end endless`")),
        }
    }

    /// The largest size that a truncate gives the file.
    pub(crate) fn truncates_to(&self) -> Option<u32> {
        let sizes = self.events.iter().filter_map(|event| match event.what {
            What::Call(_, Call::Ftruncate(size)) => Some(size),
            _ => None,
        });
        sizes.max()
    }

    /// One past the last cell that the trace names or that its file begins with.
    pub fn reach(&self) -> u32 {
        let mut reach = self.cells;
        let mut appends = [0; Who::ALL.len()];
        for event in &self.events {
            match &event.what {
                What::Call(who, call) => {
                    reach = reach.max(call.reach());
                    if let Call::Append { cells, .. } = call {
                        appends[who.index()] = *cells;
                    }
                }
                What::Reply(who, Reply::At(cell)) => {
                    reach = reach.max(cell.saturating_add(appends[who.index()]));
                }
                _ => {}
            }
        }
        reach
    }
}

/// A trace half read.
#[derive(Default)]
struct Reading {
    cells: Option<u32>,
    events: Vec<Event>,
    end: Option<End>,
    under_way: [Option<Call>; Who::ALL.len()],
}

impl Reading {
    fn line(&mut self, line: u32, text: &str) -> Result<(), TextError> {
        let mut words = Words::of(line, text);
        let Some(first) = words.clone().word() else { return Ok(()) };
        if first.starts_with('#') {
            return Ok(());
        }
        if self.end.is_some() {
            return Err(words.wrong(first, "text after `end`"));
        }
        match first {
            "end" => self.end_line(&mut words),
            "file" => self.file_line(&mut words),
            _ if first.starts_with('.') => {
                let step = text.trim().trim_start_matches('.').trim();
                self.push(line, What::Step(step.into()));
                Ok(())
            }
            _ => self.said(line, &mut words),
        }
    }

    fn push(&mut self, line: u32, what: What) {
        self.events.push(Event { line, what });
    }

    fn file_line(&mut self, words: &mut Words) -> Result<(), TextError> {
        words.word();
        if self.cells.is_some() || !self.events.is_empty() {
            return Err(words.wrong("file", "must be the first line, and once"));
        }
        self.cells = Some(words.cells("a number of cells")?);
        words.end()
    }

    fn end_line(&mut self, words: &mut Words) -> Result<(), TextError> {
        words.word();
        let word = words.need("how it ends (quiet, stuck or endless)")?;
        let end = match word {
            "quiet" => End::Quiet,
            "stuck" => End::Stuck,
            "endless" => End::Endless,
            _ => return Err(words.wrong(word, "no way to end (quiet, stuck, endless)")),
        };
        let busy = Who::ALL.into_iter().find(|who| self.under_way[who.index()].is_some());
        if let (End::Quiet, Some(who)) = (end, busy) {
            return Err(words.wrong("quiet", format!("a call of {who} is under way")));
        }
        self.end = Some(end);
        words.end()
    }

    fn said(&mut self, line: u32, words: &mut Words) -> Result<(), TextError> {
        let who = words.who()?;
        let arrow = words.need("`>` or `<`")?;
        match arrow {
            ">" => {
                let call = words.call(who)?;
                words.end()?;
                if self.under_way[who.index()].is_some() {
                    return Err(words.wrong(who.name(), "has a call under way"));
                }
                self.under_way[who.index()] = Some(call);
                self.push(line, What::Call(who, call));
            }
            "<" => {
                let Some(call) = self.under_way[who.index()].take() else {
                    return Err(words.wrong(who.name(), "has no call under way"));
                };
                let reply = reply(words, &call)?;
                words.end()?;
                if let (Call::Crash(host), Reply::Ok) = (call, &reply) {
                    for who in Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host)) {
                        self.under_way[who.index()] = None;
                    }
                }
                self.push(line, What::Reply(who, reply));
            }
            _ => return Err(words.wrong(arrow, "neither `>` nor `<`")),
        }
        Ok(())
    }
}

/// Reads a reply, which must be one that `call` can get.
fn reply(words: &mut Words, call: &Call) -> Result<Reply, TextError> {
    let word = words.need("a reply")?;
    let cells = match *call {
        Call::Pwrite { range, .. } => range.len(),
        Call::Append { cells, .. } => cells,
        Call::Copy { from, .. } => from.len(),
        _ => 0,
    };
    let reads = matches!(call, Call::Pread { .. } | Call::Mread(_));
    match word {
        "ok" if !reads && !matches!(call, Call::Append { .. }) => Ok(Reply::Ok),
        "got" if reads => values(words, call.reach(), call).map(Reply::Got),
        "wrote" if cells > 0 => {
            let wrote = words.number("a number of cells")?;
            if wrote > cells {
                return Err(words.wrong(&wrote.to_string(), format!("the call had {cells} cells")));
            }
            Ok(Reply::Wrote(wrote))
        }
        "at" if matches!(call, Call::Append { .. }) => {
            let at = words.cells("a cell")?;
            if at + cells > crate::MAX_CELLS {
                return Err(words.wrong(&at.to_string(), "ends past the limit"));
            }
            Ok(Reply::At(at))
        }
        "SIGBUS" if call.is_mapped() => Ok(Reply::Sigbus),
        _ => match crate::Errno::named(word) {
            Some(errno) => Ok(Reply::Err(errno)),
            None => Err(words.wrong(word, format!("no reply that `{}` gets", call.word()))),
        },
    }
}

fn values(words: &mut Words, end: u32, call: &Call) -> Result<Vec<Value>, TextError> {
    let start = match *call {
        Call::Pread { range, .. } | Call::Mread(range) => range.start,
        _ => end,
    };
    let mut values = Vec::with_capacity((end - start) as usize);
    for cell in start..end {
        let value = match words.clone().word() {
            Some("-") => Value::END,
            Some("?") => Value::FOREIGN,
            Some(_) => {
                let number = words.number("a value")?;
                // No trace has so many writes: what is no number of a write is bytes that none made.
                values.push(Value::of(number).min(Value::FOREIGN));
                continue;
            }
            None => return Err(words.wrong("", format!("the value of cell {cell} is missing"))),
        };
        words.word();
        values.push(value);
    }
    Ok(values)
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cells != CELLS {
            writeln!(f, "file {}", self.cells)?;
        }
        for event in &self.events {
            match &event.what {
                What::Call(who, call) => writeln!(f, "{who} > {call}")?,
                What::Reply(who, reply) => writeln!(f, "{who} < {reply}")?,
                What::Step(step) => writeln!(f, "          . {step}")?,
            }
        }
        f.write_str(match self.end {
            End::Quiet => "end quiet\n",
            End::Stuck => "end stuck\n",
            End::Endless => "end endless\n",
        })
    }
}
