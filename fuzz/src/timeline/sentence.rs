//! A violation in one sentence of plain words, which claims no more than what was said and seen.

use super::{Lane, Said, Timeline};
use crate::counted;
use crate::timeline::cause;
use launder_oracle::{Call, Kind, Range, Reply, Value, Violation};

impl Timeline {
    /// The violation in plain words.
    pub fn sentence(&self, violation: &Violation) -> String {
        let said = match violation.kind {
            Kind::LostWrite | Kind::SilentError => self.lost(violation),
            Kind::StaleRead => self.stale(violation),
            Kind::Resurrected => self.resurrected(violation),
            Kind::Torn => self.torn(violation),
            Kind::Leaked => self.leaked(violation),
            Kind::SpuriousError => self.spurious(violation),
            Kind::WrongSize => self.wrong_size(violation),
        };
        said.unwrap_or_else(|| violation.why.clone()) + "."
    }

    fn lost(&self, violation: &Violation) -> Option<String> {
        let line = violation.lines.superseding?;
        let (cell, value) = (violation.cell?, self.stored(line));
        let fate = value.and_then(|value| cause::of_loss(self, line, cell, value));
        let parts: Vec<String> =
            [self.acknowledged(line), fate, self.errors(line)].into_iter().flatten().collect();
        Some(format!("{} {}", self.name(line)?, joined(&parts)))
    }

    fn stale(&self, violation: &Violation) -> Option<String> {
        let cell = violation.cell?;
        let (reader, saw) = (self.name(violation.lines.shows?)?, self.saw(violation)?);
        let knew = match violation.lines.superseding {
            Some(line) if self.reads(line) => format!(", which {} had shown to be gone", self.name(line)?),
            Some(line) => format!(", which {} had replaced", self.name(line)?),
            None => ", which had been replaced".into(),
        };
        let held = cause::of_stale(self, violation, cell).map(|held| format!("; {held}")).unwrap_or_default();
        Some(format!("{reader} saw {saw} at cell {cell}{knew}{held}"))
    }

    fn resurrected(&self, violation: &Violation) -> Option<String> {
        let cell = violation.cell?;
        let (reader, zeroing) =
            (self.name(violation.lines.shows?)?, self.name(violation.lines.superseding?)?);
        let back =
            cause::of_return(self, violation, cell).map(|back| format!("; {back}")).unwrap_or_default();
        Some(format!(
            "{reader} saw {} at cell {cell} again, which {zeroing} had removed{back}",
            self.saw(violation)?
        ))
    }

    fn torn(&self, violation: &Violation) -> Option<String> {
        let (reader, write) = (self.name(violation.lines.shows?)?, self.name(violation.lines.superseding?)?);
        Some(format!(
            "{reader} saw a part of {write}, and at cell {} {} instead",
            violation.cell?,
            self.saw(violation)?
        ))
    }

    fn leaked(&self, violation: &Violation) -> Option<String> {
        let (reader, saw) = (self.name(violation.lines.shows?)?, self.saw(violation)?);
        let odd = match violation.lines.seen {
            Some(_) => ", which is no part of the file there",
            None => "",
        };
        Some(format!("{reader} saw {saw} at cell {}{odd}", violation.cell?))
    }

    fn spurious(&self, violation: &Violation) -> Option<String> {
        let Said::Reply { reply, call } = &self.row(violation.at)?.said else { return None };
        Some(format!("{} answered {reply}, and nothing had failed", self.name(*call)?))
    }

    fn wrong_size(&self, violation: &Violation) -> Option<String> {
        let line = violation.lines.shows?;
        let reader = self.name(line)?;
        // An append, or a mapped call that ends in SIGBUS, or does not.
        let Some(seen) = self.value_seen(violation) else {
            return Some(format!("{reader}: {}", violation.why));
        };
        let (shown, other) = match seen == Value::END {
            true => ("past the end of the file", "inside"),
            false => ("inside the file", "past its end"),
        };
        let known = match violation.lines.superseding {
            Some(line) if self.reads(line) => format!("{} had shown it {other}", self.name(line)?),
            Some(line) => format!("{} had put it {other}", self.name(line)?),
            None => format!("it has always been {other}"),
        };
        Some(format!("{reader} showed cell {} {shown}, though {known}", violation.cell?))
    }

    /// A call: `a1's write 3`, or ``a1's `punch 0..4` ``.
    pub(super) fn name(&self, line: u32) -> Option<String> {
        let row = self.row(line)?;
        let who = match row.lane {
            Lane::Server => "the server",
            lane => lane.name(),
        };
        match row.said {
            Said::Call { write: Some(number), .. } => Some(format!("{who}'s write {number}")),
            Said::Call { call, .. } => Some(format!("{who}'s `{call}`")),
            _ => None,
        }
    }

    /// Whether the call of this line reads, and so is what showed that an older value had come back for an error.
    fn reads(&self, line: u32) -> bool {
        matches!(self.call(line), Some((_, Call::Pread { .. } | Call::Mread(_))))
    }

    /// What the call of this line stores, if it stores a number.
    fn stored(&self, line: u32) -> Option<Value> {
        match self.row(line)?.said {
            Said::Call { write, .. } => write.map(Value::of),
            _ => None,
        }
    }

    /// What the reply to the call of this line says of it.
    fn acknowledged(&self, line: u32) -> Option<String> {
        Some(match self.reply(line) {
            Some(Reply::Err(errno)) => format!("answered {errno}"),
            Some(Reply::Sigbus) => "ended in SIGBUS".into(),
            Some(Reply::Wrote(cells)) => {
                format!("was acknowledged for {}", counted(u64::from(*cells), "cell"))
            }
            Some(_) => "was acknowledged".into(),
            None => "was never answered".into(),
        })
    }

    /// Which error its writer was told.
    fn errors(&self, line: u32) -> Option<String> {
        let Lane::Process(who) = self.row(line)?.lane else { return None };
        let Some(told) = self.error_after(line) else {
            return Some(format!("no error was ever reported to {who}"));
        };
        match &told.said {
            Said::Reply { call, .. } if *call == line => None,
            Said::Reply { reply, call } => {
                Some(format!("{who} was told {reply} by its `{}` (line {})", self.call(*call)?.1, told.line))
            }
            _ => None,
        }
    }

    /// What the accused line shows at the cell, in words.
    fn saw(&self, violation: &Violation) -> Option<String> {
        self.value_seen(violation).map(in_words)
    }

    pub(super) fn value_seen(&self, violation: &Violation) -> Option<Value> {
        let line = violation.lines.shows?;
        let (Call::Pread { range, .. } | Call::Mread(range)) = self.call(line)?.1 else { return None };
        let Reply::Got(values) = self.reply(line)? else { return None };
        let Range { start, .. } = range;
        values.get(violation.cell?.checked_sub(start)? as usize).copied()
    }
}

/// A value, in words.
pub(super) fn in_words(value: Value) -> String {
    match value {
        Value::ZERO => "zeroes".into(),
        Value::END => "the end of the file".into(),
        Value::FOREIGN => "bytes that no write made".into(),
        value => format!("write {value}"),
    }
}

/// `one`, `one, and two`, `one, two, and three`.
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}
