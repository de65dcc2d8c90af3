//! The matrix of a hunt: in how many of its runs which state of a folio met which event.

use launder_impls::{Event, Met, State};
use std::fmt::Write;

const STATES: usize = State::ALL.len();
const EVENTS: usize = Event::ALL.len();

/// For each pair the runs that met it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix([[u64; STATES]; EVENTS]);

impl Matrix {
    /// Counts what one more run met.
    pub fn count(&mut self, met: Met) {
        met.pairs().for_each(|(state, event)| self.0[event as usize][state as usize] += 1);
    }

    /// Adds the other's runs.
    pub fn add(&mut self, other: &Matrix) {
        let all = self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened());
        all.for_each(|(times, more)| *times += more);
    }

    /// How many runs met the pair.
    pub fn times(&self, state: State, event: Event) -> u64 {
        self.0[event as usize][state as usize]
    }

    /// The pairs that so many runs met at the least.
    pub fn met(&self, times: u64) -> Met {
        let often = |(state, event): &(State, Event)| self.times(*state, *event) >= times;
        Met::all(|_| true)
            .pairs()
            .filter(often)
            .map(|(state, event)| Met::of(state.into(), event))
            .fold(Met::default(), |all, pair| all | pair)
    }

    /// All numbers, in a line.
    pub(crate) fn line(&self) -> String {
        let numbers: Vec<String> = self.0.as_flattened().iter().map(u64::to_string).collect();
        numbers.join(" ")
    }

    /// The matrix whose line this is.
    pub(crate) fn of_line(line: &str) -> Option<Matrix> {
        let numbers: Vec<u64> =
            line.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
        let mut matrix = Matrix::default();
        let all = matrix.0.as_flattened_mut();
        (numbers.len() == all.len()).then(|| all.copy_from_slice(&numbers))?;
        Some(matrix)
    }
}

/// A table of states and events, each pair as `cell` shows it.
pub fn matrix_table(cell: impl Fn(State, Event) -> String) -> String {
    let first = State::ALL.iter().map(|state| state.name().len()).max().unwrap_or(0);
    let column = |event: Event| {
        let (upper, lower) = event.name().split_once(' ').unwrap_or(("", event.name()));
        let cells = State::ALL.iter().map(|state| cell(*state, event));
        let cells: Vec<String> = [upper.into(), lower.into()].into_iter().chain(cells).collect();
        let wide = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        (cells, wide)
    };
    let columns: Vec<_> = Event::ALL.into_iter().map(column).collect();
    let mut text = String::new();
    for (row, name) in ["", ""].into_iter().chain(State::ALL.iter().map(|state| state.name())).enumerate() {
        let mut line = format!("{name:first$}");
        for (cells, wide) in &columns {
            write!(line, "  {:>wide$}", cells[row]).unwrap_or_default();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let mut matrix = Matrix::default();
        let pair = |state: State, event| Met::of(state.into(), event);
        matrix.count(pair(State::Dirty, Event::Crash) | pair(State::Busy, Event::Notify));
        matrix.count(pair(State::Dirty, Event::Crash));
        let again = Matrix::of_line(&matrix.line()).expect("a matrix");
        assert_eq!(again, matrix);
        assert_eq!((again.times(State::Dirty, Event::Crash), again.met(1).count()), (2, 2));
        assert_eq!(again.met(2), pair(State::Dirty, Event::Crash));
        assert_eq!(Matrix::of_line("1 2 3"), None);
    }
}
