//! Timelines say what happened: what they show to be held is what was held, and what they say in words is so.

use launder_fuzz::{Outcome, Planted, Timeline, Trial};
use launder_impls::{Case, Holder, Watched};
use launder_oracle::{End, Reply, Trace, Value, Verdict, What};
use std::fs;
use std::path::Path;

/// Every case of `fuzz/cases`.
fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let paths =
        fs::read_dir(folder).expect("the folder can be read").map(|file| file.expect("a file").path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "case"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("the case can be read");
            (path.display().to_string(), Case::parse(&text).expect("a case"))
        })
        .collect();
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    cases
}

/// Puts every case to every model, and every model with a bug, that can carry it out.
fn each(mut told: impl FnMut(&str, &Case, &Trial, &Trace, &Verdict, &Watched)) {
    let cases = cases();
    let bugs = Planted::models().into_iter().flat_map(Planted::bugs);
    for planted in Planted::models().into_iter().chain(bugs) {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        for (name, case) in &cases {
            if let Outcome::Judged(trace, verdict) = trial.of(case) {
                let watched = trial.watched();
                told(&format!("{name}: {planted}"), case, &trial, &trace, &verdict, &watched);
            }
        }
    }
}

#[test]
fn who_is_watched_does_nothing_else() {
    each(|name, case, trial, trace, verdict, _| {
        trial.record_steps(false);
        let Outcome::Judged(unwatched, same) = trial.of(case) else { panic!("{name}: not carried out") };
        trial.record_steps(true);
        assert!(said(trace).eq(said(&unwatched)), "{name}\n{trace}\n{unwatched}");
        assert_eq!((trace.end, verdict.name()), (unwatched.end, same.name()), "{name}");
    });
}

fn said(trace: &Trace) -> impl Iterator<Item = &What> {
    trace.events.iter().map(|event| &event.what).filter(|what| !matches!(what, What::Step(_)))
}

#[test]
fn what_the_server_is_shown_to_hold_in_the_end_is_what_it_is_read_to_hold() {
    each(|name, case, _, trace, verdict, watched| {
        let timeline = Timeline::of(trace, verdict, case.asks.len(), watched);
        assert!(timeline.known, "{name}");
        let Some(What::Reply(_, Reply::Got(read))) = trace.events.last().map(|event| &event.what) else {
            return;
        };
        if trace.end == End::Quiet {
            let held = timeline.contents().last().expect("there are rows");
            let shown = |cell| held.at(Holder::Server, cell).map_or(Value::END, |held| held.value);
            let shown: Vec<Value> = (0..read.len() as u32).map(shown).collect();
            assert_eq!(&shown, read, "{name}");
        }
    });
}
