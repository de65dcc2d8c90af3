//! The requests that a call causes, and how each is answered in its turn: a hold delays the reply to the n-th of them.
//!
//! So the running kernel is asked, and so a model may be, that the same hold may mean the same to both.

mod asked;
pub mod locks;

pub use asked::asked;
pub use locks::Locks;

use crate::{Sim, step};
use launder_oracle::Who;

/// A request that waits for its reply.
#[derive(Debug)]
pub struct Request {
    /// A number by which who has it knows it.
    pub id: u64,
    /// Whether others are to overtake it.
    pub aside: bool,
    /// What it says.
    pub text: String,
}

/// A kernel whose calls and requests are under way.
pub trait Requests {
    /// What a call is answered.
    type Answer;

    /// The next request of a call that waits.
    fn next(&self, who: Who) -> Option<Request>;

    /// Puts a request behind the others of its call.
    fn put_back(&self, who: Who, request: Request);

    /// Answers a request, and waits until everybody is blocked or has answered: what there is to say of that.
    fn answer(&self, who: Who, request: &Request) -> String;

    /// The answer to a call, once there is one.
    fn take_answer(&self, who: Who) -> Option<Self::Answer>;

    /// Whose calls have something to go on with.
    fn ready(&self) -> Vec<Who>;

    /// What calls are answered from here on, if nobody answers any more.
    fn gone(&self) -> Option<Self::Answer>;
}

/// Sees to the requests of a call that has begun, until it is answered.
pub async fn see_to<R: Requests>(sim: &Sim, kernel: &R, who: Who) -> R::Answer {
    loop {
        wake(sim, kernel);
        if let Some(request) = kernel.next(who) {
            pass(sim, kernel, who, request).await;
        } else if let Some(answer) = kernel.take_answer(who) {
            return answer;
        } else {
            sim.park().await;
        }
        if let Some(answer) = kernel.gone() {
            return answer;
        }
    }
}

/// A request has come, and is answered in its turn: that is a step.
async fn pass<R: Requests>(sim: &Sim, kernel: &R, who: Who, request: Request) {
    if request.aside {
        sim.say(format_args!("{}", request.text));
        sim.step_aside().await;
        return kernel.put_back(who, Request { aside: false, ..request });
    }
    step!(sim, "{}", request.text);
    let text = kernel.answer(who, &request);
    if !text.is_empty() {
        sim.say(format_args!("{text}"));
    }
    wake(sim, kernel);
}

/// Who has something to go on with may go on.
pub fn wake<R: Requests>(sim: &Sim, kernel: &R) {
    kernel.ready().into_iter().for_each(|who| sim.unpark(who));
}
