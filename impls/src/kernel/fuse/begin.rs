//! A case begins: its file is found by its name, which says all that the server must know of it, and opened by who takes part.

use super::super::Answer;
use super::super::rig::wire;
use super::asking::Asking;
use super::mount::File;
use crate::{Case, Cells};
use launder_oracle::{Call, Host, Reply, Who};
use rustix::io::{Errno, Result};

/// The name of a file: its number, its size in bytes, and how it is cut.
pub fn name(ino: u64, size: u64, cells: &Cells) -> String {
    format!("{ino} {size} {cells}").replace(' ', ".")
}

/// What a name says.
pub fn read_name(name: &str) -> Option<(u64, u64, Cells)> {
    let mut words = name.split('.');
    let (ino, size) = (wire::number(words.next())?, wire::number(words.next())?);
    Some((ino, size, Cells::parse(&mut words)?))
}

impl Asking {
    /// Makes the file, and has it opened by all who take part; who had that of the case before open, has it no more.
    pub fn begin_all(&self, case: &Case, file: &File, before: [bool; 3]) -> Result<()> {
        self.open_gate()?;
        self.order(format_args!("begin {}", file.name))?;
        // Whose file writeback goes through, and so who is refused it, hangs on who opened last.
        let in_order = case.asks.iter().any(|ask| matches!(ask.call, Call::Deny(_)));
        let mut told = Vec::new();
        for who in Who::PROCESSES.into_iter().filter(|who| file.open[who.index()] || before[who.index()]) {
            let line = &self.rig.agents[who.index()];
            match file.open[who.index()] {
                true => line.say(format_args!("{}", file.begins))?,
                false => line.say(format_args!("end"))?,
            }
            match in_order {
                true => self.opened(who, line.hear(wire::parse)?)?,
                false => told.push(who),
            }
        }
        let hosts = strange_hosts(case, file.open);
        if !hosts.is_empty() || self.natures.get() != [false; 2] {
            let order = if hosts.is_empty() {
                "end".into()
            } else {
                format!("begin {} {} {hosts}", file.ino, file.name)
            };
            self.rig.agents[Who::Nature.index()].say(format_args!("{order}"))?;
            self.natures.set(Host::ALL.map(|host| hosts.contains(&host.to_string())));
            told.push(Who::Nature);
        }
        told.into_iter().try_for_each(|who| self.opened(who, self.rig.agents[who.index()].hear(wire::parse)?))
    }

    /// Has the only process of a case open its file, before it makes its first call.
    pub fn begin_one(&self, who: Who, order: &str) -> Result<()> {
        self.open_gate()?;
        let line = &self.rig.agents[who.index()];
        self.note(line.say(format_args!("{order}")))?;
        let answer = self.note(line.hear(wire::parse))?;
        self.note(self.opened(who, answer))
    }

    /// Whoever opened the file has a path to it, too.
    pub(super) fn opened(&self, who: Who, answer: Answer) -> Result<()> {
        let Reply::At(path) = answer? else { return Ok(()) };
        let before = self.paths.borrow_mut()[who.index()].replace(path);
        // Each time it is the first descriptor that is free, and so the same.
        if before.is_none_or(|before| before == path) { Ok(()) } else { Err(Errno::PROTO) }
    }

    /// The path that a process of a host has to the file.
    pub(super) fn path(&self, host: Host, open: [bool; 3]) -> Result<String> {
        let has = |who: &Who| who.host() == Some(host) && open[who.index()];
        let Some(who) = Who::PROCESSES.into_iter().find(has) else { return Ok("-".into()) };
        let path = self.paths.borrow()[who.index()].ok_or(Errno::PROTO)?;
        Ok(format!("/proc/{}/fd/{path}", self.rig.people.drivers[who.index()]))
    }
}

/// The hosts on which something is done for nature or by a notification, and no process has the file: `a`, `b`, `ab`, or none.
pub fn strange_hosts(case: &Case, open: [bool; 3]) -> String {
    let named = |host: Host| {
        let it = |call: &Call| matches!(call, Call::Writeback(of, _) | Call::Reclaim(of, _) | Call::Notify(of, _) if *of == host);
        case.asks.iter().any(|ask| it(&ask.call))
    };
    let has =
        |host: Host| Who::PROCESSES.into_iter().any(|who| who.host() == Some(host) && open[who.index()]);
    let strange = Host::ALL.into_iter().filter(|host| named(*host) && !has(*host));
    strange.map(|host| host.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_was_made_of() {
        let cells = Cells::of(&Case::parse("a1 copy 0..2 8").unwrap(), 4096);
        let (ino, size, read) = read_name(&name(7, 65_536, &cells)).unwrap();
        assert_eq!((ino, size, read), (7, 65_536, cells));
        assert!(read_name("7").is_none() && read_name("7 8").is_none());
    }
}
