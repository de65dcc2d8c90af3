//! posix_fadvise(2), POSIX_FADV_DONTNEED, where nobody else is under way: what it begins has ended, and it comes to one thing.

use super::residency::{Residency, advise_dontneed, outwait_writeback, residency};
use crate::Cells;
use launder_oracle::Range;
use rustix::fd::BorrowedFd;
use rustix::fs::tell;
use rustix::io::{Result, ioctl_fionread};
use rustix::param::page_size;

/// Makes the call, and makes it again where what it comes to hangs on what other processes do.
///
/// generic_fadvise() begins writeback and walks the folios at once, and find_lock_entries() passes over what is under writeback. Only if
/// any of the others fails, as one does that is mapped, does lru_add_drain_all() follow, and a second walk, which takes what
/// is no longer under writeback. The server has answered by then if there was something to drain, for who waits for that lets it
/// run. On kernels before 6.18 deactivate_file_folio() has put what failed into a batch of our processor; since then, "mm:
/// lru_add_drain_all() do local lru_add_drain() first", it hangs on what others have left in those of the other processors: of
/// 100 runs 14 took the folio, and 86 did not. So it is as if somebody always had.
pub fn advise(file: BorrowedFd<'_>, range: Range, cells: &Cells) -> Result<()> {
    let (asked, folios) = (cells.bytes(range), cells.folios(range));
    let begins = is_to_end(&residency(file, folios.clone())?);
    let clean = if begins { clean_pages(file, walked(file, &asked)?)? } else { Vec::new() };
    advise_dontneed(file, &asked)?;
    outwait_writeback(file, &folios)?;
    let again = begins && (any_stays(file, clean)? || is_to_end(&residency(file, folios)?));
    if again { advise_dontneed(file, &asked) } else { Ok(()) }
}

/// Whether any of them is dirty or under writeback, as far as the kernel says that.
fn is_to_end(pages: &Residency) -> bool {
    pages.dirty.is_some_and(|dirty| dirty != (0, 0))
}

/// The bytes of the pages that the kernel walks: whole ones, "but if endbyte is page aligned or is at the end of file, we should not
/// skip that page". FIONREAD says how far the end is, and no server is asked for it.
fn walked(file: BorrowedFd<'_>, asked: &std::ops::Range<u64>) -> Result<std::ops::Range<u64>> {
    let page = page_size() as u64;
    let size = tell(file)?.wrapping_add(ioctl_fionread(file)?);
    let end = if asked.end == size { asked.end.next_multiple_of(page) } else { asked.end / page * page };
    Ok(asked.start.next_multiple_of(page)..end)
}

/// Where the pages begin that are cached, and need no writeback.
fn clean_pages(file: BorrowedFd<'_>, bytes: std::ops::Range<u64>) -> Result<Vec<u64>> {
    let mut clean = Vec::new();
    for start in bytes.step_by(page_size()) {
        let page = of_page(file, start)?;
        if page.cached > 0 && !is_to_end(&page) {
            clean.push(start);
        }
    }
    Ok(clean)
}

/// Whether any of these pages is cached still.
fn any_stays(file: BorrowedFd<'_>, pages: Vec<u64>) -> Result<bool> {
    for start in pages {
        if of_page(file, start)?.cached > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn of_page(file: BorrowedFd<'_>, start: u64) -> Result<Residency> {
    residency(file, start..start + page_size() as u64)
}
