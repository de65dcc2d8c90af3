//! The guest of one kernel, which is booted when somebody is to be asked in it, and anew after it hung.

use super::emulator::{Accelerator, DISKS, EXPORTED, Emulator};
use super::endless;
use super::file_system::FileSystem;
use super::image::{archive, make_disk};
use super::init::init;
use super::kernel::Kernel;
use super::remote::AHEAD;
use super::tools::{DEPMOD, MKFS, MODPROBE, QEMU, XZ, missing};
use super::version::Version;
use super::wire::Message;
use launder_impls::Case;
use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A kernel, and the guest that runs it, if one does now.
pub struct Machine {
    kernel: Kernel,
    init: PathBuf,
    asked: Vec<&'static FileSystem>,
    emulator: RefCell<Option<Emulator>>,
    accelerator: Cell<Accelerator>,
    hangs: Cell<u32>,
    /// How long the last boot took.
    booted: Cell<Duration>,
    /// When no more is asked, if that is to end.
    until: Cell<Option<Instant>>,
    /// What will be asked after the next question.
    next: RefCell<Vec<Message>>,
    /// Whether what may come to no end is not asked.
    careful: Cell<bool>,
    /// How many questions are still to be asked with no other under way, since a guest hung at one of several.
    alone: Cell<usize>,
    /// Questions that were answered, and how long was waited for that.
    answered: Cell<(u64, Duration)>,
}

/// What became of a question.
pub enum Answer {
    /// It was answered.
    Said(Message),
    /// The guest hung, or ended: how, and the end of its console.
    Hung(String, Vec<String>),
    /// There is no guest: why.
    Nobody(String),
}

/// How long a guest may be silent. What hangs in FUSE it cuts off itself, in a tenth of that.
pub const SILENCE: Duration = Duration::from_secs(40);
/// Lines of a console that are told.
const CONSOLE: usize = 60;
/// Guests that may hang before no more are booted.
const HANGS: u32 = 4;

impl Machine {
    /// What is needed for a guest with such a kernel; it is not booted yet.
    ///
    /// # Errors
    /// What is missing here, in one line.
    pub fn new(version: &Version, asked: Vec<&'static FileSystem>) -> Result<Machine, String> {
        if let Some(why) = missing(&[QEMU, MODPROBE, DEPMOD, XZ, MKFS]) {
            return Err(why);
        }
        let kernel = Kernel::find(version)?;
        let accelerator = if Accelerator::seems_to_work() { Accelerator::Kvm } else { Accelerator::Tcg };
        Ok(Machine {
            kernel,
            init: init()?,
            asked,
            emulator: RefCell::default(),
            accelerator: Cell::new(accelerator),
            hangs: Cell::default(),
            booted: Cell::default(),
            until: Cell::default(),
            next: RefCell::default(),
            careful: Cell::default(),
            alone: Cell::default(),
            answered: Cell::default(),
        })
    }

    /// The version of its kernel in full, how it is run, and how long the last boot took.
    pub fn about(&self) -> String {
        let how = if self.accelerator.get() == Accelerator::Kvm { "KVM" } else { "TCG" };
        format!("{} under {how}, booted in {:.1} s", self.kernel.release, self.booted.get().as_secs_f64())
    }

    /// How many questions were answered since this was asked before, and how fast; none if none was.
    pub fn speed(&self) -> Option<String> {
        let (count, time) = self.answered.take();
        let each = time.as_secs_f64() / count as f64;
        (count > 0)
            .then(|| format!("{count} answers in {:.1} s, {:.0} a second", time.as_secs_f64(), 1.0 / each))
    }

    /// From then on nothing is asked.
    pub fn ask_until(&self, until: Option<Instant>) {
        self.until.set(until);
    }

    /// From now on nothing is asked that [may come to no end](endless::why).
    pub fn be_careful(&self) {
        self.careful.set(true);
    }

    /// Why a case is not put to this file system, if it is not.
    pub fn spares(&self, file_system: &str, case: &Case) -> Option<String> {
        if self.careful.get() { endless::why(&self.kernel.release, file_system, case) } else { None }
    }

    /// These will be asked after the next question: the guest is told already, and goes on with them while that is judged.
    pub fn expect(&self, questions: Vec<Message>) {
        self.next.replace(questions);
    }

    /// Asks the guest. Where it hangs with several questions under way, each is asked again alone: it hung at one of them.
    pub fn ask(&self, message: &Message) -> Answer {
        if self.until.get().is_some_and(|until| Instant::now() > until) {
            return Answer::Nobody("the time is over".into());
        }
        if let Err(why) = self.ready() {
            return Answer::Nobody(why);
        }
        let mut emulator = self.emulator.borrow_mut();
        let Some(guest) = emulator.as_mut() else { return Answer::Nobody("there is no guest".into()) };
        let (begun, mut next, alone) = (Instant::now(), self.next.take(), self.alone.get());
        if alone > 0 {
            next.clear();
            self.alone.set(alone - 1);
        }
        match guest.ask(message, &next, SILENCE) {
            Ok(answer) => {
                let (count, time) = self.answered.get();
                self.answered.set((count + 1, time + begun.elapsed()));
                Answer::Said(answer)
            }
            Err(_) if guest.is_at_others() => {
                *emulator = None;
                drop(emulator);
                self.alone.set(2 * AHEAD);
                self.ask(message)
            }
            Err(why) => {
                let console = guest.console(CONSOLE);
                self.hangs.set(self.hangs.get() + 1);
                *emulator = None;
                Answer::Hung(why, console)
            }
        }
    }

    /// Boots the guest, if there is none.
    fn ready(&self) -> Result<(), String> {
        if self.emulator.borrow().is_some() {
            return Ok(());
        }
        if self.hangs.get() >= HANGS {
            return Err(format!("guests hung {HANGS} times: no more are booted"));
        }
        let booted = match self.accelerator.get() {
            Accelerator::Kvm => self.boot().or_else(|_| {
                self.accelerator.set(Accelerator::Tcg);
                self.boot()
            }),
            Accelerator::Tcg => self.boot(),
        };
        *self.emulator.borrow_mut() = Some(booted.inspect_err(|_| self.hangs.set(HANGS))?);
        Ok(())
    }

    fn boot(&self) -> Result<Emulator, String> {
        let begun = Instant::now();
        let shares: Vec<String> = self.asked.iter().filter_map(|it| it.tags()).flatten().collect();
        let booted = Emulator::boot(&self.kernel, self.accelerator.get(), &shares, |folder| {
            let archive = archive(&self.kernel, &self.init, &self.asked)?;
            let file = folder.join("archive");
            fs::write(&file, archive).map_err(|error| format!("{}: {error}", file.display()))?;
            DISKS.iter().try_for_each(|disk| make_disk(&folder.join(disk), *disk == EXPORTED))
        });
        let (emulator, hello) =
            booted.map_err(|why| format!("{} does not boot: {why}", self.kernel.release))?;
        self.booted.set(begun.elapsed());
        match hello.words() {
            ("hello", _) => Ok(emulator),
            _ => Err(format!("the guest of {} cannot begin: {}", self.kernel.release, hello.body)),
        }
    }
}
