//! Every sequence of a few calls over two folios, up to symmetry: two processes of one host, the third party, and nature.

use crate::Trial;
use launder_impls::{Ask, Case};
use launder_oracle::{Call, Errno, FOLIO, Host, Msync, Range, Who};

/// Cells of the file: two folios.
const CELLS: u32 = 2 * FOLIO;
const WHOLE: Range = Range { start: 0, end: CELLS };
/// Half a folio, a folio, and across the border.
const RANGES: [Range; 3] =
    [Range { start: 0, end: 2 }, Range { start: 0, end: FOLIO }, Range { start: 2, end: FOLIO + 2 }];

/// The asks of which sequences are made, as far as the subject knows them.
pub(crate) fn alphabet(trial: &Trial) -> Vec<Ask> {
    let mut asks = Vec::new();
    for who in [Who::A1, Who::A2] {
        asks.extend(of_process().into_iter().map(|call| Ask::new(who, call)));
    }
    asks.extend(of_server().into_iter().map(|call| Ask::new(Who::Server, call)));
    asks.extend(of_nature().into_iter().map(|call| Ask::new(Who::Nature, call)));
    asks.retain(|ask| ask.who.host().is_some() || trial.knows(&ask.call));
    asks
}

fn of_process() -> Vec<Call> {
    let mut calls = vec![
        Call::Open,
        Call::Close,
        Call::Lock,
        Call::Unlock,
        Call::Fsync,
        Call::Append { direct: false, cells: 2 },
        Call::Append { direct: true, cells: 2 },
        Call::Mmap { private: false, range: None },
        Call::Munmap,
        Call::Msync(Msync::Sync, WHOLE),
        Call::Ftruncate(2),
        Call::Copy { from: RANGES[0], to: FOLIO },
        Call::Zero(RANGES[0]),
        Call::FadviseDontneed(WHOLE),
    ];
    for range in RANGES {
        calls.extend([
            Call::Pread { direct: false, range },
            Call::Pread { direct: true, range },
            Call::Pwrite { direct: false, range },
            Call::Pwrite { direct: true, range },
            Call::Mread(range),
            Call::Mwrite(range),
            Call::Punch(range),
        ]);
    }
    calls
}

fn of_server() -> Vec<Call> {
    let mut calls = vec![Call::Ftruncate(2), Call::Punch(RANGES[0])];
    for range in RANGES {
        calls.extend([Call::Pwrite { direct: false, range }, Call::Notify(Host::A, range)]);
    }
    calls
}

fn of_nature() -> Vec<Call> {
    vec![
        Call::Writeback(Host::A, WHOLE),
        Call::Reclaim(Host::A, WHOLE),
        Call::Crash(Host::A),
        Call::FailWrite(Errno::EIO, 1),
        Call::FailRead(Errno::EIO, 1),
        Call::ShortWrite(1),
        Call::Drop(1),
        Call::FailRelease(1),
    ]
}

/// Puts each sequence that begins with `first` and has at most `calls` asks to `put`, until that says that it is enough.
pub(crate) fn sequences(
    first: &Ask,
    alphabet: &[Ask],
    calls: usize,
    put: &mut dyn FnMut(&Case) -> bool,
) -> bool {
    let mut case = Case::new(Vec::with_capacity(calls));
    case.cells = CELLS;
    !says(&case.asks, first) || extend(&mut case, first, alphabet, calls, put)
}

fn extend(
    case: &mut Case,
    ask: &Ask,
    alphabet: &[Ask],
    calls: usize,
    put: &mut dyn FnMut(&Case) -> bool,
) -> bool {
    case.asks.push(ask.clone());
    let mut more = put(case);
    if case.asks.len() < calls {
        for ask in alphabet {
            more = more && (!says(&case.asks, ask) || extend(case, ask, alphabet, calls, put));
        }
    }
    case.asks.pop();
    more
}

/// Whether the ask says something after those: the second process comes after the first, which could as well be the other; who
/// has no mapping, or has closed the file, uses none; and what is so already is not made so again.
fn says(before: &[Ask], ask: &Ask) -> bool {
    let latest = |is: fn(&Call) -> Option<bool>| {
        let own = before.iter().rev().filter(|other| other.who == ask.who);
        own.filter_map(|other| is(&other.call)).next()
    };
    let mapped = latest(mapping).unwrap_or(false);
    let open = latest(opening).unwrap_or(true);
    let first = ask.who != Who::A2 || before.iter().any(|other| other.who == Who::A1);
    first
        && match ask.call {
            Call::Open => !open,
            Call::Mmap { .. } => open && !mapped,
            Call::Munmap | Call::Mread(_) | Call::Mwrite(_) | Call::Msync(..) => mapped,
            Call::Unlock => open && latest(locking).unwrap_or(false),
            Call::Lock => open && !latest(locking).unwrap_or(false),
            _ => open,
        }
}

fn mapping(call: &Call) -> Option<bool> {
    match call {
        Call::Mmap { .. } => Some(true),
        Call::Munmap => Some(false),
        _ => None,
    }
}

fn opening(call: &Call) -> Option<bool> {
    match call {
        Call::Open => Some(true),
        Call::Close => Some(false),
        _ => None,
    }
}

fn locking(call: &Call) -> Option<bool> {
    match call {
        Call::Lock => Some(true),
        Call::Unlock | Call::Close => Some(false),
        _ => None,
    }
}
