//! How it came to a violation, as far as it was seen who held what.

use super::fate::Holding;
use super::sentence::in_words;
use super::{Lane, Said, Timeline};
use launder_impls::{Change, Holder};
use launder_oracle::{Host, Value, Violation};

/// What became of a write, of the call at this line, that the cell no longer has in the end.
pub(super) fn of_loss(timeline: &Timeline, line: u32, cell: u32, value: Value) -> Option<String> {
    if !timeline.known {
        return None;
    }
    let holdings = timeline.holdings(cell, value);
    let (on_server, cached): (Vec<Holding>, Vec<Holding>) =
        holdings.iter().partition(|held| held.holder == Holder::Server);
    if let Some(last) = on_server.last() {
        let Some(change) = last.until else {
            return Some(format!("is on the server at cell {cell}"));
        };
        let by = change.after.map_or("the end of the file was put before it".into(), |after| {
            format!("{} replaced it", in_words(after.value))
        });
        return Some(format!(
            "reached the server at cell {cell} (line {}), where {by} {}",
            last.from,
            at(timeline, &change)
        ));
    }
    let own = own_cache(timeline, line);
    let last = cached.iter().rfind(|held| Some(held.holder) == own).or(cached.last());
    let Some(last) = last else {
        let place = own.map_or(String::new(), |holder| format!(" {} nor", cache(holder)));
        return Some(match place.as_str() {
            "" => "never reached the server".into(),
            place => format!("never came to be at cell {cell} in{place} on the server"),
        });
    };
    let how = match last.until {
        None => format!("is still in {}", cache(last.holder)),
        Some(change) if last.was_dropped() => {
            format!("was dropped from {} {}", cache(last.holder), at(timeline, &change))
        }
        Some(change) => {
            let after = change.after.map_or(Value::END, |after| after.value);
            format!("was replaced by {} in {} {}", in_words(after), cache(last.holder), at(timeline, &change))
        }
    };
    Some(format!("{how}, never reached the server at cell {cell}"))
}

/// What the reader's cache and the server held when it read something old.
pub(super) fn of_stale(timeline: &Timeline, violation: &Violation, cell: u32) -> Option<String> {
    let Lane::Process(who) = timeline.row(violation.at)?.lane else { return None };
    let at = timeline.rows.iter().position(|row| row.line == violation.at).filter(|_| timeline.known)?;
    let held = timeline.contents().nth(at)?;
    let host = who.host()?;
    let there = |holder| held.at(holder, cell).map_or("nothing".into(), |content| in_words(content.value));
    let own = Holder::Cache(host);
    Some(format!(
        "when it returned, {} held {} there and the server {}",
        cache(own),
        there(own),
        there(Holder::Server)
    ))
}

/// How what had been removed came back to where it was read.
pub(super) fn of_return(timeline: &Timeline, violation: &Violation, cell: u32) -> Option<String> {
    let value = timeline.value_seen(violation)?;
    let holder = match timeline.call(violation.lines.shows?)? {
        (Lane::Process(who), call) if !call.is_direct() => Holder::Cache(who.host()?),
        _ => Holder::Server,
    };
    let removed = violation.lines.superseding?;
    let holdings = timeline.holdings(cell, value);
    let holds = |held: &&Holding| {
        held.holder == holder
            && held.from <= violation.at
            && held.until.is_none_or(|change| change.line >= violation.at)
    };
    let back = holdings.iter().rfind(holds)?;
    let whose = if holder == Holder::Server { "the server".into() } else { cache(holder) };
    Some(match back.from > removed {
        true => format!("{whose} got it back at line {}{}", back.from, step(timeline, back.from)),
        false => format!("{whose} had held it all the time"),
    })
}

/// The cache through which the call of this line goes.
fn own_cache(timeline: &Timeline, line: u32) -> Option<Holder> {
    match timeline.call(line)? {
        (Lane::Process(who), call) if !call.is_direct() => who.host().map(Holder::Cache),
        _ => None,
    }
}

fn cache(holder: Holder) -> String {
    match holder {
        Holder::Cache(Host::A) => "a's cache".into(),
        Holder::Cache(Host::B) => "b's cache".into(),
        Holder::Server => "the server".into(),
    }
}

/// When a change came: while which call was under way, if only one was, and with which step.
fn at(timeline: &Timeline, change: &Change) -> String {
    let during = timeline.only_call_under_way(change.line).and_then(|call| timeline.name(call));
    let during = during.map(|name| format!("during {name} ")).unwrap_or_default();
    format!("{during}(line {}{})", change.line, step(timeline, change.line))
}

fn step(timeline: &Timeline, line: u32) -> String {
    match timeline.row(line).map(|row| &row.said) {
        Some(Said::Step(step)) => format!(", \"{}\"", super::text::brief(step)),
        _ => String::new(),
    }
}
