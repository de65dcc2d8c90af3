//! Orders that come together, a line each, and their answers, which go back together. When all are carried out, those that
//! came with them for another process are passed on to it.

use super::super::slate::Slate;
use super::line::{LONGEST, Line};
use launder_oracle::{Who, Words};

/// What stands before who is told what follows.
const THEN: char = '\0';

/// Orders for one after the other: each begins when all of the one before have been carried out.
pub fn chain<'o>(rows: impl IntoIterator<Item = (Who, &'o str)>) -> String {
    let mut rows = rows.into_iter();
    let mut text = rows.next().map_or(String::new(), |(_, orders)| orders.into());
    rows.for_each(|(who, orders)| text += &format!("{THEN}{who}\n{orders}"));
    text
}

/// Where whoever is told something hears it, by who it is.
pub struct Relay(Vec<(Who, Line)>);

impl Relay {
    /// To those whose lines these are.
    pub fn to<'l>(lines: impl IntoIterator<Item = (Who, &'l Line)>) -> Result<Relay, String> {
        let lines = lines.into_iter().map(|(who, line)| Ok((who, line.again()?)));
        lines.collect::<Result<_, String>>().map(Relay)
    }

    /// The lines, for [`super::fork`] to keep their descriptors.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.0.iter().map(|(_, line)| line)
    }

    /// Passes on what follows one's own orders.
    fn pass(&self, rest: &str) {
        let Some((who, orders)) = rest.split_once('\n') else { return };
        let who = Words::of(1, who).who().ok();
        if let Some((_, line)) = self.0.iter().find(|(to, _)| Some(*to) == who) {
            // If it has gone, the case counts for nothing.
            let _ = line.say(format_args!("{orders}"));
        }
    }
}

/// Answers all orders until nobody gives any more: each answer is added to those before. What has been answered is on the
/// slate until it is said: of who hangs in one order it is known what came of those before.
pub fn answer_rows(line: &Line, slate: &Slate, relay: &Relay, mut answer: impl FnMut(&str, &mut String)) {
    while let Ok(orders) = line.hear(str::to_owned) {
        let (orders, rest) = orders.split_once(THEN).unwrap_or((&orders, ""));
        let (mut answers, mut noted) = (String::new(), 0);
        for order in orders.split('\n') {
            let before = answers.len();
            if before > 0 {
                answers.push('\n');
            }
            let begun = answers.len();
            answer(order, &mut answers);
            if answers.len() == begun {
                // There was nothing to answer.
                answers.truncate(before);
            }
            // None is longer than half of what can be said.
            if answers.len() > LONGEST / 2 {
                if line.say(format_args!("{answers}")).is_err() {
                    return;
                }
                (answers, noted) = (String::new(), 0);
                slate.wipe();
            }
            slate.note(&answers[noted..]);
            noted = answers.len();
        }
        if !answers.is_empty() && line.say(format_args!("{answers}")).is_err() {
            return;
        }
        slate.wipe();
        relay.pass(rest);
    }
}

/// A slate for the answers that are said at once.
pub fn new_slate() -> Result<Slate, String> {
    Slate::new(LONGEST).map_err(|errno| format!("mmap: {errno}"))
}

#[cfg(test)]
mod tests {
    use super::super::child::{Child, end_all};
    use super::*;
    use std::time::Duration;

    /// A process that answers with the order and sleeps in one.
    fn answering(line: &Line, slate: &Slate, relay: &Relay) -> Child {
        let keep: Vec<_> = relay.lines().chain([line]).map(Line::fd).collect();
        let work = move || {
            answer_rows(line, slate, relay, |order, answers| match order {
                "sleep" => std::thread::sleep(Duration::from_secs(60)),
                "nothing" => {}
                order => answers.push_str(order),
            });
        };
        Child::bound(&keep, None, work).unwrap()
    }

    #[test]
    fn what_was_answered_before_a_call_that_hangs_is_known() {
        let ((here, there), slate) = (Line::pair().unwrap(), new_slate().unwrap());
        let child = answering(&there, &slate, &Relay::to([]).unwrap());
        here.say(format_args!("nothing\none\nnothing\ntwo\nnothing")).unwrap();
        assert_eq!(here.hear(str::to_owned).unwrap(), "one\ntwo");
        here.say(format_args!("three\nfour\nsleep\nfive")).unwrap();
        while slate.read() != "three\nfour" {
            std::thread::yield_now();
        }
        assert!(end_all(&[child], Duration::from_secs(4)));
    }

    #[test]
    fn orders_for_another_follow_when_all_before_are_carried_out() {
        let ((a1, a1_end), (b1, b1_end)) = (Line::pair().unwrap(), Line::pair().unwrap());
        let (server, server_end) = Line::pair().unwrap();
        let relay = Relay::to([(Who::B1, &b1), (Who::Server, &server)]).unwrap();
        let slates = [new_slate().unwrap(), new_slate().unwrap()];
        let children = [answering(&a1_end, &slates[0], &relay), answering(&b1_end, &slates[1], &relay)];
        let rows = [(Who::A1, "one\ntwo"), (Who::B1, "three"), (Who::Server, "four")];
        a1.say(format_args!("{}", chain(rows))).unwrap();
        assert_eq!(server_end.hear(str::to_owned).unwrap(), "four");
        assert_eq!(a1.heard(str::to_owned), Ok(Some("one\ntwo".into())));
        assert_eq!(b1.heard(str::to_owned), Ok(Some("three".into())));
        assert!(end_all(&children, Duration::from_secs(4)));
    }
}
