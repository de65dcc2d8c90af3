//! Each set of options behaves as it is named for.

use super::put::{ground, trace};
use launder_impls::Subject;
use launder_impls::kernel::{
    Fuse, FuseAutoInval, FuseAutoInvalKeepCache, FuseDirectIo, FuseDirectIoAutoInvalKeepCache,
    FuseDirectIoKeepCache, FuseExplicitInval, FuseExplicitInvalKeepCache, FuseKeepCache, FuseWriteback,
    FuseWritebackDirectIo, FuseWritebackDirectIoKeepCache, FuseWritebackKeepCache,
};

/// What a process finds that wrote, and whose file the third party then changed, by reading, by opening again, by another
/// size; and what the server has of it in between.
const CASE: &str = "
    a1 pread 0..8
    a1 pwrite 0..4
    server pread 0..1
    server pwrite 4..5
    a1 pread 4..5
    a1 close
    a1 open
    a1 pread 4..5
    server ftruncate 20
    a1 pread 16..20
    server pwrite 5..6
    a1 pread 16..21
    a1 pread 5..6
    a1 mmap
    a1 mread 0..1";

/// What the reads found.
fn answers<S: Subject>() -> Option<String> {
    let ground = ground::<S>()?;
    let text = trace::<S>(&ground, CASE).to_string();
    let of_reads = text.lines().filter_map(|line| line.split_once(" < got ")).map(|(_, values)| values);
    Some(of_reads.take(8).collect::<Vec<_>>().join(", "))
}

fn finds<S: Subject>(wanted: &str) {
    if let Some(found) = answers::<S>() {
        assert_eq!(wanted, found, "{}", S::NAME);
    }
}

#[test]
fn every_set_of_options_behaves_as_it_is_named_for() {
    finds::<Fuse>("0 0 0 0 0 0 0 0, 1, 0, 2, 0 0 0 0, 0 0 0 0 -, 3, 1");
    finds::<FuseKeepCache>("0 0 0 0 0 0 0 0, 1, 0, 0, 0 0 0 0, 0 0 0 0 -, 3, 1");
    finds::<FuseAutoInval>("0 0 0 0 0 0 0 0, 1, 2, 2, 0 0 0 0, 0 0 0 0 -, 3, 1");
    finds::<FuseAutoInvalKeepCache>("0 0 0 0 0 0 0 0, 1, 2, 2, 0 0 0 0, 0 0 0 0 -, 3, 1");
    finds::<FuseExplicitInval>("0 0 0 0 0 0 0 0, 1, 0, 2, 0 0 0 0, 0 0 0 0 -, 0, 1");
    finds::<FuseExplicitInvalKeepCache>("0 0 0 0 0 0 0 0, 1, 0, 0, 0 0 0 0, 0 0 0 0 -, 0, 1");
    finds::<FuseWriteback>("0 0 0 0 0 0 0 0, 0, 0, 2, - - - -, - - - - -, 0, 1");
    finds::<FuseWritebackKeepCache>("0 0 0 0 0 0 0 0, 0, 0, 0, - - - -, - - - - -, 0, 1");
    let directly = "0 0 0 0 0 0 0 0, 1, 2, 2, 0 0 0 0, 0 0 0 0 -, 3, 1";
    finds::<FuseDirectIo>(directly);
    finds::<FuseDirectIoKeepCache>(directly);
    finds::<FuseDirectIoAutoInvalKeepCache>(directly);
    finds::<FuseWritebackDirectIo>(directly);
    finds::<FuseWritebackDirectIoKeepCache>(directly);
}
