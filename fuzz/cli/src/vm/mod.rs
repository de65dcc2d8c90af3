//! `launder vm`: cases put to other kernels, in guests of QEMU, and judged here.

mod ahead;
pub mod args;
mod batch;
mod cpio;
mod differing;
mod emulator;
mod endless;
mod file_system;
mod fuzz;
pub mod guest;
mod image;
mod init;
mod kernel;
mod known;
mod machine;
mod modules;
mod remote;
mod tools;
#[cfg(test)]
mod twins;
mod version;
mod wire;

use crate::answer::Status;
use args::Vm;

pub fn vm(job: &Vm) -> Result<Status, String> {
    match &job.job {
        Some(args::VmJob::Fuzz(_)) if !job.cases.is_empty() => Err("vm: either cases, or `fuzz`".into()),
        Some(args::VmJob::Fuzz(_)) if job.table => Err("vm: --table is of cases".into()),
        Some(args::VmJob::Fuzz(how)) => fuzz::fuzz(job, how),
        None if job.cases.is_empty() => Err("vm: name a .case file, or `fuzz`".into()),
        None => batch::put(job),
    }
}
