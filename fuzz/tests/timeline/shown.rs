//! What a sentence says that a call showed is what the trace says, and what it says was held then is what was.

use crate::each;
use launder_fuzz::Timeline;
use launder_impls::{Holder, Watched};
use launder_oracle::{
    Call, Contract, Event, Kind, Lines, Range, Reply, Trace, Value, Violation, What, Who, judge,
};

/// A violation of a trace, and what is said of it.
struct Told<'t> {
    name: &'t str,
    trace: &'t Trace,
    watched: &'t Watched,
    violation: &'t Violation,
    sentence: String,
}

/// Puts every case to every model, with its bugs too, held to its own contract and to the strongest; how often it told one of a kind.
fn each_of(kind: Kind, mut told: impl FnMut(Told)) -> usize {
    let mut times = 0;
    each(|name, case, _, trace, verdict, watched| {
        for verdict in [verdict.clone(), judge(&Contract::STRONGEST, trace)] {
            let timeline = Timeline::of(trace, &verdict, case.asks.len(), watched);
            for violation in verdict.violations().iter().filter(|violation| violation.kind == kind) {
                let sentence = timeline.sentence(violation);
                told(Told { name, trace, watched, violation, sentence });
                times += 1;
            }
        }
    });
    times
}

impl Told<'_> {
    fn lines(&self) -> &Lines {
        &self.violation.lines
    }

    fn event(&self, line: u32) -> &What {
        let event: &Event = self.trace.events.iter().find(|event| event.line == line).expect("a line");
        &event.what
    }

    /// Who makes the call of this line, and which it is.
    fn call(&self, line: u32) -> (Who, Call) {
        let What::Call(who, call) = self.event(line) else { panic!("{}: line {line} is no call", self.name) };
        (*who, *call)
    }

    /// What the accused line, which is a reply, has in each cell that was read; nothing if it is no such reply.
    fn got(&self) -> Option<(u32, &[Value])> {
        let What::Reply(who, Reply::Got(values)) = self.event(self.violation.at) else { return None };
        let shows = self.lines().shows.expect("a read shows it");
        let (reader, Call::Pread { range, .. } | Call::Mread(range)) = self.call(shows) else { return None };
        assert_eq!((reader, range.len() as usize), (*who, values.len()), "{}", self.name);
        Some((range.start, values))
    }

    /// What it has in the violation's cell.
    fn seen(&self) -> Option<Value> {
        let (start, values) = self.got()?;
        values.get(self.violation.cell?.checked_sub(start)? as usize).copied()
    }

    /// The cell and value that a sentence about them must name: ` saw write 3 at cell 2`.
    fn names_what_was_seen(&self) -> bool {
        let (Some(seen), Some(cell)) = (self.seen(), self.violation.cell) else { return false };
        self.says(&format!(" saw {} at cell {cell}", in_words(seen)))
    }

    fn says(&self, words: &str) -> bool {
        self.sentence.contains(words)
    }

    /// Whether the sentence names the call of this line: by its number, or by its words.
    fn names(&self, line: u32) -> bool {
        let (who, call) = self.call(line);
        let numbered = |event: &&Event| matches!(event.what, What::Call(_, call) if call.is_numbered());
        let number = self.trace.events.iter().take_while(|event| event.line <= line).filter(numbered).count();
        let who = if who == Who::Server { "the server".to_string() } else { who.to_string() };
        let name = if call.is_numbered() { format!("write {number}") } else { format!("`{call}`") };
        self.says(&format!("{who}'s {name}"))
    }

    /// What the holder has in the cell when a line has been said; the hole at first is on the server alone.
    fn held(&self, holder: Holder, cell: u32) -> String {
        let mut changes = self.watched.changes.iter().filter(|it| (it.holder, it.cell) == (holder, cell));
        let last = changes.rfind(|change| change.line <= self.violation.at).map(|change| change.after);
        let first = || (holder == Holder::Server && cell < self.trace.cells).then_some(Value::ZERO);
        let value = last.map_or_else(first, |after| after.map(|content| content.value));
        value.map_or("nothing".into(), in_words)
    }

    /// Whether the call of this line reads this cell.
    fn reads(&self, line: u32, cell: u32) -> bool {
        let (Call::Pread { range, .. } | Call::Mread(range)) = self.call(line).1 else { return false };
        (range.start..range.end).contains(&cell)
    }

    /// Whether the call of this line may change this cell.
    fn covers(&self, line: u32, cell: u32) -> bool {
        let has = |range: Range| (range.start..range.end).contains(&cell);
        match self.call(line).1 {
            Call::Pwrite { range, .. } | Call::Mwrite(range) => has(range),
            Call::Punch(range) | Call::Zero(range) | Call::Fallocate(range) => has(range),
            Call::Copy { from, to } => has(Range { start: to, end: to + from.len() }),
            Call::Append { .. } | Call::Ftruncate(_) => true,
            _ => false,
        }
    }
}

fn in_words(value: Value) -> String {
    match value {
        Value::ZERO => "zeroes".into(),
        Value::END => "the end of the file".into(),
        Value::FOREIGN => "bytes that no write made".into(),
        value => format!("write {value}"),
    }
}

#[test]
fn a_stale_read_is_said_to_have_seen_what_it_got_where_something_else_had_come_before() {
    let mut held = 0;
    let times = each_of(Kind::StaleRead, |told| {
        let (name, sentence) = (told.name, &told.sentence);
        let (cell, shows) = (told.violation.cell.expect("a cell"), told.lines().shows.expect("a read"));
        assert!(told.names_what_was_seen() && told.names(shows), "{name}: {sentence}\n{}", told.trace);
        if let Some(line) = told.lines().superseding {
            // A read, where an older value had come back for an error.
            let read = told.reads(line, cell);
            let begins = line < told.violation.at && (read || told.covers(line, cell));
            let how = if read { " had shown to be gone" } else { " had replaced" };
            assert!(begins && told.names(line) && told.says(how), "{name}: {sentence}\n{}", told.trace);
        }
        if let Some(host) = told.call(shows).0.host() {
            let (own, server) = (told.held(Holder::Cache(host), cell), told.held(Holder::Server, cell));
            let then = format!("when it returned, {host}'s cache held {own} there and the server {server}.");
            assert!(sentence.ends_with(&then), "{name}: {sentence}\n{then}\n{}", told.trace);
            held += 1;
        }
    });
    assert!(times > 100 && held > 100, "{times}, of which {held} say what was held");
}

#[test]
fn a_torn_read_is_said_to_have_seen_a_part_of_a_write_that_it_got_and_something_else() {
    let times = each_of(Kind::Torn, |told| {
        let (name, sentence) = (told.name, &told.sentence);
        let (cell, line) = (told.violation.cell.expect("a cell"), told.lines().superseding.expect("a write"));
        let ((start, values), seen) = (told.got().expect("a read"), told.seen().expect("it saw something"));
        assert!(told.names(line) && told.covers(line, cell), "{name}: {sentence}\n{}", told.trace);
        assert!(told.says(&format!("and at cell {cell} {} instead", in_words(seen))), "{name}: {sentence}");
        let Some(number) = told.violation.write else { return };
        assert_ne!(seen, Value::of(number), "{name}: {sentence}");
        let of_it =
            (start..).zip(values).any(|(at, value)| *value == Value::of(number) && told.covers(line, at));
        assert!(of_it, "{name}: {sentence}\n{}", told.trace);
    });
    assert!(times > 50, "{times}");
}

#[test]
fn what_leaked_is_said_to_be_what_was_got_and_no_part_of_the_file_only_if_somebody_wrote_it() {
    let mut foreign = 0;
    let times = each_of(Kind::Leaked, |told| {
        let (name, sentence) = (told.name, &told.sentence);
        let shows = told.lines().shows.expect("a read");
        assert!(told.names_what_was_seen() && told.names(shows), "{name}: {sentence}\n{}", told.trace);
        let written = told.lines().seen.is_some();
        assert_eq!(told.says("which is no part of the file there"), written, "{name}: {sentence}");
        if let (Some(line), Some(number)) = (told.lines().seen, told.violation.write) {
            let (_, call) = told.call(line);
            assert!(call.is_numbered() && told.seen() == Some(Value::of(number)), "{name}: {sentence}");
        }
        foreign += usize::from(!written);
    });
    assert!(times > 50, "{times}, of which {foreign} by nobody");
}

#[test]
fn a_wrong_size_is_said_of_the_side_of_the_end_that_was_shown() {
    let mut landed = 0;
    let times = each_of(Kind::WrongSize, |told| {
        let (name, sentence) = (told.name, &told.sentence);
        let shows = told.lines().shows.expect("a call shows it");
        assert!(told.names(shows), "{name}: {sentence}\n{}", told.trace);
        let Some(seen) = told.seen() else {
            // An append, or a mapped call that did not end as it should.
            let at = matches!(told.event(told.violation.at), What::Reply(_, Reply::At(_)));
            assert!(at || told.call(shows).1.is_mapped(), "{name}: {sentence}\n{}", told.trace);
            assert!(told.says(&format!(": {}.", told.violation.why)), "{name}: {sentence}");
            landed += usize::from(at);
            return;
        };
        let cell = told.violation.cell.expect("a cell");
        let side = if seen == Value::END { "past the end of the file" } else { "inside the file" };
        assert!(
            told.says(&format!(" showed cell {cell} {side}, though ")),
            "{name}: {sentence}\n{}",
            told.trace
        );
        match told.lines().superseding {
            Some(line) => assert!(told.names(line) && line < told.violation.at, "{name}: {sentence}"),
            None => assert!(told.says("it has always been"), "{name}: {sentence}"),
        }
    });
    assert!(times > 50 && landed > 5, "{times}, of which {landed} appends");
}
