//! The simulator carries out what a case's holds say.

use launder_impls::{Case, Run, Sim, cards, sim};
use launder_oracle::{End, What};

/// What was said of the case itself, before the run settles.
fn said(text: &str, lines: usize) -> Vec<String> {
    let case = Case::parse(text).expect("a case");
    let card = cards().find(|card| card.name == "launder-folio").expect("a model");
    let subject = card.prepare(&[]).expect("a model runs everywhere");
    let Run::Trace(trace) = subject.run(&Sim::new(), &case, &mut sim::Holds) else {
        panic!("not carried out")
    };
    let line = |what: &What| match what {
        What::Call(who, call) => format!("{who} > {call}"),
        What::Reply(who, reply) => format!("{who} < {reply}"),
        What::Step(step) => format!(". {step}"),
    };
    trace.events.iter().map(|event| line(&event.what)).take(lines).collect()
}

#[test]
fn without_holds_each_ask_ends_before_the_next_begins() {
    let said = said("a1 pwrite 0..4\na2 pread 0..4\n", 4);
    assert_eq!(said, ["a1 > pwrite 0..4", "a1 < ok", "a2 > pread 0..4", "a2 < got 1 1 1 1"]);
}

#[test]
fn a_held_ask_waits_until_a_later_one_has_begun_and_lets_it_go_first() {
    let said = said("a1 pwrite 0..4 ~1+1\na2 pread 4..8\n", 4);
    assert_eq!(said, ["a1 > pwrite 0..4", "a2 > pread 4..8", "a2 < got 0 0 0 0", "a1 < ok"]);
}

#[test]
fn who_waits_for_nothing_but_a_lock_of_another_is_answered_edeadlk() {
    let said = said("a1 lock\na2 lock\na1 fsync\n", 6);
    assert_eq!(said[2..], ["a2 > lock", "a1 > fsync", "a1 < ok", "a2 < EDEADLK"]);
}

#[test]
fn a_large_file_that_is_written_folio_by_folio_is_not_endless() {
    let case = Case::parse(&"a1 pwrite 0..4096\n".repeat(100)).expect("a case");
    let card = cards().find(|card| card.name == "write-through").expect("a model");
    let subject = card.prepare(&[]).expect("a model runs everywhere");
    let Run::Trace(trace) = subject.run(&Sim::new(), &case, &mut sim::Holds) else {
        panic!("not carried out")
    };
    assert_eq!(trace.end, End::Quiet);
}

/// What the simulator does not see of a model's state it cannot say of two moves whether they commute.
#[test]
fn models_share_no_state_but_through_the_simulator() {
    let mut folders = vec!["src/linux".into(), std::path::PathBuf::from("src/models")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            // These two note each access to one of their entries by themselves.
            let notes = ["linux/inode.rs", "linux/process.rs"].iter().any(|it| path.ends_with(it));
            let text = std::fs::read_to_string(&path).unwrap().replace("&Cell<", "");
            assert!(notes || !text.contains("Cell<"), "{} has state of its own", path.display());
        }
    }
    assert!(files > 60, "{files} files");
}
