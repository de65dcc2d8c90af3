//! Under libFuzzer: bytes as a contract and the text of a trace, whoever wrote that.

use launder_oracle::{
    Atomic, Contract, Direct, Divergence, Hosts, Loser, Maps, Notify, Open, Trace, Verdict, judge,
    judge_by_clocks,
};

/// Bytes before the text, which choose the contract.
const AXES: usize = 8;

/// Reads the trace that these bytes are, if they are one, and judges it: with the short way that most traces take, and without.
///
/// # Panics
/// If the two disagree, or if a trace is not read back from its text as what it is.
pub fn judges(bytes: &[u8]) {
    let Some((axes, text)) = bytes.split_first_chunk() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(trace) = Trace::parse(text) else { return };
    let contract = contract(axes);
    let (short, long) = (judge(&contract, &trace), judge_by_clocks(&contract, &trace));
    // Without the short way the budget may be spent.
    assert!(short == long || long == Verdict::Unknown, "{contract}\n{trace}\n{short:?}\n{long:?}");
    let again = Trace::parse(&trace.to_string()).map(|again| again.to_string());
    assert_eq!(again.as_deref(), Ok(trace.to_string().as_str()));
}

/// The bytes that are this trace, to be judged by this contract.
pub fn judging(contract: &Contract, trace: &Trace) -> Vec<u8> {
    let Contract { hosts, open, notify, maps, direct, divergence, loser, atomic } = contract;
    let mut bytes = vec![
        place(Hosts::ALL, hosts),
        place(Open::ALL, open),
        place(Notify::ALL, notify),
        place(Maps::ALL, maps),
        place(Direct::ALL, direct),
        place(Divergence::ALL, divergence),
        place(Loser::ALL, loser),
        place(Atomic::ALL, atomic),
    ];
    bytes.extend(trace.to_string().bytes());
    bytes
}

fn place<T: PartialEq>(all: &[T], it: &T) -> u8 {
    all.iter().position(|other| other == it).map_or(0, |place| place as u8)
}

fn contract(axes: &[u8; AXES]) -> Contract {
    let [hosts, open, notify, maps, direct, divergence, loser, atomic] = *axes;
    Contract {
        hosts: pick(Hosts::ALL, hosts),
        open: pick(Open::ALL, open),
        notify: pick(Notify::ALL, notify),
        maps: pick(Maps::ALL, maps),
        direct: pick(Direct::ALL, direct),
        divergence: pick(Divergence::ALL, divergence),
        loser: pick(Loser::ALL, loser),
        atomic: pick(Atomic::ALL, atomic),
    }
}

fn pick<T: Copy>(all: &[T], byte: u8) -> T {
    all[usize::from(byte) % all.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Planted, Random, Trial};

    #[test]
    fn bytes_choose_every_point_on_every_axis() {
        assert_eq!(contract(&[0; AXES]), Contract::STRONGEST);
        let weakest = contract(&[1, 1, 1, 2, 2, 2, 2, 2]);
        assert!(Contract::NAMED.iter().all(|(_, named)| named.implies(&weakest)));
    }

    #[test]
    fn a_contract_is_read_from_the_bytes_that_it_was_written_as() {
        let trace = Trace::parse("end quiet\n").expect("a trace");
        for (_, named) in Contract::NAMED {
            let bytes = judging(&named, &trace);
            assert_eq!(contract(bytes.first_chunk().expect("eight bytes")), named);
            assert_eq!(&bytes[AXES..], b"end quiet\n");
        }
    }

    #[test]
    fn what_models_say_is_judged_the_short_way_as_it_is_the_long_way() {
        let random = Random::new(3, |_| true);
        for planted in Planted::models() {
            let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
            for number in 0..100 {
                let Outcome::Judged(trace, _) = trial.of(&random.case(number)) else { continue };
                let mut bytes = vec![number as u8; AXES];
                bytes.extend(trace.to_string().bytes());
                judges(&bytes);
            }
        }
    }
}
