//! Under libFuzzer: every byte string is a case, put to all models; where contracts leave one answer, all must give it.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| launder_fuzz::target::differential(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    launder_fuzz::target::replay(launder_fuzz::target::differential)
}
