//! Under libFuzzer: every byte string is a contract and a text, which is judged if it is a trace: any text gets a verdict.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| launder_fuzz::target::judges(bytes));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    launder_fuzz::target::replay(launder_fuzz::target::judges)
}
