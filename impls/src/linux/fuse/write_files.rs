//! Whose file a WRITE of writeback goes through, and so who is refused it: fuse_write_file_get().
//!
//! include/uapi/linux/fuse.h, FUSE_WRITE_CACHE: "delayed write from page cache, file handle is guessed". It is that of the file
//! that was last linked to the inode: with writeback_cache when it was opened, else when it was first mapped shared.

use crate::Sim;
use crate::linux::{Linux, Size, Ways};
use crate::sim::SharedRef;
use launder_oracle::{Host, Who};
use std::cell::Cell;

/// fi->write_files of both hosts, and the files that are not on it yet; what was linked last is last.
pub(in crate::linux) struct WriteFiles(SharedRef<Vec<File>>);

/// An open file description, which a mapping keeps after close(2).
#[derive(Clone, Copy)]
struct File {
    who: Who,
    /// A second one, for direct calls.
    direct: bool,
    open: bool,
    mapped: bool,
    linked: bool,
    /// file->f_wb_err, once it is closed.
    since: u32,
}

impl WriteFiles {
    /// Those of who takes part in the case, in their order.
    pub fn new(sim: &Sim, ways: &Ways) -> WriteFiles {
        let files = WriteFiles(sim.shared_ref(Vec::new()));
        if ways.is_fuse() {
            let who = Who::PROCESSES.into_iter().filter(|who| sim.takes_part(*who));
            who.for_each(|who| files.open(who, false, ways.size == Size::Kernel));
        }
        files
    }

    fn open(&self, who: Who, direct: bool, linked: bool) {
        self.0.borrow_mut().push(File { who, direct, open: true, mapped: false, linked, since: 0 });
    }

    /// The host has crashed.
    pub fn forget(&self, host: Host) {
        self.0.borrow_mut().retain(|file| file.who.host() != Some(host));
    }
}

impl Linux {
    /// fuse_write_file_get(): the user whose file it is; nobody where that is no matter of FUSE.
    pub(in crate::linux) fn write_file(&self, host: Host) -> Option<Who> {
        let files = self.write_files.0.borrow();
        files.iter().rev().find(|file| file.linked && file.who.host() == Some(host)).map(|file| file.who)
    }

    /// fuse_open()
    pub(super) fn file_is_opened(&self, who: Who) {
        self.write_files.open(who, false, self.ways.size == Size::Kernel);
    }

    /// A direct call: the first of them opens a descriptor of its own.
    pub(super) async fn file_is_opened_directly(&self, who: Who) {
        if !self.has_opened_directly(who) {
            self.server.idle(who, "OPEN").await;
            self.write_files.open(who, true, self.ways.size == Size::Kernel);
        }
    }

    /// Whether it has that descriptor open.
    pub(super) fn has_opened_directly(&self, who: Who) -> bool {
        self.write_files.0.borrow().iter().any(|file| file.who == who && file.direct && file.open)
    }

    /// fuse_file_mmap()
    pub(super) fn file_is_mapped(&self, who: Who, private: bool) {
        let mut files = self.write_files.0.borrow_mut();
        let open = |file: &File| file.who == who && file.open && !file.direct;
        let Some(at) = files.iter().position(open) else { return };
        files[at].mapped = true;
        if !private && !files[at].linked {
            let file = files.remove(at);
            files.push(File { linked: true, ..file });
        }
    }

    /// fuse_vma_close() is done.
    pub(super) fn file_is_unmapped(&self, who: Who) {
        let mut files = self.write_files.0.borrow_mut();
        files.iter_mut().filter(|file| file.who == who).for_each(|file| file.mapped = false);
        files.retain(|file| file.open || file.mapped);
    }

    /// Whether the file of this open descriptor is mapped.
    pub(super) fn is_file_mapped(&self, who: Who, direct: bool) -> bool {
        let files = self.write_files.0.borrow();
        files.iter().any(|file| file.who == who && file.open && file.direct == direct && file.mapped)
    }

    /// This descriptor is closed: its file is kept if it is mapped.
    pub(super) fn file_is_closed(&self, who: Who, direct: bool) {
        let mut files = self.write_files.0.borrow_mut();
        for file in files.iter_mut().filter(|file| file.who == who && file.open && file.direct == direct) {
            (file.open, file.since) = (false, self.process(who).since.get());
        }
        files.retain(|file| file.open || file.mapped);
    }

    /// file->f_wb_err of the file that is mapped: of another than the one that is open, where that was closed meanwhile. What
    /// `sync` does with it stays.
    pub(super) async fn with_errors_of_mapped<T>(
        &self,
        who: Who,
        sync: impl AsyncFnOnce(&Cell<u32>) -> T,
    ) -> T {
        let closed = |file: &&mut File| file.who == who && file.mapped && !file.open;
        let since = self.write_files.0.borrow_mut().iter_mut().find(closed).map(|file| file.since);
        let Some(since) = since else { return sync(&self.process(who).since).await };
        let since = Cell::new(since);
        let result = sync(&since).await;
        self.write_files.0.borrow_mut().iter_mut().filter(closed).for_each(|file| file.since = since.get());
        result
    }
}
