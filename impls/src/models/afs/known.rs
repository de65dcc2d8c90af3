//! The promises that AFS is known to break, and what makes it.

use crate::Known;

/// Those of 5.15.
pub const KEYS: &[Known] = &[];

/// Those of 2.6.22.
pub const RECORD: &[Known] = &[];

/// Those of the patch that nukes.
pub const NUKE: &[Known] = &[];
