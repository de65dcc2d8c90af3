//! Writing through: fuse_perform_write(), which fills a request with folios and sends it.

use crate::linux::{FolioId, Linux, WriteThrough, cells_of, overlap};
use crate::sim::Guard;
use crate::step;
use launder_oracle::{Errno, FOLIO, Host, Range, Value, Who};

/// fuse_perform_write(), under i_rwsem: how many cells the server has.
pub async fn perform_write(
    linux: &Linux,
    who: Who,
    range: Range,
    value: &impl Fn(u32) -> Value,
) -> Result<u32, Errno> {
    let inode = linux.inode(linux.process(who).host);
    let _unstable = match range.end > inode.size().get() {
        true => Some(linux.sim.lock(inode.size_unstable).await),
        false => None,
    };
    let mut done = 0;
    let mut result = Ok(());
    while result.is_ok() && done < range.len() {
        let request = fill(linux, who, Range::new(range.start + done, range.end), value).await;
        let asked = request.range.len();
        match send(linux, inode.host, who, request).await {
            Err(errno) => result = Err(errno),
            Ok(written) => {
                done += written;
                result = if written == asked { Ok(()) } else { Err(Errno::EIO) };
            }
        }
    }
    linux.fuse_write_update_attr(inode.host, range.start + done, done);
    if done > 0 { Ok(done) } else { result.map(|()| 0) }
}

/// A WRITE whose payload is the folios themselves.
struct Request<'s> {
    range: Range,
    folios: Vec<FolioId>,
    /// Those that stay locked until the reply.
    locked: Vec<Guard<'s>>,
}

/// fuse_fill_write_pages(): the bytes go to the folios. One that is not uptodate is the last of its request, or stays locked.
async fn fill<'l>(linux: &'l Linux, who: Who, range: Range, value: &impl Fn(u32) -> Value) -> Request<'l> {
    let inode = linux.inode(linux.process(who).host);
    let mut request =
        Request { range: Range::new(range.start, range.start), folios: Vec::new(), locked: Vec::new() };
    while request.range.end < range.end {
        let index = request.range.end / FOLIO;
        let (id, lock) = linux.grab_folio(who, index).await;
        let part = overlap(cells_of(index), Range::new(request.range.end, range.end));
        linux.copy_in(inode.host, id, part, value);
        inode.change(id, |folio| folio.refs += 1);
        request.folios.push(id);
        request.range.end = part.end;
        step!(linux.sim, "{}: {who} writes {part} to folio {index}", inode.host);
        if linux.ways.write_through == WriteThrough::Locked {
            request.locked.push(lock);
            continue;
        }
        if part.len() == FOLIO {
            inode.change(id, |folio| folio.uptodate = true);
        }
        if !inode.folio(id).uptodate {
            request.locked.push(lock);
            break;
        }
    }
    request
}

/// fuse_send_write_pages(): what was stored to the folios through mappings since they were unlocked is sent too.
async fn send(linux: &Linux, host: Host, who: Who, request: Request<'_>) -> Result<u32, Errno> {
    let inode = linux.inode(host);
    let Request { range, folios, locked } = request;
    for id in &folios {
        linux.sim.wait_free(inode.writeback(*id)).await;
        linux.wait_on_temporary_page(host, inode.index(*id)).await;
    }
    let payload = |cell: u32| {
        let id = folios[(cell / FOLIO - range.start / FOLIO) as usize];
        inode.folio(id).cells[(cell % FOLIO) as usize]
    };
    let done = linux.server.write_as_read(host, who, range, payload).await;
    let covered = Range::new(range.start, range.start + *done.as_ref().unwrap_or(&0));
    for id in &folios {
        inode.change(*id, |folio| folio.refs -= 1);
        let cells = cells_of(inode.index(*id));
        let part = overlap(cells, range);
        let whole = overlap(part, covered).len() == part.len();
        match linux.ways.write_through {
            WriteThrough::Locked if whole && part == cells => {
                inode.change(*id, |folio| folio.uptodate = true);
            }
            WriteThrough::Unlocked if !whole && !linux.sim.bug("no_clear_U_on_err") => {
                inode.change(*id, |folio| folio.uptodate = false);
            }
            _ => {}
        }
    }
    step!(linux.sim, "{host}: {who}'s WRITE of {range} has returned");
    drop(locked);
    done
}
