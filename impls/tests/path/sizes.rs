//! Many writes, many cells, and none.

use crate::{everywhere, put, says};
use launder_impls::kernel::Path;
use launder_impls::{Run, Subject};
use launder_oracle::{Verdict, judge};

#[test]
fn more_writes_than_a_byte_tells_apart_are_told_apart() {
    for place in everywhere() {
        let mut script = "a1 pwrite 0..1 => ok\n".repeat(300);
        script.push_str("a1 pwrite 1..2 => ok\na1 pread 0..3 => got 300 301 0");
        says(&place, &script);
    }
}

#[test]
fn a_file_of_the_most_cells_is_read_and_written_whole() {
    let asks = "file 4095
        a1 pwrite 0..4096
        a1 mmap
        a2 mmap private
        a1 mwrite 1..4095
        a2 mread 0..4096
        a1 pread direct 0..4096
        nature reclaim a 0..4096
        a1 mread 0..4096
        server pread 0..4096";
    for place in everywhere() {
        let Run::Trace(trace) = put(&place, asks) else { panic!() };
        assert_eq!(judge(&Path::CONTRACT, &trace), Verdict::Allowed);
        let last = trace.to_string().lines().rev().find(|line| line.contains("got")).unwrap().to_string();
        assert_eq!(last, format!("server < got 1{} 1", " 2".repeat(4094)));
    }
}

#[test]
fn empty_ranges_do_what_the_kernel_does_with_no_bytes() {
    for place in everywhere() {
        says(
            &place,
            "file 7
             a1 mmap => ok
             a1 mmap 3..3 => EINVAL
             a2 mmap 3..3 => EINVAL
             a1 pread 5..5 => got
             a1 pread direct 5..5 => got
             a1 pwrite 15..15 => ok
             a1 pwrite direct 15..15 => ok
             a1 mread 15..15 => got
             a1 mwrite 15..15 => ok
             a1 fallocate 5..5 => EINVAL
             a1 punch 5..5 => EINVAL
             a1 msync 5..5 => ok . a: pages of 5..5: 0 cached, 0 dirty, 0 under writeback
             a1 madvise dontneed 5..5 => ok . a: pages of 5..5: 0 cached, 0 dirty, 0 under writeback
             a1 copy 5..5 9 => ok
             server pread 5..5 => got
             server pread 9..11 => got - -
             a1 pread 6..8 => got 0 -",
        );
    }
}
