//! The real subjects where they are not built in: each has its name and its promise, and says why it is skipped.

use crate::models::{self, Model};
use crate::{Case, Ground, Sim, Subject};
use launder_oracle::{Call, Contract, Maps, Open, Reply, Who};
use std::path::PathBuf;

/// Why none of them can be asked.
const WHY: &str = if cfg!(target_os = "linux") {
    "it is built without the feature `kernel`"
} else {
    "it is the kernel of Linux, and another one runs this"
};

/// What cannot be made ready, and is therefore never there.
pub enum Nowhere {}

impl Ground for Nowhere {
    fn prepare(_: &[PathBuf]) -> Result<Nowhere, String> {
        Err(WHY.into())
    }

    fn begin(&self, _: &Case) -> Result<(), String> {
        match *self {}
    }
}

macro_rules! elsewhere {
    ($($subject:ident: $name:literal, $contract:expr;)*) => {
        $(
            #[doc = concat!("`", $name, "`, elsewhere.")]
            pub struct $subject(Nowhere);

            impl Subject for $subject {
                const NAME: &'static str = $name;
                const SOURCE: &'static str = WHY;
                const CONTRACT: Contract = $contract;
                type Ground = Nowhere;

                fn new(_: &Sim, ground: &Nowhere) -> $subject {
                    match *ground {}
                }

                async fn call(&self, _: Who, _: Call) -> Reply {
                    match self.0 {}
                }
            }
        )*

        /// Their cards.
        pub const CARDS: &[crate::Card] = &[$(crate::Card::of::<$subject>()),*];
    };
}

elsewhere! {
    Path: "path", Contract::LINUX;
    Fuse: "kernel-fuse", Contract::FUSE;
    FuseWriteback: "kernel-fuse-writeback", Contract::FUSE;
    FuseKeepCache: "kernel-fuse-keep-cache", KEEPS;
    FuseAutoInval: "kernel-fuse-auto-inval", Contract::FUSE;
    FuseAutoInvalKeepCache: "kernel-fuse-auto-inval-keep-cache", Contract::FUSE;
    FuseExplicitInval: "kernel-fuse-explicit-inval", Contract::FUSE;
    FuseExplicitInvalKeepCache: "kernel-fuse-explicit-inval-keep-cache", KEEPS;
    FuseWritebackKeepCache: "kernel-fuse-writeback-keep-cache", KEEPS;
    FuseDirectIo: "kernel-fuse-direct-io", DIRECT;
    FuseDirectIoKeepCache: "kernel-fuse-direct-io-keep-cache", DIRECT_KEEPS;
    FuseDirectIoAutoInvalKeepCache: "kernel-fuse-direct-io-auto-inval-keep-cache", DIRECT;
    FuseWritebackDirectIo: "kernel-fuse-writeback-direct-io", DIRECT;
    FuseWritebackDirectIoKeepCache: "kernel-fuse-writeback-direct-io-keep-cache", DIRECT_KEEPS;
    Ext4: "kernel-ext4", Contract::LINUX;
    Xfs: "kernel-xfs", Contract::LINUX;
    Btrfs: "kernel-btrfs", Contract::LINUX;
    Nfs: "kernel-nfs", Contract::NFS;
    NinePNone: "kernel-9p-none", Contract { maps: Maps::Remap, ..Contract::LINUX };
    NinePMmap: "kernel-9p-mmap", models::NinePMmap::CONTRACT;
    NinePLoose: "kernel-9p-loose", models::NinePLoose::CONTRACT;
}

const KEEPS: Contract = Contract { open: Open::Cached, ..Contract::FUSE };
const DIRECT: Contract = Contract { maps: Maps::Remap, ..Contract::FUSE };
const DIRECT_KEEPS: Contract = Contract { open: Open::Cached, ..DIRECT };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_skipped_and_says_why() {
        for card in CARDS {
            let why = card.prepare(&[]).map(drop).unwrap_err();
            assert!(!card.is_model() && why.starts_with("it is "), "{}: {why}", card.name);
        }
    }

    #[cfg(all(target_os = "linux", feature = "kernel"))]
    #[test]
    fn each_promises_what_the_real_one_of_its_name_does_and_none_is_missing() {
        let of = |card: &crate::Card| (card.name, card.contract);
        // Not of `cards()`, which would have this test compile every model.
        let real: Vec<_> = crate::registry::REAL.iter().map(of).collect();
        assert_eq!(CARDS.iter().map(of).collect::<Vec<_>>(), real);
    }
}
