//! `launder explain`: what a word means, and a case that shows it.

use crate::answer::{Status, print, print_json, refuse};
use crate::args;
use crate::input::read_case;
use launder_fuzz::{Explanation, Part, Shown, explain as look_up, explanations};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Explained {
    explained: Vec<Word>,
}

#[derive(Serialize)]
struct Word {
    word: String,
    sort: &'static str,
    says: String,
    source: Option<String>,
    parts: Vec<PartOf>,
    run: Vec<Case>,
    command: Option<String>,
}

#[derive(Serialize)]
struct PartOf {
    says: String,
    shown: Vec<Case>,
}

#[derive(Serialize)]
struct Case {
    case: &'static str,
    subject: String,
    contract: Option<String>,
    shows: String,
    command: String,
}

pub fn explain(job: &args::Explain) -> Result<Status, String> {
    let (mut status, mut found) = (Status::Kept, Vec::new());
    for word in &job.words {
        match look_up(word) {
            Ok(explained) => found.extend(explained),
            Err(why) => status = refuse(&why),
        }
    }
    let everything = job.words.is_empty();
    if everything {
        found = explanations();
    }
    if job.json {
        print_json(&Explained { explained: found.iter().map(word).collect() })?;
    } else if everything {
        print(&index(&found))?;
    } else {
        let told: Vec<String> = found.iter().map(text).collect();
        print(&told.join("\n"))?;
    }
    Ok(status)
}

fn word(it: &Explanation) -> Word {
    let part = |part: &Part| PartOf { says: part.says.clone(), shown: part.shown.iter().map(case).collect() };
    Word {
        word: it.word.clone(),
        sort: it.sort,
        says: it.says.clone(),
        source: it.source.clone(),
        parts: it.parts.iter().map(part).collect(),
        run: it.shown.iter().map(case).collect(),
        command: it.command.clone(),
    }
}

fn case(it: &Shown) -> Case {
    Case {
        case: it.case,
        subject: it.subject.to_string(),
        contract: it.contract.clone(),
        shows: it.shows.to_string(),
        command: it.command(),
    }
}

/// Every word, sort by sort.
fn index(all: &[Explanation]) -> String {
    let mut sorts: Vec<&str> = Vec::new();
    all.iter().for_each(|it| {
        if !sorts.contains(&it.sort) {
            sorts.push(it.sort)
        }
    });
    let mut text = String::new();
    for sort in sorts {
        let words = all.iter().filter(|it| it.sort == sort).map(|it| it.word.as_str());
        wrap(&mut text, "", &format!("{sort}:"));
        wrap(&mut text, "    ", &words.collect::<Vec<_>>().join(" "));
    }
    text
}

fn text(it: &Explanation) -> String {
    let mut text = String::new();
    wrap(&mut text, "", &format!("{}  ({})", it.word, it.sort));
    it.says.lines().for_each(|line| wrap(&mut text, "    ", line));
    if let Some(source) = &it.source {
        wrap(&mut text, "    ", &format!("Source: {source}"));
    }
    for part in &it.parts {
        wrap(&mut text, "  - ", &part.says);
        for Shown { case, subject, contract, shows } in &part.shown {
            let of = if subject.to_string() == it.word { String::new() } else { format!(" of {subject}") };
            let held = contract.as_ref().map_or(String::new(), |contract| format!(", held to {contract},"));
            let _ = writeln!(text, "        {case}{of}{held} {shows}");
        }
    }
    for shown in &it.shown {
        let _ = writeln!(text, "\n    {}\n        {}", shown.command(), shown.shows);
        let why = read_case(&shown.file()).map(|case| case.comments.join(" ")).unwrap_or_default();
        wrap(&mut text, "        # ", &why);
    }
    if let Some(command) = &it.command {
        let _ = writeln!(text, "\n    {command}");
    }
    text
}

/// Columns of text.
const WIDTH: usize = 110;

/// Adds a long line, broken between words; those that follow stand under the first word.
fn wrap(text: &mut String, indent: &str, long: &str) {
    let mut line = indent.to_string();
    let mut is_empty = true;
    for word in long.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = " ".repeat(indent.len());
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    text.push_str(&line);
    text.push('\n');
}
