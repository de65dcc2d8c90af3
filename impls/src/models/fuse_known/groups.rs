//! Schemes that most subjects of FUSE put together in the same way.

use super::{
    EVERY_CACHE, EVERY_MODE, LOCKED_SIZE, LOCKS, NOTIFIED, NOTIFIED_APPENDS, NOTIFIED_FAULTS,
    NOTIFIED_THROUGH, NOTIFIED_WRITEBACK, OPENED_UNDER_A_WRITE, OWN_SIZE, OWN_SIZE_OPENED, SHORT_READS,
    SHORT_READS_THROUGH, THROUGH, UNLOCKED, UNLOCKED_AND_OPENED, UNLOCKED_AND_SIZED, UNLOCKED_AND_STORED,
    WRITEBACK,
};
use crate::Known;

/// What every cache is known to break that writes through to the server.
pub(crate) const CACHED_THROUGH: &[&[Known]] = &[EVERY_MODE, EVERY_CACHE, THROUGH];
/// The same over one that writes back.
pub(crate) const CACHED_BACK: &[&[Known]] = &[EVERY_MODE, EVERY_CACHE, SHORT_READS, WRITEBACK];
/// Where an open finds what the server has.
pub(crate) const OPENED_ANEW: &[&[Known]] = &[LOCKS, LOCKED_SIZE, OPENED_UNDER_A_WRITE];
/// The same over a cache that writes back, whose size the server is not asked for.
pub(crate) const OPENED_ANEW_OF_OWN_SIZE: &[&[Known]] = &[LOCKS, LOCKED_SIZE, OWN_SIZE, OWN_SIZE_OPENED];
/// Where reads are not preceded by a look at the attributes.
pub(crate) const READ_UNCHECKED: &[&[Known]] = &[SHORT_READS, SHORT_READS_THROUGH];
/// Where no folio is locked until the reply to what is written through.
pub(crate) const WRITTEN_UNLOCKED: &[&[Known]] =
    &[UNLOCKED, UNLOCKED_AND_SIZED, UNLOCKED_AND_OPENED, UNLOCKED_AND_STORED];
/// Where a server notifies of a cache that writes through.
pub(crate) const NOTIFIED_OVER_THROUGH: &[&[Known]] =
    &[NOTIFIED, NOTIFIED_FAULTS, NOTIFIED_APPENDS, NOTIFIED_THROUGH];
/// The same of one that writes back.
pub(crate) const NOTIFIED_OVER_BACK: &[&[Known]] = &[NOTIFIED, NOTIFIED_FAULTS, NOTIFIED_WRITEBACK];
