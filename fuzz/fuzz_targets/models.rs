//! Under libFuzzer: every byte string is a case, put to the subjects that `LAUNDER_SUBJECTS` names, or to every model.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| -> libfuzzer_sys::Corpus {
    if launder_fuzz::target::models(bytes) {
        libfuzzer_sys::Corpus::Keep
    } else {
        libfuzzer_sys::Corpus::Reject
    }
});

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    launder_fuzz::target::change(bytes, size, most, seed)
});

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    launder_fuzz::target::replay(|bytes| {
        launder_fuzz::target::models(bytes);
    })
}
