//! Who the processes of a mount are.

use super::super::rig::{Child, wire};
use std::fmt;

/// The processes, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People {
    /// Who cuts the connections when the supervisor is killed.
    pub second: i32,
    /// The server.
    pub server: i32,
    /// Those of the cases: a1, a2, b1.
    pub drivers: [i32; 3],
    /// The one that works for nature.
    pub nature: i32,
    /// The users of the cases' processes, where they are different ones.
    pub users: Option<[u32; 3]>,
}

impl People {
    /// Those that a supervisor has made, in that order.
    pub fn of(children: &[Child], users: Option<[u32; 3]>) -> People {
        let mut numbers = children.iter().map(Child::number);
        let mut next = || numbers.next().unwrap_or(0);
        let (second, server, drivers) = (next(), next(), [next(), next(), next()]);
        People { second, server, drivers, nature: next(), users }
    }

    /// Reads what it prints.
    pub fn parse(text: &str) -> Option<People> {
        let mut words = text.split(' ');
        let mut number = || wire::number(words.next());
        let (second, server, nature) = (number()?, number()?, number()?);
        let drivers = [number()?, number()?, number()?];
        let mut user = || wire::number(words.next());
        let users = user().and_then(|a1| Some([a1, user()?, user()?]));
        Some(People { second, server, drivers, nature, users })
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a1, a2, b1] = self.drivers;
        write!(f, "{} {} {} {a1} {a2} {b1}", self.second, self.server, self.nature)?;
        self.users.iter().flatten().try_for_each(|user| write!(f, " {user}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_as_they_are_printed() {
        for users in [None, Some([7, 8, 9])] {
            let people = People { second: 6, server: 1, drivers: [2, 3, 4], nature: 5, users };
            assert_eq!(People::parse(&people.to_string()), Some(people));
        }
        assert_eq!(People::parse("1 2 3"), None);
    }
}
