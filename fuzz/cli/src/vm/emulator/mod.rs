//! QEMU, with a guest in it: booted, heard and talked to, and gone with its files, whoever of us is killed.

mod accelerator;
mod command;
mod patient;

pub use accelerator::Accelerator;
pub use command::{DISKS, EXPORTED};

use super::ahead::{Ahead, SHORT};
use super::kernel::Kernel;
use super::wire::Message;
use command::{SHARED, start};
use patient::{Patient, accept};
use std::fs;
use std::io::{self, BufReader, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A guest.
pub struct Emulator {
    /// A shell that waits for our end.
    leash: Child,
    line: BufReader<Patient>,
    ahead: Ahead,
    folder: PathBuf,
}

/// How long a guest may take from power-on to its first word, emulated, on a machine that has other things to do: with a twelfth of a
/// processor 90 s were not enough.
const BOOTING: Duration = Duration::from_secs(240);
/// The same where the processor runs it.
const BOOTING_KVM: Duration = Duration::from_secs(20);
impl Emulator {
    /// Boots a guest, and hears its first word.
    ///
    /// # Errors
    /// Why there is none, with the end of its console.
    pub fn boot(
        kernel: &Kernel,
        accelerator: Accelerator,
        shares: &[String],
        prepare: impl FnOnce(&Path) -> Result<(), String>,
    ) -> Result<(Emulator, Message), String> {
        let folder = make_folder()?;
        let error = |error: io::Error| format!("{}: {error}", folder.display());
        let listener = UnixListener::bind(folder.join("line")).map_err(error);
        let shared = || fs::create_dir(folder.join(SHARED)).map_err(error);
        let made = listener.and_then(|listener| shared().and_then(|()| prepare(&folder)).map(|()| listener));
        let (listener, leash) = made
            .and_then(|listener| Ok((listener, start(kernel, accelerator, shares, &folder)?)))
            .inspect_err(|_| {
                let _ = fs::remove_dir_all(&folder);
            })?;
        let most = if accelerator == Accelerator::Kvm { BOOTING_KVM } else { BOOTING };
        let line = accept(&listener, &folder, Instant::now() + most).map(Patient::new);
        let nobody = || UnixStream::pair().map(|(line, _)| Patient::new(line));
        let (line, why) = match line {
            Ok(line) => (Ok(line), None),
            Err(why) => (nobody(), Some(why)),
        };
        let line = BufReader::new(line.map_err(error)?);
        let mut emulator = Emulator { leash, line, ahead: Ahead::default(), folder };
        let hello = why.map_or_else(|| emulator.hear(most).map_err(|why| format!("the guest {why}")), Err);
        match hello {
            Ok(hello) => Ok((emulator, hello)),
            Err(why) => Err([vec![why], emulator.console(4)].concat().join(" | ")),
        }
    }

    /// Says something to the guest, and after it what it will be asked next, and hears what it answers, with no silence longer than
    /// this.
    ///
    /// # Errors
    /// What became of the guest.
    pub fn ask(&mut self, question: &Message, next: &[Message], most: Duration) -> Result<Message, String> {
        if let Some(answer) = self.ahead.take(question) {
            return Ok(answer);
        }
        if question.body.len() > SHORT {
            self.hear_what_is_under_way(question, most)?;
        }
        self.send(question)?;
        let short = next.iter().filter(|next| question.body.len().max(next.body.len()) <= SHORT);
        short.into_iter().try_for_each(|next| self.send(next))?;
        loop {
            let answer = self.hear(most)?;
            if let Some(answer) = self.ahead.came(answer, question) {
                return Ok(answer);
            }
        }
    }

    /// Says something to the guest that it has not been asked already.
    fn send(&mut self, question: &Message) -> Result<(), String> {
        if !self.ahead.has(question) {
            let gone = |error| format!("has gone: {error}");
            question.write(&mut self.line.get_mut().stream).map_err(gone)?;
            self.ahead.sent(question.clone());
        }
        Ok(())
    }

    /// Whether it has been asked more than the question that was asked last.
    pub fn is_at_others(&self) -> bool {
        self.ahead.under_way() > 1
    }

    fn hear_what_is_under_way(&mut self, question: &Message, most: Duration) -> Result<(), String> {
        while self.ahead.under_way() > 0 && !self.ahead.has(question) {
            let answer = self.hear(most)?;
            let _ = self.ahead.came(answer, question);
        }
        Ok(())
    }

    fn hear(&mut self, most: Duration) -> Result<Message, String> {
        self.line.get_mut().until = Instant::now() + most;
        match Message::read(&mut self.line) {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err("has ended".into()),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                Err(format!("does not answer within {} s", most.as_secs()))
            }
            Err(error) => Err(format!("says what is no answer: {error}")),
        }
    }

    /// The last lines of its console.
    pub fn console(&self, most: usize) -> Vec<String> {
        let read = |file: &str| fs::read(self.folder.join(file)).unwrap_or_default();
        let bytes = [read("console"), read("emulator")].concat();
        let text = String::from_utf8_lossy(&bytes);
        let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
        let lines: Vec<_> = text.lines().map(clean).filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(most)..].to_vec()
    }
}

/// The shell kills QEMU.
impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        // An error is that somebody else has waited for it.
        let _ = self.leash.wait();
    }
}

fn make_folder() -> Result<PathBuf, String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("launder-vm-{}-{}", std::process::id(), NUMBER.fetch_add(1, Relaxed));
    let folder = std::env::temp_dir().join(name);
    fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
