//! Lists of what is known of several groups of schemes, as one.

use crate::Known;

/// What several groups hold, as one list.
macro_rules! together {
    ($($group:expr),+ $(,)?) => {{
        const GROUPS: &[&[&[$crate::Known]]] = &[$($group),+];
        const ALL: [&[$crate::Known]; $crate::models::together::count(GROUPS)] =
            $crate::models::together::joined(GROUPS);
        &ALL
    }};
}
pub(crate) use together;

/// How many lists several groups hold.
pub(crate) const fn count(groups: &[&[&[Known]]]) -> usize {
    let (mut count, mut group) = (0, 0);
    while group < groups.len() {
        count += groups[group].len();
        group += 1;
    }
    count
}

/// The lists of several groups, one after another.
pub(crate) const fn joined<const N: usize>(groups: &[&[&'static [Known]]]) -> [&'static [Known]; N] {
    let mut all: [&[Known]; N] = [&[]; N];
    let (mut at, mut group) = (0, 0);
    while group < groups.len() {
        let mut of_group = 0;
        while of_group < groups[group].len() {
            all[at] = groups[group][of_group];
            (at, of_group) = (at + 1, of_group + 1);
        }
        group += 1;
    }
    all
}
