//! Contracts, their axes, and the points of these.

use super::{Explanation, Part, Shown, Shows};
use crate::Planted;
use launder_oracle::{AXES, Axis, Contract};

/// A case that a point of an axis allows of a subject, and a stronger point of the axis forbids, all else being as in `base`.
struct Told {
    axis: &'static str,
    stronger: &'static str,
    point: &'static str,
    case: &'static str,
    subject: &'static str,
    base: &'static str,
}

macro_rules! told {
    ($($axis:ident: $stronger:ident > $point:ident, $case:literal, $subject:literal, $base:literal;)*) => {
        const TOLD: &[Told] = &[$(Told {
            axis: stringify!($axis),
            stronger: stringify!($stronger),
            point: stringify!($point),
            case: $case,
            subject: $subject,
            base: $base,
        }),*];
    };
}

told! {
    hosts: coherent > cached, "close-to-open.case", "nfs", "nfs";
    open: fresh > cached, "close-to-open.case", "nine-p-loose", "nfs";
    notify: honoured > ignored, "locked-folio-survives-the-advice.case", "invalidate-mapping-pages", "fuse";
    maps: unified > msync, "direct-read-after-a-mapped-store.case", "zap-pte-range", "linux";
    maps: msync > remap, "mapped-page-that-is-not-uptodate-is-seen.case", "zap-pte-range", "fuse";
    direct: coherent > ordered, "own-direct-write-under-a-folio-that-comes-back.case", "truncate-inode-pages", "fuse";
    direct: ordered > none, "direct-write-under-a-folio-that-stays.case", "direct-io-2.6.9", "linux";
    divergence: byte > folio, "third-party-in-a-dirty-folio.case", "divergence-whole-copy", "fuse";
    divergence: folio > file, "third-party-in-another-dirty-folio.case", "divergence-whole-copy", "fuse";
    loser: nobody > reported, "third-party-in-a-dirty-folio.case", "divergence-ask", "fuse";
    loser: reported > local, "third-party-in-a-dirty-folio.case", "divergence-discard", "fuse";
    atomic: call > folio, "write-is-seen-folio-by-folio.case", "launder-folio", "fuse";
    atomic: folio > cell, "rest-of-a-direct-write-that-was-cut-short.case", "fuse-writeback", "linux";
    atomic: call > cell, "write-is-seen-folio-by-folio.case", "launder-folio", "fuse";
}

pub(super) fn all() -> Vec<Explanation> {
    let named = Contract::SAYS.iter().zip(Contract::NAMED).map(|((name, says), (_, contract))| {
        let mut explanation = of(&contract);
        (explanation.word, explanation.says) = ((*name).into(), (*says).into());
        explanation
    });
    named.chain(AXES.iter().flat_map(axis)).collect()
}

/// What a contract means, axis by axis, and who promises it.
pub(super) fn of(contract: &Contract) -> Explanation {
    let mut explanation = Explanation::new(contract.to_string(), "a contract", "A point on each axis.");
    let part = |says: String| Part { says, shown: Vec::new() };
    explanation.parts = points(contract).map(part).collect();
    let who: Vec<Planted> = Planted::all().filter(|planted| planted.card.contract == *contract).collect();
    let names: Vec<&str> = who.iter().map(|planted| planted.card.name).collect();
    let promise = if names.is_empty() { "no subject".into() } else { names.join(", ") };
    explanation.parts.push(part(format!("It is promised by {promise}.")));
    explanation.shown.push(shown(contract, &who));
    explanation
}

/// What each of its points says: `open=fresh. Does …? Yes. …`
pub(super) fn points(contract: &Contract) -> impl Iterator<Item = String> {
    AXES.iter().zip(contract.words()).map(|(axis, (name, word))| {
        let point = axis.points.iter().find(|point| point.word == word);
        format!("{name}={word}. {} {}", axis.asks, point.map_or("", |point| point.says))
    })
}

/// What one who promises it is known to break; where nobody does, what it forbids, or allows, of one who promises less.
fn shown(contract: &Contract, who: &[Planted]) -> Shown {
    let broken = who.iter().filter(|planted| planted.is_model()).find_map(|planted| {
        let known = planted.card.known().next()?;
        Some(Shown::of(known.case, *planted, Shows::Symptom(known.symptom)))
    });
    broken.unwrap_or_else(|| {
        let last = TOLD.last().expect("some are told");
        let forbids = contract.words().contains(&("atomic", "call"));
        last.with(contract.to_string(), if forbids { Shows::Wrong } else { Shows::Allowed })
    })
}

/// An axis, and each of its points.
fn axis(axis: &Axis) -> Vec<Explanation> {
    let mut whole = Explanation::new(axis.name, "an axis of a contract", axis.asks);
    let mut all = Vec::new();
    for point in axis.points {
        let word = format!("{}={}", axis.name, point.word);
        let says = format!("{} {}", axis.asks, point.says);
        let mut explanation = Explanation::new(&word, "a point of an axis", says);
        for told in TOLD.iter().filter(|told| told.axis == axis.name) {
            let of = |point: &str| format!("{},{}={point}", told.base, told.axis);
            if told.point == point.word {
                explanation.shown.push(told.with(of(told.stronger), Shows::Wrong));
                explanation.shown.push(told.with(of(told.point), Shows::Allowed));
            } else if told.stronger == point.word && explanation.shown.is_empty() {
                explanation.shown.push(told.with(of(told.stronger), Shows::Wrong));
            }
        }
        whole.parts.push(Part { says: format!("{word}. {}", point.says), shown: explanation.shown.clone() });
        all.push(explanation);
    }
    whole.shown = whole.cases().take(1).cloned().collect();
    all.insert(0, whole);
    all
}

impl Told {
    fn with(&self, contract: String, shows: Shows) -> Shown {
        let subject = self.subject.parse().expect("a subject");
        Shown { contract: Some(contract), ..Shown::of(self.case, subject, shows) }
    }
}
