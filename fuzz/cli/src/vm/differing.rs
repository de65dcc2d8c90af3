//! What differs between kernels: of each file system the cases that they answer to with different verdicts.

use launder_fuzz::{Outcome, Symptom};
use std::fmt::Write;

/// A subject: the kernel that it is of, and the file system.
pub type Column = (String, &'static str);

/// The rows of a table, a file system after the other: of each case what the kernels came to, where that is not the same.
pub fn table(columns: &[Column], cases: &[(String, Vec<Outcome>)]) -> String {
    let wide = cases.iter().map(|(name, _)| name.len() + 2).max().unwrap_or(0).max(WORDS);
    let mut words: Vec<&str> = Vec::new();
    for (_, word) in columns {
        if !words.contains(word) {
            words.push(word);
        }
    }
    let mut text = String::new();
    for word in words {
        let places: Vec<_> = (0..columns.len()).filter(|at| columns[*at].1 == word).collect();
        let differing: Vec<_> =
            cases.iter().map(|(name, of)| (name, row(&places, of))).filter(|(_, row)| differs(row)).collect();
        let kernels: Vec<_> = places.iter().map(|at| columns[*at].0.clone()).collect();
        let _ = writeln!(text, "{}", line(wide, &format!("{word}: {}", counted(differing.len())), &kernels));
        for (name, row) in differing {
            let _ = writeln!(text, "{}", line(wide, &format!("  {name}"), &row));
        }
    }
    text
}

/// The room that the heading of a file system takes.
const WORDS: usize = 44;

fn counted(cases: usize) -> String {
    if cases == 1 { "1 case differs".into() } else { format!("{cases} cases differ") }
}

fn row(places: &[usize], of: &[Outcome]) -> Vec<String> {
    places.iter().map(|at| of.get(*at).map_or(SKIPPED.into(), verdict)).collect()
}

const SKIPPED: &str = "-";

/// The verdict in a word or some: what was broken.
fn verdict(outcome: &Outcome) -> String {
    let Outcome::Judged(_, verdict) = outcome else { return SKIPPED.into() };
    let mut broken: Vec<_> = Symptom::of(verdict).into_iter().map(|symptom| symptom.to_string()).collect();
    broken.sort();
    if broken.is_empty() { "allowed".into() } else { broken.join(", ") }
}

/// Whether two kernels that were asked came to different things.
fn differs(row: &[String]) -> bool {
    let mut asked = row.iter().filter(|it| *it != SKIPPED);
    let first = asked.next();
    asked.any(|it| Some(it) != first)
}

fn line(wide: usize, first: &str, cells: &[String]) -> String {
    let mut text = format!("{first:wide$}");
    cells.iter().for_each(|cell| text += &format!("  {cell:22}"));
    text.trim_end().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use launder_oracle::{Contract, Trace, judge};

    fn said(text: &str) -> Outcome {
        let trace = Trace::parse(text).expect("a trace");
        let verdict = judge(&Contract::LINUX, &trace);
        Outcome::Judged(trace, verdict)
    }

    #[test]
    fn a_case_is_told_where_two_kernels_that_were_asked_came_to_different_things() {
        let kept = said("a1 > pwrite 0..1\na1 < ok\nserver > pread 0..1\nserver < got 1\nend quiet\n");
        let stale = said("a1 > pwrite 0..1\na1 < ok\na1 > pread 0..1\na1 < got 0\nend quiet\n");
        let columns = [("6.1", "ext4"), ("6.1", "nfs"), ("6.12", "ext4"), ("6.12", "nfs")]
            .map(|(kernel, word)| (kernel.to_string(), word));
        let skipped = Outcome::Skipped("why".into());
        let cases = [
            ("one".to_string(), vec![kept.clone(), kept.clone(), stale.clone(), kept.clone()]),
            ("two".to_string(), vec![stale.clone(), stale.clone(), stale, skipped]),
        ];
        let text = table(&columns, &cases);
        let words: Vec<Vec<_>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            words,
            [
                vec!["ext4:", "1", "case", "differs", "6.1", "6.12"],
                vec!["one", "allowed", "stale-read"],
                vec!["nfs:", "0", "cases", "differ", "6.1", "6.12"],
            ]
        );
    }
}
