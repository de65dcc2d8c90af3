//! State that tasks share: while somebody asks which moves commute, each access is noted.

use super::Sim;
use std::cell::{Cell, Ref, RefCell, RefMut};

/// Something that tasks share, and that a move reads or writes: a lock, a folio, a page table entry. Numbers are finite: two things of
/// one number are taken for one, and moves for dependent that are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object(u8);

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
}

/// A set of objects, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Objects([u64; 4]);

impl Objects {
    fn add(&mut self, object: Object) {
        self.0[usize::from(object.0) / 64] |= 1 << (object.0 % 64);
    }

    fn meet(&self, other: &Objects) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }
}

/// What a move has read and written of what tasks share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    reads: Objects,
    writes: Objects,
}

impl Footprint {
    /// That of a move that commutes with none.
    pub const EVERYTHING: Footprint =
        Footprint { reads: Objects([u64::MAX; 4]), writes: Objects([u64::MAX; 4]) };

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
        self.0.footprint.take();
    }

    /// The move that is being made reads this.
    #[inline]
    pub fn reads(&self, object: Object) {
        self.touches(object, false);
    }

    /// The move that is being made writes this.
    #[inline]
    pub fn writes(&self, object: Object) {
        self.touches(object, true);
    }

    /// The move that is being made reads this, or writes it.
    #[inline]
    pub(super) fn touches(&self, object: Object, writes: bool) {
        if self.0.noting.get() {
            self.note(object, writes);
        }
    }

    /// The move that is being made commutes with no other.
    #[cold]
    pub(super) fn writes_everything(&self) {
        self.0.footprint.set(Footprint::EVERYTHING);
    }

    #[cold]
    #[inline(never)]
    fn note(&self, object: Object, writes: bool) {
        let mut footprint = self.0.footprint.get();
        match writes {
            true => footprint.writes.add(object),
            false => footprint.reads.add(object),
        }
        self.0.footprint.set(footprint);
    }

    /// What a task can read and write.
    #[inline]
    pub fn shared<T>(&self, value: T) -> Shared<T> {
        Shared { sim: self.clone(), object: self.new_object(), value: Cell::new(value) }
    }

    /// The same of what is too large to be copied.
    pub fn shared_ref<T>(&self, value: T) -> SharedRef<T> {
        SharedRef { sim: self.clone(), object: self.new_object(), value: RefCell::new(value) }
    }
}

/// A field of something that tasks share, which holds many.
pub struct Field<'s, T> {
    sim: &'s Sim,
    object: Object,
    value: &'s Cell<T>,
}

impl<'s, T> Field<'s, T> {
    /// That of this object.
    #[inline]
    pub fn of(sim: &'s Sim, object: Object, value: &'s Cell<T>) -> Field<'s, T> {
        Field { sim, object, value }
    }

    /// Changes it.
    #[inline]
    pub fn set(&self, value: T) {
        self.sim.writes(self.object);
        self.value.set(value);
    }
}

impl<T: Copy> Field<'_, T> {
    /// What it is.
    #[inline]
    pub fn get(&self) -> T {
        self.sim.reads(self.object);
        self.value.get()
    }
}

impl<T: Default> Field<'_, T> {
    /// What it is, and leaves it empty.
    #[inline]
    pub fn take(&self) -> T {
        self.sim.writes(self.object);
        self.value.take()
    }
}

/// A value that tasks share.
pub struct Shared<T> {
    sim: Sim,
    object: Object,
    value: Cell<T>,
}

impl<T: Copy> Shared<T> {
    /// What it is.
    #[inline]
    pub fn get(&self) -> T {
        self.sim.reads(self.object);
        self.value.get()
    }
}

impl<T> Shared<T> {
    /// Changes it.
    #[inline]
    pub fn set(&self, value: T) {
        self.sim.writes(self.object);
        self.value.set(value);
    }

    /// Changes it, and says what it was.
    #[inline]
    pub fn replace(&self, value: T) -> T {
        self.sim.writes(self.object);
        self.value.replace(value)
    }
}

impl<T: Default> Shared<T> {
    /// What it is, and leaves it empty.
    #[inline]
    pub fn take(&self) -> T {
        self.sim.writes(self.object);
        self.value.take()
    }
}

/// A larger value that tasks share.
pub struct SharedRef<T> {
    sim: Sim,
    object: Object,
    value: RefCell<T>,
}

impl<T> SharedRef<T> {
    /// Looks at it.
    #[inline]
    pub fn borrow(&self) -> Ref<'_, T> {
        self.sim.reads(self.object);
        self.value.borrow()
    }

    /// Changes it.
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.sim.writes(self.object);
        self.value.borrow_mut()
    }
}
