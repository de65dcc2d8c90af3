//! Under libFuzzer: every byte string is a case, put to the running kernel's FUSE, and judged.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| launder_fuzz::target::kernel(bytes));

#[cfg(not(fuzzing))]
fn main() {
    println!("Built without libFuzzer; `cargo fuzz run -s none kernel` builds it with.");
}
