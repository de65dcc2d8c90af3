//! A folder in which hunts are made and told of.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder of its own for one test, empty at first.
pub struct Folder(pub PathBuf);

pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new(name: &str) -> Folder {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder can be made");
        Folder(folder)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).expect("the file can be written");
    }

    pub fn launder(&self, args: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_launder")).current_dir(&self.0).args(args).output();
        let output = output.expect("launder runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let status = output.status.code().expect("no signal");
        Said { status, out: text(output.stdout), err: text(output.stderr) }
    }

    /// A short hunt whose findings are in `findings`.
    pub fn hunt(&self, subjects: &[&str]) {
        let said = self.launder(&[&["fuzz", "--runs", "2000", "--seed", "1"], subjects].concat());
        assert!(said.status < 2, "{}", said.err);
    }

    pub fn record(&self) -> Value {
        let text =
            fs::read_to_string(self.0.join("findings/campaign.json")).expect("a hunt leaves its record");
        serde_json::from_str(&text).expect("JSON")
    }

    /// The page that is made.
    pub fn page(&self, args: &[&str]) -> String {
        let said = self.launder(&[&["report"], args].concat());
        assert_eq!((said.status, said.err.as_str()), (0, ""));
        assert!(said.out.starts_with("report.html: "), "{}", said.out);
        fs::read_to_string(self.0.join("report.html")).expect("the page is written")
    }
}

impl Said {
    /// Refused: exit status 2 and one line.
    pub fn refused(&self) -> &str {
        assert_eq!((self.status, self.err.lines().count()), (2, 1), "{}", self.err);
        assert!(self.out.is_empty(), "{}", self.out);
        self.err.trim_end()
    }
}
