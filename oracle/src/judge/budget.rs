//! How much the judge may do: hostile traces cost no more than this.

/// What is left, in visits to a register.
pub(super) struct Budget(u64);

/// Nothing is left.
#[derive(Debug)]
pub(super) struct Spent;

/// Visits to a register that one trace may cost: a few seconds' worth.
const VISITS: u64 = 1 << 26;

impl Budget {
    pub fn new() -> Budget {
        Budget(VISITS)
    }

    /// Takes some.
    pub fn spend(&mut self, visits: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(visits as u64).ok_or(Spent)?;
        Ok(())
    }
}
