//! What xfs_io has open and mapped, in its order, so that each command goes to the file and mapping that it is meant for.

use launder_oracle::{Host, Range, Who};

/// A descriptor that calls go through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// One of a host that no process has.
    Of(Host),
    /// A process's own.
    Own { who: Who, direct: bool, append: bool },
}

impl File {
    /// What a process's calls go through that are neither direct nor appends.
    pub fn plain(who: Who) -> File {
        File::Own { who, direct: false, append: false }
    }

    /// The command that opens it, without the path.
    fn flags(self) -> &'static str {
        match self {
            File::Own { direct: true, append: true, .. } => "-ad ",
            File::Own { direct: true, .. } => "-d ",
            File::Own { append: true, .. } => "-a ",
            _ => "",
        }
    }

    fn host(self) -> Host {
        match self {
            File::Of(host) => host,
            File::Own { who, .. } => who.host().unwrap_or(Host::A),
        }
    }
}

/// The files and mappings of one xfs_io, and its commands so far.
#[derive(Default)]
pub struct Session {
    files: Vec<File>,
    file: Option<File>,
    mappings: Vec<(Who, Range)>,
    mapping: Option<Who>,
    /// Commands since they were taken last.
    commands: Vec<String>,
}

impl Session {
    /// The commands since they were taken last.
    pub fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.commands)
    }

    /// Adds a command.
    pub fn say(&mut self, command: impl Into<String>) {
        self.commands.push(command.into());
    }

    /// Opens a file, which is the current one then.
    pub fn open(&mut self, file: File) {
        self.say(format!("open {}${}", file.flags(), file.host().index() + 1));
        self.files.push(file);
        self.file = Some(file);
    }

    /// Whether a process has its file open.
    pub fn is_open(&self, who: Who) -> bool {
        self.files.contains(&File::plain(who))
    }

    /// Turns to a file, which is opened if it is not.
    pub fn turn_to(&mut self, file: File) {
        let Some(place) = self.files.iter().position(|open| *open == file) else { return self.open(file) };
        if self.file != Some(file) {
            self.say(format!("file {place}"));
            self.file = Some(file);
        }
    }

    /// Closes all that a process has open.
    pub fn close(&mut self, who: Who) {
        let is_own = |file: &File| matches!(file, File::Own { who: owner, .. } if *owner == who);
        while let Some(file) = self.files.iter().copied().find(is_own) {
            self.turn_to(file);
            self.say("close");
            self.files.retain(|open| *open != file);
            // Which file is current now, if any, depends on where it stood.
            self.file = None;
        }
    }

    /// Maps pages of a process's file.
    pub fn map(&mut self, who: Who, range: Range, pages: std::ops::Range<u64>) {
        self.turn_to(File::plain(who));
        self.say(format!("mmap -rw {} {}", pages.start, pages.end - pages.start));
        self.mappings.push((who, range));
        self.mapping = Some(who);
    }

    /// What a process has mapped.
    pub fn mapped(&self, who: Who) -> Option<Range> {
        self.mappings.iter().find(|(owner, _)| *owner == who).map(|(_, range)| *range)
    }

    /// Who of a host has something mapped.
    pub fn mappers(&self, host: Host) -> Vec<Who> {
        self.mappings.iter().map(|(who, _)| *who).filter(|who| who.host() == Some(host)).collect()
    }

    /// Turns to the mapping that a process has.
    pub fn turn_to_mapping(&mut self, who: Who) {
        let place = self.mappings.iter().position(|(owner, _)| *owner == who);
        if let Some(place) = place.filter(|_| self.mapping != Some(who)) {
            self.say(format!("mmap {place}"));
            self.mapping = Some(who);
        }
    }

    /// Unmaps what a process has mapped.
    pub fn unmap(&mut self, who: Who) {
        self.turn_to_mapping(who);
        self.say("munmap");
        self.mappings.retain(|(owner, _)| *owner != who);
        self.mapping = None;
    }
}
