//! QEMU, with a guest in it: booted, heard and talked to, and gone with its files, whoever of us is killed.

use super::ahead::{Ahead, SHORT};
use super::kernel::Kernel;
use super::tools::{QEMU, Tool};
use super::wire::{LINE, Message};
use std::fs;
use std::io::{self, BufReader, ErrorKind, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// A guest.
pub struct Emulator {
    /// A shell that waits for our end.
    leash: Child,
    line: BufReader<Patient>,
    ahead: Ahead,
    folder: PathBuf,
}

/// How long a guest may take from power-on to its first word, emulated, on a machine that has other things to do.
const BOOTING: Duration = Duration::from_secs(90);
/// The same where the processor runs it.
const BOOTING_KVM: Duration = Duration::from_secs(20);
/// Memory of a guest, in MiB.
const MEMORY: &str = "768";

/// The disks of a guest, each with a file system: one for `ext4`, one that is exported.
pub const DISKS: [&str; 2] = ["disk", EXPORTED];
pub const EXPORTED: &str = "exported";

/// What a guest shares with us, by 9p.
const SHARED: &str = "shared";

/// A shell starts QEMU, and kills it when its own input ends, as it does when we do. Then it removes the folder.
const LEASH: &str = r#"trap "" HUP INT TERM
exec 3<&0
"$@" 3<&- > "$0/emulator" 2>&1 & q=$!
{ read -r _ <&3; [ -e "$0/ended" ] || kill -KILL $q; } & r=$!
exec 3<&-
wait $q
echo $? > "$0/ended"
wait $r
rm -rf -- "$0""#;

/// How a guest is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    Kvm,
    Tcg,
}

impl Accelerator {
    /// Whether the processor seems to be able to run a guest: some have /dev/kvm and nothing that runs an ordinary kernel.
    pub fn seems_to_work() -> bool {
        let flags = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let virtual_machines = flags.split_whitespace().any(|word| word == "vmx" || word == "svm");
        virtual_machines && fs::File::options().read(true).write(true).open("/dev/kvm").is_ok()
    }

    fn arguments(self) -> [&'static str; 4] {
        match self {
            Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
            Accelerator::Tcg => ["-accel", "tcg", "-cpu", "max"],
        }
    }
}

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

fn start(
    kernel: &Kernel,
    accelerator: Accelerator,
    shares: &[String],
    folder: &Path,
) -> Result<Child, String> {
    let qemu = Tool::find(QEMU).ok_or("QEMU is gone")?;
    let file = |name: &str| folder.join(name).display().to_string().replace(',', ",,");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", LEASH]).arg(folder).arg(qemu).args(accelerator.arguments());
    command.args([
        "-smp",
        "1",
        "-m",
        MEMORY,
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
    ]);
    command.arg("-kernel").arg(kernel.image()).arg("-initrd").arg(folder.join("archive"));
    // What stands after `--` are arguments of the first process: Documentation/admin-guide/kernel-parameters.rst.
    command
        .args(["-append", &format!("console=ttyS0 quiet panic=-1 mitigations=off -- {}", super::wire::INIT)]);
    command.args([
        "-chardev",
        &format!("file,id=console,path={}", file("console")),
        "-serial",
        "chardev:console",
    ]);
    command.args([
        "-chardev",
        &format!("socket,id=line,path={}", file("line")),
        "-device",
        "virtio-serial-pci",
    ]);
    command.args(["-device", &format!("virtserialport,chardev=line,name={LINE}")]);
    for disk in DISKS {
        let of = file(disk);
        command.args(["-drive", &format!("file={of},format=raw,if=none,id={disk},cache.no-flush=on")]);
        command.args(["-device", &format!("virtio-blk-pci,drive={disk}")]);
    }
    for tag in shares {
        // One folder for all; a tag is for one mount.
        let of = file(SHARED);
        command.args(["-fsdev", &format!("local,id={tag},path={of},security_model=none")]);
        command.args(["-device", &format!("virtio-9p-pci,fsdev={tag},mount_tag={tag}")]);
    }
    // A terminal's interrupt goes to our process group, and must not end them before us.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| format!("/bin/sh: {error}"))
}

/// Waits for QEMU, which connects as soon as it runs.
fn accept(listener: &UnixListener, folder: &Path, until: Instant) -> Result<UnixStream, String> {
    let error = |error: io::Error| format!("the line to QEMU: {error}");
    listener.set_nonblocking(true).map_err(error)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => return stream.set_nonblocking(false).map(|()| stream).map_err(error),
            Err(cause) if cause.kind() != ErrorKind::WouldBlock => return Err(error(cause)),
            Err(_) if folder.join("ended").exists() => return Err("QEMU ends at once".into()),
            Err(_) if Instant::now() > until => return Err("QEMU does not start in time".into()),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// A line on which nobody is waited for beyond a time.
struct Patient {
    stream: UnixStream,
    until: Instant,
}

impl Patient {
    fn new(stream: UnixStream) -> Patient {
        Patient { stream, until: Instant::now() }
    }
}

impl Read for Patient {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        self.stream.read(bytes).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}
