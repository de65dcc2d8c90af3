//! What stands from case to case: made once, and again where it hung or somebody of it has died.

use rustix::io::Errno;
use std::cell::RefCell;
use std::rc::Rc;

/// Processes, to which cases are put.
pub trait Standing {
    /// What they are of, for who reads an error.
    const WHAT: &'static str;

    /// Whether something hangs in the kernel, or is not done with.
    fn is_hung(&self) -> bool;

    /// Why what is said counts for nothing: a process has died.
    fn gone(&self) -> Option<Errno>;

    /// All processes, the supervisor first.
    fn processes(&self) -> Vec<i32>;
}

/// Those that there are now, if any.
pub struct Kept<S>(RefCell<Option<Rc<S>>>);

impl<S> Default for Kept<S> {
    fn default() -> Kept<S> {
        Kept(RefCell::default())
    }
}

impl<S: Standing> Kept<S> {
    /// Those that there are, or new ones.
    pub fn ready(&self, make: impl FnOnce() -> Result<S, String>) -> Result<Rc<S>, String> {
        let mut kept = self.0.borrow_mut();
        if let Some(kept) = &*kept {
            return Ok(kept.clone());
        }
        Ok(kept.insert(Rc::new(make()?)).clone())
    }

    /// Those that there are.
    pub fn get(&self) -> Option<Rc<S>> {
        self.0.borrow().clone()
    }

    /// Gives them up.
    pub fn take_down(&self) {
        self.0.take();
    }

    /// A case is at its end: whatever hangs is cut off. An error is that the case counts for nothing.
    pub fn end(&self) -> Result<(), String> {
        let Some(kept) = self.get() else { return Ok(()) };
        if kept.is_hung() || kept.gone().is_some() {
            self.take_down();
        }
        match kept.gone() {
            Some(errno) => Err(format!("a process of the {} has died: {errno}", S::WHAT)),
            None => Ok(()),
        }
    }

    /// All processes; none where there are none now.
    pub fn processes(&self) -> Vec<i32> {
        self.get().map_or(Vec::new(), |kept| kept.processes())
    }
}
