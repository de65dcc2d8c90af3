//! What is simpler than a case or an ask, and how much so.

use crate::{Fields, WORDS, Word};
use launder_impls::{Ask, Case, Hold};
use launder_oracle::{CELLS, Call, Errno, FOLIO, Host, Range, Who};

/// Words, by their tags, that can stand for each other, the simplest first.
const KIN: [&[u8]; 9] = [
    &[2, 13, 3],
    &[4, 14, 5, 6, 7, 26],
    &[19, 15, 20, 17, 16, 1, 28],
    &[23, 24, 21, 22],
    &[25, 18],
    &[8, 9, 10, 11],
    &[36, 35],
    &[38, 41, 40, 42, 39, 43],
    &[32, 27, 0],
];

/// How large a case is, the most important first: asks, unusual words, holds, cells, and the rest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size {
    asks: usize,
    words: usize,
    holds: (usize, u32),
    file: u32,
    cells: u32,
    places: u32,
    whos: usize,
    order: Vec<(Who, usize, u32)>,
}

impl Size {
    /// Whether a case is smaller than this: most differ in how many asks they have, which is soon said.
    pub fn is_more_than(&self, case: &Case) -> bool {
        self.asks > case.asks.len() || self.asks == case.asks.len() && *self > size(case)
    }
}

/// How large a case is.
pub(crate) fn size(case: &Case) -> Size {
    let mut words = 0;
    let mut holds = (0, 0);
    let (mut cells, mut places, mut whos) = (0, 0, 0);
    for ask in &case.asks {
        words += rank(ask).1;
        holds.0 += ask.holds.len();
        holds.1 += ask.holds.iter().map(|hold| hold.step + hold.asks).sum::<u32>();
        let fields = Fields::of(ask.who, &ask.call);
        cells += fields.range.len();
        places += fields.range.start + fields.number + u32::from(fields.errno != Errno::EIO);
        whos += ask.who.index() + fields.who.index() + fields.host.index();
    }
    let file = if case.cells == CELLS { 0 } else { 1 + case.cells };
    Size { asks: case.asks.len(), words, holds, file, cells, places, whos, order: order(case) }
}

/// Tells two orders of the same asks apart.
fn order(case: &Case) -> Vec<(Who, usize, u32)> {
    let place = |ask: &Ask| (ask.who, rank(ask).0, Fields::of(ask.who, &ask.call).range.start);
    case.asks.iter().map(place).collect()
}

/// The kin that the ask's word belongs to and its place among them.
fn rank(ask: &Ask) -> (usize, usize) {
    let Some(word) = Word::of(ask.who, &ask.call) else { return (KIN.len(), 0) };
    let place = |kin: &&[u8]| kin.iter().position(|tag| *tag == word.tag);
    let found = KIN.iter().enumerate().find_map(|(which, kin)| Some((which, place(kin)?)));
    found.unwrap_or((KIN.len() + usize::from(word.tag), 0))
}

/// Where the file ends before ask `at`, if nothing before it fails and no hold changes their order.
fn end_before(case: &Case, at: usize) -> u32 {
    case.asks[..at].iter().fold(case.cells, |end, ask| match ask.call {
        Call::Ftruncate(size) => size,
        Call::Append { cells, .. } => end + cells,
        Call::Pwrite { .. } | Call::Fallocate(_) | Call::Zero(_) => end.max(ask.call.reach()),
        Call::Copy { from, to } => end.max(to + from.len()),
        _ => end,
    })
}

/// Ask `at` with each other word of its kind.
pub(crate) fn kin(case: &Case, at: usize) -> Vec<Ask> {
    let ask = &case.asks[at];
    let Some(kin) = KIN.get(rank(ask).0) else { return Vec::new() };
    let fields = filled(ask, end_before(case, at));
    let words = kin.iter().filter_map(|tag| WORDS.iter().find(|word| word.tag == *tag));
    let asks = words.map(|word| word.ask(&fields)).filter(|(_, call)| *call != ask.call);
    asks.map(|(who, call)| Ask { who, call, holds: ask.holds.clone() }).collect()
}

/// The fields of the ask, with those that its word does not need filled in for another's, of a file that ends there.
fn filled(ask: &Ask, end: u32) -> Fields {
    let mut fields = Fields::of(ask.who, &ask.call);
    match ask.call {
        Call::Append { cells, .. } => fields.range = Range::new(end, end + cells),
        Call::Copy { from, to } => fields.range = Range::new(to, to + from.len()),
        Call::Ftruncate(size) => fields.range = Range::new(size.min(CELLS), CELLS.max(size)),
        Call::Notify(Host::B, _) => fields.who = Who::B1,
        _ if fields.range.is_empty() => fields.range = Range::new(0, CELLS),
        _ => {}
    }
    if let Some(host) = ask.who.host() {
        fields.host = host;
    }
    if fields.number == 0 {
        fields.number = fields.range.start.max(1);
    }
    fields
}

/// Ask `at` made simpler in one way, the boldest first.
pub(crate) fn simpler(case: &Case, at: usize) -> Vec<Ask> {
    let ask = &case.asks[at];
    let mut asks = simpler_holds(ask);
    asks.extend(kin(case, at).into_iter().filter(|other| rank(other) < rank(ask)));
    let fields = Fields::of(ask.who, &ask.call);
    let Some(word) = Word::of(ask.who, &ask.call) else { return asks };
    let mut fill = |fields: Fields| {
        let (who, call) = word.ask(&fields);
        asks.push(Ask { who, call, holds: ask.holds.clone() });
    };
    for range in simpler_ranges(fields.range) {
        fill(Fields { range, ..fields });
    }
    // What asks for no cells is a case of its own, and rarely what is wanted.
    let least = u32::from(matches!(ask.call, Call::Append { cells: 1.., .. }));
    for number in [0, 1, fields.number / 2, fields.number.saturating_sub(1)] {
        fill(Fields { number: number.max(least), ..fields });
    }
    for who in [Who::A1, Who::A2] {
        fill(Fields { who, ..fields });
    }
    fill(Fields { host: Host::A, ..fields });
    fill(Fields { errno: Errno::EIO, ..fields });
    asks.retain(|other| other != ask);
    asks
}

/// Simpler ranges, none of them empty.
fn simpler_ranges(range: Range) -> impl Iterator<Item = Range> {
    let Range { start, end } = range;
    let middle = start + range.len() / 2;
    let folio = start / FOLIO * FOLIO;
    let ranges = [
        (0, 1),
        (start, start + 1),
        (end.saturating_sub(1), end),
        (start, middle),
        (middle, end),
        (start, end.saturating_sub(1)),
        (start + 1, end),
        (folio, folio + range.len()),
    ];
    let ranges = ranges.map(|(start, end)| Range::new(start, end));
    ranges.into_iter().filter(move |simpler| !range.is_empty() && !simpler.is_empty())
}

fn simpler_holds(ask: &Ask) -> Vec<Ask> {
    let with = |holds| Ask { holds, ..ask.clone() };
    let mut asks = Vec::new();
    if ask.holds.len() > 1 {
        asks.push(with(Vec::new()));
    }
    for at in 0..ask.holds.len() {
        let mut holds = ask.holds.clone();
        holds.remove(at);
        asks.push(with(holds));
    }
    for (at, &Hold { step, asks: later }) in ask.holds.iter().enumerate() {
        let lower = |step, later| {
            let mut holds = ask.holds.clone();
            holds[at] = Hold { step, asks: later };
            with(holds)
        };
        asks.push(lower(0, later));
        asks.push(lower(step / 2, later));
        asks.push(lower(step.saturating_sub(1), later));
        asks.push(lower(step, later.min(1)));
        asks.push(lower(step, later.saturating_sub(1)));
    }
    asks
}

/// The case made simpler in several asks at once; each is made when it is asked for.
pub(crate) fn simpler_together(case: &Case) -> impl Iterator<Item = Case> {
    let straight = std::iter::once_with(|| case.without_holds());
    let files = [CELLS, 0, case.cells / 2, case.cells.saturating_sub(1)];
    let files = files.into_iter().map(|cells| Case { cells, ..case.clone() });
    let moved = [FOLIO, 1].into_iter().map(|by| {
        refilled(case, |fields| {
            fields.range.end = fields.range.end.saturating_sub(by.min(fields.range.start));
            fields.range.start = fields.range.start.saturating_sub(by);
        })
    });
    straight.chain(files).chain(renamed(case)).chain(moved).chain(simpler_everywhere(case))
}

/// The case with one range made simpler wherever it stands.
fn simpler_everywhere(case: &Case) -> impl Iterator<Item = Case> {
    let mut ranges: Vec<Range> = case.asks.iter().map(|ask| Fields::of(ask.who, &ask.call).range).collect();
    ranges.sort_unstable();
    ranges.dedup();
    let pairs = ranges.into_iter().flat_map(|range| simpler_ranges(range).map(move |to| (range, to)));
    pairs.map(|(range, to)| {
        refilled(case, |fields| {
            if fields.range == range {
                fields.range = to;
            }
        })
    })
}

/// The case with the parts of two processes, or of two hosts, given to one, or swapped.
pub(crate) fn renamed(case: &Case) -> impl Iterator<Item = Case> {
    let given = [(Who::A2, Who::A1), (Who::B1, Who::A1), (Who::B1, Who::A2)];
    let given = given.into_iter().map(|(from, to)| {
        refilled(case, |fields| {
            if from == Who::B1 {
                fields.host = Host::A;
            }
            if fields.who == from {
                fields.who = to;
            }
        })
    });
    let swapped = [Who::A2, Who::B1].into_iter().map(|other| {
        refilled(case, |fields| {
            fields.who = match fields.who {
                Who::A1 => other,
                who if who == other => Who::A1,
                who => who,
            };
            if other == Who::B1 {
                fields.host = Host::ALL[1 - fields.host.index()];
            }
        })
    });
    given.chain(swapped)
}

fn refilled(case: &Case, change: impl Fn(&mut Fields)) -> Case {
    let mut case = case.clone();
    for ask in &mut case.asks {
        let mut fields = Fields::of(ask.who, &ask.call);
        change(&mut fields);
        if let Some(word) = Word::of(ask.who, &ask.call) {
            (ask.who, ask.call) = word.ask(&fields);
        }
    }
    case
}
