//! Where the file of a case is: a directory, or one directory on each of two mounts of a file system.
//!
//! Nothing is ever left there. In one directory the file has no name at all. On two mounts it must have one, by which the
//! second finds it, and has it until the case has ended.

use super::buffer::Buffer;
use super::descriptor::{open_again, read_fully};
use super::name::{Given, Name};
use super::pipe::Pipe;
use super::process::Process;
use crate::{Case, Cells, Ground};
use launder_oracle::{Call, Host, Who};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, fstatfs, ftruncate, open, openat};
use rustix::io::{Errno, Result, pwrite};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What `path` stands on: with no directory named, the one for temporary files (TMPDIR, else /tmp).
pub struct Place {
    /// The directory of host a, and that of host b if there is one.
    directories: Vec<Rc<OwnedFd>>,
    /// Whether the server reads around the page cache.
    reads_direct: bool,
    /// Where the file system keeps its files.
    kept: Kept,
    /// How the file is found in both directories, or in one that must name its files.
    name: Option<Name>,
    tools: Rc<Tools>,
    next: RefCell<Option<Site>>,
}

/// What is used again from case to case.
pub struct Tools {
    /// The pipe of mapped calls.
    pub pipe: Pipe,
    /// The bytes of the call under way.
    pub buffer: RefCell<Buffer>,
}

impl Tools {
    /// Nothing used yet.
    pub fn new() -> std::result::Result<Tools, String> {
        let pipe = Pipe::new().map_err(|errno| format!("pipe: {errno}"))?;
        Ok(Tools { pipe, buffer: Buffer::new().into() })
    }
}

/// The file of a case.
pub struct Site {
    /// How it is cut.
    pub cells: Cells,
    /// A descriptor that no process has, by host.
    pub files: Vec<OwnedFd>,
    /// What the server reads through.
    pub server: Option<OwnedFd>,
    /// The file where no client's cache is between, if the third party reaches it there: to be opened for each of its calls.
    pub third: Option<OwnedFd>,
    /// The processes; those that take part have it open.
    pub processes: [RefCell<Process>; 3],
    /// Whether the page cache may drop it.
    pub drops_cache: bool,
    /// What is used again.
    pub tools: Rc<Tools>,
    /// What the caches of hosts are looked at through when no process has it open any more, by host, if that is kept.
    pub kept: RefCell<[Option<OwnedFd>; 2]>,
    /// Its name, where it has one: the last of these to go, when nobody has the file open.
    #[allow(dead_code)] // it goes
    pub name: Option<Given>,
}

impl Ground for Place {
    const DIRECTORIES: usize = 2;

    fn has_two_hosts(&self) -> bool {
        self.directories.len() == 2
    }

    fn prepare(at: &[PathBuf]) -> std::result::Result<Place, String> {
        let temporary = if at.is_empty() { vec![std::env::temp_dir()] } else { Vec::new() };
        let at = if at.is_empty() { &temporary } else { at };
        if at.len() > Place::DIRECTORIES {
            return Err("`path` has two hosts: at most two directories can be named".into());
        }
        let mut place = Place {
            directories: Vec::new(),
            reads_direct: false,
            kept: Kept::Elsewhere,
            name: None,
            tools: Rc::new(Tools::new()?),
            next: RefCell::new(None),
        };
        at.iter().try_for_each(|path| place.enter(path, &at[0]))?;
        Ok(place)
    }

    fn begin(&self, case: &Case) -> std::result::Result<(), String> {
        let on_b = |call: &Call| matches!(call, Call::Writeback(Host::B, _) | Call::Reclaim(Host::B, _));
        let needs_b = case.asks.iter().any(|ask| ask.who.host() == Some(Host::B) || on_b(&ask.call));
        if needs_b && self.directories.len() < 2 {
            return Err("host b needs a second directory (--at), on another mount of the file system".into());
        }
        let site = self.site(case).map_err(|errno| format!("the file cannot be made: {errno}"))?;
        self.next.replace(Some(site));
        Ok(())
    }
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// With O_EXCL nobody can give the file a name: open(2).
const NAMELESS: OFlags = OFlags::RDWR.union(OFlags::CLOEXEC).union(OFlags::TMPFILE).union(OFlags::EXCL);

impl Place {
    /// Whether the page cache may drop what it holds of a file: not where it is the only place that holds it.
    pub fn drops_cache(&self) -> bool {
        self.kept != Kept::InMemory
    }

    /// Where the file system keeps its files.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// The file of the case that has begun.
    pub fn take(&self) -> Site {
        self.next.take().expect("a case has begun")
    }

    /// Adds a directory, which is the first or the same on another mount.
    fn enter(&mut self, path: &Path, first: &Path) -> std::result::Result<(), String> {
        let why = |errno| format!("{}: {errno}", path.display());
        self.directories.push(open(path, DIRECTORY, Mode::empty()).map_err(why)?.into());
        if self.needs_name() && self.name.is_none() {
            self.name =
                Some(Name::new(first).map_err(|error| format!("/bin/sh in {}: {error}", first.display()))?);
        }
        self.probe().map_err(|errno| match errno {
            Errno::NOENT | Errno::XDEV if self.directories.len() > 1 => {
                let (here, there) = (path.display(), first.display());
                format!("{here} is not {there} on another mount: a file made there is not seen here")
            }
            errno => why(errno),
        })
    }

    /// Whether a file needs a name, for a second mount or because the file system knows none without (open(2),
    /// O_TMPFILE).
    fn needs_name(&self) -> bool {
        self.directories.len() > 1
            || openat(&self.directories[0], ".", NAMELESS, Mode::RUSR | Mode::WUSR).is_err()
    }

    /// Finds out whether files can be made here and opened again, and what their cache does.
    fn probe(&mut self) -> Result<()> {
        let mut buffer = self.tools.buffer.borrow_mut();
        let page = buffer.blank(rustix::param::page_size() as u64);
        let (files, _name) = self.make_file(|file| {
            pwrite(file, &*page, 0)?;
            if self.directories.len() > 1 { rustix::fs::fsync(file) } else { Ok(()) }
        })?;
        for file in &files[1..] {
            let len = page.len();
            page.fill(0);
            if read_fully(file.as_fd(), 0, page)? != len || page.contains(&0) {
                // Another file system, that has such a file too.
                return Err(Errno::XDEV);
            }
        }
        let again = open_again(files[0].as_fd(), OFlags::empty())?;
        let direct = open_again(again.as_fd(), OFlags::DIRECT);
        self.kept = Kept::by(fstatfs(&again)?.f_type as u32);
        self.reads_direct = self.drops_cache()
            && direct.is_ok_and(|direct| read_fully(direct.as_fd(), 0, page) == Ok(page.len()));
        Ok(())
    }

    fn site(&self, case: &Case) -> Result<Site> {
        let cells = Cells::of(case, rustix::param::page_size() as u64);
        let size = cells.border(case.cells);
        let (files, name) = self.make_file(|file| if size > 0 { ftruncate(file, size) } else { Ok(()) })?;
        let server = self.reads_direct.then(|| open_again(files[0].as_fd(), OFlags::DIRECT)).transpose()?;
        let processes = [(); 3].map(|()| RefCell::new(Process::default()));
        for who in Who::PROCESSES.into_iter().filter(|who| case.asks.iter().any(|ask| ask.who == *who)) {
            let host = who.host().map_or(0, Host::index);
            processes[who.index()].replace(Process::with_open(files[host].as_fd())?);
        }
        let (drops_cache, tools) = (self.drops_cache(), self.tools.clone());
        let kept = RefCell::default();
        Ok(Site { cells, files, server, third: None, processes, drops_cache, tools, kept, name })
    }

    /// A new file, begun, and then opened in every directory.
    fn make_file(&self, begin: impl FnOnce(&OwnedFd) -> Result<()>) -> Result<(Vec<OwnedFd>, Option<Given>)> {
        if let Some(name) = &self.name {
            return name.make_file(&self.directories, begin).map(|(files, given)| (files, Some(given)));
        }
        let file = openat(&self.directories[0], ".", NAMELESS, Mode::RUSR | Mode::WUSR)?;
        begin(&file)?;
        Ok((vec![file], None))
    }
}

/// Where a file system keeps its files, as far as that says what it does to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the page cache alone.
    InMemory,
    /// On a disk, by ext4.
    OnExt4,
    /// Where a server of FUSE does.
    ByAServer,
    /// On another file system, which it does not name.
    Beneath,
    /// Anywhere else.
    Elsewhere,
}

impl Kept {
    /// By statfs(2), `f_type`.
    fn by(file_system: u32) -> Kept {
        const TMPFS: u32 = 0x0102_1994;
        const RAMFS: u32 = 0x8584_58f6;
        const EXT4: u32 = 0xef53;
        const FUSE: u32 = 0x6573_5546;
        const OVERLAYFS: u32 = 0x794c_7630;
        match file_system {
            TMPFS | RAMFS => Kept::InMemory,
            EXT4 => Kept::OnExt4,
            FUSE => Kept::ByAServer,
            OVERLAYFS => Kept::Beneath,
            _ => Kept::Elsewhere,
        }
    }
}
