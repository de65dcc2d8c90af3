//! How a folio is cut into cells, which are runs of bytes, for a case.
//!
//! Borders are odd wherever the case lets them be, so that buffered and mapped calls are unaligned. A direct call needs
//! whole sectors at its ends: a border that one begins or ends at is a sector's.

mod pattern;

use crate::{Ask, Case};
use launder_oracle::{Call, FOLIO, Host, Range, Value};
use std::fmt;

/// Cells of a folio.
const CELLS: usize = FOLIO as usize;

/// Which place a pattern is keyed with: `copy` moves bytes, and they must be known where they land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// The place in the file.
    File,
    /// The place in its folio.
    Folio,
    /// The place in its cell.
    Cell,
}

/// The cells of a case's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Bytes of a folio.
    folio: u64,
    /// Where the cells of a folio begin.
    cut: [u64; CELLS],
    keyed: Keyed,
}

impl Cells {
    /// The cells for a case, where a folio has so many bytes.
    pub fn of(case: &Case, folio: u64) -> Cells {
        let calls = || case.asks.iter().map(|ask| &ask.call);
        let moves = |call: &Call| matches!(call, Call::Copy { .. });
        let shifts =
            |call: &Call| matches!(*call, Call::Copy { from, to } if from.start % FOLIO != to % FOLIO);
        if calls().any(shifts) || appends_elsewhere(&case.asks) {
            return Cells { folio, cut: [0, folio / 4, folio / 2, folio / 4 * 3], keyed: Keyed::Cell };
        }
        let keyed = if calls().any(moves) { Keyed::Folio } else { Keyed::File };
        let writes = calls().filter(|call| call.is_numbered()).count() as u32;
        // A cell of one byte is the hardest to get right, but tells only so many writes apart.
        let first = if writes <= pattern::numbers(1) { 1 } else { 13 };
        let odd = [0, first, folio / 4 + 3, folio / 2];
        let sectors = [0, folio / 8, folio / 8 * 3, folio / 8 * 5];
        let cut = std::array::from_fn(|border| {
            let direct = calls().any(|call| is_direct_at(call, border as u32));
            if direct { sectors[border] } else { odd[border] }
        });
        Cells { folio, cut, keyed }
    }

    /// Four cells of one length to a folio, whatever the case: for a cache of your own, whose blocks have so many bytes, or a part
    /// of them.
    ///
    /// ```
    /// use launder_impls::Cells;
    /// use launder_oracle::{Range, Value};
    ///
    /// let cells = Cells::even(64);
    /// assert_eq!(cells.bytes(Range::new(4, 6)), 64..96, "four cells to 64 bytes");
    /// let bytes = cells.stored(Range::new(4, 6), 3);
    /// assert_eq!(cells.values(Range::new(4, 6), &bytes), [Value::of(3); 2]);
    /// let torn = [&bytes[..1], &[0; 31]].concat();
    /// assert_eq!(cells.values(Range::new(4, 6), &torn), [Value::FOREIGN, Value::ZERO]);
    /// ```
    pub const fn even(folio: u64) -> Cells {
        Cells { folio, cut: [0, folio / 4, folio / 2, folio / 4 * 3], keyed: Keyed::File }
    }

    /// Reads what [`Cells`] prints.
    pub fn parse<'t>(words: &mut impl Iterator<Item = &'t str>) -> Option<Cells> {
        let mut number = || words.next()?.parse().ok();
        let (folio, cut) = (number()?, [number()?, number()?, number()?, number()?]);
        let keyed = match words.next()? {
            "file" => Keyed::File,
            "folio" => Keyed::Folio,
            "cell" => Keyed::Cell,
            _ => return None,
        };
        Some(Cells { folio, cut, keyed })
    }

    /// Bytes of a folio.
    pub fn folio(&self) -> u64 {
        self.folio
    }

    /// Which place the patterns are keyed with.
    pub fn keyed(&self) -> Keyed {
        self.keyed
    }

    /// Where a cell begins, in the file.
    pub fn border(&self, cell: u32) -> u64 {
        u64::from(cell / FOLIO) * self.folio + self.cut[(cell % FOLIO) as usize]
    }

    /// The bytes of a range.
    pub fn bytes(&self, range: Range) -> std::ops::Range<u64> {
        self.border(range.start)..self.border(range.end.max(range.start))
    }

    /// The bytes of the part of a range that is inside a file of so many cells.
    pub fn bytes_inside(&self, range: Range, cells: u32) -> std::ops::Range<u64> {
        self.border(range.start.min(cells))..self.border(range.end.min(cells))
    }

    /// The bytes of the folios that a range has a part of; none, from a folio on, where it is empty.
    pub fn folios(&self, range: Range) -> std::ops::Range<u64> {
        let bytes = self.bytes(range);
        let start = bytes.start / self.folio * self.folio;
        start..if bytes.is_empty() { start } else { bytes.end.next_multiple_of(self.folio) }
    }

    /// The cell that begins at this byte, if one does.
    pub fn beginning_at(&self, byte: u64) -> Option<u32> {
        let within = self.cut.iter().position(|border| *border == byte % self.folio)?;
        u32::try_from(byte / self.folio * u64::from(FOLIO) + within as u64).ok()
    }

    /// Stores write number `number` in every cell of a range, which has these bytes.
    pub fn store(&self, range: Range, number: u32, bytes: &mut [u8]) {
        let mut rest = bytes;
        for cell in range.cells() {
            let (bytes, after) = rest.split_at_mut(self.len(cell));
            pattern::store(bytes, self.place(cell), number);
            rest = after;
        }
    }

    /// The bytes that write number `number` stores in a range.
    pub fn stored(&self, range: Range, number: u32) -> Vec<u8> {
        let bytes = self.bytes(range);
        let mut stored = vec![0; (bytes.end - bytes.start) as usize];
        self.store(range, number, &mut stored);
        stored
    }

    /// The values of a range of which these bytes were read, up to the end of the file.
    pub fn values(&self, range: Range, bytes: &[u8]) -> Vec<Value> {
        let start = self.border(range.start);
        let value = |cell: u32| {
            let first = (self.border(cell) - start) as usize;
            match bytes.get(first..first + self.len(cell)) {
                Some(bytes) => pattern::load(bytes, self.place(cell)),
                None if first >= bytes.len() => Value::END,
                // Sizes are borders: nobody made the file end here.
                None => Value::FOREIGN,
            }
        };
        range.cells().map(value).collect()
    }

    fn len(&self, cell: u32) -> usize {
        (self.border(cell + 1) - self.border(cell)) as usize
    }

    fn place(&self, cell: u32) -> u64 {
        match self.keyed {
            Keyed::File => self.border(cell),
            Keyed::Folio => self.cut[(cell % FOLIO) as usize],
            Keyed::Cell => 0,
        }
    }
}

/// As words, for another process.
impl fmt::Display for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keyed = match self.keyed {
            Keyed::File => "file",
            Keyed::Folio => "folio",
            Keyed::Cell => "cell",
        };
        let [a, b, c, d] = self.cut;
        write!(f, "{} {a} {b} {c} {d} {keyed}", self.folio)
    }
}

/// Whether a direct call begins or ends at a border of this number in its folio. Where an append lands nobody knows
/// beforehand.
fn is_direct_at(call: &Call, border: u32) -> bool {
    match call {
        Call::Pread { direct: true, range } | Call::Pwrite { direct: true, range } => {
            range.start % FOLIO == border || range.end % FOLIO == border
        }
        Call::Append { direct: true, .. } => true,
        _ => false,
    }
}

/// Whether an append may land elsewhere than where its host believed the end of the file to be when it began: another host
/// has its own belief, and who is held lets others move it.
fn appends_elsewhere(asks: &[Ask]) -> bool {
    let appends = |ask: &Ask| matches!(ask.call, Call::Append { .. });
    let moves = |ask: &Ask| ask.who.host() == Some(Host::B) || !ask.holds.is_empty();
    asks.iter().any(appends) && asks.iter().any(moves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(asks: &str) -> Cells {
        Cells::of(&Case::parse(asks).unwrap(), 4096)
    }

    #[test]
    fn borders_are_odd_where_no_direct_call_is() {
        assert_eq!(cells("a1 pwrite 1..2").cut, [0, 1, 1027, 2048]);
        assert_eq!(cells("a1 pwrite direct 0..4").cut, [0, 1, 1027, 2048]);
        assert_eq!(cells("a1 pwrite direct 1..4").cut, [0, 512, 1027, 2048]);
        assert_eq!(cells("a1 pread direct 5..7").cut, [0, 512, 1027, 2560]);
        assert_eq!(cells("a1 append direct 1").cut, [0, 512, 1536, 2560]);
    }

    #[test]
    fn cells_are_alike_where_a_copy_shifts_them() {
        assert_eq!(cells("a1 copy 0..2 5").cut, [0, 1024, 2048, 3072]);
        assert_eq!(cells("a1 copy 0..2 8").cut, [0, 1, 1027, 2048]);
    }

    #[test]
    fn cells_are_alike_where_it_is_not_known_where_an_append_lands() {
        let alike = [0, 1024, 2048, 3072];
        assert_eq!(cells("a1 append 1").cut, [0, 1, 1027, 2048]);
        assert_eq!(cells("a1 append 1\nb1 append 1").cut, alike);
        assert_eq!(cells("a1 append 1 ~1+1\na2 zero 16..17").cut, alike);
    }

    #[test]
    fn cells_are_read_as_they_are_printed() {
        for case in ["a1 pwrite 1..2", "a1 append direct 1", "a1 copy 0..2 5", "a1 copy 0..2 8"] {
            assert_eq!(Cells::parse(&mut cells(case).to_string().split(' ')), Some(cells(case)));
        }
    }

    #[test]
    fn more_writes_than_a_byte_tells_apart_have_wider_cells() {
        assert_eq!(cells(&"a1 pwrite 0..1\n".repeat(255)).cut[1], 1);
        assert_eq!(cells(&"a1 pwrite 0..1\n".repeat(256)).cut[1], 13);
    }

    #[test]
    fn every_border_is_where_its_cell_begins() {
        let cells = cells("a1 pread 0..4");
        for cell in 0..64 {
            assert_eq!(cells.beginning_at(cells.border(cell)), Some(cell));
        }
        assert_eq!(cells.beginning_at(2), None);
        assert_eq!(cells.folios(Range::new(5, 6)), 4096..8192);
        assert_eq!(cells.folios(Range::new(5, 5)), 4096..4096);
    }
}
