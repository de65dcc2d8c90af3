//! What `launder report` writes: one page that tells everything, runs no word of what it tells, and needs nothing besides.

#[path = "report/browser.rs"]
mod browser;
#[path = "report/folder.rs"]
mod folder;
#[path = "report/kept.rs"]
mod kept;

use folder::Folder;
use serde_json::{Value, json};
use std::fs;

const MARKUP: &str = "</script></style></svg><img src=x onerror=alert(1)>";

#[test]
fn every_finding_of_a_hunt_is_told_once_and_whole() {
    let folder = Folder::new("every");
    folder.hunt(&["flush-and-wait", "launder-folio+no_launder", "write-through"]);
    let page = folder.page(&[]);
    let record = folder.record();
    let subjects = record["subjects"].as_array().expect("a list");
    let findings = subjects.iter().flat_map(|subject| subject["findings"].as_array().expect("a list"));
    let files: Vec<String> =
        findings.map(|found| found["case"].as_str().expect("a path").to_string()).collect();
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        let name = file.trim_start_matches("findings/").trim_end_matches(".case");
        assert_eq!(page.matches(&format!(" id=\"{name}\"")).count(), 1, "{name}");
        let finding = finding(&page, name);
        let case = fs::read_to_string(folder.0.join(file)).expect("it is kept");
        for text in [
            escaped(&case).as_str(),
            "<svg",
            "data-copy",
            "data-go=\"next\"",
            "<blockquote>",
            "tabindex=\"0\"",
        ] {
            assert!(finding.contains(text), "{text}: {finding}");
        }
    }
    assert_eq!(page.matches("<details class=\"finding\"").count(), files.len());
    for text in
        ["David Howells, [RFC PATCH] mm: Replace", "planted on purpose", "class=\"heat\"", "class=\"plot\""]
    {
        assert!(page.contains(text), "{text}");
    }
    for fact in [&record["machine"]["kernel"], &record["versions"]["rustc"], &record["begun"]] {
        assert!(page.contains(&escaped(fact.as_str().expect("a text"))), "{fact}");
    }
}

#[test]
fn the_worst_subjects_and_findings_come_first() {
    let folder = Folder::new("worst");
    folder.hunt(&["write-through", "flush-and-wait", "launder-folio+no_launder"]);
    let page = folder.page(&[]);
    let places =
        ["of-launder-folio+no_launder", "of-flush-and-wait"].map(|id| page.find(&format!("id=\"{id}\"")));
    assert!(places[0].is_some() && places[0] < places[1], "what is new before what is known: {places:?}");
    let marks: Vec<&str> = page
        .split("<section class=\"subject\"")
        .skip(1)
        .map(|of| of.split("<span class=\"mark ").nth(1).expect("a mark"))
        .collect();
    assert!(marks[0].starts_with("new") && marks[1].starts_with("known"));
}

#[test]
fn the_same_hunt_makes_the_same_page_but_for_the_lines_on_machine_and_time() {
    let folder = Folder::new("same");
    let page = |jobs: &str| {
        folder.launder(&["fuzz", "flush-and-wait", "nfs", "--runs", "1000", "--seed", "3", "--jobs", jobs]);
        folder.page(&[])
    };
    let (one, three) = (page("1"), page("3"));
    assert_eq!(folder.page(&[]), three, "nothing is told but what the hunt left");
    let without = |page: &str| {
        let (before, rest) = page.split_once("<dl class=\"facts\">").expect("facts");
        let (_, after) = rest.split_once("</dl>").expect("their end");
        let (lead, rest) = before.split_once("<time").expect("a time");
        [lead, rest.split_once("</time>").expect("its end").1, after].concat()
    };
    assert_eq!(without(&one), without(&three));
}

#[test]
fn a_page_refers_to_nothing_but_itself() {
    let folder = Folder::new("alone");
    folder.hunt(&["flush-and-wait", "nfs"]);
    let page = folder.page(&[]);
    for reference in [
        "href=", "src=", "srcset=", "action=", "poster=", "data=", "url(", "@import", "import(", "fetch(",
        "<link", "<iframe", "<object", "<base", "http:", "https:", "//www",
    ] {
        let inside = |at: &usize| page[at + reference.len()..].starts_with("\"#");
        let outside: Vec<&str> = page
            .match_indices(reference)
            .filter(|(at, _)| !inside(at))
            .map(|(at, _)| page[at..].lines().next().unwrap_or_default())
            .collect();
        assert!(outside.is_empty(), "{outside:?}");
    }
    assert!(page.contains("default-src 'none'"), "and a browser is told so");
}

#[test]
fn what_a_case_or_a_record_says_is_text_and_no_markup() {
    let folder = Folder::new("hostile");
    folder.hunt(&["flush-and-wait"]);
    let mut record = folder.record();
    record["command"] = json!([MARKUP]);
    record["machine"]["processor"] = MARKUP.into();
    let found = &mut record["subjects"][0]["findings"][0];
    let name = format!("{}\" onmouseover=\"alert(1)<svg onload=alert(1)>.case", "a");
    let case =
        fs::read_to_string(folder.0.join(found["case"].as_str().expect("a path"))).expect("it is kept");
    fs::write(folder.0.join("findings").join(&name), format!("# {MARKUP}\n{case}"))
        .expect("it can be written");
    (found["case"], found["hazard"]) = (name.into(), MARKUP.into());
    found["signature"] = format!("stale-read: {MARKUP}").into();
    record["subjects"].as_array_mut().expect("a list").push(json!({
        "subject": MARKUP, "runs": 1, "seconds": 1.0, "allowed": 1, "forbidden": 0, "unanswered": 0, "unknown": 0,
        "skipped": 0, "why": MARKUP, "findings": [], "matrix": null
    }));
    record["subjects"][0]["matrix"]["states"][0] = MARKUP.into();
    folder.write("findings/campaign.json", record.to_string());
    let page = folder.page(&[]);
    assert!(page.matches("&lt;img src=x onerror=alert(1)&gt;").count() >= 7);
    for markup in ["<img", "<svg onload", " onmouseover=\"", "onerror=\""] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert_eq!((page.matches("<script>").count(), page.matches("</script>").count()), (1, 1));
}

#[test]
fn where_no_hunt_was_one_line_says_what_to_run_first() {
    let folder = Folder::new("none");
    assert!(folder.launder(&["report"]).refused().contains("first run: launder fuzz"));
    fs::create_dir_all(folder.0.join("empty")).expect("the folder can be made");
    assert!(folder.launder(&["report", "empty"]).refused().contains("launder fuzz --out empty"));
    assert!(!folder.0.join("report.html").exists());
}

#[test]
fn bad_input_is_refused_in_one_line() {
    let folder = Folder::new("bad");
    folder.hunt(&["flush-and-wait"]);
    folder.write("bad.case", "a1 frobnicate\n");
    folder.write("bad.json", "{\"by\":\"luck\"}\n");
    let refused = |args: &[&str]| folder.launder(&[&["report"], args].concat()).refused().to_string();
    assert!(refused(&["bad.case"]).contains("frobnicate"));
    assert!(refused(&["missing.case"]).contains("missing.case"));
    assert!(refused(&["--score", "bad.json"]).contains("bad.json"));
    assert!(refused(&["--score", "missing.json"]).contains("missing.json"));
    assert!(refused(&["--subject", "nobody"]).contains("nobody"));
    assert!(refused(&["--output", "no/such/folder.html"]).contains("no/such"));
    let record = folder.record();
    let case = record["subjects"][0]["findings"][0]["case"].as_str().expect("a path");
    fs::remove_file(folder.0.join(case)).expect("it can be removed");
    assert!(refused(&[]).contains(case), "the record names it");
    for text in ["", "{}", "[[[[", "{\"subjects\":7}"] {
        folder.write("findings/campaign.json", text);
        assert!(refused(&[]).contains("campaign.json"), "{text}");
    }
}

#[test]
fn a_hunt_that_was_killed_is_told_by_what_it_had_saved() {
    let folder = Folder::new("killed");
    folder.hunt(&["flush-and-wait"]);
    let mut record = folder.record();
    let all = record["subjects"][0]["findings"].as_array().expect("a list").len();
    (record["seconds"], record["subjects"]) = (Value::Null, json!([]));
    folder.write("findings/campaign.json", record.to_string());
    let page = folder.page(&[]);
    assert!(page.contains("has not ended, or was killed"));
    assert_eq!(page.matches("<details class=\"finding\"").count(), all);
    assert_eq!(page.matches("<svg").count(), all, "each was run again");
}

#[test]
fn what_a_real_subject_was_found_to_do_is_told_as_it_was_saved() {
    let folder = Folder::new("real");
    folder.hunt(&["flush-and-wait"]);
    let case = "# path: stale-read: a2 read what a1 had replaced.\n# Signature: stale-read: pread, pwrite\na1 pwrite 0..1\na2 pread 0..1\n";
    folder.write("path--stale-read--pread-pwrite.case", case);
    let page = folder.page(&["path--stale-read--pread-pwrite.case"]);
    assert!(page.contains("path is a real subject") && page.contains("was not run again"));
    assert!(page.contains(&escaped(case)) && page.contains("a2 read what a1 had replaced"));
}

#[test]
fn one_of_a_thing_is_not_told_as_many() {
    let folder = Folder::new("one");
    folder.write("race.case", "a1 pwrite 0..1\nserver notify a 0..1\n");
    let said = folder.launder(&["report", "race.case", "--subject", "launder-folio+no_launder"]);
    assert!(said.out.starts_with("report.html: 1 finding of 1 subject, "), "{}", said.out);
    let page = fs::read_to_string(folder.0.join("report.html")).expect("the page is written");
    for many in ["1 findings", "1 subjects", ", 1 runs"] {
        assert!(!page.contains(many), "{many}");
    }
    assert!(page.contains("</b> of 1 finding, 1 subject, 1 run"), "{page}");
}

#[test]
fn cases_are_told_without_a_hunt() {
    let folder = Folder::new("cases");
    folder.write(
        "race.case",
        "a1 mmap\na1 mwrite 0..1\nserver notify a 0..4 ~2+1~6+1\na1 mwrite 1..2\na2 pwrite 2..3\n",
    );
    let page = folder.page(&["race.case", "--subject", "flush-and-wait", "--subject", "write-through"]);
    assert!(page.contains("id=\"flush-and-wait--race\"") && !page.contains("id=\"write-through--race\""));
    assert!(page.contains(">write-through<"), "it kept its promises, and is told of");
    let all = folder.page(&["race.case"]);
    assert!(all.contains("id=\"flush-and-wait--race\"") && all.contains(">zap-pte-range<"));
}

#[test]
fn the_scores_of_planted_bugs_are_plotted() {
    let folder = Folder::new("scores");
    folder.hunt(&["flush-and-wait"]);
    let scores = folder.launder(&["score", "write-through+no_eof_zero", "--seeds", "3", "--json"]).out;
    folder.write("score.json", &scores);
    let page = folder.page(&["--score", "score.json"]);
    let json: Value = serde_json::from_str(&scores).expect("JSON");
    let found =
        json["bugs"][0]["tries"].as_array().expect("a list").iter().filter(|tries| tries.is_number()).count();
    let (_, plot) = page.split_once("Planted bugs, hunted blind").expect("a plot");
    assert!(found == 3 && plot.contains("write-through+no_eof_zero") && plot.contains("3 of 3 seeds"));
    assert_eq!(plot.matches("<circle").count(), found);
}

/// The finding of this name, to its end.
fn finding<'p>(page: &'p str, name: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!(" id=\"{name}\"")).expect("it is there");
    rest.split("<details class=\"finding\"").next().unwrap_or(rest)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
