//! Of which cells there is something older than what was written last, and who may still be shown it: a bit a cell.

use crate::judge::flow::{Flow, Place, Places};
use crate::{FOLIO, Host, Range, Who};

/// Cells of the largest file that is kept: longer ones take the long way.
pub(in crate::judge) const CELLS: u32 = u64::BITS;

/// What is known of the last write of each cell, or of the last few: see [`super::older`].
#[derive(Default)]
pub(super) struct Marks {
    /// There was something before it, and no sync has made it durable since.
    replaced: u64,
    /// Who wrote.
    by: [u64; Who::ALL.len()],
    /// More than once, and not all of that is loose.
    firm: u64,
    /// Which of the hosts, and whether the server, may not know it.
    untold: [u64; PLACES.len()],
    /// A sync told the writer of an error: it may turn back.
    failed: u64,
    /// A crash may have taken it, until it is seen.
    crashed: u64,
    /// Another's flush may overwrite it with what was there: it may be there or not.
    loose: u64,
    /// There is something older yet, of which all that came before the last writes may be undone.
    base: u64,
    /// Some of that because a sync has told its writer of an error: it may be so on the server.
    base_failed: u64,
    /// A call that failed since may have written it all the same.
    doubtful: u64,
    /// That was seen, and stays.
    settled: u64,
}

const PLACES: [Place; 3] = [Place::A, Place::B, Place::SERVER];

fn has(places: Places, place: usize) -> bool {
    places.has(PLACES[place]) || places.has(Place::SYSTEM)
}

impl Marks {
    /// A write of these cells returns and tells these places of itself. Which of them have something else before it now, for the
    /// others go on from the same caller's last writes, as whoever knows of those knows of this; and of which that was before those
    /// is what is older yet.
    pub fn write(&mut self, who: Who, cells: u64, told: Places) -> (u64, u64) {
        let mut goes_on = self.replaced & self.by[who.index()] & cells;
        for (place, untold) in self.untold.iter_mut().enumerate() {
            if has(told, place) {
                *untold &= !cells;
            } else {
                goes_on &= *untold;
                *untold |= cells;
            }
        }
        let kept = cells & !goes_on;
        let undone = kept & self.replaced & (self.loose & !self.firm | self.failed);
        let new_base = undone & !self.base;
        self.base = self.base & !kept | undone;
        self.base_failed = self.base & (self.base_failed & !new_base | undone & self.failed);
        self.by.iter_mut().for_each(|by| *by &= !cells);
        self.by[who.index()] |= cells;
        // Whoever has seen what a failed call wrote knows that it came after what was there.
        self.replaced = self.replaced & !cells | cells & !self.settled;
        self.firm = self.firm & !kept | goes_on & !self.loose;
        for mark in
            [&mut self.failed, &mut self.crashed, &mut self.loose, &mut self.doubtful, &mut self.settled]
        {
            *mark &= !cells;
        }
        (kept, new_base)
    }

    /// These places know all of these cells now.
    pub fn tell(&mut self, places: Places, cells: u64) {
        for (place, untold) in self.untold.iter_mut().enumerate() {
            if has(places, place) {
                *untold &= !cells;
            }
        }
    }

    /// A sync on the host has succeeded.
    pub fn make_durable(&mut self, host: Host, cells: u64) {
        self.replaced &= !(cells & self.by_host(host) & !self.failed & !self.loose);
    }

    /// A sync has told its caller of an error.
    pub fn fail(&mut self, who: Who) {
        self.failed |= self.replaced & self.by[who.index()];
    }

    pub fn crash(&mut self, host: Host) {
        self.crashed |= self.replaced & self.by_host(host) & !self.failed;
        self.base &= !self.base_failed;
        self.base_failed = 0;
    }

    /// Others' flushes may overwrite the last write of these cells.
    pub fn loosen_last(&mut self, cells: u64) {
        self.loose |= self.replaced & cells;
    }

    /// And those of the same caller before it.
    pub fn loosen(&mut self, cells: u64) {
        self.loosen_last(cells);
        self.firm &= !cells;
    }

    /// Of these cells, those that others wrote last, and the host does not know.
    pub fn unknown_to(&self, host: Host, cells: u64) -> u64 {
        cells & self.untold[host.index()] & !self.by_host(host)
    }

    fn by_host(&self, host: Host) -> u64 {
        let on_host = Who::PROCESSES.into_iter().filter(|who| who.host() == Some(host));
        on_host.fold(0, |by, who| by | self.by[who.index()])
    }

    /// A call that may have written these cells has failed.
    pub fn doubt(&mut self, cells: u64) {
        self.doubtful |= cells;
    }

    /// Of these cells, those that a failed call may have written.
    pub fn doubtful(&self, cells: u64) -> u64 {
        self.doubtful & cells
    }

    /// A call has shown what a failed one wrote: nothing older comes back.
    pub fn settle(&mut self, cell: u64) {
        self.settled |= cell;
    }

    /// Whether what a failed call wrote has been shown of any of these cells.
    pub fn is_settled(&self, cells: u64) -> bool {
        self.settled & cells != 0
    }

    /// A call shows what was written last. Whether it may.
    pub fn see(&mut self, who: Who, flow: &Flow, cell: u64) -> bool {
        self.replaced &= !(self.crashed & cell);
        self.tell(flow.releases, cell);
        if let Some(host) = who.host() {
            self.untold[host.index()] &= !cell;
        }
        self.settled & cell == 0
    }

    /// Whether a call may show what is older.
    pub fn may_show_older(&self, who: Who, flow: &Flow, cell: u64) -> bool {
        let mark = |cells: u64| cells & cell != 0;
        // What a mapping knows is not kept, nor what a system knows of which some is not told.
        let kept = !flow.acquires.has_mapping() && !flow.acquires.has(Place::SYSTEM);
        let knows = || (0..PLACES.len()).any(|place| has(flow.acquires, place) && !mark(self.untold[place]));
        // What came back in a cache stays there; the server may have either.
        let turned_back = who == Who::Server && mark(self.failed);
        let uncertain = mark(self.crashed) || mark(self.loose & !self.firm);
        mark(self.replaced & !self.settled) && (uncertain || turned_back || kept && !knows())
    }

    /// Whether it may show what is older yet, where it may show what is older.
    pub fn may_show_base(&self, who: Who, cell: u64) -> bool {
        let base = if who == Who::Server { self.base } else { self.base & !self.base_failed };
        base & cell != 0
    }
}

/// The bits of these cells.
pub(super) fn bits(cells: Range) -> u64 {
    match cells.len() {
        0 => 0,
        len => u64::MAX >> (CELLS - len) << cells.start,
    }
}

/// Every cell of the folios of these.
pub(super) fn folios(cells: u64) -> u64 {
    const { assert!(FOLIO == 4, "a hexadecimal digit is a folio") };
    let any = (cells | cells >> 1 | cells >> 2 | cells >> 3) & 0x1111_1111_1111_1111;
    any * 0xf
}

/// Every cell up to the last of these.
pub(super) fn up_to(cells: u64) -> u64 {
    u64::MAX.checked_shr(cells.leading_zeros()).unwrap_or(0)
}
