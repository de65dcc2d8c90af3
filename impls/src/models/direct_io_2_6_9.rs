//! O_DIRECT of 2.6.9 and of 2.6.11, and what was proposed between them for direct reads, each on ext3.

use super::Model;
use super::direct_io_2_6::{BeforeRead, DirectIo26, Invalidation, meets};
use super::direct_io_2_6_known::*;
use super::model::is_of_nature;
use super::older_known::{
    EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK, EXPOSED_ON_A_DISK_ONCE_UNMAPPED,
};
use crate::linux::{Buffers, Zap};
use crate::{Bug, Event, Known, Sim};
use launder_oracle::{Call, Contract, Maps};

macro_rules! model {
    ($(#[$doc:meta])* $model:ident, $way:expr, { $($claims:tt)* }) => {
        $(#[$doc])*
        pub struct $model;

        impl Model for $model {
            $($claims)*
            type Scheme = DirectIo26;

            fn scheme(sim: &Sim) -> DirectIo26 {
                DirectIo26::new(sim, $way, (Buffers::Heads, Zap::Dirties))
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
    /// 2.6.9: a mapped page is said not to be uptodate.
    DirectIo269, (Invalidation::Void, BeforeRead::Nothing), {
        const NAME: &'static str = "direct-io-2.6.9";
        const SOURCE: &'static str = "mm/filemap.c and mm/truncate.c, 2.6.9; Andrew Morton and Andrea Arcangeli, Re: [PATCH] \
            zap_pte_range should not mark non-uptodate pages dirty, 22 to 26 Oct 2004: \"a half-fix for NFS which doesn't work \
            at all for (say) ext3\"";
        const CONTRACT: Contract = Contract { maps: Maps::Remap, ..Contract::LINUX };
        const BUGS: &'static [Bug] = &[DIRTY_PAGE_NOT_BUFFERS];
        const KNOWN: &'static [&'static [Known]] = &[
            MAPPED_ON_EXT3, UNRELEASED, UNRELEASED_AND_SILENT, UNREAD, UNSYNCED,
            EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK_ONCE_UNMAPPED,
        ];
    }
}

model! {
    /// 2.6.11: mapped pages are unmapped first.
    DirectIo2611, (Invalidation::Reported, BeforeRead::Nothing), {
        const NAME: &'static str = "direct-io-2.6.11";
        const SOURCE: &'static str = "mm/filemap.c and mm/truncate.c, 2.6.11; Andrea Arcangeli, 26 Oct 2004: \"you provided \
            either coherency or -EIO to the O_DIRECT operation\"";
        const CONTRACT: Contract = Contract::LINUX;
        const BUGS: &'static [Bug] = &[IIP2_RESPECT_REFS, DIRTY_PAGE_NOT_BUFFERS];
        const KNOWN: &'static [&'static [Known]] = &[
            CAME_BETWEEN, UNRELEASED, UNRELEASED_AND_REPORTED, UNSYNCED, UNREAD, UNREAD_UNDER_A_TRUNCATE,
            MAPPED_WHEN_GONE, EATEN, EATEN_BY_DIRECT, EXPOSED, EXPOSED_ON_A_DISK,
        ];
    }
}

model! {
    /// Andrea Arcangeli's proposal.
    DirectIo269Msync, (Invalidation::Reported, BeforeRead::Msync), {
        const NAME: &'static str = "direct-io-2.6.9-msync";
        const SOURCE: &'static str = "2.6.9 with Andrew Morton's patch of 22 Oct 2004; Andrea Arcangeli, 26 Oct 2004: \"for \
            O_DIRECT reads you don't need to shootdown the ptes but only to msync them\"";
        const CONTRACT: Contract = Contract::LINUX;
        const KNOWN: &'static [&'static [Known]] = COHERENT_OR_EIO;
    }
}

model! {
    /// What it would avoid: a reader takes away what others have mapped, which costs them time and no data.
    DirectIo269ShootDown, (Invalidation::Reported, BeforeRead::ShootDown), {
        const NAME: &'static str = "direct-io-2.6.9-shoot-down";
        const SOURCE: &'static str = "2.6.9 with Andrew Morton's patch of 22 Oct 2004, and with what he feared: \"permitting the \
            pte shootdown on O_DIRECT reads trivially allows people to nuke other people's mapped pagecache\"";
        const CONTRACT: Contract = Contract::LINUX;
        const KNOWN: &'static [&'static [Known]] = COHERENT_OR_EIO;
    }
}

/// What is left of the promise to be coherent or to say EIO.
const COHERENT_OR_EIO: &[&[Known]] = &[
    CAME_BETWEEN,
    UNRELEASED,
    UNRELEASED_AND_REPORTED,
    UNSYNCED,
    MAPPED_WHEN_GONE,
    EATEN,
    EATEN_BY_DIRECT,
    EXPOSED,
    EXPOSED_ON_A_DISK,
];

const DIRTY_PAGE_NOT_BUFFERS: Bug = Bug {
    name: "dirty_page_not_buffers",
    source: "7658cc289288 \"VM: Fix nasty and subtle race in shared mmap'ed page writeback\" (2.6.20)",
    case: "dirty-page-not-buffers.case",
};

const IIP2_RESPECT_REFS: Bug = Bug {
    name: "iip2_respect_refs",
    source: "016eb4a0ed06 \"[PATCH] invalidate_complete_page() race fix\" (2.6.18), which bd4c8ce41a2e \
        \"invalidate_inode_pages2(): ignore page refcounts\" (2.6.19) took back here",
    case: "iip2-respect-refs.case",
};
