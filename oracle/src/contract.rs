//! A contract: a point on a few ordered axes, each with the sentence and the source that it encodes.
//!
//! Along each axis the variants stand strongest first; what a stronger contract allows, every weaker one allows.

use crate::nearest;

mod text;

pub use text::ContractError;

macro_rules! axes {
    ($($(#[doc = $asks:literal])* $name:literal $axis:ident { $($(#[doc = $says:literal])* $word:literal $variant:ident),* $(,)? })*) => {
        /// Every axis, with the question that it answers and its points, strongest first.
        pub const AXES: &[Axis] = &[$(Axis {
            name: $name,
            asks: concat!($($asks),*).trim_ascii_start(),
            points: &[$(Point { word: $word, says: concat!($($says),*).trim_ascii_start() }),*],
        }),*];

        $(
            $(#[doc = $asks])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub enum $axis { $($(#[doc = $says])* $variant),* }

            impl $axis {
                /// Every point of the axis, strongest first.
                pub const ALL: &'static [$axis] = &[$($axis::$variant),*];

                /// The word for this point in a contract's text.
                pub fn word(self) -> &'static str {
                    match self { $($axis::$variant => $word),* }
                }

                fn named(word: &str) -> Result<$axis, ContractError> {
                    match word {
                        $($word => Ok($axis::$variant),)*
                        _ => Err(ContractError {
                            word: word.into(),
                            why: format!("no point of the axis {} ({})", $name, [$($word),*].join(" ")),
                            near: nearest(word, [$($word),*]),
                        }),
                    }
                }
            }
        )*
    };
}

/// An axis, as it is documented.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Its name in a contract's text.
    pub name: &'static str,
    /// The question that it answers.
    pub asks: &'static str,
    /// The answers, strongest first.
    pub points: &'static [Point],
}

/// A point of an axis, as it is documented.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Its word in a contract's text.
    pub word: &'static str,
    /// The sentence that it encodes, with its source.
    pub says: &'static str,
}

axes! {
    /// Does every call see what calls on other hosts completed?
    "hosts" Hosts {
        /// Yes: one system. POSIX, write(): "Any successful read() from each byte position in the file that was
        /// modified by that write shall return the data specified by the write() for that position until such byte
        /// positions are again modified."
        "coherent" Coherent,
        /// No: each host has a cache of its own. nfs(5), "DATA AND METADATA COHERENCE": "NFS settles for weaker cache coherence
        /// that satisfies the requirements of most file sharing types."
        "cached" Cached,
    }
    /// Does an open or a lock see what was closed or synced before it?
    "open" Open {
        /// Yes. nfs(5), "Close-to-open cache consistency": "When the application closes the file, the NFS client writes back
        /// any pending changes to the file so that the next opener can view the changes."
        "fresh" Fresh,
        /// No: what is cached is served.
        "cached" Cached,
    }
    /// Does a processed invalidation make the server's content seen?
    "notify" Notify {
        /// Yes: AFS callbacks, leases, FUSE_NOTIFY_INVAL_INODE (fs/fuse/inode.c, fuse_reverse_inval_inode(), which drops the
        /// range from the page cache).
        "honoured" Honoured,
        /// No: it is advice.
        "ignored" Ignored,
    }
    /// When does a mapping agree with the file?
    "maps" Maps {
        /// Always: on Linux a shared mapping and read(2) and write(2) use the same folios of the page cache.
        "unified" Unified,
        /// After msync(). POSIX, mmap(): "The application must ensure correct synchronization when using mmap() in
        /// conjunction with any other file access method, such as read() and write()". What fsx assumes.
        "msync" Msync,
        /// After munmap and mmap again: all that NFS promises ("a persistent mmap isn't required to see the new data",
        /// Andrea Arcangeli, 26 Oct 2004).
        "remap" Remap,
    }
    /// Does O_DIRECT agree with the cache?
    "direct" Direct {
        /// As if there were no cache.
        "coherent" Coherent,
        /// In order, yes; where a direct and a cached write overlap in time and share a folio, neither is certain in that
        /// folio. open(2): "Applications should avoid mixing O_DIRECT and normal I/O to the same file, and especially to
        /// overlapping byte regions in the same file."
        "ordered" Ordered,
        /// No: it goes past the cache.
        "none" None,
    }
    /// In which granule may a flush overwrite what a third party wrote meanwhile?
    "divergence" Divergence {
        /// Only what was dirtied is written back.
        "byte" Byte,
        /// A whole folio is written back. "if you write back your entire copy of the file, you might avoid corrupting the
        /// file, but completely obliterate the third party changes" (David Howells, 19 Mar 2024).
        "folio" Folio,
        /// The whole file is written back.
        "file" File,
    }
    /// May a local write be dropped for a third party's, unordered with it, in the same granule?
    "loser" Loser {
        /// No.
        "nobody" Nobody,
        /// Yes, and an error tells its writer.
        "reported" Reported,
        /// Yes, silently. "if you discard your changes, you lose those instead, but save the third party changes" (David
        /// Howells, 19 Mar 2024).
        "local" Local,
    }
    /// What may a concurrent read, or another write, see of a pread, pwrite or append on one host?
    "atomic" Atomic {
        /// All or nothing. POSIX, System Interfaces, 2.9.7: the functions "shall be atomic with respect to each other in
        /// the effects specified in POSIX.1-2017 when they operate on regular files".
        "call" Call,
        /// All or nothing of each folio.
        "folio" Folio,
        /// Any part: filemap_read() takes no lock that a write holds.
        "cell" Cell,
    }
}

/// What a scheme promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each field is the axis of its name
pub struct Contract {
    pub hosts: Hosts,
    pub open: Open,
    pub notify: Notify,
    pub maps: Maps,
    pub direct: Direct,
    pub divergence: Divergence,
    pub loser: Loser,
    pub atomic: Atomic,
}

macro_rules! contracts {
    ($($(#[doc = $says:literal])* $name:literal $contract:ident = $axes:expr;)*) => {
        impl Contract {
            /// The contracts that have names.
            pub const NAMED: [(&'static str, Contract); 5] = [$(($name, Contract::$contract)),*];

            /// What each contract that has a name says.
            pub const SAYS: &'static [(&'static str, &'static str)] =
                &[$(($name, concat!($($says),*).trim_ascii_start())),*];

            $(
                $(#[doc = $says])*
                pub const $contract: Contract = $axes;
            )*
        }
    };
}

contracts! {
    /// What POSIX promises.
    "posix" POSIX = Contract { maps: Maps::Msync, ..Contract::STRONGEST };
    /// What Linux promises of a local file system.
    "linux" LINUX = Contract { direct: Direct::Ordered, atomic: Atomic::Cell, ..Contract::STRONGEST };
    /// What NFS promises: close-to-open.
    "nfs" NFS = Contract {
        hosts: Hosts::Cached,
        notify: Notify::Ignored,
        maps: Maps::Remap,
        divergence: Divergence::Folio,
        ..Contract::LINUX
    };
    /// What FUSE promises: close-to-open, and notifications.
    "fuse" FUSE = Contract::AFS;
    /// What AFS promises: close-to-open, and callbacks.
    "afs" AFS = Contract { hosts: Hosts::Cached, divergence: Divergence::Folio, ..Contract::LINUX };
}

impl Contract {
    /// The strongest point of every axis.
    pub const STRONGEST: Contract = Contract {
        hosts: Hosts::Coherent,
        open: Open::Fresh,
        notify: Notify::Honoured,
        maps: Maps::Unified,
        direct: Direct::Coherent,
        divergence: Divergence::Byte,
        loser: Loser::Nobody,
        atomic: Atomic::Call,
    };

    /// The words of its points, in the order of [`AXES`].
    pub fn words(&self) -> [(&'static str, &'static str); 8] {
        [
            ("hosts", self.hosts.word()),
            ("open", self.open.word()),
            ("notify", self.notify.word()),
            ("maps", self.maps.word()),
            ("direct", self.direct.word()),
            ("divergence", self.divergence.word()),
            ("loser", self.loser.word()),
            ("atomic", self.atomic.word()),
        ]
    }

    /// Whether it promises, on every axis, at least what `other` does.
    ///
    /// ```
    /// use launder_oracle::{Contract, Open};
    ///
    /// assert!(Contract::LINUX.implies(&Contract::NFS) && !Contract::NFS.implies(&Contract::LINUX));
    /// let less = Contract { open: Open::Cached, ..Contract::NFS };
    /// assert!(Contract::NFS.implies(&less));
    /// ```
    pub fn implies(&self, other: &Contract) -> bool {
        self.hosts <= other.hosts
            && self.open <= other.open
            && self.notify <= other.notify
            && self.maps <= other.maps
            && self.direct <= other.direct
            && self.divergence <= other.divergence
            && self.loser <= other.loser
            && self.atomic <= other.atomic
    }
}
