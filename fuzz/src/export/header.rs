//! What stands above an exported program: why the case exists, who was asked, what is held against them, what is left out.

use super::{Asked, Observed};
use launder_oracle::{Call, Host, Unanswered, Verdict};

/// Characters of a line of the comment at the top, and of those beneath, which are indented.
const WIDTH: usize = 125;
const INDENTED: usize = 116;

/// The lines, without what makes them comments.
pub fn header(observed: &Observed, asked: &[Asked], left_out: &[(String, usize)]) -> Vec<String> {
    let mut lines: Vec<String> =
        observed.case.comments.iter().flat_map(|comment| wrapped(comment, WIDTH)).collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let Observed { of, contract, verdict, .. } = observed;
    lines.extend(wrapped(&format!("Observed of {of}, held to `{contract}`: {}.", named(verdict)), WIDTH));
    for violation in verdict.violations() {
        lines.extend(wrapped(&violation.to_string(), WIDTH));
    }
    if asked.iter().any(|asked| asked.overlaps) {
        lines.push(String::new());
        lines.extend(wrapped(OVERLAPPED, WIDTH));
    }
    if let Some(left_out) = counted(left_out) {
        lines.push(String::new());
        lines.extend(wrapped(&format!("Left out, where it says `not expressed`: {left_out}."), WIDTH));
    }
    lines
}

const OVERLAPPED: &str = "Some of these calls overlapped when that was observed. Here each has returned before the next \
    begins, in the order in which they returned there, and the replies may be others.";

fn named(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unanswered(Unanswered::Stuck) => "calls wait for each other for ever".into(),
        Verdict::Unanswered(Unanswered::Endless) => "calls go on for ever".into(),
        verdict => verdict.name().into(),
    }
}

/// What violations say at the call that shows them.
pub fn against(asked: &Asked) -> impl Iterator<Item = Vec<String>> {
    asked.against.iter().map(|violation| wrapped(&format!("{}: {}", violation.kind, violation.why), INDENTED))
}

/// Words and how often, in one line.
pub fn counted(words: &[(String, usize)]) -> Option<String> {
    let counted: Vec<String> = words.iter().map(|(word, count)| format!("{count} x {word}")).collect();
    (!counted.is_empty()).then(|| counted.join(", "))
}

/// Counts one more ask of a word.
pub fn count(words: &mut Vec<(String, usize)>, asked: &Asked) {
    let word = asked.word();
    match words.iter_mut().find(|(known, _)| *known == word) {
        Some((_, count)) => *count += 1,
        None => words.push((word, 1)),
    }
}

/// Whether host b takes part, so that a second mount is needed.
pub fn has_host_b(asked: &[Asked]) -> bool {
    let on_b =
        |call: &Call| matches!(call, Call::Writeback(host, _) | Call::Reclaim(host, _) if *host == Host::B);
    asked.iter().any(|asked| asked.who.host() == Some(Host::B) || on_b(&asked.call))
}

/// A text in lines, broken between words, that can stand in a comment of any form: nothing in it ends one or begins one.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.replace("*/", "* /").replace("/*", "/ *");
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last] = word.into();
        } else if lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.into());
        } else {
            lines[last] += " ";
            lines[last] += word;
        }
    }
    lines
}
