//! The server's process: a thread that serves the disk, and one that is told what to do to it.

use super::super::rig::{Line, serve_in_thread, wire};
use super::disk::Disk;
use super::server::Shared;
use launder_oracle::{Who, Words};
use rustix::fd::OwnedFd;
use rustix::process::configure_io_flusher_behavior;

/// Serves until nobody tells it to any more.
pub fn serve(disk: Disk, device: OwnedFd, control: &Line) {
    // prctl(2), PR_SET_IO_FLUSHER: "If a user process is involved in the block layer or filesystem I/O path, and can allocate
    // memory while processing I/O requests it must set arg2 to 1". Where it may not, the supervisor sees a hang.
    let _ = configure_io_flusher_behavior(true);
    let shared = Shared::new(disk);
    match serve_in_thread(shared.clone(), device) {
        Ok(_) => {
            control.answer_all(|text| order(&mut shared.disk(), text).unwrap_or_else(|| "what?".into()));
        }
        Err(why) => {
            // An error is that nobody listens any more.
            let _ = control.say(format_args!("{why}"));
        }
    }
}

/// Does what it is told; what there is to say.
fn order(disk: &mut Disk, text: &str) -> Option<String> {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("made", _) => disk.has_been_made(),
        ("begin", record) => {
            disk.faults = Default::default();
            disk.spared = false;
            disk.log = (record == "1").then(Vec::new);
        }
        ("spare", spared) => disk.spared = spared == "1",
        ("arm", asked) => {
            let call = Words::of(1, asked).call(Who::Nature).ok()?;
            disk.faults.arm(&call).then_some(())?;
        }
        ("log", _) => {
            let lines = disk.log.as_mut().map(std::mem::take).unwrap_or_default();
            return Some(format!("ok\n{}", wire::join(&lines)));
        }
        _ => return None,
    }
    Some("ok".into())
}
