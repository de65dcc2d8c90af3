//! Nothing is left of it, whoever is killed.

use crate::{EXT4, TMPFS, directory, put};
use launder_impls::Ground;
use launder_impls::kernel::Place;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const VICTIM: &str = "LAUNDER_TEST_VICTIM";

/// Puts cases until it is killed; does nothing where it is not a child of the next test.
#[test]
fn the_victim_of_the_next_test() {
    let Some(directories) = std::env::var_os(VICTIM) else { return };
    let directories: Vec<_> = std::env::split_paths(&directories).collect();
    let place = Place::prepare(&directories).unwrap();
    loop {
        put(&place, "a1 pwrite 0..16\na1 mmap\na1 mwrite 0..4\na2 pwrite direct 4..8\na1 fsync");
    }
}

#[test]
fn nothing_is_left_behind_by_a_process_that_is_killed() {
    for base in [directory(TMPFS), directory(EXT4)].into_iter().flatten() {
        let ours = base.join(format!("launder-test-{}", std::process::id()));
        std::fs::create_dir(&ours).unwrap();
        for directories in [vec![&ours], vec![&ours, &ours]] {
            for kill in 0..10 {
                let mut child = Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "killed::the_victim_of_the_next_test"])
                    .env(VICTIM, std::env::join_paths(&directories).unwrap())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap();
                std::thread::sleep(Duration::from_micros(20_000 + 1_700 * kill));
                child.kill().unwrap();
                child.wait().unwrap();
            }
        }
        // What takes the name away that files of two mounts have for a moment outlives the killed by as much.
        let left = || std::fs::read_dir(&ours).unwrap().collect::<Vec<_>>();
        let patience = Instant::now() + Duration::from_secs(10);
        while !left().is_empty() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
        let left = left();
        std::fs::remove_dir_all(&ours).unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}
