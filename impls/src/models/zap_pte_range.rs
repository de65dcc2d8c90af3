//! zap_pte_range() of 2.6.9, which makes a page dirty that invalidate_inode_pages2() has left mapped and not uptodate; and as it
//! was proposed, which does not. On a file system whose blocks are known by their pages alone.

use super::Model;
use super::direct_io_2_6::{BeforeRead, DirectIo26, Invalidation, meets};
use super::direct_io_2_6_known::*;
use super::model::is_of_nature;
use super::older_known::{EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK_ONCE_UNMAPPED};
use crate::linux::{Buffers, Zap};
use crate::{Event, Known, Sim};
use launder_oracle::{Call, Contract, Maps};

macro_rules! model {
    ($(#[$doc:meta])* $model:ident, $zap:expr, { $($claims:tt)* }) => {
        $(#[$doc])*
        pub struct $model;

        impl Model for $model {
            $($claims)*
            /// A store reaches the file at msync(2) or munmap(2).
            const CONTRACT: Contract = Contract { maps: Maps::Msync, ..Contract::LINUX };
            type Scheme = DirectIo26;

            fn scheme(sim: &Sim) -> DirectIo26 {
                DirectIo26::new(sim, (Invalidation::Void, BeforeRead::Nothing), (Buffers::None, $zap))
            }

            fn knows(call: &Call) -> bool {
                is_of_nature(call)
            }

            fn has_two_hosts() -> bool {
                false
            }

            fn meets(event: Event) -> bool {
                meets(event)
            }
        }
    };
}

model! {
    /// 2.6.9.
    ZapPteRange, Zap::Dirties, {
        const NAME: &'static str = "zap-pte-range";
        const SOURCE: &'static str = "mm/memory.c, zap_pte_range(), 2.6.9";
        const KNOWN: &'static [&'static [Known]] = &[
            MAPPED_AND_ZAPPED, UNRELEASED, UNRELEASED_AND_SILENT, UNREAD, UNSYNCED,
            EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK_ONCE_UNMAPPED,
        ];
    }
}

model! {
    /// As proposed, and never merged.
    ZapPteRangeUptodate, Zap::DirtiesUptodate, {
        const NAME: &'static str = "zap-pte-range-uptodate";
        const SOURCE: &'static str = "Andrea Arcangeli, [PATCH] zap_pte_range should not mark non-uptodate pages dirty, Oct 2004, \
            on 2.6.9; of the patch only the subject was found";
        const KNOWN: &'static [&'static [Known]] = &[
            MAPPED_AND_DROPPED, UNRELEASED, UNRELEASED_AND_SILENT, UNREAD, UNSYNCED,
            EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK_ONCE_UNMAPPED,
        ];
    }
}
