//! The third party, who is at the server itself.

use super::Server;
use crate::step;
use launder_oracle::{Call, Range, Value};

impl Server {
    /// The third party reads a file that has these cells at least.
    pub fn third_party_read(&self, range: Range, least: u32) -> Vec<Value> {
        let file = self.file.borrow();
        let cells = range.cells().map(|cell| match cell < file.size.max(least) {
            true => file.cells[cell as usize],
            false => Value::END,
        });
        cells.collect()
    }

    /// The third party writes.
    pub async fn third_party_write(&self, range: Range) {
        let value = self.sim.value();
        self.store(range, u32::MAX, |_| value);
        step!(self.sim, "server: the third party writes {range}");
    }

    /// The third party truncates.
    pub async fn third_party_truncate(&self, size: u32) {
        self.apply(&Call::Ftruncate(size), Range::new(size, self.sim.capacity().max(size)));
        step!(self.sim, "server: the third party truncates to {size}");
    }
}
