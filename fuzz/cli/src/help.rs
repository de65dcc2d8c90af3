//! What `--help` adds to each command: examples, and what a case is; a test reads each example as a command line.

/// `launder list --help`
pub const LIST: &str = "\
Examples:
  launder list
  launder list --json";

/// `launder explain --help`
pub const EXPLAIN: &str = "\
Examples:
  launder explain lost-write
  launder explain H4 launder-folio
  launder explain launder-folio+no_launder
  launder explain open=fresh
  launder explain --json";

/// `launder fuzz --help`
pub const FUZZ: &str = "\
Examples:
  launder fuzz
  launder fuzz launder-folio --seconds 60
  launder fuzz launder-folio+no_launder --runs 1000 --seed 7
  launder fuzz nfs --from fuzz/cases --runs 10000
  launder fuzz launder-folio --exhaustive 3
  launder fuzz path --at /tmp --runs 1000 --contract linux";

/// `launder run --help`, with the rule of the schedule, for who writes a case.
pub const RUN: &str = "\
A case is one ask a line, in order: WHO CALL [HOLDS]. Without holds each ask is carried to its end before the next
begins. `a1 pwrite 0..8 ~2+1` waits at step 2 of this ask until 1 later ask has begun; `~2+0` steps aside there: every
other ask that can move moves first. Holds at one step are waited out in turn. The youngest ask that can move runs; when
none can, whoever stepped aside longest ago goes on, else the next ask begins, else the oldest hold opens.

Examples:
  launder run fuzz/cases/store-slips-into-the-window.case
  launder run fuzz/cases/close-to-open.case --subject nfs --contract nfs,hosts=coherent
  launder run fuzz/cases/stored-past-the-end-on-tmpfs.case --subject path --at /dev/shm
  launder run fuzz/cases/close-to-open.case --subject nfs --export c";

/// `launder shrink --help`
pub const SHRINK: &str = "\
Examples:
  launder shrink fuzz/cases/store-slips-into-the-window.case --subject flush-and-wait";

/// `launder explore --help`
pub const EXPLORE: &str = "\
Examples:
  launder explore fuzz/cases/third-party-in-a-dirty-folio.case --subject launder-folio
  launder explore fuzz/cases/store-slips-into-the-window.case --subject flush-and-wait --bound 1000";

/// `launder judge --help`
pub const JUDGE: &str = "\
A trace is what was said, a line each: `a1 > pwrite 0..1`, `a1 < ok`, and at last `end quiet`.

Examples:
  launder judge recorded.trace
  launder judge recorded.trace --contract nfs
  launder judge recorded.trace --contract linux,direct=none --json";

/// `launder score --help`
pub const SCORE: &str = "\
Examples:
  launder score oplock
  launder score launder-folio+no_launder --seeds 10 --runs 20000
  launder score oplock --by libfuzzer
  launder score --by exhaustive --runs 1000000";

/// `launder report --help`, with where a page has what it tells from.
pub const REPORT: &str = "\
`launder fuzz` leaves campaign.json beside its findings: seed, machine, kernel, versions, verdicts, matrix. The page is made
of that and of the cases: findings of models are run again for their timelines, those of real subjects are told by the
traces that are beside their cases. Its plot of executions to detection is of how many runs each finding took, and with --score of how many cases each
planted bug took. Exit status: 0 the page is written, whatever it tells; 2 the input or the call is bad.

Examples:
  launder report
  launder report findings -o report.html
  launder report fuzz/cases/store-slips-into-the-window.case --subject flush-and-wait -o window.html";

/// `launder vm --help`
pub const VM: &str = "\
Kernels are packages of Debian (linux-image-6.1.0-56-amd64), fetched once by apt-get from where this machine is told to fetch
from, and kept in $XDG_CACHE_HOME/launder/kernels. No privilege is needed. What is: qemu-system-x86 kmod xz-utils e2fsprogs,
and a static launder, which is built from the sources for x86_64-unknown-linux-musl where rustup has that, else with glibc's
libc.a. What is missing is said, and the subjects are skipped. A guest that hangs or panics is a finding with its console.

Examples:
  launder vm --kernel 6.1 --fs ext4,fuse fuzz/cases/close-to-open.case
  launder vm --kernel 6.1,6.12 --fs fuse-writeback fuzz/cases/third-party-in-a-dirty-folio.case --json
  launder vm --kernel 6.12 --fs ext4 fuzz --seconds 60";

/// `launder completions --help`
pub const COMPLETIONS: &str = "\
Examples:
  launder completions bash > ~/.local/share/bash-completion/completions/launder
  launder completions fish > ~/.config/fish/completions/launder.fish";

/// `launder man --help`
pub const MAN: &str = "\
Examples:
  launder man | man -l -
  launder man ~/.local/share/man/man1";

#[cfg(test)]
mod tests {
    use crate::args::Args;
    use clap::{CommandFactory, Parser};

    /// The lines of a command's examples, as far as they are its own and not a shell's.
    fn examples(help: &str) -> impl Iterator<Item = Vec<&str>> {
        let (_, lines) = help.split_once("Examples:\n").expect("there are examples");
        lines
            .lines()
            .map(|line| line.split(['|', '>']).next().unwrap_or_default().split_whitespace().collect())
    }

    #[test]
    fn every_command_has_examples_and_each_is_a_command_line_of_it() {
        for command in Args::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:\n"), "{}", command.get_name());
            for example in examples(&help) {
                assert_eq!(example[..2], ["launder", command.get_name()], "{example:?}");
                let read = Args::try_parse_from(&example);
                assert!(read.is_ok(), "{example:?}: {}", read.err().expect("an error"));
                let cases = example.iter().filter(|word| word.ends_with(".case"));
                for case in cases {
                    let file = format!("{}/../../{case}", env!("CARGO_MANIFEST_DIR"));
                    assert!(std::fs::exists(&file).unwrap_or(false), "{case}");
                }
            }
        }
    }

    #[test]
    fn the_command_line_is_one_that_clap_finds_nothing_wrong_with() {
        Args::command().debug_assert();
    }
}
