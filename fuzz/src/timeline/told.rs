//! What the writer of a write was told of it: by the reply to it, and by errors afterwards.

use super::{Lane, Row, Said, Timeline};
use launder_oracle::{Call, Reply};

impl Timeline {
    /// The reply to the call of this line, if it was answered.
    pub fn reply(&self, line: u32) -> Option<&Reply> {
        self.rows.iter().find_map(|row| match &row.said {
            Said::Reply { reply, call } if *call == line => Some(reply),
            _ => None,
        })
    }

    /// The call of this line.
    pub fn call(&self, line: u32) -> Option<(Lane, Call)> {
        self.row(line).and_then(|row| match row.said {
            Said::Call { call, .. } => Some((row.lane, call)),
            _ => None,
        })
    }

    /// The call that is under way at this line, if it is the only one; nothing where some call before was never answered, which may
    /// be under way or cut off.
    pub fn only_call_under_way(&self, line: u32) -> Option<u32> {
        let calls = self.rows.iter().take_while(|row| row.line < line);
        let calls = calls.filter(|row| matches!(row.said, Said::Call { .. })).map(|row| row.line);
        let mut under_way = calls.filter(|call| self.returns(*call).is_none_or(|end| end >= line));
        let only = under_way.next()?;
        (under_way.next().is_none() && self.returns(only).is_some()).then_some(only)
    }

    /// The line with which the call of this line returns, if it does.
    fn returns(&self, line: u32) -> Option<u32> {
        let of = |said: &Said| matches!(said, Said::Reply { call, .. } if *call == line);
        self.rows.iter().find(|row| of(&row.said)).map(|row| row.line)
    }

    /// The first error that whoever made the call of this line was answered by it or after it: the row of that reply.
    pub fn error_after(&self, line: u32) -> Option<&Row> {
        let lane = self.row(line)?.lane;
        self.rows.iter().find(|row| row.line > line && row.lane == lane && is_error(&row.said))
    }
}

fn is_error(said: &Said) -> bool {
    matches!(said, Said::Reply { reply: Reply::Err(_) | Reply::Sigbus, .. })
}
