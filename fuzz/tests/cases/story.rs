//! What is kept of a case: the table, and the timelines of those who name it as their own.

use launder_fuzz::{Look, Outcome, Planted, Symptom, Timeline, Trial, alike, table};
use launder_impls::{Case, Watched};

/// What the models make of it, and those with a bug that the case is to show.
pub fn story(file: &str, case: &Case) -> String {
    let put = |planted: Planted| {
        let trial = Trial::open(planted, &[], None).expect("a model runs everywhere");
        trial.record_steps(true);
        let outcome = trial.of(case);
        ((planted.to_string(), outcome), trial.watched())
    };
    let is_shown = |planted: &Planted| {
        let bug = planted.card.bugs.iter().find(|bug| Some(bug.name) == planted.bug);
        bug.is_some_and(|bug| bug.case.trim_end_matches(".case") == file)
    };
    let bugs = Planted::models().into_iter().flat_map(Planted::bugs).filter(is_shown);
    let (outcomes, watched): (Vec<_>, Vec<Watched>) =
        Planted::models().into_iter().chain(bugs).map(put).unzip();
    let mut story = table(case, &outcomes);
    for place in told(file, case, &outcomes) {
        let (name, outcome) = &outcomes[place];
        if let Outcome::Judged(trace, verdict) = outcome {
            let timeline = Timeline::of(trace, verdict, case.asks.len(), &watched[place]);
            story += &format!("\n{name}\n{}", timeline.show(Look::PLAIN));
        }
    }
    story
}

/// Whose timelines are shown, of those in which something went wrong: of each column the first that names the case as its
/// own; where the case is nobody's, the first of all.
fn told(file: &str, case: &Case, outcomes: &[(String, Outcome)]) -> Vec<usize> {
    let broken = |place: &usize| match &outcomes[*place].1 {
        Outcome::Judged(_, verdict) => !Symptom::of(verdict).is_empty(),
        Outcome::Skipped(_) => false,
    };
    let own = |place: &usize| {
        let planted: Planted = outcomes[*place].0.parse().expect("a subject");
        let known = planted.card.known().map(|known| known.case).filter(|_| planted.bug.is_none());
        let bugs = planted.card.bugs.iter().filter(|bug| Some(bug.name) == planted.bug).map(|bug| bug.case);
        known.chain(bugs).any(|case| case.trim_end_matches(".case") == file)
    };
    let columns = alike(case, outcomes);
    let owned: Vec<usize> =
        columns.iter().filter_map(|column| column.iter().copied().find(|it| broken(it) && own(it))).collect();
    let first = || (0..outcomes.len()).find(|place| broken(place)).into_iter().collect();
    if owned.is_empty() { first() } else { owned }
}
