//! What the caches and the server hold, for a reader.

use super::Linux;
use super::folio::Folio;
use crate::contents::{Content, Contents, Holder};
use launder_oracle::{FOLIO, Host, Range, Value};

impl Linux {
    /// What is held now, in cells that are known to hold something.
    pub fn contents(&self) -> Contents {
        let mut contents = Contents::default();
        for host in Host::ALL {
            self.look_at_cache(host, &mut contents);
        }
        let least = self.least_size();
        let file = self.server.third_party_read(Range::new(0, self.server.size().max(least)), least);
        for (cell, value) in (0..).zip(file) {
            let content = Content { value, dirty: false, writeback: false };
            contents.set(Holder::Server, cell, Some(content));
        }
        contents
    }

    fn look_at_cache(&self, host: Host, contents: &mut Contents) {
        let inode = self.inode(host);
        let mut found = Vec::new();
        inode.look(0..inode.end(), |there| found.extend(there.map(|(id, folio)| (id, *folio))));
        for (id, folio) in found {
            let stored =
                self.processes(host).filter_map(|it| it.maps(folio.index, id)).any(|(_, dirty)| dirty);
            let writeback = self.sim.is_locked(folio.writeback);
            for (cell, value) in
                (folio.index * FOLIO..).zip(folio.cells).filter(|(cell, _)| holds(&folio, *cell))
            {
                let content = Content { value, dirty: folio.dirty || stored, writeback };
                contents.set(Holder::Cache(host), cell, Some(content));
            }
        }
    }
}

/// Whether the folio has a cell, and not only room for it.
fn holds(folio: &Folio, cell: u32) -> bool {
    let at = cell % FOLIO;
    folio.uptodate || folio.written & 1 << at != 0 || folio.cells[at as usize] != Value::ZERO
}
