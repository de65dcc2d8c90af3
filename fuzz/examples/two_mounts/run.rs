//! The three processes.

use crate::broken::{Bug, named};
use crate::mount::{Caching, Mount};
use crate::spoiled::Spoiled;
use crate::tree::Tree;
use fuser::{Config, MountOption, Session};
use rustix::mount::{UnmountFlags, unmount};
use rustix::process::geteuid;
use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const USAGE: &str = "two_mounts [--lifetime SECONDS] [--keep-cache] [--broken BUG] A B COMMAND…";
/// First words of the command lines of the process that is first in the namespaces, and of who serves.
const INSIDE: &str = "--inside";
const SERVE: &str = "--serve";
/// What who serves says when it does.
const MOUNTED: &str = "mounted\n";

/// What a command line asks for.
struct Job {
    caching: Caching,
    bug: Option<Bug>,
    roots: [String; 2],
    command: Vec<String>,
}

pub fn main() -> ExitCode {
    let mut words: Vec<String> = env::args().skip(1).collect();
    let role = words.first().cloned().unwrap_or_default();
    if [INSIDE, SERVE].contains(&role.as_str()) {
        words.remove(0);
    }
    let done = Job::of(&words).and_then(|job| match role.as_str() {
        SERVE => serve(&job),
        INSIDE => inside(&job, &words),
        _ => enter(&words),
    });
    done.unwrap_or_else(|why| {
        eprintln!("two_mounts: {why}");
        ExitCode::from(2)
    })
}

impl Job {
    fn of(words: &[String]) -> Result<Job, String> {
        let (mut caching, mut bug) = (Caching::default(), None);
        let mut words = words.iter();
        let a = loop {
            match words.next().ok_or(USAGE)?.as_str() {
                "--lifetime" => {
                    let seconds = words.next().and_then(|word| word.parse().ok());
                    caching.lifetime = Duration::from_secs(seconds.ok_or(USAGE)?);
                }
                "--keep-cache" => caching.keep = true,
                "--broken" => bug = Some(named(words.next().ok_or(USAGE)?)?),
                option if option.starts_with("--") => return Err(format!("no {option}: {USAGE}")),
                root => break root.to_string(),
            }
        };
        let roots = [a, words.next().ok_or(USAGE)?.clone()];
        let command: Vec<String> = words.cloned().collect();
        if command.is_empty() { Err(USAGE.into()) } else { Ok(Job { caching, bug, roots, command }) }
    }
}

/// Goes on as the first process of new namespaces. unshare(1), --kill-child: "When unshare terminates, have signame be sent to the
/// forked child process"; pid_namespaces(7): "If the "init" process of a PID namespace terminates, the kernel terminates all of the
/// processes in the namespace via a SIGKILL signal."
fn enter(words: &[String]) -> Result<ExitCode, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    if !geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    Err(format!("unshare: {}", command.arg("--").arg(own).arg(INSIDE).args(words).exec()))
}

/// Has the tree served while the command runs; ends as that does.
fn inside(job: &Job, words: &[String]) -> Result<ExitCode, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let mut server = Command::new(own);
    server.arg(SERVE).args(words).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut server = server.spawn().map_err(|error| error.to_string())?;
    let ended = if serves(&mut server) {
        let command = Command::new(&job.command[0]).args(&job.command[1..]).status();
        command.map_err(|error| format!("{}: {error}", job.command[0]))
    } else {
        Err("nothing was mounted".into())
    };
    for root in &job.roots {
        // umount2(2), MNT_FORCE: "Ask the filesystem to abort pending requests before attempting the unmount." An error is that
        // it is no mount.
        let _ = unmount(root.as_str(), UnmountFlags::FORCE | UnmountFlags::DETACH);
    }
    // An error is that it has ended.
    let _ = server.kill();
    server.wait().map_err(|error| error.to_string())?;
    let ended = ended?;
    let signalled = || 128 + ended.signal().unwrap_or_default();
    Ok(ExitCode::from(ended.code().unwrap_or_else(signalled) as u8))
}

/// Waits until both are mounted; not, if it ends before.
fn serves(server: &mut Child) -> bool {
    let mut line = String::new();
    let out = server.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut line).is_ok() && line == MOUNTED
}

/// Serves the tree at both mounts, a thread each, until they are gone.
fn serve(job: &Job) -> Result<ExitCode, String> {
    let tree = Arc::new(Mutex::new(Tree::new(Spoiled::by(job.bug))));
    let mut sessions = Vec::new();
    for (number, root) in job.roots.iter().enumerate() {
        let mount = Mount { number, tree: Arc::clone(&tree), caching: job.caching };
        let mut config = Config::default();
        config.mount_options.push(MountOption::FSName("two_mounts".into()));
        let why = |error| format!("{root}: {error}");
        sessions.push(Session::new(mount, root, &config).and_then(Session::spawn).map_err(why)?);
    }
    print!("{MOUNTED}");
    std::io::Write::flush(&mut std::io::stdout()).map_err(|error| error.to_string())?;
    sessions.into_iter().try_for_each(|session| session.join().map_err(|error| error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
