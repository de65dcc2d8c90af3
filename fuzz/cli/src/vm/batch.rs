//! Cases put to the subjects of guests, one guest after the other, each booted once.

use super::args::Vm;
use super::differing::{self, Column};
use super::file_system::FileSystem;
use super::machine::Machine;
use super::remote::{AHEAD, Remote};
use super::version::Version;
use crate::answer::{Status, print, print_json, refuse, say};
use crate::entry::{Entry, Runs};
use crate::held::Held;
use crate::input::read_case;
use crate::run::{entry, gravest, shown};
use launder_fuzz::{Outcome, Planted, Trial};
use launder_impls::{Case, Watched};
use launder_oracle::Contract;
use std::rc::Rc;

/// A subject of a guest, or why there is none.
pub type Asked = (Planted, Result<Trial, String>);

/// The subjects of a kernel, and the guest that they are in.
pub struct Subjects {
    pub all: Vec<Asked>,
    pub machine: Option<Rc<Machine>>,
}

/// What each subject came to, by cases.
type Table = Vec<Vec<(String, Outcome)>>;

pub fn put(job: &Vm) -> Result<Status, String> {
    let read: Vec<_> = job.cases.iter().map(|path| (path.display().to_string(), read_case(path))).collect();
    let cases: Vec<&Case> = read.iter().filter_map(|(_, case)| case.as_ref().ok()).collect();
    let mut table: Table = cases.iter().map(|_| Vec::new()).collect();
    // Where there is nothing to ask, nobody is booted.
    for version in job.kernel.iter().filter(|_| !cases.is_empty()) {
        put_to(version, job, &cases, &mut table);
    }
    if job.table && !cases.is_empty() {
        put_here(job, &cases, &mut table);
    }
    tell(job, &read, table)
}

/// What the subjects are of, in the order in which they are put to.
fn columns(job: &Vm) -> Vec<Column> {
    let kernels = job.kernel.iter().map(|version| (version.to_string(), job.file_systems()));
    let running = job.table.then(|| ("running".to_string(), job.file_systems_here()));
    let column = |(kernel, all): (String, Vec<&'static FileSystem>)| {
        let word = move |it: &FileSystem| (kernel.clone(), it.word);
        all.into_iter().filter(|it| it.planted().is_some()).map(word)
    };
    kernels.chain(running).flat_map(column).collect()
}

/// Puts the cases to those subjects that the running kernel has, too.
fn put_here(job: &Vm, cases: &[&Case], table: &mut Table) {
    for planted in job.file_systems_here().into_iter().filter_map(FileSystem::planted) {
        let trial = Trial::open(planted, &[], Held::axes(&job.contract));
        for (case, outcomes) in cases.iter().zip(&mut *table) {
            let outcome =
                trial.as_ref().map_or_else(|why| Outcome::Skipped(why.clone()), |trial| trial.of(case));
            outcomes.push((planted.to_string(), outcome));
        }
    }
}

/// Puts the cases to the subjects of one kernel.
fn put_to(version: &Version, job: &Vm, cases: &[&Case], table: &mut Table) {
    let subjects = subjects(version, &job.file_systems(), Held::axes(&job.contract));
    for (planted, trial) in &subjects.all {
        if let Ok(trial) = trial {
            trial.record_steps(true);
        }
        for (at, (case, outcomes)) in cases.iter().zip(&mut *table).enumerate() {
            let next: Vec<Case> = cases[at + 1..].iter().take(AHEAD).map(|case| Case::clone(case)).collect();
            let outcome = match trial {
                Ok(trial) => {
                    trial.expect(&next);
                    trial.of(case)
                }
                Err(why) => Outcome::Skipped(why.clone()),
            };
            outcomes.push((planted.to_string(), outcome));
        }
    }
}

/// The subjects of a kernel, ready in one guest, which ends with the last of them.
pub fn subjects(version: &Version, asked: &[&'static FileSystem], contract: Option<Contract>) -> Subjects {
    let machine = Machine::new(version, asked.to_vec()).map(Rc::new);
    let trial = |it: &&'static FileSystem| {
        let planted = it.on(version)?;
        let machine = machine.as_ref().map(Rc::clone).map_err(Clone::clone);
        let remote = machine.and_then(|machine| Remote::open(machine, it));
        Some((planted, remote.map(|remote| Trial::on(planted, Box::new(remote), contract))))
    };
    let all: Vec<Asked> = asked.iter().filter_map(trial).collect();
    if let Ok(machine) = &machine
        && all.iter().any(|(_, trial)| trial.is_ok())
    {
        say(&format_args!("vm: {}", machine.about()));
        // To make subjects ready takes as long as many cases do.
        let _ = machine.speed();
    }
    Subjects { all, machine: machine.ok() }
}

fn tell(job: &Vm, read: &[(String, Result<Case, String>)], table: Table) -> Result<Status, String> {
    let (mut status, mut runs, mut rows) = (Status::Kept, Vec::new(), table.into_iter());
    let mut differing = Vec::new();
    for (shown_path, case) in read {
        let (case, outcomes) = match (case, case.is_ok().then(|| rows.next()).flatten()) {
            (Ok(case), Some(outcomes)) => (case, outcomes),
            (Err(why), _) => {
                status = Status::Bad;
                if !job.json {
                    refuse(why);
                }
                runs.push(Entry { case: Some(shown_path.clone()), ..Entry::default() }.error(why.clone()));
                continue;
            }
            (Ok(_), None) => continue,
        };
        status = status.max(gravest(&outcomes));
        if job.table {
            differing.push((shown_path.clone(), outcomes.into_iter().map(|(_, outcome)| outcome).collect()));
            continue;
        }
        if !job.json {
            print(&shown(shown_path, case, &outcomes, |_| Watched::default()))?;
        }
        runs.extend(outcomes.into_iter().map(|(subject, outcome)| entry(shown_path, subject, &outcome)));
    }
    if job.table {
        print(&differing::table(&columns(job), &differing))?;
    }
    if job.json {
        print_json(&Runs { runs })?;
    }
    Ok(status)
}
