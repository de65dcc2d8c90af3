//! What every model makes of every case of `fuzz/cases`: a table, and a timeline of what went wrong.

use launder_fuzz::{Look, Outcome, Planted, Signature, Symptom, Timeline, Trial, alike, table};
use launder_impls::{Case, Watched};
use std::fs;
use std::path::{Path, PathBuf};

macro_rules! cases {
    ($($name:ident: $file:literal,)*) => {
        const LISTED: &[&str] = &[$($file),*];

        $(
            #[test]
            fn $name() {
                shows($file);
            }
        )*
    };
}

cases! {
    ack_before_zap: "ack-before-zap",
    advice_begins_writeback: "advice-begins-writeback",
    aio_inval_at_submit: "aio-inval-at-submit",
    append_after_a_notification: "append-after-a-notification",
    append_of_direct_io_asks_for_no_size: "append-of-direct-io-asks-for-no-size",
    append_shared_lock: "append-shared-lock",
    append_that_holds_no_lock: "append-that-holds-no-lock",
    break_that_is_not_counted_spurious_error: "break-that-is-not-counted-spurious-error",
    callback_that_unmaps_nothing_lost_write: "callback-that-unmaps-nothing-lost-write",
    callback_that_unmaps_nothing_silent_error: "callback-that-unmaps-nothing-silent-error",
    callback_that_unmaps_nothing_spurious_error: "callback-that-unmaps-nothing-spurious-error",
    callback_that_unmaps_nothing_stale_read: "callback-that-unmaps-nothing-stale-read",
    callback_work_is_under_way_lost_write: "callback-work-is-under-way-lost-write",
    callback_work_is_under_way_spurious_error: "callback-work-is-under-way-spurious-error",
    callback_work_is_under_way_stale_read: "callback-work-is-under-way-stale-read",
    callback_work_is_under_way_wrong_size: "callback-work-is-under-way-wrong-size",
    callback_work_sets_a_size_before_it_unmaps: "callback-work-sets-a-size-before-it-unmaps",
    callback_work_sets_a_size_before_it_unmaps_leaked: "callback-work-sets-a-size-before-it-unmaps-leaked",
    cb_no_unmap: "cb-no-unmap",
    cfr_no_inval: "cfr-no-inval",
    change_taken_for_a_write_under_way_and_a_fault: "change-taken-for-a-write-under-way-and-a-fault",
    change_taken_for_a_write_under_way_is_overwritten: "change-taken-for-a-write-under-way-is-overwritten",
    change_taken_for_a_write_under_way_resurrects: "change-taken-for-a-write-under-way-resurrects",
    change_taken_for_the_own_and_a_fault: "change-taken-for-the-own-and-a-fault",
    change_taken_for_the_own_and_a_store_past_the_end: "change-taken-for-the-own-and-a-store-past-the-end",
    change_taken_for_the_own_and_copied: "change-taken-for-the-own-and-copied",
    change_taken_for_the_own_and_the_size: "change-taken-for-the-own-and-the-size",
    change_taken_for_the_own_is_not_read: "change-taken-for-the-own-is-not-read",
    change_taken_for_the_own_is_overwritten: "change-taken-for-the-own-is-overwritten",
    change_taken_for_the_own_resurrects: "change-taken-for-the-own-resurrects",
    change_that_is_asked_for_after_a_failed_write: "change-that-is-asked-for-after-a-failed-write",
    clear_dirty_before_release: "clear-dirty-before-release",
    close_of_2_6_22_and_a_private_mapping: "close-of-2-6-22-and-a-private-mapping",
    close_of_2_6_22_leaked: "close-of-2-6-22-leaked",
    close_of_2_6_22_lost_write: "close-of-2-6-22-lost-write",
    close_of_2_6_22_spurious_error: "close-of-2-6-22-spurious-error",
    close_of_2_6_22_stale_read: "close-of-2-6-22-stale-read",
    close_of_2_6_22_wrong_size: "close-of-2-6-22-wrong-size",
    close_of_a_mapped_file_spurious_error: "close-of-a-mapped-file-spurious-error",
    close_of_a_mapped_file_stale_read: "close-of-a-mapped-file-stale-read",
    close_of_a_mapped_file_wrong_size: "close-of-a-mapped-file-wrong-size",
    close_of_the_direct_descriptor_comes_first: "close-of-the-direct-descriptor-comes-first",
    close_tells_of_what_fsync_has_sent: "close-tells-of-what-fsync-has-sent",
    close_that_writes_nothing_back: "close-that-writes-nothing-back",
    close_that_writes_nothing_back_and_a_truncate_that_is_refused: "close-that-writes-nothing-back-and-a-truncate-that-is-refused",
    close_that_writes_nothing_back_and_the_size: "close-that-writes-nothing-back-and-the-size",
    close_to_open: "close-to-open",
    congested_no_redirty: "congested-no-redirty",
    copy_and_a_store_beside_it: "copy-and-a-store-beside-it",
    copy_and_a_store_beside_it_is_read: "copy-and-a-store-beside-it-is-read",
    copy_and_a_store_beside_it_without_an_error: "copy-and-a-store-beside-it-without-an-error",
    copy_of_nothing_drops_the_cache: "copy-of-nothing-drops-the-cache",
    copy_that_is_being_written_whole_and_an_fsync: "copy-that-is-being-written-whole-and-an-fsync",
    copy_that_was_not_written_whole: "copy-that-was-not-written-whole",
    copy_that_was_not_written_whole_and_is_read: "copy-that-was-not-written-whole-and-is-read",
    copy_that_was_not_written_whole_without_an_error: "copy-that-was-not-written-whole-without-an-error",
    cut_off_and_zeroed_in_vain: "cut-off-and-zeroed-in-vain",
    dio_fallback_no_sync: "dio-fallback-no-sync",
    dio_no_post_inval: "dio-no-post-inval",
    dio_no_post_inval_on_a_disk: "dio-no-post-inval-on-a-disk",
    direct_append_asks_for_no_size: "direct-append-asks-for-no-size",
    direct_read_after_a_mapped_store: "direct-read-after-a-mapped-store",
    direct_read_after_a_stale_folio_was_reported: "direct-read-after-a-stale-folio-was-reported",
    direct_read_during_a_write: "direct-read-during-a-write",
    direct_read_in_direct_mode_misses_a_store: "direct-read-in-direct-mode-misses-a-store",
    direct_read_in_direct_mode_misses_a_store_over_a_copy: "direct-read-in-direct-mode-misses-a-store-over-a-copy",
    direct_read_of_what_is_in_the_cache_alone: "direct-read-of-what-is-in-the-cache-alone",
    direct_write_and_a_store_that_comes_between: "direct-write-and-a-store-that-comes-between",
    direct_write_and_stores_past_the_end_that_come_between: "direct-write-and-stores-past-the-end-that-come-between",
    direct_write_beyond_a_store_past_the_end: "direct-write-beyond-a-store-past-the-end",
    direct_write_over_a_folio_that_stays: "direct-write-over-a-folio-that-stays",
    direct_write_over_a_folio_that_stays_and_a_cut: "direct-write-over-a-folio-that-stays-and-a-cut",
    direct_write_over_a_folio_that_stays_and_a_punch: "direct-write-over-a-folio-that-stays-and-a-punch",
    direct_write_over_a_folio_that_stays_and_a_truncate: "direct-write-over-a-folio-that-stays-and-a-truncate",
    direct_write_over_a_folio_that_stays_and_is_copied: "direct-write-over-a-folio-that-stays-and-is-copied",
    direct_write_over_a_folio_that_stays_and_is_frozen: "direct-write-over-a-folio-that-stays-and-is-frozen",
    direct_write_over_a_folio_that_stays_and_is_frozen_past_the_end: "direct-write-over-a-folio-that-stays-and-is-frozen-past-the-end",
    direct_write_over_a_folio_that_stays_and_is_frozen_under_a_store: "direct-write-over-a-folio-that-stays-and-is-frozen-under-a-store",
    direct_write_over_a_folio_that_stays_in_vain: "direct-write-over-a-folio-that-stays-in-vain",
    direct_write_over_a_folio_that_stays_is_read: "direct-write-over-a-folio-that-stays-is-read",
    direct_write_that_a_store_fails_leaves_a_stale_page: "direct-write-that-a-store-fails-leaves-a-stale-page",
    direct_write_that_a_store_fails_leaves_a_stale_page_that_is_read: "direct-write-that-a-store-fails-leaves-a-stale-page-that-is-read",
    direct_write_that_falls_back_writes_a_whole_folio: "direct-write-that-falls-back-writes-a-whole-folio",
    direct_write_that_goes_through_the_cache_and_a_direct_read: "direct-write-that-goes-through-the-cache-and-a-direct-read",
    direct_write_that_goes_through_the_cache_and_comes_late: "direct-write-that-goes-through-the-cache-and-comes-late",
    direct_write_under_a_folio_that_stays: "direct-write-under-a-folio-that-stays",
    direct_write_under_a_folio_that_stays_and_a_punch_that_is_refused: "direct-write-under-a-folio-that-stays-and-a-punch-that-is-refused",
    direct_write_under_a_folio_that_stays_and_is_copied: "direct-write-under-a-folio-that-stays-and-is-copied",
    direct_write_under_a_folio_that_stays_and_is_written_back: "direct-write-under-a-folio-that-stays-and-is-written-back",
    direct_write_under_way_and_a_truncate: "direct-write-under-way-and-a-truncate",
    dirty_buffer_of_a_clean_page: "dirty-buffer-of-a-clean-page",
    dirty_entries_and_a_direct_read: "dirty-entries-and-a-direct-read",
    dirty_entries_and_a_truncate_under_way: "dirty-entries-and-a-truncate-under-way",
    dirty_entries_and_a_write_under_a_truncate: "dirty-entries-and-a-write-under-a-truncate",
    dirty_entries_and_fsync: "dirty-entries-and-fsync",
    dirty_entries_fsync_and_an_error: "dirty-entries-fsync-and-an-error",
    dirty_entries_fsync_and_an_error_nobody_hears: "dirty-entries-fsync-and-an-error-nobody-hears",
    dirty_entry_of_a_page_and_an_error: "dirty-entry-of-a-page-and-an-error",
    dirty_entry_of_a_page_past_the_end: "dirty-entry-of-a-page-past-the-end",
    dirty_entry_of_a_page_that_is_not_uptodate: "dirty-entry-of-a-page-that-is-not-uptodate",
    dirty_folio_is_truncated: "dirty-folio-is-truncated",
    dirty_folio_is_truncated_and_accessed: "dirty-folio-is-truncated-and-accessed",
    dirty_folio_is_truncated_and_an_error: "dirty-folio-is-truncated-and-an-error",
    dirty_folio_is_truncated_and_copied: "dirty-folio-is-truncated-and-copied",
    dirty_folio_is_truncated_and_copied_over_a_punch: "dirty-folio-is-truncated-and-copied-over-a-punch",
    dirty_folio_is_truncated_and_read: "dirty-folio-is-truncated-and-read",
    dirty_folio_is_truncated_at_the_end: "dirty-folio-is-truncated-at-the-end",
    dirty_folio_of_a_denied_user: "dirty-folio-of-a-denied-user",
    dirty_outside_lock: "dirty-outside-lock",
    dirty_page_not_buffers: "dirty-page-not-buffers",
    discarded_and_copied: "discarded-and-copied",
    discarded_and_copied_over_a_punch: "discarded-and-copied-over-a-punch",
    discarded_and_mapped: "discarded-and-mapped",
    discarded_and_read: "discarded-and-read",
    discarded_at_the_end: "discarded-at-the-end",
    discarded_though_nobody_else_wrote: "discarded-though-nobody-else-wrote",
    discarded_under_another_append: "discarded-under-another-append",
    discarded_without_an_error: "discarded-without-an-error",
    downconvert_no_unmap: "downconvert-no-unmap",
    dropped_after_a_failed_flush: "dropped-after-a-failed-flush",
    error_after_the_end_of_writeback_lost_write: "error-after-the-end-of-writeback-lost-write",
    error_after_the_end_of_writeback_silent_error: "error-after-the-end-of-writeback-silent-error",
    error_after_the_end_of_writeback_stale_read: "error-after-the-end-of-writeback-stale-read",
    error_after_the_pages_were_killed_lost_write: "error-after-the-pages-were-killed-lost-write",
    error_after_the_pages_were_killed_silent_error: "error-after-the-pages-were-killed-silent-error",
    error_after_the_pages_were_killed_stale_read: "error-after-the-pages-were-killed-stale-read",
    error_after_the_pages_were_killed_wrong_size: "error-after-the-pages-were-killed-wrong-size",
    error_of_a_later_temporary_page_loses_its_name: "error-of-a-later-temporary-page-loses-its-name",
    error_of_a_page_after_anothers_fsync_loses_its_name: "error-of-a-page-after-anothers-fsync-loses-its-name",
    error_of_a_store_loses_its_name: "error-of-a-store-loses-its-name",
    error_of_writeback_loses_its_name: "error-of-writeback-loses-its-name",
    error_while_an_open_waits: "error-while-an-open-waits",
    errors_of_a_mapping_of_a_closed_file: "errors-of-a-mapping-of-a-closed-file",
    errseq_sample_at_open: "errseq-sample-at-open",
    fail_clears_uptodate: "fail-clears-uptodate",
    failed_direct_append_cuts_the_file_silently: "failed-direct-append-cuts-the-file-silently",
    failed_direct_write_cuts_the_file_silently: "failed-direct-write-cuts-the-file-silently",
    failed_direct_write_cuts_the_file_that_grew: "failed-direct-write-cuts-the-file-that-grew",
    failed_direct_write_cuts_the_file_that_is_read: "failed-direct-write-cuts-the-file-that-is-read",
    failed_direct_write_cuts_the_file_that_it_does_not_know: "failed-direct-write-cuts-the-file-that-it-does-not-know",
    failed_direct_write_cuts_the_file_under_another: "failed-direct-write-cuts-the-file-under-another",
    failed_release_is_ignored: "failed-release-is-ignored",
    failed_release_is_ignored_and_copied: "failed-release-is-ignored-and-copied",
    failed_release_is_ignored_and_punched: "failed-release-is-ignored-and-punched",
    failed_release_is_ignored_and_written_back: "failed-release-is-ignored-and-written-back",
    failed_release_is_ignored_by_a_lock: "failed-release-is-ignored-by-a-lock",
    failed_release_is_ignored_by_a_lock_after_a_truncate: "failed-release-is-ignored-by-a-lock-after-a-truncate",
    failed_release_is_ignored_without_an_error: "failed-release-is-ignored-without-an-error",
    failed_write_on_an_uptodate_folio: "failed-write-on-an-uptodate-folio",
    fallocate_past_an_end_that_is_not_known: "fallocate-past-an-end-that-is-not-known",
    fallocate_past_an_end_that_is_not_known_is_written_back: "fallocate-past-an-end-that-is-not-known-is-written-back",
    fatal_keep_uptodate: "fatal-keep-uptodate",
    fault_asks_for_no_size: "fault-asks-for-no-size",
    fault_asks_for_no_size_and_what_is_stored_stays: "fault-asks-for-no-size-and-what-is-stored-stays",
    fault_before_an_end_that_is_not_believed: "fault-before-an-end-that-is-not-believed",
    fault_past_an_end_that_is_not_believed: "fault-past-an-end-that-is-not-believed",
    fault_unlocked_install: "fault-unlocked-install",
    fii_truncate: "fii-truncate",
    flush_for_another_key_is_refused: "flush-for-another-key-is-refused",
    flushed_and_copied: "flushed-and-copied",
    flushed_and_punched: "flushed-and-punched",
    flushed_and_read_back_without_an_error: "flushed-and-read-back-without-an-error",
    flushed_and_read_before_the_write_lands: "flushed-and-read-before-the-write-lands",
    flushed_beyond_the_end_that_is_asked: "flushed-beyond-the-end-that-is-asked",
    folio_comes_back_under_a_direct_write: "folio-comes-back-under-a-direct-write",
    folio_comes_back_under_a_direct_write_and_a_crash: "folio-comes-back-under-a-direct-write-and-a-crash",
    folio_comes_back_under_a_direct_write_and_a_refusal: "folio-comes-back-under-a-direct-write-and-a-refusal",
    folio_comes_back_under_a_direct_write_and_is_written_back: "folio-comes-back-under-a-direct-write-and-is-written-back",
    folio_that_a_direct_write_left_stale: "folio-that-a-direct-write-left-stale",
    folio_that_a_direct_write_left_stale_is_punched_in_part: "folio-that-a-direct-write-left-stale-is-punched-in-part",
    folio_that_cannot_be_released: "folio-that-cannot-be-released",
    folio_that_is_not_released_survives_a_truncate: "folio-that-is-not-released-survives-a-truncate",
    folio_that_is_not_released_survives_and_is_copied: "folio-that-is-not-released-survives-and-is-copied",
    folio_that_is_not_released_survives_the_advice: "folio-that-is-not-released-survives-the-advice",
    folio_that_stays_after_a_direct_write_and_a_crash: "folio-that-stays-after-a-direct-write-and-a-crash",
    folio_that_stays_after_a_direct_write_and_is_stored_to: "folio-that-stays-after-a-direct-write-and-is-stored-to",
    folio_that_stays_after_a_direct_write_is_written_back: "folio-that-stays-after-a-direct-write-is-written-back",
    folio_that_stays_and_a_truncate_in_loose_mode: "folio-that-stays-and-a-truncate-in-loose-mode",
    folios_share_a_write_that_fails: "folios-share-a-write-that-fails",
    frozen_folio_is_decided_under_an_open: "frozen-folio-is-decided-under-an-open",
    frozen_folio_is_punched: "frozen-folio-is-punched",
    frozen_folio_is_punched_under_a_lock: "frozen-folio-is-punched-under-a-lock",
    frozen_folio_is_punched_under_the_end: "frozen-folio-is-punched-under-the-end",
    frozen_folio_is_punched_without_an_error: "frozen-folio-is-punched-without-an-error",
    fsync_that_asks_no_page_table: "fsync-that-asks-no-page-table",
    fsync_that_asks_no_page_table_and_a_truncate: "fsync-that-asks-no-page-table-and-a-truncate",
    fuse_dio_no_post: "fuse-dio-no-post",
    ignore_pre_inval_busy: "ignore-pre-inval-busy",
    ignore_pre_inval_busy_on_a_disk: "ignore-pre-inval-busy-on-a-disk",
    iip2_respect_refs: "iip2-respect-refs",
    iip2_ret_overwritten: "iip2-ret-overwritten",
    iip2_stop_on_error: "iip2-stop-on-error",
    inval_before_convert: "inval-before-convert",
    inval_in_completion: "inval-in-completion",
    invalidation_fails_and_a_stale_folio_is_written_back: "invalidation-fails-and-a-stale-folio-is-written-back",
    invalidation_fails_and_is_copied: "invalidation-fails-and-is-copied",
    invalidation_fails_and_nothing_is_said: "invalidation-fails-and-nothing-is-said",
    invalidation_fails_and_resurrects: "invalidation-fails-and-resurrects",
    invalidation_fails_once_and_is_forgotten: "invalidation-fails-once-and-is-forgotten",
    invalidation_takes_only_folio_locks: "invalidation-takes-only-folio-locks",
    ipages_no_ref_recheck: "ipages-no-ref-recheck",
    killed_and_a_request_that_is_refused: "killed-and-a-request-that-is-refused",
    killed_and_nobody_is_told_and_the_nuke_stale_read: "killed-and-nobody-is-told-and-the-nuke-stale-read",
    killed_and_nobody_is_told_lost_write: "killed-and-nobody-is-told-lost-write",
    killed_and_nobody_is_told_resurrected: "killed-and-nobody-is-told-resurrected",
    killed_and_nobody_is_told_silent_error: "killed-and-nobody-is-told-silent-error",
    killed_and_nobody_is_told_stale_read: "killed-and-nobody-is-told-stale-read",
    killed_and_nobody_is_told_wrong_size: "killed-and-nobody-is-told-wrong-size",
    killed_page_is_read_again_and_copied: "killed-page-is-read-again-and-copied",
    late_tlb_flush_zap: "late-tlb-flush-zap",
    launder_start: "launder-start",
    laundered_after_a_direct_write_and_a_fault: "laundered-after-a-direct-write-and-a-fault",
    laundered_after_a_direct_write_is_submitted: "laundered-after-a-direct-write-is-submitted",
    laundered_after_a_direct_write_is_submitted_is_read: "laundered-after-a-direct-write-is-submitted-is-read",
    lock_of_one_kernel_and_a_load: "lock-of-one-kernel-and-a-load",
    lock_of_one_kernel_and_a_store: "lock-of-one-kernel-and-a-store",
    lock_of_one_kernel_and_a_store_after_a_truncate: "lock-of-one-kernel-and-a-store-after-a-truncate",
    lock_of_one_kernel_and_a_store_past_the_end: "lock-of-one-kernel-and-a-store-past-the-end",
    lock_of_one_kernel_and_a_store_without_an_error: "lock-of-one-kernel-and-a-store-without-an-error",
    lock_of_one_kernel_and_the_size: "lock-of-one-kernel-and-the-size",
    lock_that_is_given_up_tells_nobody_and_a_copy: "lock-that-is-given-up-tells-nobody-and-a-copy",
    lock_that_is_given_up_tells_nobody_lost_write: "lock-that-is-given-up-tells-nobody-lost-write",
    lock_that_is_given_up_tells_nobody_silent_error: "lock-that-is-given-up-tells-nobody-silent-error",
    lock_that_is_given_up_tells_nobody_stale_read: "lock-that-is-given-up-tells-nobody-stale-read",
    lock_that_is_given_up_tells_nobody_wrong_size: "lock-that-is-given-up-tells-nobody-wrong-size",
    locked_folio_survives_the_advice: "locked-folio-survives-the-advice",
    locked_folio_survives_the_advice_and_an_error: "locked-folio-survives-the-advice-and-an-error",
    locked_folio_survives_the_advice_and_is_copied: "locked-folio-survives-the-advice-and-is-copied",
    locked_folio_survives_the_advice_and_is_written_back: "locked-folio-survives-the-advice-and-is-written-back",
    mapped_again_after_the_server_changed: "mapped-again-after-the-server-changed",
    mapped_again_under_i_mmap_rwsem: "mapped-again-under-i-mmap-rwsem",
    mapped_by_a_program_that_starts_again: "mapped-by-a-program-that-starts-again",
    mapped_folio_survives_a_truncate: "mapped-folio-survives-a-truncate",
    mapped_folio_survives_a_truncate_and_is_stored_to: "mapped-folio-survives-a-truncate-and-is-stored-to",
    mapped_folio_survives_a_truncate_and_leaks: "mapped-folio-survives-a-truncate-and-leaks",
    mapped_folio_survives_the_advice: "mapped-folio-survives-the-advice",
    mapped_folio_survives_the_advice_and_an_error: "mapped-folio-survives-the-advice-and-an-error",
    mapped_folio_survives_the_advice_and_is_written_back: "mapped-folio-survives-the-advice-and-is-written-back",
    mapped_in_the_window: "mapped-in-the-window",
    mapped_page_and_a_truncate_that_failed: "mapped-page-and-a-truncate-that-failed",
    mapped_page_is_not_read_again: "mapped-page-is-not-read-again",
    mapped_page_that_is_not_uptodate_is_seen: "mapped-page-that-is-not-uptodate-is-seen",
    mapped_without_an_oplock: "mapped-without-an-oplock",
    mapped_without_an_oplock_and_an_error: "mapped-without-an-oplock-and-an-error",
    mapped_without_an_oplock_and_copied: "mapped-without-an-oplock-and-copied",
    mapped_without_an_oplock_and_resurrected: "mapped-without-an-oplock-and-resurrected",
    mapped_without_an_oplock_and_written_back: "mapped-without-an-oplock-and-written-back",
    mapped_without_an_oplock_past_the_end: "mapped-without-an-oplock-past-the-end",
    mapping_holds_on_while_a_truncate_runs: "mapping-holds-on-while-a-truncate-runs",
    mapping_shows_what_a_failed_release_has_left: "mapping-shows-what-a-failed-release-has-left",
    mapping_shows_what_was_read_otherwise: "mapping-shows-what-was-read-otherwise",
    mapping_shows_what_was_truncated: "mapping-shows-what-was-truncated",
    mkclean_skip_np: "mkclean-skip-np",
    mkwrite_no_mapping_check: "mkwrite-no-mapping-check",
    mmap_does_not_spare_the_upstream_copy: "mmap-does-not-spare-the-upstream-copy",
    msynced_between_setattr_and_i_size: "msynced-between-setattr-and-i-size",
    no_clear_u_on_err: "no-clear-u-on-err",
    no_eof_zero: "no-eof-zero",
    no_invalidate_lock: "no-invalidate-lock",
    no_invalidating_bit: "no-invalidating-bit",
    no_launder: "no-launder",
    no_unmap_before_zero: "no-unmap-before-zero",
    notification_overtakes_the_size: "notification-overtakes-the-size",
    notification_whose_failure_nobody_asks_for: "notification-whose-failure-nobody-asks-for",
    notification_whose_failure_nobody_asks_for_and_a_store: "notification-whose-failure-nobody-asks-for-and-a-store",
    notified_while_writing_through: "notified-while-writing-through",
    notified_while_writing_through_is_copied: "notified-while-writing-through-is-copied",
    notify_in_the_serving_thread: "notify-in-the-serving-thread",
    nuke_invalidates: "nuke-invalidates",
    nuke_loop: "nuke-loop",
    nuke_range: "nuke-range",
    nuke_silent: "nuke-silent",
    nuked_and_mapped: "nuked-and-mapped",
    nuked_under_a_store: "nuked-under-a-store",
    nuked_under_the_store_of_another: "nuked-under-the-store-of-another",
    old_end_that_a_failed_write_passes_for: "old-end-that-a-failed-write-passes-for",
    older_size_of_an_append_under_a_mapping: "older-size-of-an-append-under-a-mapping",
    open_under_a_write_and_a_read_under_a_fallocate: "open-under-a-write-and-a-read-under-a-fallocate",
    open_under_a_write_and_a_read_under_another: "open-under-a-write-and-a-read-under-another",
    open_under_a_write_that_moves_the_end: "open-under-a-write-that-moves-the-end",
    open_while_a_write_makes_the_file_longer: "open-while-a-write-makes-the-file-longer",
    open_whose_invalidation_nobody_asks_for: "open-whose-invalidation-nobody-asks-for",
    open_whose_invalidation_nobody_asks_for_after_a_truncate: "open-whose-invalidation-nobody-asks-for-after-a-truncate",
    oplock_use_imp: "oplock-use-imp",
    ordered_direct_and_mapped_writes: "ordered-direct-and-mapped-writes",
    otrunc_deadlock: "otrunc-deadlock",
    otrunc_no_nowrite: "otrunc-no-nowrite",
    own_direct_write_taken_for_a_third_party: "own-direct-write-taken-for-a-third-party",
    own_direct_write_under_a_folio_that_comes_back: "own-direct-write-under-a-folio-that-comes-back",
    own_write_hides_a_change: "own-write-hides-a-change",
    own_write_is_read: "own-write-is-read",
    own_write_that_failed_taken_for_a_third_party: "own-write-that-failed-taken-for-a-third-party",
    page_that_is_killed_under_another_writeback_stuck: "page-that-is-killed-under-another-writeback-stuck",
    page_that_is_not_released: "page-that-is-not-released",
    page_that_is_not_released_and_an_error_that_is_told: "page-that-is-not-released-and-an-error-that-is-told",
    page_that_is_not_released_is_written_to: "page-that-is-not-released-is-written-to",
    page_that_is_not_released_past_the_end: "page-that-is-not-released-past-the-end",
    page_that_is_used_is_not_zapped_and_a_copy: "page-that-is-used-is-not-zapped-and-a-copy",
    page_that_is_used_is_not_zapped_lost_write: "page-that-is-used-is-not-zapped-lost-write",
    page_that_is_used_is_not_zapped_silent_error: "page-that-is-used-is-not-zapped-silent-error",
    page_that_is_used_is_not_zapped_stale_read: "page-that-is-used-is-not-zapped-stale-read",
    page_that_is_used_is_not_zapped_wrong_size: "page-that-is-used-is-not-zapped-wrong-size",
    page_that_stays_is_written_back: "page-that-stays-is-written-back",
    pages_around_a_fault_are_mapped: "pages-around-a-fault-are-mapped",
    partial_pages_and_a_second_write_that_fails: "partial-pages-and-a-second-write-that-fails",
    past_the_end_of_a_page_that_is_not_uptodate: "past-the-end-of-a-page-that-is-not-uptodate",
    post_inval_silent: "post-inval-silent",
    private_copy_past_an_end_that_a_read_has_told: "private-copy-past-an-end-that-a-read-has-told",
    punched_after_its_writeback_failed: "punched-after-its-writeback-failed",
    punched_under_a_store: "punched-under-a-store",
    punched_under_a_store_by_write_through: "punched-under-a-store-by-write-through",
    punched_under_a_store_is_taken_for_a_third_party: "punched-under-a-store-is-taken-for-a-third-party",
    punched_under_a_store_is_taken_for_a_third_party_and_read: "punched-under-a-store-is-taken-for-a-third-party-and-read",
    punched_under_a_store_is_taken_for_a_third_party_without_an_error: "punched-under-a-store-is-taken-for-a-third-party-without-an-error",
    quota_that_is_told_as_no_space_in_2_6_22_spurious_error: "quota-that-is-told-as-no-space-in-2-6-22-spurious-error",
    quota_that_is_told_as_no_space_spurious_error: "quota-that-is-told-as-no-space-spurious-error",
    read_ahead_around_a_folio_that_goes: "read-ahead-around-a-folio-that-goes",
    read_behind_an_invalidation_that_waits: "read-behind-an-invalidation-that-waits",
    read_brings_what_the_size_does_not_cover_yet: "read-brings-what-the-size-does-not-cover-yet",
    read_overtakes_write: "read-overtakes-write",
    read_that_fails_is_sent_again: "read-that-fails-is-sent-again",
    redirtied_in_the_window: "redirtied-in-the-window",
    refill_of_a_mapped_page_overwrites_a_store: "refill-of-a-mapped-page-overwrites-a-store",
    refusal_of_a_later_temporary_page_loses_its_name: "refusal-of-a-later-temporary-page-loses-its-name",
    refusal_of_a_store_loses_its_name: "refusal-of-a-store-loses-its-name",
    refusal_of_writeback_loses_its_name: "refusal-of-writeback-loses-its-name",
    refused_after_a_write_through: "refused-after-a-write-through",
    release_dirty: "release-dirty",
    release_fails_under_a_mapped_page: "release-fails-under-a-mapped-page",
    release_io_deadlock: "release-io-deadlock",
    release_tells_nobody_silent_error: "release-tells-nobody-silent-error",
    release_tells_nobody_stale_read: "release-tells-nobody-stale-read",
    release_tells_nobody_wrong_size: "release-tells-nobody-wrong-size",
    released_after_another_has_written: "released-after-another-has-written",
    request_is_overwritten_by_a_mapped_page: "request-is-overwritten-by-a-mapped-page",
    request_is_overwritten_by_a_mapped_page_and_a_fault: "request-is-overwritten-by-a-mapped-page-and-a-fault",
    request_is_overwritten_by_a_mapped_page_and_a_truncate: "request-is-overwritten-by-a-mapped-page-and-a-truncate",
    request_is_overwritten_by_a_mapped_page_and_read: "request-is-overwritten-by-a-mapped-page-and-read",
    rest_of_a_direct_write_that_was_cut_short: "rest-of-a-direct-write-that-was-cut-short",
    reval_no_ilock: "reval-no-ilock",
    second_write_through_fails_and_is_loaded: "second-write-through-fails-and-is-loaded",
    short_direct_read_and_a_copy: "short-direct-read-and-a-copy",
    short_direct_read_and_a_hole: "short-direct-read-and-a-hole",
    short_direct_read_goes_on_through_the_cache: "short-direct-read-goes-on-through-the-cache",
    short_direct_read_of_an_older_folio: "short-direct-read-of-an-older-folio",
    short_direct_read_of_an_older_folio_after_an_fsync: "short-direct-read-of-an-older-folio-after-an-fsync",
    short_read_drops_nothing_and_a_truncate: "short-read-drops-nothing-and-a-truncate",
    short_read_unmaps_nothing: "short-read-unmaps-nothing",
    short_read_unmaps_nothing_and_a_truncate: "short-read-unmaps-nothing-and-a-truncate",
    short_read_unmaps_nothing_and_is_loaded: "short-read-unmaps-nothing-and-is-loaded",
    short_read_unmaps_nothing_and_is_stored_to: "short-read-unmaps-nothing-and-is-stored-to",
    short_read_while_notified: "short-read-while-notified",
    short_read_while_notified_after_a_failed_write: "short-read-while-notified-after-a-failed-write",
    short_write_of_writeback_and_a_crash: "short-write-of-writeback-and-a-crash",
    short_write_of_writeback_and_a_write_through: "short-write-of-writeback-and-a-write-through",
    short_write_of_writeback_and_the_size: "short-write-of-writeback-and-the-size",
    short_write_of_writeback_is_copied: "short-write-of-writeback-is-copied",
    short_write_of_writeback_is_copied_over_a_punch: "short-write-of-writeback-is-copied-over-a-punch",
    short_write_of_writeback_is_read_by_the_server: "short-write-of-writeback-is-read-by-the-server",
    short_write_of_writeback_is_read_directly: "short-write-of-writeback-is-read-directly",
    short_write_of_writeback_over_a_copy: "short-write-of-writeback-over-a-copy",
    shortcopy_leak: "shortcopy-leak",
    size_from_server: "size-from-server",
    size_of_a_write_that_failed_wrong_size: "size-of-a-write-that-failed-wrong-size",
    size_of_the_kernel_and_a_direct_read: "size-of-the-kernel-and-a-direct-read",
    size_of_the_kernel_and_a_folio_past_the_end: "size-of-the-kernel-and-a-folio-past-the-end",
    size_of_the_kernel_and_a_load_past_the_end: "size-of-the-kernel-and-a-load-past-the-end",
    size_of_the_kernel_and_a_load_past_the_end_after_a_notification: "size-of-the-kernel-and-a-load-past-the-end-after-a-notification",
    size_of_the_kernel_and_a_notification: "size-of-the-kernel-and-a-notification",
    size_of_the_kernel_and_a_read_after_an_open: "size-of-the-kernel-and-a-read-after-an-open",
    size_of_the_kernel_and_a_store: "size-of-the-kernel-and-a-store",
    size_of_the_kernel_and_a_store_past_the_end: "size-of-the-kernel-and-a-store-past-the-end",
    size_of_the_kernel_and_a_store_past_the_end_is_read: "size-of-the-kernel-and-a-store-past-the-end-is-read",
    size_of_the_kernel_and_a_store_past_the_end_without_an_error: "size-of-the-kernel-and-a-store-past-the-end-without-an-error",
    size_of_the_kernel_and_a_truncate_to_it: "size-of-the-kernel-and-a-truncate-to-it",
    size_of_the_kernel_and_a_truncate_to_it_after_a_notification: "size-of-the-kernel-and-a-truncate-to-it-after-a-notification",
    size_of_the_kernel_and_an_append: "size-of-the-kernel-and-an-append",
    size_of_the_kernel_and_an_append_without_an_error: "size-of-the-kernel-and-an-append-without-an-error",
    size_of_the_kernel_and_an_open: "size-of-the-kernel-and-an-open",
    size_of_the_kernel_and_what_the_server_had: "size-of-the-kernel-and-what-the-server-had",
    size_that_2_6_22_believes_leaked: "size-that-2-6-22-believes-leaked",
    size_that_2_6_22_believes_spurious_error: "size-that-2-6-22-believes-spurious-error",
    size_that_2_6_22_believes_wrong_size: "size-that-2-6-22-believes-wrong-size",
    size_that_afs_believes_leaked: "size-that-afs-believes-leaked",
    size_that_afs_believes_resurrected: "size-that-afs-believes-resurrected",
    size_that_afs_believes_spurious_error: "size-that-afs-believes-spurious-error",
    size_that_afs_believes_stale_read: "size-that-afs-believes-stale-read",
    size_that_afs_believes_wrong_size: "size-that-afs-believes-wrong-size",
    size_that_is_no_longer_and_a_store: "size-that-is-no-longer-and-a-store",
    srvop_no_flush: "srvop-no-flush",
    store_dirties_the_whole_folio: "store-dirties-the-whole-folio",
    store_dirties_the_whole_folio_and_a_copy: "store-dirties-the-whole-folio-and-a-copy",
    store_dirties_the_whole_folio_and_a_punch: "store-dirties-the-whole-folio-and-a-punch",
    store_dirties_the_whole_folio_and_a_read: "store-dirties-the-whole-folio-and-a-read",
    store_dirties_the_whole_folio_and_a_truncate: "store-dirties-the-whole-folio-and-a-truncate",
    store_dirties_the_whole_folio_without_an_error: "store-dirties-the-whole-folio-without-an-error",
    store_fault_keeps_the_page_lost_write: "store-fault-keeps-the-page-lost-write",
    store_fault_keeps_the_page_silent_error: "store-fault-keeps-the-page-silent-error",
    store_fault_keeps_the_page_spurious_error: "store-fault-keeps-the-page-spurious-error",
    store_fault_keeps_the_page_stale_read: "store-fault-keeps-the-page-stale-read",
    store_past_an_end_that_is_not_believed: "store-past-an-end-that-is-not-believed",
    store_past_an_end_that_is_not_believed_is_lost: "store-past-an-end-that-is-not-believed-is-lost",
    store_past_an_end_that_is_not_believed_is_lost_without_an_error: "store-past-an-end-that-is-not-believed-is-lost-without-an-error",
    store_past_an_end_that_is_not_believed_is_read: "store-past-an-end-that-is-not-believed-is-read",
    store_slips_into_the_window: "store-slips-into-the-window",
    store_to_a_page_that_is_not_uptodate_and_an_error: "store-to-a-page-that-is-not-uptodate-and-an-error",
    store_to_a_page_that_is_not_uptodate_is_dropped: "store-to-a-page-that-is-not-uptodate-is-dropped",
    stored_after_the_server_has_punched: "stored-after-the-server-has-punched",
    stored_after_the_server_has_punched_is_read: "stored-after-the-server-has-punched-is-read",
    stored_after_the_server_has_punched_without_an_error: "stored-after-the-server-has-punched-without-an-error",
    stored_between_flush_and_acknowledgement: "stored-between-flush-and-acknowledgement",
    stored_between_flush_and_truncate: "stored-between-flush-and-truncate",
    stored_between_setattr_and_i_size: "stored-between-setattr-and-i-size",
    stored_between_setattr_and_the_truncate_resurrected: "stored-between-setattr-and-the-truncate-resurrected",
    stored_between_setattr_and_the_truncate_wrong_size: "stored-between-setattr-and-the-truncate-wrong-size",
    stored_past_the_end_and_a_direct_write: "stored-past-the-end-and-a-direct-write",
    stored_past_the_end_and_copied: "stored-past-the-end-and-copied",
    stored_past_the_end_and_truncated_there: "stored-past-the-end-and-truncated-there",
    stored_past_the_end_of_2_6_9: "stored-past-the-end-of-2-6-9",
    stored_past_the_end_of_afs_and_copied: "stored-past-the-end-of-afs-and-copied",
    stored_past_the_end_of_afs_and_copied_and_read: "stored-past-the-end-of-afs-and-copied-and-read",
    stored_past_the_end_of_afs_and_copied_without_an_error: "stored-past-the-end-of-afs-and-copied-without-an-error",
    stored_past_the_end_of_afs_and_cut_to_the_size_it_has: "stored-past-the-end-of-afs-and-cut-to-the-size-it-has",
    stored_past_the_end_of_afs_leaked: "stored-past-the-end-of-afs-leaked",
    stored_past_the_end_of_afs_nuke_leaked: "stored-past-the-end-of-afs-nuke-leaked",
    stored_past_the_end_of_fuse: "stored-past-the-end-of-fuse",
    stored_past_the_end_of_fuse_that_was_cut: "stored-past-the-end-of-fuse-that-was-cut",
    stored_past_the_end_on_tmpfs: "stored-past-the-end-on-tmpfs",
    stored_past_the_end_under_a_direct_write: "stored-past-the-end-under-a-direct-write",
    stored_to_while_a_direct_write_is_under_way: "stored-to-while-a-direct-write-is-under-way",
    stored_to_while_a_write_is_in_flight: "stored-to-while-a-write-is-in-flight",
    stored_to_while_it_is_laundered_in_vain: "stored-to-while-it-is-laundered-in-vain",
    stored_while_the_server_punches: "stored-while-the-server-punches",
    sync_skips_w: "sync-skips-w",
    synced_under_a_punch: "synced-under-a-punch",
    synced_under_a_truncate: "synced-under-a-truncate",
    third_party_in_a_dirty_folio: "third-party-in-a-dirty-folio",
    third_party_in_another_dirty_folio: "third-party-in-another-dirty-folio",
    third_party_in_the_same_cell: "third-party-in-the-same-cell",
    told_by_write_and_closed: "told-by-write-and-closed",
    told_by_write_and_copied: "told-by-write-and-copied",
    told_by_write_and_not_by_fsync: "told-by-write-and-not-by-fsync",
    told_by_write_and_read: "told-by-write-and-read",
    told_by_write_and_the_size: "told-by-write-and-the-size",
    trunc_zero_not_dirty: "trunc-zero-not-dirty",
    truncate_takes_private_copies: "truncate-takes-private-copies",
    truncate_to_a_size_that_another_has_passed: "truncate-to-a-size-that-another-has-passed",
    truncate_to_a_size_that_is_no_longer: "truncate-to-a-size-that-is-no-longer",
    truncate_to_a_size_that_is_no_longer_and_a_load: "truncate-to-a-size-that-is-no-longer-and-a-load",
    truncate_to_a_size_that_is_no_longer_resurrects: "truncate-to-a-size-that-is-no-longer-resurrects",
    truncate_waits_for_writeback_under_way: "truncate-waits-for-writeback-under-way",
    uncon_flush_err: "uncon-flush-err",
    unlock_of_one_kernel: "unlock-of-one-kernel",
    unlock_that_flushes_tells_nobody_leaked: "unlock-that-flushes-tells-nobody-leaked",
    unlock_that_flushes_tells_nobody_lost_write: "unlock-that-flushes-tells-nobody-lost-write",
    unlock_that_flushes_tells_nobody_silent_error: "unlock-that-flushes-tells-nobody-silent-error",
    unlock_that_flushes_tells_nobody_stale_read: "unlock-that-flushes-tells-nobody-stale-read",
    unlock_that_flushes_tells_nobody_wrong_size: "unlock-that-flushes-tells-nobody-wrong-size",
    use_imp: "use-imp",
    validate_lock: "validate-lock",
    validate_lock_of_afs: "validate-lock-of-afs",
    wb_skip: "wb-skip",
    whole_copy_goes_over_a_direct_write: "whole-copy-goes-over-a-direct-write",
    whole_copy_goes_over_a_direct_write_and_is_read: "whole-copy-goes-over-a-direct-write-and-is-read",
    write_in_parts_around_a_truncate: "write-in-parts-around-a-truncate",
    write_is_seen_folio_by_folio: "write-is-seen-folio-by-folio",
    write_past_an_end_that_is_not_known: "write-past-an-end-that-is-not-known",
    write_through_and_a_direct_read: "write-through-and-a-direct-read",
    write_through_and_a_folio_that_goes_with_the_size: "write-through-and-a-folio-that-goes-with-the-size",
    write_through_and_a_folio_that_is_read_again: "write-through-and-a-folio-that-is-read-again",
    write_through_and_a_folio_that_is_stored_to_again: "write-through-and-a-folio-that-is-stored-to-again",
    write_through_and_a_folio_that_is_stored_to_again_without_an_error: "write-through-and-a-folio-that-is-stored-to-again-without-an-error",
    write_through_and_a_size_that_is_fetched_after_a_notification: "write-through-and-a-size-that-is-fetched-after-a-notification",
    write_through_and_a_size_that_is_fetched_without_an_error: "write-through-and-a-size-that-is-fetched-without-an-error",
    write_through_and_an_end_that_is_zeroed: "write-through-and-an-end-that-is-zeroed",
    write_through_and_an_end_that_is_zeroed_is_read: "write-through-and-an-end-that-is-zeroed-is-read",
    write_through_fails_in_an_uptodate_folio: "write-through-fails-in-an-uptodate-folio",
    write_through_fails_in_an_uptodate_folio_past_the_end: "write-through-fails-in-an-uptodate-folio-past-the-end",
    write_through_fails_in_an_uptodate_folio_that_is_copied: "write-through-fails-in-an-uptodate-folio-that-is-copied",
    write_through_fails_in_an_uptodate_folio_without_an_error: "write-through-fails-in-an-uptodate-folio-without-an-error",
    write_through_is_seen_and_fails: "write-through-is-seen-and-fails",
    write_through_is_seen_and_read_directly: "write-through-is-seen-and-read-directly",
    write_through_leaves_nothing_behind: "write-through-leaves-nothing-behind",
    write_through_overtaken_by_writeback: "write-through-overtaken-by-writeback",
    write_through_overtaken_by_writeback_without_an_error: "write-through-overtaken-by-writeback-without-an-error",
    write_through_to_a_mapped_folio_fails: "write-through-to-a-mapped-folio-fails",
    write_through_to_a_mapped_folio_fails_and_is_copied: "write-through-to-a-mapped-folio-fails-and-is-copied",
    write_through_to_a_mapped_folio_fails_and_is_read_again: "write-through-to-a-mapped-folio-fails-and-is-read-again",
    write_through_to_a_mapped_folio_fails_and_is_seen: "write-through-to-a-mapped-folio-fails-and-is-seen",
    write_through_to_a_mapped_folio_fails_and_its_writer_is_told: "write-through-to-a-mapped-folio-fails-and-its-writer-is-told",
    write_through_to_a_mapped_folio_fails_over_a_copy: "write-through-to-a-mapped-folio-fails-over-a-copy",
    write_through_waits_for_writeback: "write-through-waits-for-writeback",
    write_told_the_size_before_an_open: "write-told-the-size-before-an-open",
    writeback_goes_through_the_last_file: "writeback-goes-through-the-last-file",
    writeback_that_never_ends_stuck: "writeback-that-never-ends-stuck",
    writeback_zeroes_past_the_end: "writeback-zeroes-past-the-end",
    writes_to_different_folios: "writes-to-different-folios",
    written_again_after_its_writeback_failed: "written-again-after-its-writeback-failed",
    written_again_after_its_writeback_failed_is_read: "written-again-after-its-writeback-failed-is-read",
    written_again_after_its_writeback_failed_without_an_error: "written-again-after-its-writeback-failed-without-an-error",
    written_between_flush_and_truncate: "written-between-flush-and-truncate",
    written_between_flush_and_truncate_and_copied: "written-between-flush-and-truncate-and-copied",
    written_between_flush_and_truncate_and_mapped: "written-between-flush-and-truncate-and-mapped",
    written_between_flush_and_truncate_and_read: "written-between-flush-and-truncate-and-read",
    written_between_flush_and_truncate_at_the_end: "written-between-flush-and-truncate-at-the-end",
    written_between_flush_and_truncate_without_an_error: "written-between-flush-and-truncate-without-an-error",
    written_during_a_break: "written-during-a-break",
    written_to_between_flush_and_invalidation: "written-to-between-flush-and-invalidation",
    written_to_between_flush_and_invalidation_and_a_fault: "written-to-between-flush-and-invalidation-and-a-fault",
    written_to_between_flush_and_invalidation_and_copied: "written-to-between-flush-and-invalidation-and-copied",
    written_to_between_flush_and_invalidation_and_read: "written-to-between-flush-and-invalidation-and-read",
    written_under_i_rwsem: "written-under-i-rwsem",
    zapped_page_that_is_not_uptodate: "zapped-page-that-is-not-uptodate",
    zapped_page_that_is_not_uptodate_and_a_copy: "zapped-page-that-is-not-uptodate-and-a-copy",
    zapped_page_that_is_not_uptodate_and_a_fault: "zapped-page-that-is-not-uptodate-and-a-fault",
    zero_point_of_a_read_that_a_notification_meets: "zero-point-of-a-read-that-a-notification-meets",
    zero_point_stale: "zero-point-stale",
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn shows(file: &str) {
    let case = read(&format!("{file}.case"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, story(file, &case)));
}

/// What the models make of it, and those with a bug that the case is to show.
fn story(file: &str, case: &Case) -> String {
    let put = |planted: Planted| {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        let outcome = trial.of(case);
        ((planted.to_string(), outcome), trial.watched())
    };
    let is_shown = |planted: &Planted| {
        let bug = planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug);
        bug.is_some_and(|bug| bug.case.trim_end_matches(".case") == file)
    };
    let bugs = Planted::models().into_iter().flat_map(Planted::bugs).filter(is_shown);
    let (outcomes, watched): (Vec<_>, Vec<Watched>) =
        Planted::models().into_iter().chain(bugs).map(put).unzip();
    let mut story = table(case, &outcomes);
    for place in told(file, case, &outcomes) {
        let (name, outcome) = &outcomes[place];
        if let Outcome::Judged(trace, verdict) = outcome {
            let timeline = Timeline::of(trace, verdict, case.asks.len(), &watched[place]);
            story += &format!("\n{name}\n{}", timeline.show(Look::PLAIN));
        }
    }
    story
}

/// Whose timelines are shown, of those in which something went wrong: of each column the first that names the case as its
/// own; where the case is nobody's, the first of all.
fn told(file: &str, case: &Case, outcomes: &[(String, Outcome)]) -> Vec<usize> {
    let broken = |place: &usize| match &outcomes[*place].1 {
        Outcome::Judged(_, verdict) => !Symptom::of(verdict).is_empty(),
        Outcome::Skipped(_) => false,
    };
    let own = |place: &usize| {
        let planted: Planted = outcomes[*place].0.parse().expect("a subject");
        let known = planted.card.known().map(|known| known.case).filter(|_| planted.bug.is_none());
        let bugs = planted.card.bugs.iter().filter(|bug| Some(bug.name) == planted.bug).map(|bug| bug.case);
        known.chain(bugs).any(|case| case.trim_end_matches(".case") == file)
    };
    let columns = alike(case, outcomes);
    let owned: Vec<usize> =
        columns.iter().filter_map(|column| column.iter().copied().find(|it| broken(it) && own(it))).collect();
    let first = || (0..outcomes.len()).find(|place| broken(place)).into_iter().collect();
    if owned.is_empty() { first() } else { owned }
}

/// How the timelines of some cases look where there is more room than in a file, and colour: its sequences are shown as `{31}`.
#[test]
fn some_timelines_are_shown_in_wide_terminals_and_in_colour() {
    let shown = [
        ("store-slips-into-the-window", "flush-and-wait", 200, false),
        ("nuked-under-a-store", "afs-nuke", 200, false),
        ("cb-no-unmap", "afs+cb_no_unmap", 200, false),
        ("writeback-that-never-ends-stuck", "afs-2.6.22", 200, false),
        ("store-slips-into-the-window", "flush-and-wait", 80, true),
        ("cb-no-unmap", "afs+cb_no_unmap", 200, true),
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (file, name, width, colour) in shown {
        let case = read(&format!("{file}.case"));
        let trial =
            Trial::open(name.parse().expect("a subject"), &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        let Outcome::Judged(trace, verdict) = trial.of(&case) else { panic!("{name} skips {file}") };
        let timeline = Timeline::of(&trace, &verdict, case.asks.len(), &trial.watched());
        let text = timeline.show(Look { width, colour }).replace("\x1b[", "{");
        let text = if colour { brace(&text) } else { text };
        let look = if colour { "-in-colour" } else { "" };
        settings.bind(|| insta::assert_snapshot!(format!("{file}.{width}{look}"), text));
    }
}

/// `{31m` as `{31}`.
fn brace(text: &str) -> String {
    let mut pieces = text.split('{');
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |text, piece| {
        match piece.split_once('m').filter(|(hue, _)| hue.parse::<u32>().is_ok()) {
            Some((hue, rest)) => format!("{text}{{{hue}}}{rest}"),
            None => format!("{text}{{{piece}"),
        }
    })
}

#[test]
fn every_case_has_a_test_and_says_why_it_exists() {
    let files = fs::read_dir(folder()).expect("the folder can be read");
    let names = files.map(|file| file.expect("the folder can be read").path());
    let mut cases: Vec<PathBuf> =
        names.filter(|path| path.extension().is_some_and(|it| it == "case")).collect();
    cases.sort();
    let mut stems: Vec<_> = cases.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    stems.sort_unstable();
    let mut listed = LISTED.to_vec();
    listed.sort_unstable();
    assert_eq!(stems, listed);
    for path in &cases {
        let text = fs::read_to_string(path).expect("the case can be read");
        assert!(text.starts_with("# "), "{}: its first line says why it exists", path.display());
    }
}

#[test]
fn every_planted_bug_is_shown_by_its_case() {
    for planted in Planted::models().into_iter().flat_map(Planted::bugs) {
        let bug =
            planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug).expect("a bug of the card");
        let case = read(bug.case);
        let whole = symptoms(Planted { bug: None, ..planted }, &case);
        let broken = symptoms(planted, &case);
        assert!(broken.iter().any(|symptom| !whole.contains(symptom)), "{planted}: {}", bug.case);
    }
}

#[test]
fn every_known_broken_promise_is_shown_by_its_case() {
    let mut unshown = Vec::new();
    for planted in Planted::models() {
        for known in planted.card.known() {
            let case = read(known.case);
            let shown = symptoms(planted, &case);
            let shows = shown.into_iter().any(|symptom| {
                let signature = Signature::of(symptom, &case);
                symptom == known.symptom && signature.known([known]).is_some()
            });
            if !shows {
                unshown.push(format!("{planted}: {} ({})", known.case, known.symptom));
            }
        }
    }
    assert!(unshown.is_empty(), "not shown:\n{}", unshown.join("\n"));
}

fn read(file: &str) -> Case {
    let text = fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    Case::parse(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn symptoms(planted: Planted, case: &Case) -> Vec<Symptom> {
    let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
    trial.verdict(case).map(|verdict| Symptom::of(&verdict)).unwrap_or_default()
}
