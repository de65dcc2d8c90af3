//! The command line of `launder vm`.

use super::file_system::FileSystem;
use super::version::Version;
use crate::args::FINDINGS;
use crate::held::Held;
use clap::Subcommand;
use launder_oracle::nearest;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Vm {
    /// Kernels, by how their versions begin: the newest such package of the distribution is booted, one after the other.
    #[arg(long, value_name = "VERSION", value_delimiter = ',', default_values = ["6.1"])]
    pub kernel: Vec<Version>,
    /// What is asked there: `ext4`, `nfs`, `nfs-delegations`, `9p` (every cache mode) or one (`9p-none`, `9p-mmap`, `9p-loose`),
    /// `fuse` (every set of options of `kernel-fuse`) or one of them (`fuse-plain`, `fuse-writeback`, …).
    #[arg(long, value_name = "FS", value_delimiter = ',', default_values = ["ext4", "fuse"])]
    pub fs: Vec<Wanted>,
    /// .case or .fsxops files.
    #[arg(value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// Holds subjects to this contract instead of their own.
    #[arg(long, value_name = "C", global = true)]
    pub contract: Option<Held>,
    /// Only the cases that the kernels answer to with different verdicts, a line each: of FUSE beside the kernel that runs this.
    #[arg(long, conflicts_with = "json")]
    pub table: bool,
    /// One JSON object instead.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub job: Option<VmJob>,
}

#[derive(Subcommand)]
pub enum VmJob {
    /// Hunts there: random cases; saves findings as shrunk .case files.
    Fuzz(VmFuzz),
}

#[derive(clap::Args)]
pub struct VmFuzz {
    /// So many seconds for each subject, booting aside.
    #[arg(long, value_name = "N", default_value_t = 60, conflicts_with = "runs", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seconds: u64,
    /// So many random cases for each subject instead.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub runs: Option<u64>,
    /// Where random numbers begin.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Where findings are saved.
    #[arg(long, value_name = "DIR", default_value = FINDINGS)]
    pub out: PathBuf,
}

/// What a word after `--fs` means.
#[derive(Clone, Debug)]
pub struct Wanted(pub Vec<&'static FileSystem>);

impl std::str::FromStr for Wanted {
    type Err = String;

    fn from_str(word: &str) -> Result<Wanted, String> {
        let wanted: Vec<_> = FileSystem::all().filter(|it| it.word == word || it.group() == word).collect();
        if wanted.is_empty() {
            let words: Vec<_> =
                ["fuse", "9p"].into_iter().chain(FileSystem::all().map(|it| it.word)).collect();
            let near = nearest(word, words.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let near = near.unwrap_or_else(|| format!("there are {}", words.join(", ")));
            return Err(format!("no such file system; {near}"));
        }
        Ok(Wanted(wanted))
    }
}

impl Vm {
    /// What is asked, each once.
    pub fn file_systems(&self) -> Vec<&'static FileSystem> {
        let mut all: Vec<&'static FileSystem> = Vec::new();
        for it in self.fs.iter().flat_map(|wanted| &wanted.0) {
            if !all.iter().any(|before| before.word == it.word) {
                all.push(it);
            }
        }
        all
    }

    /// Those of it whose subjects need nothing that is not where this runs.
    pub fn file_systems_here(&self) -> Vec<&'static FileSystem> {
        self.file_systems().into_iter().filter(|it| it.group() == "fuse").collect()
    }
}
