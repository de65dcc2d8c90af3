//! The judge accuses what an ideal cache did not say.

use crate::ideal::falsify::falsify;
use crate::ideal::generate::ideal_trace;
use crate::ideal::search::{Found, search};
use crate::judge;
use crate::never_accused::seeded;
use launder_oracle::{Contract, Verdict};

#[test]
fn most_replies_that_the_ideal_cache_could_not_give_are_accused() {
    for (name, contract) in Contract::NAMED {
        let mut random = seeded(7);
        let (mut impossible, mut accused) = (0, 0);
        for _ in 0..4_000 {
            let trace = ideal_trace(&mut random, &contract, 10);
            let Some(falsified) = trace.and_then(|trace| falsify(&mut random, &trace)) else { continue };
            if search(&contract, &falsified).0 == Found::Nothing {
                impossible += 1;
                accused += u32::from(matches!(judge(&contract, &falsified), Verdict::Forbidden(_)));
            }
        }
        println!("{name}: {accused} of {impossible} impossible replies are accused");
        assert!(accused * 100 >= impossible * 99, "{name}: {accused} of {impossible}");
    }
}

#[test]
fn a_good_part_of_all_falsified_replies_is_accused() {
    for (name, contract) in Contract::NAMED {
        let mut random = seeded(8);
        let (mut falsified, mut accused) = (0, 0);
        for _ in 0..4_000 {
            let trace = ideal_trace(&mut random, &contract, 24);
            let Some(other) = trace.and_then(|trace| falsify(&mut random, &trace)) else { continue };
            falsified += 1;
            accused += u32::from(matches!(judge(&contract, &other), Verdict::Forbidden(_)));
        }
        println!("{name}: {accused} of {falsified} falsified replies are accused");
        assert!(accused * 100 >= falsified * 80, "{name}: {accused} of {falsified}");
    }
}
