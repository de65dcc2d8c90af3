//! posix_fadvise(2), mm/fadvise.c, POSIX_FADV_DONTNEED: what is dirty begins to be written back, and nobody waits for it, so that it
//! stays; what is clean goes.

use super::{Advice, Linux, Scheme, folios};
use launder_oracle::{FOLIO, Host, Range};

/// Where the first walk fails on a folio, as one that is mapped, there is a second one, since 3.9, "mm/fadvise.c: drain all pagevecs if
/// POSIX_FADV_DONTNEED fails to discard all pages".
pub(super) async fn dontneed<S: Scheme>(scheme: &S, host: Host, range: Range) {
    if range.is_empty() {
        return;
    }
    let linux = scheme.linux();
    let once = linux.ways.advice != Advice::Twice;
    scheme.start_writeback(host, if once { 0..u32::MAX } else { folios(range) }).await;
    let walked = linux.walked(host, range);
    if linux.mapping_try_invalidate(host, walked.clone()).await && !once {
        linux.lru_add_drain_all(host, walked.clone()).await;
        linux.mapping_try_invalidate(host, walked).await;
    }
}

impl Linux {
    /// "First and last FULL page!", but "if endbyte is page aligned or is at the end of file, we should not skip that page".
    fn walked(&self, host: Host, range: Range) -> std::ops::Range<u32> {
        let takes_the_last = match self.ways.advice {
            Advice::Twice => range.end == self.inode(host).size().get(),
            Advice::OnceWhole => false,
            Advice::Once => true,
        };
        let end = if takes_the_last { range.end.div_ceil(FOLIO) } else { range.end / FOLIO };
        range.start.div_ceil(FOLIO)..end
    }

    /// lru_add_drain_all(): who waits until other processors have put the folios of their batches on the lists lets others run, who may
    /// answer what writeback sent. Where requests are answered one by one they do if nobody else is under way.
    async fn lru_add_drain_all(&self, host: Host, folios: std::ops::Range<u32>) {
        let sim = &self.sim;
        if !sim.goes_by_requests() {
            sim.say(format_args!(
                "{host}: folios {folios:?} are walked again when processors have drained theirs"
            ));
            sim.step_aside().await;
        } else if sim.is_undisturbed() {
            self.fdatawait(host, folios).await;
        }
    }
}
