//! A fuzz target as one writes it without launder: the bytes are calls, put to a file that is a `Vec<u8>` and to a write-through cache
//! over another, and what is read must be alike. No interleaving, no case but the bytes, nothing kept but the first panic.
#![cfg_attr(fuzzing, no_main)]

use std::ops::Range;

/// Cells of a page, and of the file to begin with, each a byte: less to copy than in a real cache, as launder's models have it.
const PAGE: usize = 4;
const CELLS: usize = 16;
/// A record, as launder encodes an ask: tag, who, first cell, cells, number, holds. Numbers are up to [`MOST`].
const RECORD: usize = 8;
const MOST: usize = 20;
const RECORDS: usize = 64;

/// The cache: pages that are as the store is, or are not there.
struct WriteThrough {
    store: Vec<u8>,
    pages: Vec<Option<[u8; PAGE]>>,
}

impl WriteThrough {
    fn new() -> WriteThrough {
        WriteThrough { store: vec![0; CELLS], pages: vec![None; MOST.div_ceil(PAGE)] }
    }

    fn read(&mut self, cells: Range<usize>) -> Vec<u8> {
        let cells = cells.start..cells.end.min(self.store.len());
        let mut read = Vec::with_capacity(cells.len());
        for cell in cells {
            let number = cell / PAGE;
            let page = self.pages[number].get_or_insert_with(|| {
                let mut page = [0; PAGE];
                let stored = &self.store[(number * PAGE).min(self.store.len())..];
                let stored = &stored[..stored.len().min(PAGE)];
                page[..stored.len()].copy_from_slice(stored);
                page
            });
            read.push(page[cell % PAGE]);
        }
        read
    }

    fn write(&mut self, cells: Range<usize>, value: u8) {
        write(&mut self.store, cells.clone(), value);
        for cell in cells {
            if let Some(page) = &mut self.pages[cell / PAGE] {
                page[cell % PAGE] = value;
            }
        }
    }

    fn truncate(&mut self, size: usize) {
        let kept = size.min(self.store.len()) / PAGE;
        self.store.resize(size, 0);
        self.pages[kept..].fill(None);
    }

    fn invalidate(&mut self, cells: Range<usize>) {
        self.pages[cells.start / PAGE..cells.end.div_ceil(PAGE)].fill(None);
    }
}

fn write(file: &mut Vec<u8>, cells: Range<usize>, value: u8) {
    if !cells.is_empty() {
        file.resize(file.len().max(cells.end), 0);
        file[cells].fill(value);
    }
}

fn read(file: &[u8], cells: Range<usize>) -> &[u8] {
    let end = cells.end.min(file.len());
    &file[cells.start.min(end)..end]
}

/// Puts the calls that these bytes are to both.
fn put(bytes: &[u8]) {
    let Some((size, records)) = bytes.split_first() else { return };
    let size = match usize::from(size % 64) {
        size @ 1..=21 => size - 1,
        _ => CELLS,
    };
    let (mut file, mut cache, mut writes) = (vec![0; size], WriteThrough::new(), 0);
    cache.truncate(size);
    for record in records.chunks_exact(RECORD).take(RECORDS) {
        let start = usize::from(record[2]) % (MOST + 1);
        let cells = start..(start + usize::from(record[3]) % (MOST + 1)).min(MOST);
        match record[0] % 64 {
            // pread and mread, pwrite and mwrite of a process, and those of the third party, who tells of it at once.
            2 | 3 | 13 | 29 => assert_eq!(cache.read(cells.clone()), read(&file, cells)),
            4 | 5 | 14 => {
                writes += 1;
                write(&mut file, cells.clone(), writes);
                cache.write(cells, writes);
            }
            30 => {
                writes += 1;
                write(&mut file, cells.clone(), writes);
                write(&mut cache.store, cells.clone(), writes);
                cache.invalidate(cells);
            }
            21 | 31 => {
                let size = usize::from(record[4]) % (MOST + 1);
                file.resize(size, 0);
                cache.truncate(size);
            }
            // fadvise dontneed, a notification, and reclaim.
            25 | 32 | 36 => cache.invalidate(cells),
            _ => {}
        }
    }
    assert_eq!(cache.store, file);
    assert_eq!(cache.read(0..MOST), file);
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| put(bytes));

/// Without libFuzzer: the files that are named.
#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    for file in std::env::args().skip(1) {
        put(&std::fs::read(file)?);
    }
    Ok(())
}
