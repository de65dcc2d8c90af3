//! A search through the tree of a case's moves, depth first, from the start each time: a schedule that knows which branch is next.
//!
//! Of moves that commute it can follow one order. That is what sleep sets do (P. Godefroid, Partial-Order Methods for the Verification
//! of Concurrent Systems, 1996, chapter 5): once a branch has been followed, its move sleeps in the branches beside it, until a
//! move is made that it does not commute with. A run in which all that could move sleeps would repeat another.

use launder_impls::sim::{Footprint, Move, Schedule};

/// Moves after which an interleaving is given up: it goes round in a circle.
const LONGEST: usize = 2_000;

/// The branch that is being followed.
pub(crate) struct Search {
    path: Vec<Node>,
    moves: Vec<Move>,
    /// How many asks have begun.
    begun: usize,
    /// How often a task may be interrupted, and has been.
    most: u32,
    interrupted: u32,
    /// Whether moves sleep.
    prunes: bool,
    /// Whether all that could move slept.
    repeats: bool,
}

/// A place in the tree from which branches go.
struct Node {
    /// The branches in which they are followed, and which of them is.
    branches: Vec<Move>,
    taken: usize,
    /// What the moves of the branches before it, and of the one that is followed, read and wrote.
    footprints: Vec<Footprint>,
    sleeping: Vec<(Move, Footprint)>,
}

impl Node {
    /// What sleeps beyond the branch that is followed.
    fn sleeping_beyond(&self) -> Vec<(Move, Footprint)> {
        let Some((made, before)) = self.footprints.split_last() else { return Vec::new() };
        let followed = self.branches.iter().copied().zip(before.iter().copied());
        let sleeping = self.sleeping.iter().copied().chain(followed);
        sleeping.filter(|(_, footprint)| footprint.commutes_with(made)).collect()
    }
}

/// Whether these are moves of one task.
fn is_same(one: Move, other: Move) -> bool {
    match (one, other) {
        (Move::Step { task, .. }, Move::Step { task: other, .. }) => task == other,
        (Move::Begin, Move::Begin) => true,
        _ => false,
    }
}

impl Search {
    /// Through all interleavings.
    pub fn of_all() -> Search {
        Search::of_few(u32::MAX)
    }

    /// Through those in which a task is interrupted at most so often, while it could go on.
    pub fn of_few(most: u32) -> Search {
        let (path, moves) = (Vec::new(), Vec::new());
        Search { path, moves, begun: 0, most, interrupted: 0, prunes: false, repeats: false }
    }

    /// Through one order of moves that commute.
    pub fn apart() -> Search {
        Search { prunes: true, ..Search::of_all() }
    }

    /// The moves of the run.
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// Whether the run was given up because it would have repeated another.
    pub fn repeats(&self) -> bool {
        self.repeats
    }

    /// Before each run.
    pub fn restart(&mut self) {
        self.moves.clear();
        (self.begun, self.interrupted, self.repeats) = (0, 0, false);
    }

    /// Turns to the next branch; there is none when all have been followed.
    pub fn turn(&mut self) -> bool {
        while let Some(node) = self.path.last_mut() {
            node.taken += 1;
            if node.taken < node.branches.len() {
                return true;
            }
            self.path.pop();
        }
        false
    }

    /// Which of the moves goes on with the task that moved last, or that has just begun.
    fn going_on(&self, moves: &[Move]) -> Option<usize> {
        let last = *self.moves.last()?;
        moves.iter().position(|it| match (last, *it) {
            (Move::Begin, Move::Step { ask, .. }) => ask + 1 == self.begun,
            (Move::Begin, Move::Begin) => false,
            _ => is_same(last, *it),
        })
    }

    /// A place that has not been reached before: the branch of who goes on comes first, and the others in their order.
    fn node(&self, moves: &[Move], going_on: Option<usize>) -> Node {
        let sleeping =
            self.path.last().filter(|_| self.prunes).map(Node::sleeping_beyond).unwrap_or_default();
        let mut branches = Vec::with_capacity(moves.len());
        branches.extend(going_on.map(|own| moves[own]));
        if going_on.is_none() || self.interrupted < self.most {
            let others = moves.iter().enumerate().filter(|(at, _)| Some(*at) != going_on);
            branches.extend(others.map(|(_, it)| *it));
        }
        branches.retain(|it| !sleeping.iter().any(|(asleep, _)| is_same(*asleep, *it)));
        Node { branches, taken: 0, footprints: Vec::new(), sleeping }
    }
}

impl Schedule for Search {
    fn asks_for_footprints(&self) -> bool {
        self.prunes
    }

    fn moved(&mut self, footprint: Footprint) {
        if let Some(node) = self.moves.len().checked_sub(1).and_then(|depth| self.path.get_mut(depth)) {
            node.footprints.truncate(node.taken);
            node.footprints.push(footprint);
        }
    }

    fn pick(&mut self, moves: &[Move]) -> Option<usize> {
        let depth = self.moves.len();
        if depth == LONGEST {
            return None;
        }
        let going_on = self.going_on(moves);
        if depth == self.path.len() {
            let node = self.node(moves, going_on);
            if node.branches.is_empty() {
                self.repeats = true;
                return None;
            }
            self.path.push(node);
        }
        let node = &mut self.path[depth];
        let branch = node.branches[node.taken];
        // Until it is told otherwise: the run may end before that.
        node.footprints.truncate(node.taken);
        node.footprints.push(Footprint::EVERYTHING);
        let taken = moves.iter().position(|it| *it == branch)?;
        self.interrupted += u32::from(going_on.is_some_and(|own| own != taken));
        self.begun += usize::from(branch == Move::Begin);
        self.moves.push(branch);
        Some(taken)
    }
}
