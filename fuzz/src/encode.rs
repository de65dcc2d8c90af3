//! Bytes as a case and back: a byte of size, then records of a fixed width, so that every byte string is a case.
//!
//! A corpus outlives a new word: numbers, once given, mean the same for ever; a number that no word has is no ask.

use crate::{Fields, WORDS, Word};
use arbitrary::Unstructured;
use launder_impls::{Ask, Case, Hold};
use launder_oracle::{CELLS, Errno, Host, Range, Who};

/// Bytes of a record: tag, who and host and errno, first cell, cells, number, three holds.
pub const RECORD: usize = 8;
/// The most asks of a case that came from bytes.
pub const ASKS: usize = 64;
/// The largest number that a record expresses: a little beyond the 16 cells of a file, so that it is extended.
const MOST: u32 = 20;
/// Tags: 64, of which some are free.
const TAGS: u8 = 64;
/// A hold's step is below this, and its asks below the next; other bytes are no hold.
const STEPS: u8 = 32;
const LATER: u8 = 4;

/// The errors, by their frozen numbers.
const ERRNOS: [Errno; 8] = [
    Errno::EIO,
    Errno::ENOSPC,
    Errno::EDQUOT,
    Errno::EACCES,
    Errno::ESTALE,
    Errno::ETIMEDOUT,
    Errno::EKEYREVOKED,
    Errno::EPERM,
];

/// The case that these bytes are.
pub fn decode(bytes: &[u8]) -> Case {
    let mut bytes = Unstructured::new(bytes);
    let mut case = Case::new(Vec::new());
    case.cells = match bytes.arbitrary::<u8>().unwrap_or(0) % TAGS {
        size @ 1..=21 => u32::from(size) - 1,
        _ => CELLS,
    };
    while !bytes.is_empty() && case.asks.len() < ASKS {
        let mut record = [0; RECORD];
        if bytes.fill_buffer(&mut record).is_ok() {
            case.asks.extend(read(&record));
        }
    }
    case
}

fn read(record: &[u8; RECORD]) -> Option<Ask> {
    let [tag, who, start, cells, number, holds @ ..] = *record;
    let word = WORDS.iter().find(|word| word.tag == tag % TAGS)?;
    let start = u32::from(start) % (MOST + 1);
    let fields = Fields {
        who: [Who::A1, Who::A2, Who::B1, Who::A1][usize::from(who & 3)],
        host: Host::ALL[usize::from(who >> 2 & 1)],
        range: Range::new(start, (start + u32::from(cells) % (MOST + 1)).min(MOST)),
        number: u32::from(number) % (MOST + 1),
        errno: ERRNOS[usize::from(who >> 3 & 7)],
    };
    let (who, call) = word.ask(&fields);
    let holds = holds.into_iter().filter_map(read_hold).collect();
    Some(Ask { who, call, holds })
}

fn read_hold(byte: u8) -> Option<Hold> {
    let byte = byte.checked_sub(1).filter(|byte| *byte < STEPS * LATER)?;
    Some(Hold { step: u32::from(byte % STEPS), asks: u32::from(byte / STEPS) })
}

/// The bytes that are this case, if it fits the format: 64 asks, of numbers up to 20 and up to 3 holds each. Comments are
/// left out.
///
/// ```
/// use launder_fuzz::{decode, encode};
/// use launder_impls::Case;
///
/// let case = Case::parse("a1 pwrite 0..4\nserver notify a 0..4 ~1+1\n")?;
/// let bytes = encode(&case).expect("it has few asks");
/// assert_eq!(decode(&bytes).to_string(), case.to_string());
/// // Every byte string is a case.
/// decode(b"any bytes at all");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
pub fn encode(case: &Case) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1 + RECORD * case.asks.len());
    bytes.push(match case.cells {
        CELLS => 0,
        cells @ 0..=MOST => cells as u8 + 1,
        _ => return None,
    });
    for ask in &case.asks {
        bytes.extend(write(ask)?);
    }
    (case.asks.len() <= ASKS).then_some(bytes)
}

fn write(ask: &Ask) -> Option<[u8; RECORD]> {
    let word = Word::of(ask.who, &ask.call)?;
    let Fields { who, host, range, number, errno } = Fields::of(ask.who, &ask.call);
    if range.start > range.end || range.end > MOST || number > MOST || ask.holds.len() > RECORD - 5 {
        return None;
    }
    let errno = ERRNOS.iter().position(|known| *known == errno)?;
    let who = who.index() | host.index() << 2 | errno << 3;
    let mut record = [word.tag, who as u8, range.start as u8, range.len() as u8, number as u8, 0, 0, 0];
    for (byte, hold) in record[5..].iter_mut().zip(&ask.holds) {
        if hold.step >= u32::from(STEPS) || hold.asks >= u32::from(LATER) {
            return None;
        }
        *byte = 1 + hold.step as u8 + STEPS * hold.asks as u8;
    }
    Some(record)
}
