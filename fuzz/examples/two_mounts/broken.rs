//! Ways to break the server on purpose: each does the right thing first, and then spoils it.

/// A bug, and what it does. An analogue is named where there is one that many know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    TruncateKeeps,
    GapKeeps,
    BorderLost,
    PunchShort,
    SizeStays,
    WriteLost,
    SyncLoses,
    DirectBesideCache,
    HandleBuffers,
    OpenKeeps,
    SizeOfBefore,
}

/// Their words on a command line.
pub const BUGS: [(&str, Bug, &str); 11] = [
    ("truncate-keeps", Bug::TruncateKeeps, "a truncate down and up again brings back the old bytes"),
    ("gap-keeps", Bug::GapKeeps, "a write past the end leaves in the gap what was there before a truncate"),
    (
        "border-lost",
        Bug::BorderLost,
        "a write that extends the file is lost behind the first page border, which it crosses",
    ),
    ("punch-short", Bug::PunchShort, "a range that is punched or zeroed keeps its last byte"),
    ("size-stays", Bug::SizeStays, "a write into the page with the end does not move the end"),
    ("write-lost", Bug::WriteLost, "every 31st WRITE is answered well and lost"),
    // PostgreSQL, "fsyncgate", 2018: https://lwn.net/Articles/752063/.
    (
        "sync-loses",
        Bug::SyncLoses,
        "every 4th FSYNC fails to store the last write, drops it and answers well",
    ),
    // open(2), O_DIRECT: mixing it with what is cached; here it is a cache of the server's.
    (
        "direct-beside-cache",
        Bug::DirectBesideCache,
        "a direct write goes past a cache of the server, which goes on to answer reads that are not direct",
    ),
    (
        "handle-buffers",
        Bug::HandleBuffers,
        "what is written is in a buffer of its handle, where others do not see it, until FLUSH or FSYNC",
    ),
    // mount.fuse3(8), kernel_cache: "This should only be enabled on filesystems, where the file data is never changed externally".
    (
        "open-keeps",
        Bug::OpenKeeps,
        "an open leaves in the cache what is in it, and times stand still, though another mount has written",
    ),
    (
        "size-of-before",
        Bug::SizeOfBefore,
        "a mount is told the size from before another's change the next 8 times that it asks",
    ),
];

/// The bug of this word.
pub fn named(word: &str) -> Result<Bug, String> {
    let found = BUGS.iter().find(|(name, ..)| *name == word);
    let all = || BUGS.map(|(name, ..)| name).join(", ");
    found.map(|(_, bug, _)| *bug).ok_or_else(|| format!("no bug {word}: there are {}", all()))
}
