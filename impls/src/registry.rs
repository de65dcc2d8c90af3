//! The one list of subjects: models, and what of the real is built in.

#[cfg(all(target_os = "linux", feature = "kernel"))]
use crate::kernel;
use crate::models::{self, Of};
use crate::ready::Vtable;
use crate::requests::asked;
use crate::{Bug, Known, Met, Ready, Subject};
use launder_oracle::Contract;
use std::path::PathBuf;

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
    subject: Vtable,
}

impl Card {
    /// The card of a subject, be it in a list or not.
    pub const fn of<S: Subject>() -> Card {
        Card {
            name: S::NAME,
            source: S::SOURCE,
            contract: S::CONTRACT,
            bugs: S::BUGS,
            known: S::KNOWN,
            twin: S::TWIN,
            subject: Vtable::of::<S>(),
        }
    }

    /// The promises that the subject is known to break.
    pub fn known(&self) -> impl Iterator<Item = &'static Known> + Clone {
        self.known.iter().copied().flatten()
    }

    /// Its contract in words, by the name that is its own where two contracts that have names say the same.
    pub fn promises(&self) -> String {
        self.contract.promised_by(self.name)
    }

    /// In how many directories that the user names it works, at the most.
    pub fn directories(&self) -> usize {
        self.subject.directories
    }

    /// Makes the subject ready, in the directories that the user named, if any.
    ///
    /// # Errors
    /// Why this machine cannot run it.
    pub fn prepare(&self, at: &[PathBuf]) -> Result<Box<dyn Ready>, String> {
        (self.subject.prepare)(at)
    }

    /// A model that has a twin, made ready to be asked as that is: a hold delays the reply to the n-th request that its call causes.
    pub fn prepare_as_twin(&self) -> Option<Box<dyn Ready>> {
        BY_REQUESTS.iter().find(|(name, _)| *name == self.name).map(|(_, make)| make())
    }

    /// The pairs of states and events that can be in its matrix; none of a real subject.
    pub fn possible(&self) -> Met {
        (self.subject.possible)()
    }

    /// The type that implements it.
    pub(crate) fn type_name(&self) -> &'static str {
        (self.subject.type_name)()
    }

    /// Whether it stands on nothing but memory, and so runs anywhere and by steps.
    pub fn is_model(&self) -> bool {
        self.subject.is_model
    }
}

macro_rules! subjects {
    ($list:ident: $($subject:ty),* $(,)?) => {
        pub(crate) const $list: &[Card] = &[$(Card::of::<$subject>()),*];
    };
}

subjects! {
    MODELS:
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
}

macro_rules! by_requests {
    ($($subject:ty),* $(,)?) => {
        /// Models whose twin's holds count requests.
        const BY_REQUESTS: &[(&str, fn() -> Box<dyn Ready>)] =
            &[$((<$subject>::NAME, asked::<$subject>)),*];
    };
}

by_requests! {
    Of<models::FuseWriteThrough>,
    Of<models::FuseWriteback>,
    Of<models::FuseNotify>,
    Of<models::FuseNotifyWriteThrough>,
}

#[cfg(all(target_os = "linux", feature = "kernel"))]
subjects! {
    REAL:
    kernel::Path,
    kernel::Fuse,
    kernel::FuseWriteback,
    kernel::FuseKeepCache,
    kernel::FuseAutoInval,
    kernel::FuseAutoInvalKeepCache,
    kernel::FuseExplicitInval,
    kernel::FuseExplicitInvalKeepCache,
    kernel::FuseWritebackKeepCache,
    kernel::FuseDirectIo,
    kernel::FuseDirectIoKeepCache,
    kernel::FuseDirectIoAutoInvalKeepCache,
    kernel::FuseWritebackDirectIo,
    kernel::FuseWritebackDirectIoKeepCache,
    kernel::Ext4,
    kernel::Xfs,
    kernel::Btrfs,
    kernel::Nfs,
    kernel::NineP<kernel::NoCache>,
    kernel::NineP<kernel::MmapCache>,
    kernel::NineP<kernel::LooseCache>,
}

#[cfg(not(all(target_os = "linux", feature = "kernel")))]
use crate::elsewhere::CARDS as REAL;

/// Every subject.
///
/// ```
/// use launder_impls::cards;
///
/// let nfs = cards().find(|card| card.name == "nfs").expect("it is in the list");
/// assert_eq!(nfs.promises(), "nfs");
/// assert!(nfs.is_model() && nfs.bugs.iter().any(|bug| bug.name == "reval_no_ilock"));
/// ```
// Inlined, it would have each crate that calls it compile every subject.
#[inline(never)]
pub fn cards() -> impl Iterator<Item = &'static Card> + Clone {
    MODELS.iter().chain(REAL)
}
