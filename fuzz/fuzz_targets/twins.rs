//! Under libFuzzer: every byte string is a case, put to each model of FUSE that has a twin, and to that: the running kernel.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| launder_fuzz::target::twins(bytes));

#[cfg(not(fuzzing))]
fn main() {
    println!("Built without libFuzzer; `cargo fuzz run -s none twins` builds it with.");
}
