//! The page in a browser without a window, used by its keys: skipped where there is no Chromium, and this is said.

use crate::folder::Folder;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the environment names, or what is there under one of the usual names.
fn chromium() -> Option<PathBuf> {
    let named = env::var_os("LAUNDER_CHROMIUM").filter(|name| !name.is_empty()).map(PathBuf::from);
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = || {
        let path = env::var_os("PATH")?;
        let files =
            names.into_iter().flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)));
        files.into_iter().find(|file| file.is_file())
    };
    let browser = named.or_else(found);
    if browser.is_none() {
        eprintln!("skipped: no Chromium in LAUNDER_CHROMIUM or PATH ({})", names.join(", "));
    }
    browser
}

/// Runs a script at the end of the page, in a window of this size, and returns what it said by `says(…)`, in lines.
fn says(
    browser: &Path,
    folder: &Folder,
    page: &str,
    fragment: &str,
    size: &str,
    script: &str,
) -> Vec<String> {
    const TOOLS: &str = "
        const said = [];
        const says = (what) => said.push(String(what));
        const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const now = () => document.querySelector('.finding[open] .tells')?.textContent ?? 'no timeline';
        addEventListener('error', (event) => says(`error: ${event.message}`));
        addEventListener('securitypolicyviolation', (event) => says(`loads: ${event.blockedURI}`));
        const end = () => { const pre = document.createElement('pre'); pre.id = 'said'; pre.textContent = said.join('\\n'); document.body.append(pre); };";
    let with = format!(
        "<script>{TOOLS}</script>{page}<script>addEventListener('load', () => setTimeout(async () => {{ {script}; end(); }}, 50));</script>"
    );
    folder.write("driven.html", with);
    let url = format!("file://{}#{fragment}", folder.0.join("driven.html").display());
    let profile = format!("--user-data-dir={}", folder.0.join("profile").display());
    let size = format!("--window-size={size}");
    // As root, as in containers, it starts only without its sandbox; what it opens is our own.
    let args = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ];
    let output = Command::new(browser).args(args).args([&profile, &size, &url]).output();
    let Output { stdout, stderr, .. } = output.expect("the browser starts");
    let (dom, log) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{console:?}");
    let (_, rest) =
        dom.split_once("<pre id=\"said\">").unwrap_or_else(|| panic!("the script came to no end: {log}"));
    let text = rest.split("</pre>").next().unwrap_or_default();
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .lines()
        .map(String::from)
        .collect()
}

fn hunted(name: &str) -> (Folder, String) {
    let folder = Folder::new(name);
    folder.hunt(&["flush-and-wait", "launder-folio+no_launder"]);
    let page = folder.page(&[]);
    (folder, page)
}

#[test]
fn a_timeline_is_gone_through_with_the_keys() {
    let Some(browser) = chromium() else { return };
    let (folder, page) = hunted("keys");
    let script = "
        press('j'); says(now());
        press('n'); says(now().slice(0, 7)); says(document.activeElement.matches('.finding[open] > summary'));
        press('j'); press('j'); says(now().slice(0, 7));
        press('k'); says(now().slice(0, 7));
        const timeline = document.querySelector('.finding[open] .timeline');
        timeline.focus();
        press('End'); const last = now(); press('ArrowDown'); says(last === now());
        press('Home'); says(now().slice(0, 7)); press('ArrowRight'); says(now().slice(0, 7));
        press('x'); says(document.querySelectorAll('.finding[open] svg .r.now.bad').length);
        document.querySelector('.finding[open] [data-go=first]').click(); says(now().slice(0, 7));
        const first = document.querySelector('.finding[open]').id;
        press('n'); const second = document.querySelector('.finding[open]').id; says(first !== second);
        press('p'); says(document.querySelector('.finding[open]').id === first);
        says(document.querySelectorAll('.finding[open]').length);";
    let said = says(&browser, &folder, &page, "", "1280,900", script);
    assert_eq!(
        said,
        [
            "no timeline",
            "Step 1 ",
            "true",
            "Step 3 ",
            "Step 2 ",
            "true",
            "Step 1 ",
            "Step 2 ",
            "1",
            "Step 1 ",
            "true",
            "true",
            "1"
        ]
    );
}

#[test]
fn the_cells_of_the_current_step_are_told_and_marked() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new("cells");
    folder.write("race.case", "a1 pwrite 1..2\nserver pwrite 0..1\nserver notify a 0..4\na1 fsync\n");
    let page = folder.page(&["race.case", "--subject", "launder-folio", "--contract", "posix"]);
    let script = "
        press('n');
        document.querySelector('.finding[open] .timeline').focus();
        press('Home'); says(now());
        press('End'); says(now());
        says([...document.querySelectorAll('.finding[open] svg .b.on')].length > 0);";
    let said = says(&browser, &folder, &page, "", "1280,900", script).join("\n");
    assert!(
        said.starts_with("Step 1 of ") && said.contains(", line 1: a1 pwrite 1..2 stores 1server holds "),
        "{said}"
    );
    assert!(said.contains("server pread 0..16 = got "), "{said}");
    assert!(said.contains("server holds") && said.contains("1: 1") && said.ends_with("true"), "{said}");
}

#[test]
fn a_link_opens_its_finding_and_a_filter_leaves_what_has_its_words() {
    let Some(browser) = chromium() else { return };
    let (folder, page) = hunted("links");
    let id = page
        .split("<details class=\"finding\" id=\"")
        .nth(2)
        .and_then(|rest| rest.split('"').next())
        .expect("a finding");
    let script = "
        says(document.querySelector('.finding[open]').id); says(now().slice(0, 7));
        const seen = () => [...document.querySelectorAll('.finding')].filter((f) => f.checkVisibility());
        const all = seen().length;
        press('/'); says(document.activeElement.type);
        const [words, fresh] = document.querySelectorAll('.filter input');
        words.value = 'SILENT-ERROR notify'; words.dispatchEvent(new Event('input'));
        const told = (f) => f.querySelector('summary').textContent;
        says(seen().length > 0 && seen().length < all && seen().every((f) => /silent-error.*notify/.test(told(f))));
        words.value = ''; words.dispatchEvent(new Event('input')); says(seen().length === all);
        fresh.click(); says(seen().length > 0 && seen().every((f) => f.querySelector('.mark.new')));
        press('Escape'); says(document.activeElement.tagName);";
    let said = says(&browser, &folder, &page, id, "1280,900", script);
    assert_eq!(said, [id, "Step 1 ", "search", "true", "true", "true", "BODY"]);
}

#[test]
fn a_phone_scrolls_the_page_in_one_direction_only_and_everything_can_be_reached_without_a_mouse() {
    let Some(browser) = chromium() else { return };
    let (folder, page) = hunted("phone");
    // The window is 500 pixels wide at the least: the page is in a frame that is less.
    let text = page.replace('&', "&amp;").replace('"', "&quot;");
    let framed =
        format!("<!doctype html><iframe width=390 height=844 style=\"border:0\" srcdoc=\"{text}\"></iframe>");
    let script = "
        const { contentWindow: phone, contentDocument: page } = document.querySelector('iframe');
        const all = (what) => [...page.querySelectorAll(what)];
        page.querySelector('.finding > summary').click();
        await new Promise((done) => setTimeout(done, 50));
        says(phone.innerWidth); says(page.documentElement.scrollWidth <= phone.innerWidth);
        says(page.querySelector('.finding[open] .tells').textContent.slice(0, 7));
        says(page.querySelector('.finding[open] .timeline .wide').getBoundingClientRect().right <= phone.innerWidth);
        const scrolls = all('*').filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && phone.getComputedStyle(e).overflowX === 'auto');
        says(scrolls.length > 0 && scrolls.every((e) => e.closest('[tabindex=\"0\"]')));
        says(all('button, input').every((e) => e.textContent.trim() || e.closest('label')));
        says(all('a').every((a) => page.getElementById(a.getAttribute('href').slice(1))));
        says(all('button').filter((e) => e.checkVisibility()).every((e) => e.getBoundingClientRect().height >= 40));
        const box = (e) => e.getBoundingClientRect();
        const rows = all('.finding[open] svg .r').map(box), lanes = all('.finding[open] svg .lanes').map(box);
        says(rows.every((row) => row.left < 80) && rows.filter((row) => row.right < phone.innerWidth).length > rows.length * 0.7);
        says(lanes[0].left > Math.max(...rows.map((row) => row.right)));";
    let said = says(&browser, &folder, &framed, "", "1000,900", script);
    assert_eq!(said, ["390", "true", "Step 1 ", "true", "true", "true", "true", "true", "true", "true"]);
}

#[test]
fn hundreds_of_findings_are_some_kilobytes_each_and_a_browser_goes_through_them() {
    let Some(browser) = chromium() else { return };
    let folder = Folder::new("many");
    folder.hunt(&[]);
    let page = folder.page(&[]);
    let findings = page.matches("<details class=\"finding\"").count();
    assert!(findings > 150 && page.len() < findings * 12 * 1024, "{findings} in {} bytes", page.len());
    let script = "
        const all = document.querySelectorAll('.finding').length;
        for (let at = 0; at < all + 1; at += 1) press('n');
        const last = document.querySelector('.finding[open]');
        says(last === [...document.querySelectorAll('.finding')].at(-1)); says(now().slice(0, 7));
        says(document.querySelectorAll('.finding[open]').length); says(all);";
    let said = says(&browser, &folder, &page, "", "1280,900", script);
    assert_eq!(said, ["true", "Step 1 ", "1", &findings.to_string()]);
}
