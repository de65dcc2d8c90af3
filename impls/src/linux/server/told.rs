//! How many cells, as a person says it.

use std::fmt;

/// So many cells.
pub(super) struct Counted(pub u32);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "cell" } else { "cells" })
    }
}
