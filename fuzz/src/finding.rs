//! A finding: a broken promise, its shrunk case, and the name of the file that keeps it.

use crate::{Outcome, Planted, Signature, Symptom, Trial, counted};
use launder_impls::{Case, Known};
use launder_oracle::{Contract, Trace, Verdict, judge};

/// Letters of a file's name from which on a number stands for the rest.
const LONGEST: usize = 200;

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What names it.
    pub signature: Signature,
    /// The known broken promise that it is, if it is one.
    pub known: Option<&'static Known>,
    /// The shrunk case.
    pub case: Case,
    /// What the subject was held to.
    pub contract: Contract,
    /// How many runs it took to come upon it.
    pub runs: u64,
    /// What a real subject said when it showed it: nobody can have it say the same again.
    pub trace: Option<Trace>,
}

impl Finding {
    /// The name of its file.
    pub fn file_name(&self, planted: &Planted) -> String {
        let words = self.signature.words().collect::<Vec<_>>().join("-").replace(' ', "-");
        let name = format!("{planted}--{}--{words}", self.signature.symptom);
        match name.char_indices().nth(LONGEST) {
            None => name + ".case",
            // Two long signatures that begin alike are two files all the same.
            Some((end, _)) => format!("{}-{:016x}.case", &name[..end], fnv(name.as_bytes())),
        }
    }

    /// What was held against the subject: what a real one said is judged again, and a model says it again.
    fn again(&self, planted: &Planted) -> Option<(usize, Verdict)> {
        if let Some(trace) = &self.trace {
            return Some((trace.events.len(), judge(&self.contract, trace)));
        }
        match Trial::open(*planted, &[], Some(self.contract)).ok()?.of(&self.case) {
            Outcome::Judged(trace, verdict) => Some((trace.events.len(), verdict)),
            Outcome::Skipped(_) => None,
        }
    }

    /// A witness that a person can follow. It is longer than all the rest of a finding, and so is found out again.
    pub fn why(&self, planted: &Planted) -> String {
        let symptom = self.signature.symptom;
        let Some((lines, verdict)) = self.again(planted) else { return symptom.to_string() };
        let is = |kind| Symptom::Broken(kind) == symptom;
        match verdict.violations().iter().find(|violation| is(violation.kind)) {
            Some(violation) => format!("{}: {}", violation.kind, violation.why),
            None => format!("{symptom} after {} of its trace", counted(lines as u64, "line")),
        }
    }

    /// Its case, with comments that say what it shows.
    pub fn commented(&self, planted: &Planted) -> Case {
        let mut case = self.case.clone();
        case.comments = vec![format!("{planted}: {}.", self.why(planted).trim_end_matches('.'))];
        case.comments.push(format!("Signature: {}", self.signature));
        if let Some(known) = self.known {
            case.comments.push(format!("Known: {}", known.hazard));
        }
        case
    }
}

/// FNV-1a.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, WORDS};
    use launder_impls::Ask;
    use launder_oracle::{Kind, Symptom};

    #[test]
    fn long_signatures_that_begin_alike_are_kept_in_two_files() {
        let planted = Planted::models()[0];
        let all = WORDS.iter().map(|word| word.ask(&Fields::NONE));
        let all: Vec<_> = all.map(|(who, call)| Ask { who, call, holds: Vec::new() }).collect();
        let name = |but: &str| {
            let case = Case::new(all.iter().filter(|ask| ask.call.word() != but).cloned().collect());
            let signature = Signature::of(Symptom::Broken(Kind::LostWrite), &case);
            let contract = planted.card.contract;
            Finding { signature, known: None, case, contract, runs: 1, trace: None }.file_name(&planted)
        };
        let (one, other) = (name("writeback"), name("zero"));
        assert!(one[..LONGEST] == other[..LONGEST] && one != other, "{one} and {other}");
        assert!(one.len() <= 255 - ".4194304.tmp".len(), "a file system takes it");
    }
}
