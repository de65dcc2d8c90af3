//! What a client of a network's file system stands on: a directory that is exported, and two mounts of it.

use super::super::name::Given;
use super::super::place::{Site, Tools};
use super::super::process::Process;
use crate::{Ask, Case, Cells, Ground};
use launder_oracle::{Call, Host, Range, Who};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ftruncate, open, openat};
use rustix::io::Result;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A directory that is exported, and where the two hosts have it mounted.
pub struct Export {
    hosts: [OwnedFd; 2],
    exported: Rc<OwnedFd>,
    tools: Rc<Tools>,
    next: RefCell<Option<(Site, usize)>>,
}

impl Ground for Export {
    const DIRECTORIES: usize = 3;

    fn prepare(at: &[PathBuf]) -> std::result::Result<Export, String> {
        let [a, b, exported] = at else {
            return Err("it needs three directories (--at): two mounts, and what is exported".into());
        };
        let enter = |path: &PathBuf| {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            open(path, flags, Mode::empty()).map_err(|errno| format!("{}: {errno}", path.display()))
        };
        let export = Export {
            hosts: [enter(a)?, enter(b)?],
            exported: Rc::new(enter(exported)?),
            tools: Rc::new(Tools::new()?),
            next: RefCell::default(),
        };
        let on_both = Call::Reclaim(Host::B, Range::new(0, 0));
        let site = export.site(&Case::new(vec![Ask::new(Who::Nature, on_both)]));
        site.map_err(|errno| {
            format!("what is made in {} is not found by both hosts: {errno}", exported.display())
        })?;
        Ok(export)
    }

    fn begin(&self, case: &Case) -> std::result::Result<(), String> {
        let site = self.site(case).map_err(|errno| format!("the file cannot be made: {errno}"))?;
        self.next.replace(Some((site, case.asks.len())));
        Ok(())
    }
}

impl Export {
    /// The file of the case that has begun, and how many calls are asked of it before it is settled.
    pub fn take(&self) -> (Site, usize) {
        self.next.take().expect("a case has begun")
    }

    /// A new file, made where it is exported from, and found by the hosts that take part. Nobody keeps it open but the processes: a
    /// client that finds, as it opens a file for writing, that somebody else has changed it drops what it has cached only if nobody
    /// else on it has it open (seen of 6.1: fs/nfs/inode.c, NFS_INO_DATA_INVAL_DEFER), and a server that has it open for writing
    /// grants no delegations.
    fn site(&self, case: &Case) -> Result<Site> {
        let cells = Cells::of(case, rustix::param::page_size() as u64);
        // Of all that are asked at once in one process, too: what a client still believes of a name is of one file.
        static GIVEN: AtomicU64 = AtomicU64::new(0);
        let name = format!(".launder-{:x}-{:x}", std::process::id(), GIVEN.fetch_add(1, Relaxed));
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let made = openat(&self.exported, &name, flags, Mode::RUSR | Mode::WUSR)?;
        let given = Given::new(Rc::clone(&self.exported), name.clone());
        ftruncate(&made, cells.border(case.cells))?;
        let find = |folder: &OwnedFd, flags| openat(folder, &name, flags | OFlags::CLOEXEC, Mode::empty());
        let third = find(&self.exported, OFlags::PATH)?;
        drop(made);
        let (mut files, processes) = (Vec::new(), [(); 3].map(|()| RefCell::new(Process::default())));
        for host in Host::ALL.into_iter().filter(|host| *host == Host::A || takes_part(*host, case)) {
            let folder = &self.hosts[host.index()];
            let asked = |who: &Who| who.host() == Some(host) && case.asks.iter().any(|ask| ask.who == *who);
            let mut there = Who::PROCESSES.into_iter().filter(asked);
            // To open it by its name takes one request, to look it up and open it then takes two.
            if let Some(first) = there.next() {
                processes[first.index()].borrow_mut().open_by(|| find(folder, OFlags::RDWR))?;
            }
            files.push(find(folder, OFlags::PATH)?);
            for who in there {
                processes[who.index()].replace(Process::with_open(files[host.index()].as_fd())?);
            }
        }
        let (server, tools) = (None, Rc::clone(&self.tools));
        Ok(Site {
            cells,
            files,
            server,
            third: Some(third),
            processes,
            drops_cache: true,
            tools,
            kept: RefCell::default(),
            name: Some(given),
        })
    }
}

/// Whether somebody of the host is asked something, or nature is asked something of it.
fn takes_part(host: Host, case: &Case) -> bool {
    let of_it = |call: &Call| matches!(call, Call::Writeback(of, _) | Call::Reclaim(of, _) if *of == host);
    case.asks.iter().any(|ask| ask.who.host() == Some(host) || of_it(&ask.call))
}
