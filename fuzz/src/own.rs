//! A hunt in subjects of your own, which are in no list, and what it has come to, as text.

use crate::{
    Budget, Campaign, Finding, Hunted, Look, Outcome, Planted, Progress, Timeline, Trial, counted, table,
};
use std::fmt;
use std::num::NonZero;
use std::thread;

/// Hunts in these subjects ([`Planted::of`]) by random cases, on every core, held to their own contracts: the campaign that
/// `launder fuzz --runs` is.
///
/// ```
/// use launder_fuzz::{Budget, hunt};
///
/// let hunted = hunt(["launder-folio+no_launder".parse()?], Budget::Runs(500));
/// assert!(hunted[0].hunt.counts.forbidden > 0, "{}", hunted[0]);
/// # Ok::<(), launder_fuzz::NoSubject>(())
/// ```
pub fn hunt(subjects: impl IntoIterator<Item = Planted>, budget: Budget<'_>) -> Vec<Hunted> {
    let campaign = Campaign {
        subjects: subjects.into_iter().collect(),
        at: Vec::new(),
        contract: None,
        kept: Vec::new(),
        seed: 0,
        jobs: thread::available_parallelism().map_or(1, NonZero::get),
    };
    campaign.random(budget, &Progress::default())
}

/// How the runs ended, and of each finding the shrunk case as a table, and the timeline of what went wrong.
impl fmt::Display for Hunted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hunted { planted, hunt, skipped, .. } = self;
        if let Some(why) = skipped {
            return writeln!(f, "{planted}: skipped: {why}");
        }
        let (counts, findings) = (hunt.counts, hunt.findings().collect::<Vec<_>>());
        writeln!(
            f,
            "{planted}: {}, {} allowed, {} forbidden, {} unanswered, {} skipped; {}",
            counted(counts.runs, "run"),
            counts.allowed,
            counts.forbidden,
            counts.unanswered,
            counts.skipped,
            counted(findings.len() as u64, "finding")
        )?;
        findings.iter().try_for_each(|finding| tell(f, planted, finding))
    }
}

fn tell(f: &mut fmt::Formatter<'_>, planted: &Planted, finding: &Finding) -> fmt::Result {
    writeln!(f, "\n{}  (after {})\n", finding.signature, counted(finding.runs, "run"))?;
    let Ok(trial) = Trial::open(*planted, &[], None) else { return Ok(()) };
    trial.record_steps(true);
    let outcomes = [(planted.to_string(), trial.of(&finding.case))];
    f.write_str(&table(&finding.case, &outcomes))?;
    match &outcomes[0].1 {
        Outcome::Judged(trace, verdict) => {
            let timeline = Timeline::of(trace, verdict, finding.case.asks.len(), &trial.watched());
            write!(f, "\n{}", timeline.show(Look::PLAIN))
        }
        Outcome::Skipped(_) => Ok(()),
    }
}
