//! The states that folios are in when something happens to them: what the matrix of a run is made of.

use super::{Buffers, Folio, FolioId, Linux, Writeback};
use crate::met::{Event, Met, State, States};
use launder_oracle::{FOLIO, Host, Value};
use std::ops::Range;

impl Linux {
    /// The event meets what the host's cache holds at these indices.
    pub fn met(&self, host: Host, indices: Range<u32>, event: Event) {
        self.met_in_file_of(host, self.inode(host).size().get(), indices, event);
    }

    /// The same, where the file ended at `size` until now.
    pub(super) fn met_in_file_of(&self, host: Host, size: u32, indices: Range<u32>, event: Event) {
        let inode = self.inode(host);
        let mut states = States::default();
        inode.look(indices.start..indices.end.min(self.sim.capacity() / FOLIO), |there| {
            states = states
                | match there {
                    Some((id, folio)) => self.states(host, id, folio, size),
                    None => State::Absent.into(),
                };
        });
        self.sim.meet(Met::of(states, event));
    }

    fn states(&self, host: Host, id: FolioId, folio: &Folio, size: u32) -> States {
        let buffer = self.ways.buffers == Buffers::Heads;
        let dirty = folio.dirty | folio.theirs.is_some() | (buffer & folio.buffer.dirty);
        let sent = self.sim.is_locked(folio.writeback) || self.has_temporary_page(host, folio.index);
        let partly = !folio.uptodate
            && (folio.written != 0
                || folio.base.is_some()
                || folio.cells != [Value::ZERO; FOLIO as usize]
                || buffer && folio.buffer.uptodate);
        let (mut read_only, mut stored) = (false, false);
        for (writable, entry_dirty) in self.processes(host).filter_map(|it| it.maps(folio.index, id)) {
            read_only |= !writable;
            stored |= writable && (dirty || entry_dirty);
        }
        States::only(State::Absent, !(folio.uptodate || partly || dirty || sent))
            | States::only(State::Clean, folio.uptodate && !(dirty || sent || stored))
            | States::only(State::Dirty, dirty && !sent)
            | States::only(State::Redirtied, dirty && sent)
            | States::only(State::Writeback, sent && !dirty)
            | States::only(State::Partly, partly)
            | States::only(State::ReadOnly, read_only)
            | States::only(State::Stored, stored)
            | States::only(State::Busy, folio.refs > 0 || self.sim.is_held_by_another(folio.lock))
            | States::only(State::PastEnd, (folio.index + 1) * FOLIO > size)
    }

    fn has_temporary_page(&self, host: Host, index: u32) -> bool {
        self.ways.writeback == Writeback::TemporaryPages && self.is_range_in_flight(host, index..index + 1)
    }
}
