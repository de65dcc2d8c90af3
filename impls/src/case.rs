//! A case: asks, in order, and the holds that schedule them.

use launder_oracle::{CELLS, Call, FILE_BYTES, FOLIO, Host, MAX_CELLS, TextError, Who, Words};
use std::fmt;

/// A delay of the ask that it hangs on: at one of its steps, wait until later asks have begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hold {
    /// The step of the ask, its spawned work included, at which to wait; 0 is before the first.
    pub step: u32,
    /// How many later asks must have begun; 0 is: let any other ask that can move, move first.
    pub asks: u32,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "~{}+{}", self.step, self.asks)
    }
}

/// One call, who makes it, and how it is delayed.
///
/// ```
/// use launder_impls::{Ask, Case};
/// use launder_oracle::{Call, Who};
///
/// let case = Case::new(vec![Ask::new(Who::A1, Call::Fsync)]);
/// assert_eq!(case.to_string(), "a1 fsync\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Who makes the call.
    pub who: Who,
    /// The call.
    pub call: Call,
    /// Its delays; those at one step are waited out in turn.
    pub holds: Vec<Hold>,
}

impl Ask {
    /// An ask without holds.
    pub fn new(who: Who, call: Call) -> Ask {
        Ask { who, call, holds: Vec::new() }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.who, self.call)?;
        if !self.holds.is_empty() {
            f.write_str(" ")?;
        }
        self.holds.iter().try_for_each(|hold| write!(f, "{hold}"))
    }
}

/// A file of some size, and what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// The comments before the first ask: why the case exists.
    pub comments: Vec<String>,
    /// Cells, of hole, of the file that it begins with.
    pub cells: u32,
    /// What is asked, in order.
    pub asks: Vec<Ask>,
}

impl Case {
    /// A case of an ordinary file.
    pub fn new(asks: Vec<Ask>) -> Case {
        Case { comments: Vec::new(), cells: CELLS, asks }
    }

    /// Reads a case's text.
    ///
    /// ```
    /// use launder_impls::{Case, Hold};
    ///
    /// let text = "# Why it exists.\na1 pwrite 0..8 ~2+1\na2 pread 0..8\n";
    /// let case = Case::parse(text)?;
    /// assert_eq!(case.asks[0].holds, [Hold { step: 2, asks: 1 }]);
    /// assert_eq!(case.to_string(), text);
    /// assert!(Case::parse("a1 pwrit 0..8").unwrap_err().to_string().contains("did you mean `pwrite`?"));
    /// # Ok::<(), launder_oracle::TextError>(())
    /// ```
    ///
    /// # Errors
    /// The first line that is none of a case's.
    pub fn parse(text: &str) -> Result<Case, TextError> {
        if text.len() > FILE_BYTES {
            return Err(Words::of(1, "").wrong("", format!("more than {FILE_BYTES} bytes, the limit")));
        }
        let mut case = Case::new(Vec::new());
        let mut sized = false;
        let mut reach = Reach::new(CELLS);
        for (line, text) in (1..).zip(text.lines()) {
            let mut words = Words::of(line, text);
            match words.clone().word() {
                None => {}
                Some(word) if word.starts_with('#') && case.asks.is_empty() => {
                    let comment = text.trim().trim_start_matches('#');
                    case.comments.push(comment.strip_prefix(' ').unwrap_or(comment).into());
                }
                Some(word) if word.starts_with('#') => {}
                Some("file") => {
                    words.word();
                    if sized || !case.asks.is_empty() {
                        return Err(words.wrong("file", "must be the first line, and once"));
                    }
                    sized = true;
                    case.cells = words.cells("a number of cells")?;
                    reach.named = reach.named.max(case.cells);
                    words.end()?;
                }
                Some(_) => {
                    let ask = read_ask(&mut words)?;
                    reach.ask(&ask.call);
                    if reach.end() > MAX_CELLS {
                        let why = format!("may reach past cell {MAX_CELLS}, the limit");
                        return Err(words.wrong(ask.call.word(), why));
                    }
                    case.asks.push(ask);
                }
            }
        }
        Ok(case)
    }

    /// Cells that the file may come to have, at the most; whole folios.
    pub fn capacity(&self) -> u32 {
        let mut reach = Reach::new(CELLS.max(self.cells));
        self.asks.iter().for_each(|ask| reach.ask(&ask.call));
        reach.end().next_multiple_of(FOLIO)
    }

    /// Whether host `b` takes part.
    pub fn has_host_b(&self) -> bool {
        let on_b = |call: &Call| {
            let (Call::Notify(host, _)
            | Call::Writeback(host, _)
            | Call::Reclaim(host, _)
            | Call::Crash(host)) = call
            else {
                return false;
            };
            *host == Host::B
        };
        self.asks.iter().any(|ask| ask.who.host() == Some(Host::B) || on_b(&ask.call))
    }

    /// The same asks without their holds.
    pub fn without_holds(&self) -> Case {
        let asks = self.asks.iter().map(|ask| Ask::new(ask.who, ask.call)).collect();
        Case { comments: self.comments.clone(), cells: self.cells, asks }
    }
}

/// How far a file may come to reach, whatever the order in which the calls take effect.
struct Reach {
    named: u32,
    appended: u32,
}

impl Reach {
    fn new(cells: u32) -> Reach {
        Reach { named: cells, appended: 0 }
    }

    fn ask(&mut self, call: &Call) {
        match call {
            Call::Append { cells, .. } => self.appended = self.appended.saturating_add(*cells),
            call => self.named = self.named.max(call.reach()),
        }
    }

    fn end(&self) -> u32 {
        self.named.saturating_add(self.appended)
    }
}

fn read_ask(words: &mut Words) -> Result<Ask, TextError> {
    let who = words.who()?;
    let call = words.call(who)?;
    let mut holds = Vec::new();
    while let Some(word) = words.word() {
        let Some(text) = word.strip_prefix('~') else {
            return Err(words.wrong(word, "one word too many"));
        };
        for hold in text.split('~') {
            holds.push(read_hold(hold).ok_or_else(|| words.wrong(word, "no hold (~2+1, say)"))?);
        }
    }
    Ok(Ask { who, call, holds })
}

fn read_hold(text: &str) -> Option<Hold> {
    let (step, asks) = text.split_once('+')?;
    let digits = |text: &str| -> Option<u32> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    Some(Hold { step: digits(step)?, asks: digits(asks)? })
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comment in &self.comments {
            writeln!(f, "{}", format!("# {comment}").trim_end())?;
        }
        if self.cells != CELLS {
            writeln!(f, "file {}", self.cells)?;
        }
        self.asks.iter().try_for_each(|ask| writeln!(f, "{ask}"))
    }
}
