//! State that tasks share: each access is told to the footprint of the move that makes it.

use super::{Object, Sim};
use std::cell::{Cell, Ref, RefCell, RefMut};

impl Sim {
    /// What a task can read and write.
    #[inline]
    pub fn shared<T>(&self, value: T) -> Shared<T> {
        Shared { object: self.new_object(), value: Cell::new(value) }
    }

    /// The same of what is too large to be copied.
    pub fn shared_ref<T>(&self, value: T) -> SharedRef<T> {
        SharedRef { object: self.new_object(), value: RefCell::new(value) }
    }
}

/// A field of something that tasks share, which holds many.
pub struct Field<'s, T> {
    object: Object,
    value: &'s Cell<T>,
}

impl<'s, T> Field<'s, T> {
    /// That of this object.
    #[inline]
    pub fn of(object: Object, value: &'s Cell<T>) -> Field<'s, T> {
        Field { object, value }
    }

    /// Changes it.
    #[inline]
    pub fn set(&self, value: T) {
        self.object.is_written();
        self.value.set(value);
    }
}

impl<T: Copy> Field<'_, T> {
    /// What it is.
    #[inline]
    pub fn get(&self) -> T {
        self.object.is_read();
        self.value.get()
    }
}

impl<T: Default> Field<'_, T> {
    /// What it is, and leaves it empty.
    #[inline]
    pub fn take(&self) -> T {
        self.object.is_written();
        self.value.take()
    }
}

/// A value that tasks share.
pub struct Shared<T> {
    object: Object,
    value: Cell<T>,
}

impl<T: Copy> Shared<T> {
    /// What it is.
    #[inline]
    pub fn get(&self) -> T {
        self.object.is_read();
        self.value.get()
    }
}

impl<T> Shared<T> {
    /// Changes it.
    #[inline]
    pub fn set(&self, value: T) {
        self.object.is_written();
        self.value.set(value);
    }

    /// Changes it, and says what it was.
    #[inline]
    pub fn replace(&self, value: T) -> T {
        self.object.is_written();
        self.value.replace(value)
    }
}

impl<T: Default> Shared<T> {
    /// What it is, and leaves it empty.
    #[inline]
    pub fn take(&self) -> T {
        self.object.is_written();
        self.value.take()
    }
}

/// A larger value that tasks share.
pub struct SharedRef<T> {
    object: Object,
    value: RefCell<T>,
}

impl<T> SharedRef<T> {
    /// Looks at it.
    #[inline]
    pub fn borrow(&self) -> Ref<'_, T> {
        self.object.is_read();
        self.value.borrow()
    }

    /// Changes it.
    #[inline]
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.object.is_written();
        self.value.borrow_mut()
    }
}
