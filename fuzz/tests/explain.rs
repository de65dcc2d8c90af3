//! Everything that has a name is explained, and each case that an explanation names shows what it says.

use launder_fuzz::{Explanation, Outcome, Planted, Shown, Shows, Symptom, Trial, explain, explanations};
use launder_impls::{Case, HAZARDS};
use launder_oracle::{AXES, Contract, Kind, Verdict};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

fn one(word: &str, sort: &str) -> &'static Explanation {
    static ALL: LazyLock<Vec<Explanation>> = LazyLock::new(explanations);
    let found = ALL.iter().find(|it| it.word == word && it.sort.contains(sort));
    found.unwrap_or_else(|| panic!("{word} is explained as {sort}"))
}

#[test]
fn every_kind_hazard_subject_bug_contract_and_axis_is_explained() {
    for kind in Kind::ALL {
        assert_eq!(one(kind.name(), "kind").says, kind.says());
    }
    for word in ["stuck", "endless", "unknown", "allowed", "forbidden", "unanswered"] {
        one(word, "");
    }
    for planted in Planted::all() {
        let it = one(planted.card.name, if planted.is_model() { "model" } else { "real" });
        assert_eq!(it.source.as_deref(), Some(planted.card.source));
        for known in planted.card.known() {
            let is_it = |part: &&launder_fuzz::Part| part.says.contains(known.hazard);
            let part = it.parts.iter().find(is_it).unwrap_or_else(|| panic!("{planted}: {}", known.hazard));
            assert!(part.shown.iter().any(|shown| shown.case == known.case), "{planted}: {}", known.case);
            for hazard in known.hazards() {
                one(hazard.name, "hazard");
            }
        }
    }
    for (planted, bug) in Planted::all().flat_map(|it| it.card.bugs.iter().map(move |bug| (it, bug))) {
        let it = one(&format!("{planted}+{}", bug.name), "bug");
        assert_eq!((it.source.as_deref(), it.shown[0].case), (Some(bug.source), bug.case));
    }
    for (name, _) in Contract::NAMED {
        one(name, "contract");
    }
    for axis in AXES {
        one(axis.name, "axis");
        for point in axis.points {
            assert!(one(&format!("{}={}", axis.name, point.word), "point").says.ends_with(point.says));
        }
    }
}

#[test]
fn what_is_claimed_of_a_known_broken_promise_begins_with_hazards_that_there_are() {
    for known in Planted::all().flat_map(|planted| planted.card.known()) {
        let begins = known.hazard.split([':', ',', ' ']).next().unwrap_or_default();
        let digits = begins.strip_prefix('H').is_some_and(|number| number.parse::<u8>().is_ok());
        assert!(!digits || known.hazards().any(|hazard| hazard.name == begins), "{}", known.hazard);
    }
    assert_eq!(HAZARDS.len(), 23);
}

#[test]
fn a_subject_is_explained_by_its_own_source() {
    for planted in Planted::all() {
        let about = planted.card.about();
        assert!(about.scheme.len() > 20 && about.scheme.ends_with('.'), "{planted}: {about:?}");
        assert!(about.variant.len() > 2, "{planted}: {about:?}");
    }
    let about = "launder-folio".parse::<Planted>().expect("a subject").card.about();
    assert_eq!(about.variant, "The scheme that the kernel has had since 2.6.20, as of 6.18.");
}

#[test]
fn every_explanation_ends_with_something_to_run_that_shows_it() {
    for it in explanations() {
        assert!(!it.shown.is_empty() || it.command.is_some(), "{}: nothing to run", it.word);
        assert!(it.says.len() > 10, "{}: {}", it.word, it.says);
        for shown in it.cases() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(shown.case);
            let text = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", shown.case));
            let case = Case::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", shown.case));
            // What is real is shown where it can be mounted, by tests of its own.
            if shown.subject.is_model() {
                assert!(is_shown(shown, &case), "{}: {} {}", it.word, shown.command(), shown.shows);
            }
        }
    }
}

/// Where ext4 shows what was stored past the end, xfs does not.
#[test]
fn what_xfs_keeps_is_shown_where_it_can_be_mounted() {
    let Some(it) = explanations().into_iter().find(|it| it.word == "kernel-xfs") else { return };
    let [shown] = it.shown.as_slice() else { panic!("{it:?}") };
    if let Err(why) = Trial::open(shown.subject, &[], None) {
        return println!("skipped: {why}");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(shown.case);
    let case = Case::parse(&fs::read_to_string(file).expect("it can be read")).expect("a case");
    assert!(is_shown(shown, &case), "{} {}", shown.command(), shown.shows);
}

fn is_shown(shown: &Shown, case: &Case) -> bool {
    let symptoms = |subject: Planted| {
        let contract = shown.contract.as_ref().map(|text| text.parse().expect("a contract"));
        let trial = Trial::open(subject, &[], contract).expect("a model runs everywhere");
        match trial.of(case) {
            Outcome::Judged(_, verdict) => (Symptom::of(&verdict), verdict == Verdict::Allowed),
            Outcome::Skipped(why) => panic!("{}: {why}", shown.command()),
        }
    };
    let (wrong, allowed) = symptoms(shown.subject);
    match &shown.shows {
        Shows::Symptom(symptom) => wrong.contains(symptom),
        Shows::Wrong => !wrong.is_empty(),
        Shows::Bug => {
            let (without, _) = symptoms(Planted { bug: None, ..shown.subject });
            wrong.iter().any(|symptom| !without.contains(symptom))
        }
        Shows::Allowed => allowed,
        Shows::Steps => true,
    }
}

#[test]
fn a_word_that_is_none_is_answered_with_the_nearest() {
    for (word, near) in [
        ("lost-wrte", "lost-write"),
        ("stale-raed", "stale-read"),
        ("launder-foilo", "launder-folio"),
        ("launder-folio+no-launder", "launder-folio+no_launder"),
        ("open=frsh", "open=fresh"),
        ("posx", "posix"),
        ("divergance", "divergence"),
    ] {
        let why = explain(word).expect_err(word);
        assert!(why.ends_with(&format!("did you mean `{near}`?")) && why.lines().count() == 1, "{why}");
    }
    assert!(explain("h4").is_ok_and(|it| it[0].word == "H4"));
    assert!(explain("hosts=cached,open=cached").is_ok_and(|it| it[0].sort == "a contract"));
    assert_eq!(explain("nfs").map(|it| it.len()), Ok(2), "a contract and a subject");
    assert!(explain("completely-unheard-of").expect_err("none").contains("`launder explain` names what is"));
}
