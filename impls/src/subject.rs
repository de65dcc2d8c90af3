//! A subject: something that answers the calls of a case, and what is claimed and known of it.

use crate::contents::Contents;
use crate::sim::{Job, Sim};
use crate::{Ask, Event};
use launder_oracle::{Call, Contract, Reply, Symptom, Who};
use std::fmt;
use std::path::PathBuf;

/// A cache of file contents, modelled or real.
///
/// ```
/// use launder_impls::{Case, Run, Sim, Subject, run, sim::Holds};
/// use launder_oracle::{CELLS, Call, Contract, Errno, Reply, Value, Who};
/// use std::cell::RefCell;
///
/// /// Keeps whatever is written, and no cache.
/// struct Plain(Sim, RefCell<Vec<Value>>);
///
/// impl Subject for Plain {
///     const NAME: &'static str = "plain";
///     const SOURCE: &'static str = "an example";
///     const CONTRACT: Contract = Contract::LINUX;
///     type Ground = ();
///
///     fn new(sim: &Sim, (): &()) -> Plain {
///         Plain(sim.clone(), vec![Value::ZERO; CELLS as usize].into())
///     }
///
///     async fn call(&self, _: Who, call: Call) -> Reply {
///         let place = |cell: u32| cell as usize;
///         match call {
///             Call::Pwrite { range, .. } => {
///                 self.1.borrow_mut()[place(range.start)..place(range.end)].fill(self.0.value());
///                 Reply::Ok
///             }
///             Call::Pread { range, .. } => {
///                 Reply::Got(self.1.borrow()[place(range.start)..place(range.end)].to_vec())
///             }
///             Call::Open | Call::Close | Call::Fsync => Reply::Ok,
///             _ => Reply::Err(Errno::ENOSYS),
///         }
///     }
/// }
///
/// let case = Case::parse("a1 pwrite 0..2\na2 pread 0..4\n")?;
/// let Run::Trace(trace) = run::<Plain>(&Sim::new(), &(), &case, &mut Holds) else { panic!() };
/// assert!(trace.to_string().contains("a2 < got 1 1 0 0\n"), "{trace}");
/// # Ok::<(), launder_oracle::TextError>(())
/// ```
#[allow(async_fn_in_trait)] // a run is one thread
pub trait Subject: Sized + 'static {
    /// Its name on the command line and in tables.
    const NAME: &'static str;
    /// The mail, commit or text that describes it, and the version.
    const SOURCE: &'static str;
    /// What its authors promise; it is held to exactly this.
    const CONTRACT: Contract;
    /// Ways to break it on purpose.
    const BUGS: &'static [Bug] = &[];
    /// Promises that it is known to break, in lists, some of which are those of others as well.
    const KNOWN: &'static [&'static [Known]] = &[];
    /// The real subject that it must answer like, if there is one.
    const TWIN: Option<&'static str> = None;

    /// What it stands on, from run to run: `()` for a model.
    type Ground: Ground;

    /// The subject with the file of the run's case, which is in no cache.
    fn new(sim: &Sim, ground: &Self::Ground) -> Self;

    /// Whether it knows a word of the third party or of nature; a case with one that it lacks is skipped.
    fn knows(_call: &Call) -> bool {
        true
    }

    /// Whether it has a host `b`; a case in which that takes part is skipped otherwise.
    fn has_two_hosts() -> bool {
        true
    }

    /// Whether such an event can meet its page cache, so that this is in its matrix; the cache of a real subject is not seen.
    fn meets(_event: Event) -> bool {
        false
    }

    /// Whether it may break this promise, of those that it is [known](Self::KNOWN) to break, where it stands: another file system
    /// has other weaknesses.
    fn may_break(_ground: &Self::Ground, _known: &Known) -> bool {
        true
    }

    /// Answers a call.
    async fn call(&self, who: Who, call: Call) -> Reply;

    /// Carries out work that [`Sim::spawn`] was given.
    async fn work(&self, _job: Job) {}

    /// What its caches and its server hold, for a reader, if it can say.
    fn contents(&self) -> Option<Contents> {
        None
    }

    /// The run settles: what is asked from here on, each of it carried to its end before the next begins.
    fn settles(&self, _asks: &[Ask]) {}

    /// Nobody can move: waits for what parked calls wait for. Whether something has come.
    fn wait(&self) -> bool {
        false
    }
}

/// What a subject stands on.
pub trait Ground: Sized + 'static {
    /// Whether it is more than memory.
    const IS_REAL: bool = true;
    /// In how many directories that a user names it works, at the most.
    const DIRECTORIES: usize = 0;

    /// Makes it ready, in the directories that the user named, if any.
    ///
    /// # Errors
    /// Why this machine cannot run the subject.
    fn prepare(at: &[PathBuf]) -> Result<Self, String>;

    /// Whether it has a host `b` too.
    fn has_two_hosts(&self) -> bool {
        true
    }

    /// Makes it ready for a case, which is then put to a new subject.
    ///
    /// # Errors
    /// Why the case cannot be put to the subject here.
    fn begin(&self, _case: &crate::Case) -> Result<(), String> {
        Ok(())
    }

    /// Ends the case that was begun.
    ///
    /// # Errors
    /// Why what was said in it counts for nothing.
    fn end(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Ground for () {
    const IS_REAL: bool = false;

    fn prepare(_: &[PathBuf]) -> Result<Self, String> {
        Ok(())
    }
}

/// A way to break a subject on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    /// Its name: `subject+name` is the subject so broken.
    pub name: &'static str,
    /// The commit, mail or text in which it was real, or what it is a mutant of.
    pub source: &'static str,
    /// The file of `fuzz/cases` that finds it.
    pub case: &'static str,
}

/// A promise that a subject is known to break.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// What is wrong.
    pub symptom: Symptom,
    /// The words of the calls without which it cannot be: a finding is known if it has all of them.
    pub words: &'static [&'static str],
    /// And of these it has at least one, if there are any.
    pub one_of: &'static [&'static str],
    /// The hazard that it shows, H1 to H23, and what is claimed of it.
    pub hazard: &'static str,
    /// The file of `fuzz/cases` that shows it.
    pub case: &'static str,
}

/// What findings it covers: `lost-write: fail release, (pwrite direct | append direct)`.
impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.symptom, self.words.join(", "))?;
        match (self.words, self.one_of) {
            (_, []) => Ok(()),
            ([], some) => write!(f, "({})", some.join(" | ")),
            (_, some) => write!(f, ", ({})", some.join(" | ")),
        }
    }
}
