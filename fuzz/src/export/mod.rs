//! What was observed of a case, as a program for people who do not run us: the calls, what was answered, and what is held
//! against it.
//!
//! A program makes one call after the other. What it cannot express is left out, and says so at its place.

mod c;
mod commands;
mod header;
mod session;
mod xfs_io;

use launder_impls::Case;
use launder_oracle::{Call, Reply, Trace, Verdict, Violation, What, Who};

/// What an export is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A C program.
    C,
    /// A shell script for xfs_io(8).
    XfsIo,
}

/// What was observed.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'o> {
    /// The case.
    pub case: &'o Case,
    /// Who was asked.
    pub of: &'o str,
    /// What they are held to.
    pub contract: &'o str,
    /// What was said.
    pub trace: &'o Trace,
    /// What is held against it.
    pub verdict: &'o Verdict,
}

/// A program, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its text.
    pub text: String,
    /// The asks that it does not express, by their words (`server notify`), and how many they are.
    pub left_out: Vec<(String, usize)>,
}

impl Export {
    /// The asks that were left out, in one line; none if none was.
    pub fn left_out(&self) -> Option<String> {
        header::counted(&self.left_out)
    }
}

/// Writes what was observed in a form.
///
/// ```
/// use launder_fuzz::{Form, Observed, Outcome, Trial, export};
/// use launder_impls::Case;
///
/// let trial = Trial::open("nfs".parse()?, &[], None)?;
/// let case = Case::parse("a1 pwrite 0..1\na1 fsync\n")?;
/// let Outcome::Judged(trace, verdict) = trial.of(&case) else { panic!("a model runs everywhere") };
/// let observed = Observed { case: &case, of: "nfs", contract: "nfs", trace: &trace, verdict: &verdict };
/// assert!(export(Form::C, &observed).text.contains("int main"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn export(form: Form, observed: &Observed) -> Export {
    let asked = asked(observed);
    match form {
        Form::C => c::program(observed, &asked),
        Form::XfsIo => xfs_io::script(observed, &asked),
    }
}

/// A call of a trace, and what came of it.
struct Asked<'o> {
    who: Who,
    call: Call,
    reply: Option<&'o Reply>,
    /// The number that it stores, if it stores one.
    number: u32,
    /// Whether the runner asked it, to settle.
    settles: bool,
    /// Whether another call was under way when it began.
    overlaps: bool,
    /// The lines of the trace at which it began and was answered.
    lines: (u32, Option<u32>),
    /// What is held against it.
    against: Vec<&'o Violation>,
}

impl Asked<'_> {
    /// What was asked and answered.
    fn answered(&self) -> String {
        match self.reply {
            Some(reply) => format!("{} {}: {reply}", self.who, self.call),
            None => format!("{} {}: no reply", self.who, self.call),
        }
    }

    /// The lines of the trace.
    fn at(&self) -> String {
        match self.lines {
            (call, Some(reply)) => format!("lines {call}, {reply}"),
            (call, None) => format!("line {call}"),
        }
    }

    /// The words that one counts it by.
    fn word(&self) -> String {
        format!("{} {}", self.who, self.call.word())
    }

    fn is_at(&self, line: u32) -> bool {
        self.lines.0 == line || self.lines.1 == Some(line)
    }
}

/// The calls, in the order in which they were answered: that is the one in which a real subject has made those that overlap,
/// which may have been held before they were made. One without an answer stands where it began.
fn asked<'o>(observed: &Observed<'o>) -> Vec<Asked<'o>> {
    let mut asked: Vec<Asked> = Vec::new();
    let mut under_way: [Option<usize>; Who::ALL.len()] = Default::default();
    let mut writes = 0;
    for event in &observed.trace.events {
        match &event.what {
            What::Call(who, call) => {
                writes += u32::from(call.is_numbered());
                let overlaps = under_way.iter().any(Option::is_some);
                under_way[who.index()] = Some(asked.len());
                asked.push(Asked {
                    who: *who,
                    call: *call,
                    reply: None,
                    number: if call.is_numbered() { writes } else { 0 },
                    settles: asked.len() >= observed.case.asks.len(),
                    overlaps,
                    lines: (event.line, None),
                    against: Vec::new(),
                });
            }
            What::Reply(who, reply) => {
                let Some(place) = under_way[who.index()].take() else { continue };
                asked[place].reply = Some(reply);
                asked[place].lines.1 = Some(event.line);
            }
            What::Step(_) => {}
        }
        forget_cut_off(&event.what, &mut under_way);
    }
    for violation in observed.verdict.violations() {
        let place = asked.iter().position(|asked| asked.is_at(violation.at)).unwrap_or(asked.len() - 1);
        asked[place].against.push(violation);
    }
    asked.sort_by_key(|asked| asked.lines.1.unwrap_or(asked.lines.0));
    asked
}

/// A crash cuts off what its host has under way.
fn forget_cut_off(what: &What, under_way: &mut [Option<usize>]) {
    if let What::Call(_, Call::Crash(host)) = what {
        Who::PROCESSES
            .into_iter()
            .filter(|who| who.host() == Some(*host))
            .for_each(|who| under_way[who.index()] = None);
    }
}
