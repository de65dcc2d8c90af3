//! What a subject is, in the words in which its source documents it: there is no second copy that could say otherwise.

use crate::Card;

/// What a subject's source says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The first words of its module: what the scheme is and does.
    pub scheme: String,
    /// The words above its type: which variant of the scheme it is.
    pub variant: String,
}

macro_rules! sources {
    ($list:ident: $($module:literal: $scheme:literal, $variant:literal;)*) => {
        const $list: &[(&str, &str, &str)] = &[$(($module, include_str!($scheme), include_str!($variant))),*];
    };
}

sources! {
    MODELS:
    "models::afs": "models/afs.rs", "models/afs.rs";
    "models::direct_io": "models/direct_io.rs", "models/direct_io.rs";
    "models::direct_io_2_6_9": "models/direct_io_2_6.rs", "models/direct_io_2_6_9.rs";
    "models::divergence": "models/divergence.rs", "models/divergence.rs";
    "models::filemap_invalidate_inode": "models/filemap_invalidate_inode.rs", "models/filemap_invalidate_inode.rs";
    "models::flush_and_wait": "models/flush_and_wait.rs", "models/flush_and_wait.rs";
    "models::fuse_notify": "models/fuse_notify.rs", "models/fuse_notify.rs";
    "models::fuse_write_through": "models/fuse_write_through.rs", "models/fuse_write_through.rs";
    "models::fuse_writeback": "models/fuse_writeback.rs", "models/fuse_writeback.rs";
    "models::invalidate_mapping_pages": "models/invalidate_mapping_pages.rs", "models/invalidate_mapping_pages.rs";
    "models::launder_folio": "models/launder_folio.rs", "models/launder_folio.rs";
    "models::netfs_invalidate_inode": "models/netfs_invalidate_inode.rs", "models/netfs_invalidate_inode.rs";
    "models::nfs": "models/nfs.rs", "models/nfs.rs";
    "models::nfs::void": "models/nfs/void.rs", "models/nfs/void.rs";
    "models::nine_p": "models/nine_p.rs", "models/nine_p.rs";
    "models::oplock": "models/oplock.rs", "models/oplock.rs";
    "models::truncate_inode_pages": "models/truncate_inode_pages.rs", "models/truncate_inode_pages.rs";
    "models::write_through": "models/write_through.rs", "models/write_through.rs";
    "models::zap_pte_range": "models/zap_pte_range.rs", "models/zap_pte_range.rs";
}

#[cfg(all(target_os = "linux", feature = "kernel"))]
sources! {
    REAL:
    "kernel::path": "kernel/path.rs", "kernel/path.rs";
    "kernel::nfs": "kernel/nfs.rs", "kernel/nfs.rs";
    "kernel::nine_p": "kernel/nine_p.rs", "kernel/nine_p.rs";
    "kernel::fuse::sets": "kernel/fuse/mod.rs", "kernel/fuse/sets.rs";
    "kernel::block::file_systems": "kernel/block/mod.rs", "kernel/block/file_systems.rs";
}

#[cfg(not(all(target_os = "linux", feature = "kernel")))]
const REAL: &[(&str, &str, &str)] = &[];

impl Card {
    /// What its source says of it; a test holds that each subject's does.
    pub fn about(&self) -> About {
        // `launder_impls::models::Of<launder_impls::models::nfs::Nfs>`: the innermost type is the one that is documented.
        let path = self.type_name().trim_end_matches('>').rsplit(['<', ' ']).next().unwrap_or_default();
        let (module, name) = path.rsplit_once("::").unwrap_or_default();
        let module = module.split_once("::").map_or(module, |(_, module)| module);
        let source = MODELS.iter().chain(REAL).find(|(of, ..)| *of == module);
        let (_, scheme, variant) = source.unwrap_or(&("", "", ""));
        About { scheme: prose(heading(scheme)), variant: prose(above(variant, name)) }
    }
}

/// The words that a module opens with.
fn heading(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map_while(|line| line.strip_prefix("//!"))
}

/// The documentation above the line that declares this type.
fn above<'s>(source: &'s str, name: &str) -> impl Iterator<Item = &'s str> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let doc = |line: &&'s str| line.strip_prefix("///");
    let declares = |at: &usize| {
        let mut words = lines[*at].split(|c: char| !c.is_alphanumeric() && c != '_');
        doc(&lines[at - 1]).is_some() && doc(&lines[*at]).is_none() && words.any(|word| word == name)
    };
    let end = (1..lines.len()).find(declares).unwrap_or(0);
    let begin = lines[..end].iter().rposition(|line| doc(line).is_none()).map_or(0, |line| line + 1);
    lines[begin..end].iter().filter_map(doc).collect::<Vec<_>>().into_iter()
}

/// Lines of documentation as sentences; an empty line begins a paragraph.
fn prose<'s>(lines: impl Iterator<Item = &'s str>) -> String {
    let mut text = String::new();
    for line in lines.map(str::trim) {
        match (line, text.ends_with('\n') || text.is_empty()) {
            ("", _) => text.push('\n'),
            (line, true) => text.push_str(line),
            (line, false) => text = text + " " + line,
        }
    }
    text
}
