//! Carries out a case on a subject: begins asks in order, moves tasks step by step, settles, and returns the trace.

mod choose;
mod crash;
mod futures;
mod hold;
mod poll;
mod watched;

use self::futures::Futures;
use self::watched::Watched;
use super::describe::describe_stuck;
use super::settle::Standing;
use super::task::{CALLS, Stage, Task};
use super::{Footprint, Move, Object, Schedule, Sim};
use crate::{Ask, Case, Hold, Met, Subject};
use launder_oracle::{CELLS, Call, End, Errno, FOLIO, Reply, Trace, What, Who};
use std::cell::OnceCell;

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// It was carried out.
    Trace(Trace),
    /// The subject lacks a word of the case, or this machine lacks something: the reason.
    Skipped(String),
    /// The schedule gave it up.
    Abandoned,
}

/// The place before the first of an ask's holds, where a task waits that steps aside.
const BEFORE_ALL: usize = usize::MAX;

/// Moves for each ask, at the least, and for each folio that the file may have, after which a run counts as endless: far beyond any
/// that ends.
const MOVES: u32 = 1_000;
const MOVES_PER_FOLIO: u32 = 16;

/// Moves that so many asks have on a file of so many folios.
fn moves(asks: u32, folios: u32) -> u32 {
    let each = MOVES.max(MOVES_PER_FOLIO * folios);
    each.saturating_mul(asks).min(u32::MAX / 2)
}

/// Puts a case to a subject.
///
/// ```
/// use launder_impls::{Case, Run, Sim, models, run, sim::Holds};
///
/// let case = Case::parse("a1 pwrite 0..1\na2 pread 0..1\n")?;
/// let sim = Sim::new();
/// let Run::Trace(trace) = run::<models::Of<models::LaunderFolio>>(&sim, &(), &case, &mut Holds) else { panic!() };
/// assert!(trace.to_string().contains("a2 < got 1\n"));
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
pub fn run<S: Subject>(sim: &Sim, ground: &S::Ground, case: &Case, schedule: &mut dyn Schedule) -> Run {
    sim.0.met.set(Met::default());
    if let Some(ask) = case.asks.iter().find(|ask| ask.who.host().is_none() && !S::knows(&ask.call)) {
        return Run::Skipped(format!("{} has no `{} {}`", S::NAME, ask.who, ask.call.word()));
    }
    if !S::has_two_hosts() && case.has_host_b() {
        return Run::Skipped(format!("{} has no host b", S::NAME));
    }
    if let Err(why) = crate::Ground::begin(ground, case) {
        return Run::Skipped(why);
    }
    sim.begin(case);
    let settling = OnceCell::new();
    let end = futures::with::<S, _>(sim, ground, |futures| {
        // What is held is seen where steps are told, and of a subject that says it: all others run as they run untold.
        if !sim.records_steps() || futures.contents().is_none() {
            return Runner::new(sim, &case.asks, &settling, futures).run(schedule, false);
        }
        let mut watched = Watched::new(sim, futures);
        let end = Runner::new(sim, &case.asks, &settling, &mut watched).run(schedule, true);
        watched.end();
        end
    });
    if let Err(why) = crate::Ground::end(ground) {
        return Run::Skipped(why);
    }
    match end {
        Some(end) => Run::Trace(Trace { cells: case.cells, events: sim.take_events(), end }),
        None => Run::Abandoned,
    }
}

impl Sim {
    pub(crate) fn begin(&self, case: &Case) {
        self.0.cells.set(case.cells);
        self.0.capacity.set(case.capacity());
        let mut taking_part = [false; Who::ALL.len()];
        case.asks.iter().for_each(|ask| taking_part[ask.who.index()] = true);
        self.0.taking_part.set(taking_part);
        self.0.tasks.borrow_mut().reset();
        self.0.locks.borrow_mut().clear();
        self.begin_objects();
        let mut said = self.0.said.borrow_mut();
        said.events.clear();
        said.events.reserve(4 * case.asks.len() + 24);
        said.line = u32::from(case.cells != CELLS);
    }

    fn take_events(&self) -> Vec<launder_oracle::Event> {
        std::mem::take(&mut self.0.said.borrow_mut().events)
    }
}

/// How far an ask is.
#[derive(Clone, Copy)]
struct Progress {
    /// The steps that it has made.
    steps: u32,
    /// The next step at which one of its holds is, or [`NEVER`].
    hold: u32,
}

/// No step.
const NEVER: u32 = u32::MAX;

struct Runner<'r> {
    sim: &'r Sim,
    asks: &'r [Ask],
    /// What is asked after those, once the run settles.
    settling: &'r OnceCell<Vec<Ask>>,
    /// How far each ask is which has begun.
    begun: Vec<Progress>,
    /// Calls so far that take a number.
    writes: u32,
    standing: Standing,
    futures: &'r mut dyn Futures,
    moves: Vec<Move>,
    /// Whether a task may make several steps at once where nobody else would be chosen between them.
    straight: bool,
    /// Moves that are left before the run counts as endless.
    left: u32,
}

impl<'r> Runner<'r> {
    fn new(
        sim: &'r Sim,
        asks: &'r [Ask],
        settling: &'r OnceCell<Vec<Ask>>,
        futures: &'r mut dyn Futures,
    ) -> Runner<'r> {
        Runner {
            sim,
            asks,
            settling,
            begun: Vec::with_capacity(asks.len() + 16),
            writes: 0,
            standing: Standing::new(),
            futures,
            moves: Vec::new(),
            straight: false,
            left: moves(asks.len() as u32 + 16, sim.capacity() / FOLIO),
        }
    }

    /// Runs to the end, which is `None` if the schedule gives up; a step at a time where somebody looks after each.
    fn run(&mut self, schedule: &mut dyn Schedule, step_by_step: bool) -> Option<End> {
        let by_holds = schedule.heeds_holds();
        let watches = schedule.watches();
        self.straight = by_holds && !watches && !step_by_step;
        if schedule.asks_for_footprints() {
            // What another run of this thread has left.
            Footprint::take();
        }
        // The task that has just begun, or moved last, if it would be chosen: nothing that could come before it has happened.
        let mut same: Option<usize> = None;
        while self.may_move() {
            let chosen = match same.take() {
                Some(task) if self.straight => {
                    same = self.poll(task).then_some(task);
                    continue;
                }
                Some(task) => Some(self.sim.0.tasks.borrow().all[task].to_move(task)),
                None if by_holds || self.settles() => self.choose_by_holds(),
                None => self.choose(schedule)?,
            };
            if let Some(chosen) = chosen.filter(|_| watches && !self.settles()) {
                schedule.moves(chosen);
            }
            match chosen {
                Some(Move::Begin) => {
                    same =
                        self.begin_next().filter(|task| by_holds && self.sim.0.tasks.borrow().is_free(*task))
                }
                Some(Move::Step { task, .. }) => same = (self.poll(task) && by_holds).then_some(task),
                None if self.is_idle() && self.settle() => {}
                None if self.is_idle() => return Some(End::Quiet),
                None if self.futures.wait() => {}
                None if self.answer_deadlock_of_advisory_locks() => {}
                None => {
                    let asks: Vec<_> = (0..).map_while(|number| self.ask(number)).collect();
                    describe_stuck(self.sim, &asks);
                    return Some(End::Stuck);
                }
            }
        }
        Some(End::Endless)
    }

    /// Takes one of the moves that are left.
    fn may_move(&mut self) -> bool {
        let more = self.left > 0;
        self.left = self.left.saturating_sub(1);
        more
    }

    fn is_idle(&self) -> bool {
        self.sim.0.tasks.borrow().busy == 0
    }

    /// An ask, by its place in the order in which they begin.
    #[inline(always)]
    fn ask(&self, number: usize) -> Option<&'r Ask> {
        self.asks.get(number).or_else(|| self.settling.get()?.get(number - self.asks.len()))
    }

    fn holds(&self, ask: usize) -> &'r [Hold] {
        self.asks.get(ask).map_or(&[], |ask| &ask.holds)
    }

    fn settles(&self) -> bool {
        self.settling.get().is_some()
    }

    #[inline(always)]
    fn can_begin(&self) -> bool {
        let next = self.ask(self.begun.len());
        next.is_some_and(|ask| !self.is_under_way(ask.who.index())) && (!self.settles() || self.is_idle())
    }

    /// Turns to settling, if that has not been done.
    fn settle(&mut self) -> bool {
        if self.settles() {
            return false;
        }
        self.futures.settles(self.settling.get_or_init(|| self.standing.settle(self.sim.capacity())));
        true
    }

    /// Begins the next ask, which is then the youngest: its task.
    fn begin_next(&mut self) -> Option<usize> {
        let number = self.begun.len();
        let Ask { who, call, holds } = self.ask(number)?;
        let (who, place) = (*who, who.index());
        Object::ASKED.is_written();
        self.sim.write(|| What::Call(who, *call));
        self.standing.called(who);
        if let Call::Crash(host) = *call {
            Object::all_are_written();
            self.cut_off(host);
        }
        if !self.is_idle() {
            self.later_ask_has_begun();
        }
        self.writes += u32::from(call.is_numbered());
        self.begun.push(Progress { steps: 0, hold: NEVER });
        self.futures.call(who, *call);
        let mut tasks = self.sim.0.tasks.borrow_mut();
        let task = Task {
            stage: Stage::Ready,
            ask: number,
            born: tasks.ticket(),
            number: self.writes,
            host: who.host(),
            ..Task::default()
        };
        tasks.start(place, task);
        drop(tasks);
        if !holds.is_empty() {
            self.hold(place, 0);
            self.turn_to_next_hold(number);
        }
        if let Call::Crash(_) = call {
            self.crash(place);
        }
        Some(place)
    }

    /// A task has ended; it was a call if there is a reply.
    fn end(&mut self, task: usize, ask: usize, reply: Option<Reply>) {
        self.sim.0.tasks.borrow_mut().end(task);
        match reply {
            Some(reply) => self.say(ask, reply),
            None => Object::TASKS.is_written(),
        }
    }

    #[inline(always)]
    fn say(&mut self, ask: usize, reply: Reply) {
        let Some(Ask { who, call, .. }) = self.ask(ask) else { return };
        Object::ASKED.is_read();
        self.standing.replied(*who, call, &reply);
        self.sim.write(|| What::Reply(*who, reply));
    }

    /// Answers `EDEADLK` to the youngest ask that waits for a lock of fcntl(2), when nothing else can move.
    fn answer_deadlock_of_advisory_locks(&mut self) -> bool {
        let waits = |it: &Task| match it.stage {
            Stage::Waiting(want, _) => self.sim.wanted(want).advisory,
            _ => false,
        };
        let tasks = self.sim.0.tasks.borrow();
        let asks = tasks.all[..CALLS].iter().enumerate().filter(|(_, it)| waits(it));
        let Some((task, _)) = asks.max_by_key(|(_, it)| it.ask) else { return false };
        let ask = tasks.all[task].ask;
        drop(tasks);
        self.cut(task);
        self.say(ask, Reply::Err(Errno::EDEADLK));
        self.count_grants();
        true
    }
}
