//! What a move reads and writes of what tasks share, for those who ask which moves commute.

use super::Sim;
use std::array::from_fn;
use std::cell::Cell;

/// Something that tasks share, and that a move reads or writes: a lock, a folio, a page table entry. Numbers are finite: two things of
/// one number are taken for one, and moves for dependent that are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object(u8);

/// Numbers of objects.
const OBJECTS: usize = 256;

thread_local! {
    /// What the move that this thread makes has read so far, and what it has written, by the numbers of objects. It is told whether
    /// anybody asks or not: to ask costs more, in every place where a model looks at something.
    static TOUCHED: [[Cell<bool>; OBJECTS]; 2] = const { [const { [const { Cell::new(false) }; OBJECTS] }; 2] };
}

impl Object {
    /// The order of what processes ask and are answered.
    pub(super) const ASKED: Object = Object(0);
    /// Which tasks there are.
    pub(super) const TASKS: Object = Object(1);
    const FIRST: u8 = 2;

    /// One of `count` neighbours, by a number.
    #[inline]
    pub fn nth(self, number: u32, count: u8) -> Object {
        Object(self.0.wrapping_add((number % u32::from(count)) as u8))
    }

    /// The move that is being made reads this.
    #[inline]
    pub fn is_read(self) {
        self.is_touched(false);
    }

    /// The move that is being made writes this.
    #[inline]
    pub fn is_written(self) {
        self.is_touched(true);
    }

    /// The move that is being made reads this, or writes it.
    #[inline]
    pub(super) fn is_touched(self, written: bool) {
        TOUCHED.with(|touched| touched[usize::from(written)][usize::from(self.0)].set(true));
    }

    /// The move that is being made commutes with no other.
    #[cold]
    pub(super) fn all_are_written() {
        TOUCHED.with(|[_, written]| written.iter().for_each(|it| it.set(true)));
    }
}

/// A set of objects, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Objects([u64; OBJECTS / 64]);

impl Objects {
    /// Those that have been touched since the last time.
    fn take(touched: &[Cell<bool>; OBJECTS]) -> Objects {
        Objects(from_fn(|word| {
            (0..64).fold(0, |bits, bit| bits | u64::from(touched[64 * word + bit].take()) << bit)
        }))
    }

    fn meet(&self, other: &Objects) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }
}

/// What a move has read and written of what tasks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    reads: Objects,
    writes: Objects,
}

impl Footprint {
    /// That of a move that commutes with none.
    pub const EVERYTHING: Footprint =
        Footprint { reads: Objects([u64::MAX; 4]), writes: Objects([u64::MAX; 4]) };

    /// That of the move which this thread has just made.
    pub(super) fn take() -> Footprint {
        TOUCHED
            .with(|[read, written]| Footprint { reads: Objects::take(read), writes: Objects::take(written) })
    }

    /// Whether two moves, each of which can be made now, come to the same in either order: neither writes what the other reads or
    /// writes.
    pub fn commutes_with(&self, other: &Footprint) -> bool {
        !(self.writes.meet(&other.writes) || self.writes.meet(&other.reads) || self.reads.meet(&other.writes))
    }
}

impl Sim {
    /// A new object.
    #[inline]
    pub fn new_object(&self) -> Object {
        self.new_objects(1)
    }

    /// The first of so many neighbours.
    #[inline]
    pub fn new_objects(&self, count: u8) -> Object {
        let first = self.0.objects.get();
        self.0.objects.set(first.wrapping_add(count));
        Object(first)
    }

    /// Numbers those of a new run.
    pub(super) fn begin_objects(&self) {
        self.0.objects.set(Object::FIRST);
    }
}
