//! What a real subject said is kept beside its case, judged again for the page, and never asked for again.

use crate::escaped;
use crate::folder::Folder;
use serde_json::Value;
use std::fs;

const CASE: &str = "# path: stale-read: a2 read what a1 had replaced.\n# Signature: stale-read: pread, pwrite\na1 pwrite 0..1\na2 pread 0..1\n";
const TRACE: &str = "\
a1 > pwrite 0..1
          . disk: something of its own
a1 < ok
a2 > pread 0..1
a2 < got 0
server > pread 0..1
server < got 1
end quiet
# What path said to path--stale-read--pread-pwrite.case.
";
const NAME: &str = "path--stale-read--pread-pwrite";

/// The page of the case, with this trace beside it.
fn page(name: &str, trace: &str, args: &[&str]) -> String {
    let folder = Folder::new(name);
    folder.write(&format!("{NAME}.case"), CASE);
    folder.write(&format!("{NAME}.trace"), trace);
    let case = format!("{NAME}.case");
    folder.page(&[&[case.as_str()], args].concat())
}

#[test]
fn what_a_real_subject_said_is_drawn_of_its_trace() {
    let page = page("kept", TRACE, &[]);
    assert!(page.contains("<svg") && page.contains("disk: something of its own"), "{page}");
    let sentence = "a2's `pread 0..1` saw zeroes at cell 0, which a1's write 1 had replaced.";
    assert!(page.contains(&escaped(sentence)));
    assert!(page.contains(&format!("launder judge {NAME}.trace --contract ")));
    assert!(page.contains("was not run again") && page.contains("from here the run settles"));
}

#[test]
fn a_trace_that_shows_no_such_thing_or_is_of_another_case_is_not_drawn() {
    let allowed = page("kept-allowed", &TRACE.replace("a2 < got 0", "a2 < got 1"), &[]);
    assert!(!allowed.contains("<svg") && allowed.contains("is allowed"), "{allowed}");
    let other = page("kept-other", &TRACE.replace("0..1", "1..2"), &[]);
    assert!(!other.contains("<svg") && other.contains("is not the trace of this case"));
    let broken = page("kept-broken", "a1 > frobnicate\n", &[]);
    assert!(!broken.contains("<svg") && broken.contains("frobnicate"));
    let weaker = page("kept-weaker", TRACE, &["--contract", "linux,hosts=cached"]);
    assert!(weaker.contains("<svg"), "two processes of one host see the same all the same");
}

/// Without a notification FUSE does not show a third party's write, or one on the other mount: held to `posix`, it is accused at once.
#[test]
fn every_finding_of_the_running_kernel_has_its_trace_and_timeline() {
    let folder = Folder::new("kept-kernel");
    let said =
        folder.launder(&["fuzz", "kernel-fuse", "--contract", "posix", "--runs", "300", "--seed", "1"]);
    let record = folder.record();
    let subject = &record["subjects"][0];
    if let Some(why) = subject["why"].as_str() {
        return println!("skipped: {why}");
    }
    let findings = subject["findings"].as_array().expect("a list");
    assert!(findings.len() > 2, "{}", said.out);
    for finding in findings {
        let text = |name: &str| finding[name].as_str().unwrap_or_else(|| panic!("{name}: {finding}"));
        let (signature, trace) = (text("signature"), text("trace"));
        assert_eq!(trace, text("case").replace(".case", ".trace"));
        let kind = signature.split(':').next().expect("a kind");
        if kind == "stuck" {
            continue;
        }
        let judged = folder.launder(&["judge", trace, "--contract", "posix", "--json"]);
        assert_eq!(judged.status, 1, "{}", judged.out);
        assert!(judged.out.contains(&format!("\"kind\":\"{kind}\"")), "{signature}: {}", judged.out);
        let kept = fs::read_to_string(folder.0.join(trace)).expect("it is kept");
        assert!(kept.contains("  . server: "), "requests are told: {kept}");
    }
    let page = folder.page(&[]);
    assert_eq!(page.matches("<svg width").count(), findings.len(), "each has a timeline");
    assert_eq!(page.matches("launder judge findings/kernel-fuse--").count(), findings.len());
}

#[test]
fn of_a_model_no_trace_is_kept_for_it_says_the_same_again() {
    let folder = Folder::new("kept-model");
    folder.hunt(&["launder-folio+no_launder"]);
    let record = folder.record();
    let findings = record["subjects"][0]["findings"].as_array().expect("a list");
    assert!(!findings.is_empty() && findings.iter().all(|finding| finding["trace"] == Value::Null));
    let files = fs::read_dir(folder.0.join("findings")).expect("a folder").map(|file| file.expect("a file"));
    assert!(files.into_iter().all(|file| file.path().extension().is_none_or(|it| it != "trace")));
}
