//! fsx operation files are read as fsx replays them.

use launder_fuzz::read_fsxops;
use launder_impls::Case;

#[test]
fn operations_become_calls() {
    let text = "skip read 0x0 0x1000 0x0\n\
                write 0x0 0x1000 0x0\n\
                mapwrite 0x1000 0x400 0x1000 close_open *\n\
                mapread 0x0 0x400 0x1400\n\
                # a comment\n\
                truncate 0x0 0x800 0x1400\n\
                fallocate 0x0 0x800 0x800 keep_size\n\
                punch_hole 0x400 0x400 0x800\n\
                zero_range 0x0 0x400 0x800\n\
                copy_range 0x0 0x400 0x800 0x800\n\
                fsync 0x0 0x0 0xc00\n\
                read 0x0 0xc00 0xc00\n";
    let case = read_fsxops(text).expect("operations");
    let calls: Vec<String> = case.asks.iter().map(|ask| ask.call.to_string()).collect();
    let expected = [
        "pwrite 0..4",
        "ftruncate 5",
        "mmap",
        "mwrite 4..5",
        "msync 4..5",
        "munmap",
        "close",
        "open",
        "mmap",
        "mread 0..1",
        "munmap",
        "ftruncate 2",
        "fallocate 0..2",
        "punch 1..2",
        "zero 0..1",
        "copy 0..1 2",
        "fsync",
        "pread 0..3",
    ];
    assert_eq!(calls, expected);
    assert_eq!(Case::parse(&case.to_string()), Ok(case));
}

#[test]
fn odd_offsets_are_widened_to_cells_that_fit() {
    let case = read_fsxops("write 0x1 0x3fffe 0x0\ntruncate 0x0 0x41 0x3ffff\n").expect("operations");
    assert_eq!(
        case.to_string(),
        "# From an fsx operation file; bytes a cell: 64.\nfile 0\na1 pwrite 0..4096\na1 ftruncate 2\n"
    );
    let case = read_fsxops("write 5 3 0\n").expect("operations");
    assert_eq!(case.to_string(), "# From an fsx operation file; bytes a cell: 1.\nfile 0\na1 pwrite 5..8\n");
}

#[test]
fn what_we_lack_is_refused_by_name() {
    let why = |text: &str| read_fsxops(text).expect_err("no operations").to_string();
    assert_eq!(
        why("fsync 0 0 0\ninsert_range 0x0 0x1000 0x0\n"),
        "line 2: `insert_range`: no call here does that"
    );
    assert_eq!(why("frob 0 0 0\n"), "line 1: `frob`: no operation of fsx");
    assert_eq!(why("write 0x0 zebra 0x0\n"), "line 1: `zebra`: no number below 2^40");
    assert_eq!(why("write 0x0\n"), "line 1: an offset, a length or a size is missing");
    assert_eq!(
        why("write 0 0xffffffffffffffffff 0\n"),
        "line 1: `0xffffffffffffffffff`: no number below 2^40"
    );
    assert!(why("fallocate 0x0 0x1000 0x0 keep_size\n").contains("keep_size"));
    assert!(why("write 0 1 0 sometimes\n").contains("sometimes"));
}

#[test]
fn every_word_of_fsx_is_taken_or_refused_by_its_name() {
    let taken = [
        "read 0x0 0x400 0x800",
        "write 0x0 0x400 0x0",
        "mapread 0x0 0x400 0x800",
        "mapwrite 0x0 0x400 0x800",
        "truncate 0x0 0x400 0x800",
        "fallocate 0x0 0x400 0x800",
        "punch_hole 0x0 0x400 0x800 keep_size",
        "zero_range 0x0 0x400 0x800",
        "copy_range 0x0 0x400 0x800 0x800",
        "fsync 0x0 0x0 0x800 close_open *",
    ];
    for line in taken {
        assert!(read_fsxops(line).is_ok_and(|case| !case.asks.is_empty()), "{line}");
    }
    let lacking = [
        "collapse_range 0x0 0x400 0x800",
        "insert_range 0x0 0x400 0x800",
        "clone_range 0x0 0x400 0x800 0x800",
        "dedupe_range 0x0 0x400 0x800 0x800",
        "exchange_range 0x0 0x400 0x800 0x800",
        "write_zeroes 0x0 0x400 0x800 keep_size",
        "read_dontcache 0x0 0x400 0x800",
        "write_dontcache 0x0 0x400 0x800",
        "write_atomic 0x0 0x400 0x800",
        "allocsp 0x0 0x400 0x800",
    ];
    for line in lacking {
        let why =
            read_fsxops(&format!("{}\n{line}\n", taken[1])).expect_err("we have no such call").to_string();
        let name = line.split(' ').next().expect("a word");
        assert_eq!(why, format!("line 2: `{name}`: no call here does that"));
        let skipped = read_fsxops(&format!("skip {line}\n")).expect("fsx did not do it either");
        assert!(skipped.asks.is_empty());
    }
}
