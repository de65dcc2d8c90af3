//! What was found of one subject, once a signature however many lanes come upon it, and in few bytes: a campaign has no end.

use crate::{Finding, Signature, decode, encode};
use launder_impls::{Case, Known};
use launder_oracle::{Contract, Trace};
use std::sync::{Mutex, MutexGuard};

/// The findings of one subject.
#[derive(Debug, Default)]
pub(crate) struct Found(Mutex<Vec<Kept>>);

/// A finding, packed.
#[derive(Debug)]
struct Kept {
    signature: Signature,
    known: Option<&'static Known>,
    case: Packed,
    contract: Contract,
    runs: u64,
    /// Its text.
    trace: Option<Box<str>>,
}

/// A case in its encoding, or in its text if it does not fit that.
#[derive(Debug)]
enum Packed {
    Bytes(Box<[u8]>),
    Text(Box<str>),
}

impl Packed {
    fn of(case: &Case) -> Packed {
        match encode(case).filter(|bytes| decode(bytes) == *case) {
            Some(bytes) => Packed::Bytes(bytes.into()),
            None => Packed::Text(case.to_string().into()),
        }
    }

    fn case(&self) -> Case {
        match self {
            Packed::Bytes(bytes) => decode(bytes),
            Packed::Text(text) => Case::parse(text).expect("what is written can be read"),
        }
    }
}

impl Kept {
    fn of(finding: &Finding) -> Kept {
        let Finding { signature, known, ref case, contract, runs, ref trace } = *finding;
        let trace = trace.as_ref().map(|trace| trace.to_string().into());
        Kept { signature, known, case: Packed::of(case), contract, runs, trace }
    }

    fn finding(&self) -> Finding {
        let Kept { signature, known, ref case, contract, runs, ref trace } = *self;
        let read = |text: &str| Trace::parse(text).expect("what is written can be read");
        let trace = trace.as_deref().map(read);
        Finding { signature, known, case: case.case(), contract, runs, trace }
    }
}

impl Found {
    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().expect("no thread panics while it keeps a finding")
    }

    /// Keeps a finding, or the smaller of two of one signature: which is kept does not depend on who comes first.
    pub fn keep(&self, finding: &Finding) {
        let mut kept = self.kept();
        let Some(same) = kept.iter_mut().find(|known| known.signature == finding.signature) else {
            return kept.push(Kept::of(finding));
        };
        let runs = same.runs.min(finding.runs);
        let size = |case: &Case| (case.asks.len(), case.to_string());
        if size(&finding.case) < size(&same.case.case()) {
            *same = Kept::of(finding);
        }
        same.runs = runs;
    }

    /// What names them, in order.
    pub fn signatures(&self) -> Vec<Signature> {
        let mut signatures: Vec<_> = self.kept().iter().map(|kept| kept.signature).collect();
        signatures.sort_unstable();
        signatures
    }

    /// The finding of this signature.
    pub fn get(&self, signature: &Signature) -> Option<Finding> {
        self.kept().iter().find(|kept| kept.signature == *signature).map(Kept::finding)
    }

    /// So many runs came before.
    pub fn come_after(&self, runs: u64) {
        self.kept().iter_mut().for_each(|kept| kept.runs += runs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;
    use launder_oracle::{Kind, Symptom};

    #[test]
    fn a_case_is_unpacked_as_it_was_packed() {
        let random = Random::new(5, |_| true);
        for number in 0..1_000 {
            let mut case = random.case(number);
            assert_eq!(Packed::of(&case).case(), case);
            // It does not fit the encoding.
            case.asks = [case.asks.clone(), random.case_of(number, 64).asks].concat();
            assert_eq!(Packed::of(&case).case(), case);
        }
    }

    #[test]
    fn the_smaller_of_two_findings_is_kept_whichever_comes_first() {
        let finding = |text: &str, runs| {
            let case = Case::parse(text).expect("a case");
            let signature = Signature::of(Symptom::Broken(Kind::StaleRead), &case);
            Finding { signature, known: None, case, contract: Contract::LINUX, runs, trace: None }
        };
        let (large, small) = (finding("a1 pread 0..1\na1 pread 0..1\n", 3), finding("a1 pread 0..1\n", 7));
        for both in [[&large, &small], [&small, &large]] {
            let found = Found::default();
            both.into_iter().for_each(|finding| found.keep(finding));
            let kept = found.get(&large.signature).expect("it is kept");
            assert_eq!((kept.case, kept.runs), (small.case.clone(), 3));
            assert_eq!(found.signatures().len(), 1);
        }
    }
}
