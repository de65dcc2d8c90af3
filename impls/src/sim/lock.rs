//! The kernel's locks: first come, first served, shared or exclusive; who waits for whom is known.

use super::task::Stage;
use super::{Object, Sim};
use launder_oracle::Host;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Locks of which mm/filemap.c, folio_wait_bit_common(), says: "if we're getting the lock, we need to try to get it ourselves", where
/// others may have come before. An rw_semaphore is given to who waits for it, if that is somebody of a real-time class:
/// rwsem_try_write_lock(), "A waiter (first or not) can set the handoff bit if it is an RT task".
const BY_COMING: [&str; 2] = ["lock of folio", "writeback of folio"];

/// A lock of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock(u32);

/// What a lock is called in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The kernel's name for it: `i_rwsem`, `folio lock`.
    pub what: &'static str,
    /// The host whose it is.
    pub host: Host,
    /// Which of several.
    pub number: Option<u32>,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.host, self.what)?;
        self.number.map_or(Ok(()), |number| write!(f, " {number}"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Exclusive,
    Shared,
    /// Waits until nobody holds it exclusively, and takes nothing.
    Watch,
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub lock: Lock,
    mode: Mode,
}

impl Want {
    /// Whether it is a wait until nobody holds the lock, and no more.
    pub fn takes_nothing(self) -> bool {
        self.mode == Mode::Watch
    }
}

/// The state of a lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub name: Named,
    object: Object,
    /// A process asked for it by name (fcntl(2)), so that a wait for it in a circle is the processes' own.
    pub advisory: bool,
    /// Who is woken is not given it, and must come and take it.
    by_coming: bool,
    /// The task that holds it exclusively.
    pub owner: Option<usize>,
    /// How many hold it shared, and the last that came.
    shared: u32,
    pub sharer: usize,
    waiters: u32,
}

impl State {
    fn admits(&self, mode: Mode) -> bool {
        match mode {
            Mode::Exclusive => self.owner.is_none() && self.shared == 0,
            Mode::Shared | Mode::Watch => self.owner.is_none(),
        }
    }

    fn take(&mut self, mode: Mode, task: usize) {
        match mode {
            Mode::Exclusive => self.owner = Some(task),
            Mode::Shared => {
                self.shared += 1;
                self.sharer = task;
            }
            Mode::Watch => {}
        }
    }
}

impl Sim {
    /// A new lock, held by nobody.
    #[inline]
    pub fn new_lock(&self, name: Named) -> Lock {
        self.add(name, false)
    }

    /// A new lock of fcntl(2): who waits for nothing but this is answered `EDEADLK` where the kernel's own would hang.
    pub fn new_advisory_lock(&self, name: Named) -> Lock {
        self.add(name, true)
    }

    #[inline(always)]
    fn add(&self, name: Named, advisory: bool) -> Lock {
        let mut locks = self.0.locks.borrow_mut();
        let object = self.new_object();
        let by_coming = self.goes_by_requests() && BY_COMING.contains(&name.what);
        // Made where it is to stand: copying it shows.
        locks.extend(std::iter::once_with(|| State {
            name,
            object,
            advisory,
            by_coming,
            owner: None,
            shared: 0,
            sharer: 0,
            waiters: 0,
        }));
        Lock(locks.len() as u32 - 1)
    }

    /// Waits for the lock, exclusively.
    pub fn lock(&self, lock: Lock) -> Acquire<'_> {
        self.acquire(lock, Mode::Exclusive)
    }

    /// Waits for the lock, shared.
    pub fn lock_shared(&self, lock: Lock) -> Acquire<'_> {
        self.acquire(lock, Mode::Shared)
    }

    /// Waits until nobody holds the lock exclusively, and takes nothing: the guard is empty.
    pub fn wait_free(&self, lock: Lock) -> Acquire<'_> {
        self.acquire(lock, Mode::Watch)
    }

    fn acquire(&self, lock: Lock, mode: Mode) -> Acquire<'_> {
        Acquire { sim: self, want: Want { lock, mode }, task: None }
    }

    /// The lock, exclusively, if nobody holds it or waits for it.
    #[inline(never)]
    pub fn try_lock(&self, lock: Lock) -> Option<Guard<'_>> {
        let mut locks = self.0.locks.borrow_mut();
        let state = &mut locks[lock.0 as usize];
        state.object.is_written();
        let free = state.admits(Mode::Exclusive) && (state.waiters == 0 || state.by_coming);
        free.then(|| {
            state.take(Mode::Exclusive, self.0.moving.task.get());
            Guard { sim: self, want: Want { lock, mode: Mode::Exclusive } }
        })
    }

    /// Whether anybody holds the lock exclusively.
    pub fn is_locked(&self, lock: Lock) -> bool {
        self.owner(lock).is_some()
    }

    /// Whether another task than the one that moves holds the lock exclusively.
    pub fn is_held_by_another(&self, lock: Lock) -> bool {
        self.owner(lock).is_some_and(|owner| owner != self.0.moving.task.get())
    }

    fn owner(&self, lock: Lock) -> Option<usize> {
        let state = &self.0.locks.borrow()[lock.0 as usize];
        state.object.is_read();
        state.owner
    }

    /// Takes the lock for a state that outlasts the task, like PG_writeback; [`Sim::release`] ends it. It must be free.
    pub fn take(&self, lock: Lock) {
        let mut locks = self.0.locks.borrow_mut();
        let state = &mut locks[lock.0 as usize];
        debug_assert!(state.owner.is_none(), "{} is taken twice", state.name);
        state.object.is_written();
        state.owner = Some(self.0.moving.task.get());
    }

    /// The lock, shared, for a state that outlasts the task, if nobody holds it exclusively or waits for it;
    /// [`Sim::release_shared`] ends it. Whether it was taken.
    pub fn try_take_shared(&self, lock: Lock) -> bool {
        let mut locks = self.0.locks.borrow_mut();
        let state = &mut locks[lock.0 as usize];
        state.object.is_read();
        let free = state.admits(Mode::Shared) && state.waiters == 0;
        if free {
            state.take(Mode::Shared, self.0.moving.task.get());
        }
        free
    }

    /// The lock, shared, if nobody holds it exclusively or waits for it.
    pub fn try_lock_shared(&self, lock: Lock) -> Option<Guard<'_>> {
        self.try_take_shared(lock).then(|| Guard { sim: self, want: Want { lock, mode: Mode::Shared } })
    }

    /// Ends what [`Sim::try_take_shared`] began.
    pub fn release_shared(&self, lock: Lock) {
        self.give_up(Want { lock, mode: Mode::Shared });
    }

    /// Ends what [`Sim::take`] began.
    pub fn release(&self, lock: Lock) {
        self.give_up(Want { lock, mode: Mode::Exclusive });
    }

    #[inline(always)]
    fn give_up(&self, want: Want) {
        if want.mode == Mode::Watch {
            return;
        }
        let mut locks = self.0.locks.borrow_mut();
        let state = &mut locks[want.lock.0 as usize];
        // Whoever else shares a lock sees nothing of one that comes or goes.
        state.object.is_touched(want.mode == Mode::Exclusive || state.waiters > 0);
        match want.mode {
            Mode::Exclusive => state.owner = None,
            Mode::Shared => state.shared -= 1,
            Mode::Watch => {}
        }
        if state.waiters > 0 {
            self.grant_all(want.lock, state);
        }
    }

    fn downgrade(&self, lock: Lock) {
        let mut locks = self.0.locks.borrow_mut();
        let state = &mut locks[lock.0 as usize];
        state.object.is_written();
        state.owner = None;
        state.take(Mode::Shared, self.0.moving.task.get());
        if state.waiters > 0 {
            self.grant_all(lock, state);
        }
    }

    /// Gives the lock to all who wait for it and may have it now. Rare, and so apart from what each unlock is.
    #[cold]
    #[inline(never)]
    fn grant_all(&self, lock: Lock, state: &mut State) {
        while state.waiters > 0 && self.grant(lock, state) {}
    }

    /// The task no longer waits for what it wants.
    fn leave_queue(&self, task: usize, want: Want) {
        let stage = self.0.tasks.borrow().all[task].stage;
        if let Stage::Waiting(..) = stage {
            self.0.tasks.borrow_mut().all[task].stage = Stage::Ready;
            self.0.locks.borrow_mut()[want.lock.0 as usize].waiters -= 1;
        } else {
            self.give_up(want);
        }
    }

    /// Gives the lock to the one who has waited longest, if it may have it now, and says whether another may have it too.
    fn grant(&self, lock: Lock, state: &mut State) -> bool {
        let mut tasks = self.0.tasks.borrow_mut();
        let first = tasks
            .all
            .iter()
            .enumerate()
            .filter_map(|(task, it)| match it.stage {
                Stage::Waiting(want, ticket) if want.lock == lock => Some((ticket, task, want.mode)),
                _ => None,
            })
            .min_by_key(|(ticket, ..)| *ticket);
        let Some((_, task, mode)) = first.filter(|(.., mode)| state.admits(*mode)) else { return false };
        if !state.by_coming {
            state.take(mode, task);
        }
        state.waiters -= 1;
        let ticket = tasks.ticket();
        tasks.all[task].stage = Stage::Granted(ticket);
        tasks.granted += 1;
        self.0.moving.is_no_longer_alone();
        !state.by_coming || mode == Mode::Watch
    }

    /// The state of the lock that is waited for.
    pub(super) fn wanted(&self, want: Want) -> State {
        self.0.locks.borrow()[want.lock.0 as usize]
    }
}

/// A wait for a lock.
#[must_use]
pub struct Acquire<'s> {
    sim: &'s Sim,
    want: Want,
    /// The task that waits.
    task: Option<usize>,
}

impl<'s> Future for Acquire<'s> {
    type Output = Guard<'s>;

    // Not part of each place that waits: it stays near while models, which are straight code, pass by.
    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Guard<'s>> {
        let (sim, want) = (self.sim, self.want);
        let was_woken = self.task.take().is_some();
        let mut locks = sim.0.locks.borrow_mut();
        let state = &mut locks[want.lock.0 as usize];
        if was_woken && !state.by_coming {
            return Poll::Ready(Guard { sim, want });
        }
        let current = sim.0.moving.task.get();
        let queues = want.mode != Mode::Watch && state.waiters > 0 && !state.by_coming;
        if state.admits(want.mode) && !queues {
            state.object.is_touched(want.mode == Mode::Exclusive);
            state.take(want.mode, current);
            return Poll::Ready(Guard { sim, want });
        }
        state.object.is_written();
        state.waiters += 1;
        let mut tasks = sim.0.tasks.borrow_mut();
        let ticket = tasks.ticket();
        tasks.all[current].stage = Stage::Waiting(want, ticket);
        self.task = Some(current);
        Poll::Pending
    }
}

/// A wait that is cut off, by a crash say, leaves the queue, or gives back what it was given.
impl Drop for Acquire<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(task) = self.task {
            self.sim.leave_queue(task, self.want);
        }
    }
}

/// A lock that is held until this is dropped.
pub struct Guard<'s> {
    sim: &'s Sim,
    want: Want,
}

impl Guard<'_> {
    /// downgrade_write(): who holds the lock exclusively shares it from here on.
    pub fn downgrade(mut self) -> Self {
        self.want.mode = Mode::Shared;
        self.sim.downgrade(self.want.lock);
        self
    }

    /// Keeps the lock beyond the guard: [`Sim::release`] gives it back.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.sim.give_up(self.want);
    }
}
