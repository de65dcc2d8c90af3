//! The schemes: one file each.

mod afs;
mod direct_io;
mod direct_io_2_6;
mod direct_io_2_6_9;
mod direct_io_2_6_known;
mod divergence;
mod filemap_invalidate_inode;
mod flush_and_wait;
pub(crate) mod fuse_known;
pub(crate) mod fuse_notify;
mod fuse_write_through;
mod fuse_writeback;
mod invalidate_mapping_pages;
mod launder_folio;
mod model;
mod netfs_invalidate_inode;
mod nfs;
mod nine_p;
mod older_known;
mod oplock;
pub(crate) mod together;
mod truncate_inode_pages;
mod write_through;
mod zap_pte_range;

pub use afs::{Afs, Afs2622, AfsNuke};
pub use direct_io::DirectIo;
pub use direct_io_2_6_9::{DirectIo269, DirectIo269Msync, DirectIo269ShootDown, DirectIo2611};
pub use divergence::{DivergenceAsk, DivergenceDirtyBytes, DivergenceDiscard, DivergenceWholeCopy};
pub use filemap_invalidate_inode::{FilemapInvalidateInode, FilemapInvalidateInode6_10};
pub use flush_and_wait::{FlushAndWait, FlushAndWaitNoLaunder, FlushAndWaitRecheck};
pub use fuse_notify::{FuseNotify, FuseNotifyWriteThrough};
pub use fuse_write_through::{FuseWriteThrough, FuseWriteThrough512};
pub use fuse_writeback::{FuseWriteback, FuseWritebackTemp};
pub use invalidate_mapping_pages::InvalidateMappingPages;
pub use launder_folio::LaunderFolio;
pub use model::{Model, Of};
pub use netfs_invalidate_inode::{NetfsInvalidateInode, NetfsInvalidateInodeDiscard};
#[cfg(all(target_os = "linux", feature = "kernel"))]
pub(crate) use nfs::KNOWN as NFS_KNOWN;
pub use nfs::{Nfs, Nfs269};
#[cfg(all(target_os = "linux", feature = "kernel"))]
pub(crate) use nine_p::{LOOSE as NINE_P_LOOSE_KNOWN, MMAP as NINE_P_MMAP_KNOWN};
pub use nine_p::{NinePLoose, NinePMmap};
pub use oplock::Oplock;
pub use truncate_inode_pages::TruncateInodePages;
pub use write_through::WriteThrough;
pub use zap_pte_range::{ZapPteRange, ZapPteRangeUptodate};
