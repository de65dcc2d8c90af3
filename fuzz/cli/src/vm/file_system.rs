//! What can be asked of a guest: a subject that knows nothing of it, and what that stands on there.

use super::known;
use super::version::Version;
use launder_fuzz::Planted;
use launder_impls::{Card, Known, cards};

/// A file system of a guest.
#[derive(Debug)]
pub struct FileSystem {
    /// Its name after `--fs`, and at the end of a subject's.
    pub word: &'static str,
    /// The subject, of the kernel that runs it, that is asked in the guest.
    pub inner: &'static str,
    /// The modules that it needs.
    pub modules: &'static [&'static str],
    /// Models of what kernels before this one did, whose known broken promises are its own.
    before: &'static [&'static str],
}

const fn fuse(word: &'static str, inner: &'static str, before: &'static [&'static str]) -> FileSystem {
    FileSystem { word, inner, modules: &["fuse"], before }
}

/// With delegations and without: a server that grants them recalls them from one client for another, which takes a client that is
/// told to wait a tenth of a second (fs/nfs/nfs4proc.c, NFS4_POLL_RETRY_MIN).
const fn nfs(word: &'static str) -> FileSystem {
    FileSystem { word, inner: "kernel-nfs", modules: &["ext4", "nfsd", "nfsv4"], before: &[] }
}

/// A server outside, QEMU, with a cache mode of the client.
const fn nine_p(word: &'static str, inner: &'static str) -> FileSystem {
    FileSystem { word, inner, modules: &["9p", "9pnet_virtio"], before: &[] }
}

/// Temporary pages, which FUSE had until 6.16.
const TEMPORARY: &[&str] = &["fuse-writeback-temp"];

static ALL: [FileSystem; 19] = [
    FileSystem { word: "ext4", inner: "path", modules: &["ext4"], before: &[] },
    nfs("nfs"),
    nfs("nfs-delegations"),
    nine_p("9p-none", "kernel-9p-none"),
    nine_p("9p-mmap", "kernel-9p-mmap"),
    nine_p("9p-loose", "kernel-9p-loose"),
    fuse("fuse-plain", "kernel-fuse", &[]),
    fuse("fuse-writeback", "kernel-fuse-writeback", TEMPORARY),
    fuse("fuse-keep-cache", "kernel-fuse-keep-cache", &[]),
    fuse("fuse-auto-inval", "kernel-fuse-auto-inval", &[]),
    fuse("fuse-auto-inval-keep-cache", "kernel-fuse-auto-inval-keep-cache", &[]),
    fuse("fuse-explicit-inval", "kernel-fuse-explicit-inval", &[]),
    fuse("fuse-explicit-inval-keep-cache", "kernel-fuse-explicit-inval-keep-cache", &[]),
    fuse("fuse-writeback-keep-cache", "kernel-fuse-writeback-keep-cache", TEMPORARY),
    fuse("fuse-direct-io", "kernel-fuse-direct-io", &[]),
    fuse("fuse-direct-io-keep-cache", "kernel-fuse-direct-io-keep-cache", &[]),
    fuse("fuse-direct-io-auto-inval-keep-cache", "kernel-fuse-direct-io-auto-inval-keep-cache", &[]),
    fuse("fuse-writeback-direct-io", "kernel-fuse-writeback-direct-io", &[]),
    fuse("fuse-writeback-direct-io-keep-cache", "kernel-fuse-writeback-direct-io-keep-cache", &[]),
];

impl FileSystem {
    /// All that there are.
    pub fn all() -> impl Iterator<Item = &'static FileSystem> {
        ALL.iter()
    }

    /// The word that means all of its kind.
    pub fn group(&self) -> &'static str {
        ["fuse", "9p"].into_iter().find(|group| self.is_of(group)).unwrap_or(self.word)
    }

    fn is_of(&self, group: &str) -> bool {
        self.word.strip_prefix(group).is_some_and(|rest| rest.starts_with('-'))
    }

    /// The cache mode of 9p, if it is that.
    pub fn cache(&self) -> Option<&'static str> {
        self.word.strip_prefix("9p-")
    }

    /// The tags by which a guest mounts what is shared with it: for host a, for host b, and where nothing is cached.
    pub fn tags(&self) -> Option<[String; 3]> {
        self.cache().map(|mode| ["a", "b", "server"].map(|host| format!("{mode}-{host}")))
    }

    /// The subject that is asked in the guest; none where it is not built in.
    pub fn planted(&self) -> Option<Planted> {
        cards().find(|card| card.name == self.inner).map(|card| Planted { card, bug: None })
    }

    /// The same on another kernel, under a name of its own; it is there for as long as this program runs.
    pub fn on(&self, version: &Version) -> Option<Planted> {
        let mut card: Card = *self.planted()?.card;
        let known: Vec<&[Known]> = cards()
            .filter(|it| it.name == self.inner || self.before.contains(&it.name))
            .flat_map(|it| it.known.iter().copied())
            .chain(known::of(version, self.word))
            .collect();
        card.name = format!("vm-{version}-{}", self.word).leak();
        (card.bugs, card.twin, card.known) = (&[], None, known.leak());
        Some(Planted { card: Box::leak(Box::new(card)), bug: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_system_is_a_subject_of_its_own_on_each_kernel() {
        let version: Version = "6.1".parse().expect("a version");
        for it in FileSystem::all() {
            let (here, there) = (it.planted().expect("it is built in"), it.on(&version).expect("it is"));
            assert_eq!(there.to_string(), format!("vm-6.1-{}", it.word));
            assert_eq!(there.card.contract, here.card.contract);
            assert!(there.card.known().count() >= here.card.known().count() && there.card.bugs.is_empty());
        }
    }

    #[test]
    fn what_was_known_of_earlier_kernels_is_known_of_them() {
        let it = FileSystem::all().find(|it| it.word == "fuse-writeback").expect("there is one");
        let (here, there) = (it.planted(), it.on(&"6.1".parse().expect("a version")));
        let count = |planted: Option<Planted>| planted.expect("it is built in").card.known().count();
        assert!(count(there) > count(here));
    }
}
