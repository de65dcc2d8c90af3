//! What runs the processor of a guest.

use std::fs;

/// How a guest is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    Kvm,
    Tcg,
}

impl Accelerator {
    /// Whether the processor seems to be able to run a guest: some have /dev/kvm and nothing that runs an ordinary kernel.
    pub fn seems_to_work() -> bool {
        let flags = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let virtual_machines = flags.split_whitespace().any(|word| word == "vmx" || word == "svm");
        virtual_machines && fs::File::options().read(true).write(true).open("/dev/kvm").is_ok()
    }

    pub fn arguments(self) -> [&'static str; 4] {
        match self {
            Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
            Accelerator::Tcg => ["-accel", "tcg", "-cpu", "max"],
        }
    }
}
