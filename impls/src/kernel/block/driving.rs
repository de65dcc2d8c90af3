//! The process that makes the calls of a case, all of them, one after the other, and nothing else: it may hang.

use super::super::Answer;
use super::super::place::{Place, Site};
use super::super::rig::{Line, wire};
use super::names::FILES;
use crate::{Case, Ground};
use launder_oracle::{Call, Reply, Who, Words};
use rustix::io::Errno;

/// Makes calls until nobody tells it to any more; the first thing that it is told is that the file system is there.
pub fn drive(line: &Line) {
    let Ok(place) = line.hear(|_| Place::prepare(&[FILES.into()])) else { return };
    let place = match place {
        Ok(place) => place,
        Err(why) => {
            let _ = line.say(format_args!("{why}"));
            return;
        }
    };
    if line.say(format_args!("ok")).is_err() {
        return;
    }
    let mut driver = Driver { place, case: None };
    line.answer_all(|text| driver.obey(text));
}

struct Driver {
    place: Place,
    case: Option<Begun>,
}

struct Begun {
    site: Site,
    capacity: u32,
    records: bool,
}

impl Driver {
    fn obey(&mut self, text: &str) -> String {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "begin" => self.begin(rest).map_or_else(|why| why, |()| "ok".into()),
            "record" => {
                let records = self.case.as_mut().map(|case| case.records = rest == "1");
                records.map_or_else(|| "no case has begun".into(), |()| "ok".into())
            }
            "open" => wire::print(&self.is_open(rest)),
            "call" => {
                let (answer, witness) = self.call(rest);
                format!("{}\n{witness}", wire::print(&answer))
            }
            _ => "what?".into(),
        }
    }

    /// Makes the file of a case, and lets go of that of the one before.
    fn begin(&mut self, text: &str) -> Result<(), String> {
        self.case = None;
        let case = Case::parse(text).map_err(|error| error.to_string())?;
        self.place.begin(&case)?;
        let site = self.place.take();
        // What is read ahead nobody has asked for, and it is cached or not when reads fail then.
        let advised = Who::PROCESSES.into_iter().try_for_each(|who| site.read_nothing_ahead(who));
        advised.map_err(|errno| format!("the file cannot be read at random: {errno}"))?;
        self.case = Some(Begun { site, capacity: case.capacity(), records: false });
        Ok(())
    }

    /// Whether a process has the file open: EBADF if not.
    fn is_open(&self, who: &str) -> Answer {
        let case = self.case.as_ref().ok_or(Errno::PROTO)?;
        let who = Words::of(1, who).who().map_err(|_| Errno::PROTO)?;
        case.site.is_locked(who).map(|_| Reply::Ok)
    }

    /// `call NUMBER WHO CALL`: the answer, and what a reader would want to know.
    fn call(&self, text: &str) -> (Answer, String) {
        let Some(Begun { site, capacity, records }) = &self.case else {
            return (Err(Errno::PROTO), String::new());
        };
        let asked = || {
            let (number, asked) = text.split_once(' ')?;
            let mut words = Words::of(1, asked);
            let who = words.who().ok()?;
            Some((wire::number(Some(number))?, who, words.call(who).ok()?))
        };
        let Some((number, who, call)) = asked() else { return (Err(Errno::PROTO), String::new()) };
        let answer = site.call(who, call, number, *capacity);
        let has_more = answer.is_ok() && matches!(call, Call::Open | Call::Mmap { .. });
        let ahead = has_more.then(|| site.read_nothing_ahead(who)).and_then(Result::err);
        // Not that nothing is mapped, or open.
        let failed = matches!(answer, Err(Errno::IO | Errno::NOSPC));
        if failed && matches!(call, Call::Fsync | Call::Fdatasync | Call::Msync(..)) {
            let _ = site.let_the_error_be_one(who);
        }
        let witness = match ahead {
            // The call was answered all the same; what is cached when reads fail is then not what was asked for alone.
            Some(errno) => Some(format!("{who} reads ahead: that it is not to was refused: {errno}")),
            None if *records => site.witness(who, &call, &answer),
            None => None,
        };
        (answer, witness.unwrap_or_default())
    }
}
