//! Questions that a guest has been sent before anybody waits for their answers: while one is judged here, the guest is at the next.

use super::wire::Message;
use std::collections::VecDeque;

/// What is on its way to a guest or back, in the order in which it was sent, and what has come back unasked.
#[derive(Default)]
pub struct Ahead {
    sent: VecDeque<Message>,
    answered: VecDeque<(Message, Message)>,
}

/// Longer ones are not sent ahead: each side could wait for the other to read.
pub const SHORT: usize = 4096;

/// Answers that are kept for who asks later: not all do.
const KEPT: usize = 64;

impl Ahead {
    /// Whether the question has been sent, and its answer not been asked for.
    pub fn has(&self, question: &Message) -> bool {
        self.sent.contains(question) || self.answered.iter().any(|(asked, _)| asked == question)
    }

    /// A question has been sent.
    pub fn sent(&mut self, question: Message) {
        self.sent.push_back(question);
    }

    /// The answer that has come to a question already.
    pub fn take(&mut self, question: &Message) -> Option<Message> {
        let at = self.answered.iter().position(|(asked, _)| asked == question)?;
        self.answered.remove(at).map(|(_, answer)| answer)
    }

    /// An answer has come: to the question that was sent first of those that have none. It is returned if it is this one's.
    pub fn came(&mut self, answer: Message, question: &Message) -> Option<Message> {
        match self.sent.pop_front() {
            Some(asked) if asked != *question => {
                self.answered.push_back((asked, answer));
                self.answered.drain(..self.answered.len().saturating_sub(KEPT));
                None
            }
            _ => Some(answer),
        }
    }

    /// How many have no answer yet.
    pub fn under_way(&self) -> usize {
        self.sent.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_that_of_its_question_in_whatever_order_they_are_asked_for() {
        let question = |number: u32| Message::new("put ext4", number.to_string());
        let answer = |number: u32| Message::new("trace", number.to_string());
        let mut ahead = Ahead::default();
        (0..3).for_each(|number| ahead.sent(question(number)));
        assert!(ahead.has(&question(2)) && !ahead.has(&question(3)));
        assert_eq!(ahead.came(answer(0), &question(2)), None);
        assert_eq!(ahead.came(answer(1), &question(2)), None);
        assert_eq!(ahead.came(answer(2), &question(2)), Some(answer(2)));
        assert_eq!((ahead.take(&question(1)), ahead.take(&question(1))), (Some(answer(1)), None));
        assert!(ahead.has(&question(0)) && ahead.under_way() == 0);
    }
}
