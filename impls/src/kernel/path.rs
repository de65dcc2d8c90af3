//! Any directory of this machine.
//!
//! The file is asked for on host a, and on host b where a second mount of the file system was named. Every call is one
//! real call of the kernel, but that a read or write which it leaves short in the middle of a cell is carried on.

use super::place::{Kept, Place, Site};
use super::{Answer, named};
use crate::sim::{Lock, Named};
use crate::{Known, Sim, Subject};
use launder_oracle::{Call, Contract, Host, Kind, Reply, Symptom, Who};

/// The kernel that runs this, and a file system of it.
pub struct Path {
    sim: Sim,
    site: Site,
    lock: Lock,
}

impl Subject for Path {
    const NAME: &'static str = "path";
    const SOURCE: &'static str = "the running kernel, held to its manual: write(2), \"a read(2) that can be proved to occur \
        after a write() has returned will return the new data\"; mmap(2), MAP_SHARED: updates \"are carried through to the \
        underlying file\"; open(2), O_DIRECT: \"Applications should avoid mixing O_DIRECT and normal I/O to the same file\"; \
        fsync(2): \"all changed information can be retrieved even if the system crashes\"";
    const CONTRACT: Contract = Contract::LINUX;
    const KNOWN: &'static [&'static [Known]] = &[ON_TMPFS, ON_EXT4, ON_FUSE];
    type Ground = Place;

    fn new(sim: &Sim, place: &Place) -> Path {
        Path::at(sim, place.take())
    }

    fn knows(call: &Call) -> bool {
        matches!(call, Call::Pread { .. } | Call::Writeback(..) | Call::Reclaim(..))
    }

    fn may_break(place: &Place, known: &Known) -> bool {
        let seen_on = |list: &[Known]| list.iter().any(|it| it.case == known.case);
        match place.kept() {
            Kept::InMemory => seen_on(ON_TMPFS),
            Kept::OnExt4 => seen_on(ON_EXT4),
            Kept::ByAServer => seen_on(ON_FUSE),
            Kept::Beneath => true,
            Kept::Elsewhere => false,
        }
    }

    async fn call(&self, who: Who, call: Call) -> Reply {
        let answer = match (who.host(), call) {
            (None, call) => self.make(who, call),
            (Some(_), Call::Lock) => self.lock(who).await,
            (Some(_), call) => self.process_call(who, call),
        };
        if self.sim.records_steps()
            && let Some(text) = self.site.witness(who, &call, &answer)
        {
            self.sim.say(format_args!("{text}"));
        }
        answer.unwrap_or_else(|errno| named(&self.sim, errno))
    }
}

/// lseek(2): "subsequent reads of the data in the gap (a "hole") return null bytes"; ftruncate(2): "the extended part reads as
/// null bytes". What a mapping has stored in the last page past the end is there all the same where a file system does
/// not zero it before the file grows over it. fstests has looked for that since 2024 (generic/363, fsx -e: "partial EOF
/// page/block zeroing for operations that change file size").
const ON_TMPFS: &[Known] = &[
    Known {
        symptom: Symptom::Broken(Kind::Leaked),
        words: &["mwrite"],
        one_of: &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "append direct"],
        hazard: "tmpfs zeroes nothing, however a file grows (seen on 6.18: mm/shmem.c)",
        case: "stored-past-the-end-on-tmpfs.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::LostWrite),
        words: &["mwrite", "copy"],
        one_of: &["ftruncate", "pwrite", "append", "fallocate", "zero", "append direct"],
        hazard: "tmpfs zeroes nothing, however a file grows: a copy takes what was stored past the end",
        case: "stored-past-the-end-and-copied.case",
    },
    Known {
        symptom: Symptom::Broken(Kind::Resurrected),
        words: &["mwrite", "ftruncate"],
        one_of: &[],
        hazard: "tmpfs zeroes nothing, however a file grows: nor does a truncate that gives it an end before what was stored",
        case: "stored-past-the-end-and-truncated-there.case",
    },
];

/// The same of ext4.
pub(super) const ON_EXT4: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["mwrite"],
    one_of: &["pwrite direct", "append direct"],
    hazard: "ext4 zeroes nothing before a direct write past the end (seen on 6.18; \"ext4: zero post EOF partial block \
            before appending write\", Zhang Yi, 3 Feb 2026, moves the zeroing to where all writes pass)",
    case: "stored-past-the-end-and-a-direct-write.case",
}];

/// The same of FUSE's client, which adds to what its server may break.
const ON_FUSE: &[Known] = &[Known {
    symptom: Symptom::Broken(Kind::Leaked),
    words: &["mwrite"],
    one_of: &["ftruncate", "pwrite", "append", "fallocate", "zero", "copy", "pwrite direct", "append direct"],
    hazard: "FUSE zeroes nothing past the end before a file grows (seen on 6.18)",
    case: "stored-past-the-end-of-fuse.case",
}];

impl Path {
    /// The file of a case, wherever that is.
    pub(super) fn at(sim: &Sim, site: Site) -> Path {
        let lock = sim.new_advisory_lock(Named { what: "lock of the file", host: Host::A, number: None });
        Path { sim: sim.clone(), site, lock }
    }

    /// What a process has open stays so for who looks at the cache of its host.
    pub(super) fn keep(&self, who: Who) {
        self.site.keep(who);
    }

    /// All processes are this one thread, which must not block: they wait in the simulator, and then take the lock.
    async fn lock(&self, who: Who) -> Answer {
        if !self.site.is_locked(who)? {
            self.sim.lock(self.lock).await.keep();
        }
        let answer = self.make(who, Call::Lock);
        if answer.is_err() {
            self.sim.release(self.lock);
        }
        answer
    }

    fn make(&self, who: Who, call: Call) -> Answer {
        let number = self.sim.value().number().unwrap_or(0);
        self.site.call(who, call, number, self.sim.capacity())
    }

    fn process_call(&self, who: Who, call: Call) -> Answer {
        let locked = self.site.holds_lock(who);
        let answer = self.make(who, call);
        if locked && !self.site.holds_lock(who) {
            self.sim.release(self.lock);
        }
        answer
    }
}
