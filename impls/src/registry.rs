//! The one list of subjects.

use crate::models::{self, Of};
use crate::{Bug, Known, Subject};
use launder_oracle::Contract;

/// What is to be done with a subject that is known by name.
pub trait Visit {
    /// What comes of it.
    type Out;

    /// Does it.
    fn visit<S: Subject>(self) -> Self::Out;
}

/// What is claimed and known of a subject.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // each field is the constant of `Subject` of its name
pub struct Card {
    pub name: &'static str,
    pub source: &'static str,
    pub contract: Contract,
    pub bugs: &'static [Bug],
    pub known: &'static [&'static [Known]],
    pub twin: Option<&'static str>,
}

impl Card {
    /// The promises that the subject is known to break.
    pub fn known(&self) -> impl Iterator<Item = &'static Known> + Clone {
        self.known.iter().copied().flatten()
    }
}

macro_rules! subjects {
    ($($(#[$only:meta])* $subject:ty),* $(,)?) => {
        /// Every subject.
        pub fn cards() -> &'static [Card] {
            const CARDS: &[Card] = &[$($(#[$only])* Card {
                name: <$subject>::NAME,
                source: <$subject>::SOURCE,
                contract: <$subject>::CONTRACT,
                bugs: <$subject>::BUGS,
                known: <$subject>::KNOWN,
                twin: <$subject>::TWIN,
            }),*];
            CARDS
        }

        /// Does something with the subject of this name, if there is one.
        pub fn visit<V: Visit>(name: &str, visit: V) -> Option<V::Out> {
            match name {
                $($(#[$only])* <$subject>::NAME => Some(visit.visit::<$subject>()),)*
                _ => None,
            }
        }
    };
}

subjects! {
    Of<models::WriteThrough>,
    Of<models::LaunderFolio>,
    Of<models::FlushAndWait>,
    Of<models::FlushAndWaitRecheck>,
    Of<models::FlushAndWaitNoLaunder>,
    Of<models::NetfsInvalidateInode>,
    Of<models::NetfsInvalidateInodeDiscard>,
    Of<models::FilemapInvalidateInode6_10>,
    Of<models::FilemapInvalidateInode>,
    Of<models::DivergenceDirtyBytes>,
    Of<models::DivergenceWholeCopy>,
    Of<models::DivergenceDiscard>,
    Of<models::DivergenceAsk>,
    Of<models::Oplock>,
    Of<models::Nfs>,
    Of<models::Nfs269>,
    Of<models::Afs2622>,
    Of<models::AfsNuke>,
    Of<models::Afs>,
    Of<models::NinePMmap>,
    Of<models::NinePLoose>,
    Of<models::FuseWriteThrough>,
    Of<models::FuseWriteThrough512>,
    Of<models::FuseWriteback>,
    Of<models::FuseWritebackTemp>,
    Of<models::FuseNotify>,
    Of<models::FuseNotifyWriteThrough>,
    Of<models::InvalidateMappingPages>,
    Of<models::TruncateInodePages>,
    Of<models::DirectIo>,
    Of<models::DirectIo269>,
    Of<models::DirectIo2611>,
    Of<models::DirectIo269Msync>,
    Of<models::DirectIo269ShootDown>,
    Of<models::ZapPteRange>,
    Of<models::ZapPteRangeUptodate>,
    #[cfg(target_os = "linux")]
    crate::kernel::Path,
    #[cfg(target_os = "linux")]
    crate::kernel::Fuse,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseWriteback,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseKeepCache,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseAutoInval,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseExplicitInval,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseWritebackKeepCache,
    #[cfg(target_os = "linux")]
    crate::kernel::FuseDirectIo,
    #[cfg(target_os = "linux")]
    crate::kernel::Ext4,
    #[cfg(target_os = "linux")]
    crate::kernel::Xfs,
    #[cfg(target_os = "linux")]
    crate::kernel::Btrfs,
}
