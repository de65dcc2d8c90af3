//! What a subject stands on: a disk with a file system, made once, and the file of the case on it.

use super::super::rig::Kept;
use super::making::maker;
use super::rig::Rig;
use super::subject::FileSystem;
use crate::{Case, Ground};
use launder_oracle::{Call, Errno, Host};
use rustix::process::geteuid;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::rc::Rc;

/// A disk with a file system.
pub struct Blocks<F: FileSystem> {
    maker: PathBuf,
    rig: Kept<Rig>,
    file_system: PhantomData<F>,
}

impl<F: FileSystem> Ground for Blocks<F> {
    fn has_two_hosts(&self) -> bool {
        false
    }

    fn prepare(_: &[PathBuf]) -> Result<Blocks<F>, String> {
        if !geteuid().is_root() {
            return Err("only root can mount a loop device".into());
        }
        let maker = maker::<F>().ok_or_else(|| format!("mkfs.{} is not installed", F::TYPE))?;
        let blocks = Blocks { maker, rig: Kept::default(), file_system: PhantomData };
        blocks.ready()?;
        Ok(blocks)
    }

    fn begin(&self, case: &Case) -> Result<(), String> {
        let on_b = |call: &Call| matches!(call, Call::Writeback(Host::B, _) | Call::Reclaim(Host::B, _));
        if case.asks.iter().any(|ask| on_b(&ask.call)) {
            return Err(format!("{} has no host b", F::NAME));
        }
        case.asks.iter().try_for_each(|ask| can_fail(&ask.call))?;
        let rig = self.ready()?;
        let begun = rig.order(format_args!("begin 0")).and_then(|_| rig.drive(format_args!("begin {case}")));
        match begun {
            Ok(said) if said == "ok" => Ok(()),
            Ok(said) => Err(said),
            Err(errno) => {
                self.rig.take_down();
                Err(format!("the file cannot be made: {errno}"))
            }
        }
    }

    /// Whatever hangs is cut off, and a new disk made for the next case.
    fn end(&self) -> Result<(), String> {
        self.rig.end()
    }
}

/// Whether a disk can fail like this. block/blk-core.c, `blk_errors`: what a driver answers ends as one of few errors, and any
/// other as EIO. Of those ext4, xfs and btrfs pass ENOSPC of a WRITE on, and btrfs makes EIO of all others (seen on 6.18).
fn can_fail(call: &Call) -> Result<(), String> {
    match call {
        Call::FailWrite(Errno::EIO | Errno::ENOSPC, _) | Call::FailRead(Errno::EIO, _) => Ok(()),
        Call::FailWrite(errno, _) | Call::FailRead(errno, _) => {
            Err(format!("`{}` of a disk does not end as {errno}", call.word()))
        }
        _ => Ok(()),
    }
}

impl<F: FileSystem> Blocks<F> {
    /// The disk, made if there is none.
    fn ready(&self) -> Result<Rc<Rig>, String> {
        self.rig.ready(|| Rig::make::<F>(self.maker.clone()))
    }

    /// The disk, on which a case has begun.
    pub fn rig(&self) -> Rc<Rig> {
        self.rig.get().expect("a case has begun")
    }

    /// The processes of the disk, the supervisor first; none where there is no disk now.
    pub fn processes(&self) -> Vec<i32> {
        self.rig.processes()
    }

    /// The name of the disk, which the kernel shows with the loop device.
    pub fn name(&self) -> String {
        self.rig.get().map_or(String::new(), |rig| rig.uuid.to_string())
    }
}
