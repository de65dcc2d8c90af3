//! The margin of a timeline: numbers of lines, what rows mean, and the chains of happens-before.

use super::{Mark, Row, Timeline};
use launder_oracle::Lines;

/// The most chains that are drawn.
const CHAINS: usize = 3;

/// The chains, each the lines of its rows in order.
pub(super) struct Margin(Vec<Vec<u32>>);

impl Margin {
    pub fn of(timeline: &Timeline) -> Margin {
        let mut chains: Vec<Vec<u32>> = Vec::new();
        for violation in &timeline.violations {
            let Lines { shows, superseding: Some(first), through, .. } = &violation.lines else { continue };
            let mut chain: Vec<u32> =
                through.iter().chain(shows).copied().chain([*first, violation.at]).collect();
            chain.sort_unstable();
            chain.dedup();
            if !chains.contains(&chain) {
                chains.push(chain);
            }
        }
        chains.truncate(CHAINS);
        Margin(chains)
    }

    /// Characters that it takes.
    pub fn width(&self) -> usize {
        match self.0.len() {
            0 => 6,
            chains => 7 + chains,
        }
    }

    /// Beside a row.
    pub fn beside(&self, row: &Row) -> String {
        let has = |mark| row.marks.contains(&mark);
        let mark = match () {
            () if has(Mark::Accused) => '!',
            () if has(Mark::Gone) => '×',
            () => ' ',
        };
        self.fill(format!("{:>4}{mark} ", row.line), row.line, true)
    }

    /// Beside what stands before a line, or under its row.
    pub fn between(&self, line: u32) -> String {
        self.fill(" ".repeat(6), line, false)
    }

    fn fill(&self, mut text: String, line: u32, own: bool) -> String {
        for chain in &self.0 {
            let (first, last) = (chain[0], chain[chain.len() - 1]);
            text.push(match line {
                line if own && line == first => '┌',
                line if own && line == last => '└',
                line if own && chain.contains(&line) => '├',
                line if first < line && line < last || !own && line == first => '│',
                _ => ' ',
            });
        }
        if !self.0.is_empty() {
            text.push(' ');
        }
        text
    }
}
