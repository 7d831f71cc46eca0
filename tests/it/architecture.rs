//! Who may know whom: `src/` is read as text, and each rule that is broken is said in its own sentence.

use std::path::{Path, PathBuf};

use playtrace::ui::text::text;

/// One source file, without its tests and comments.
pub struct File {
    /// Path below `src`.
    pub path: String,
    /// The whole text.
    text: String,
    /// What is compiled into the program: no unit tests, no comments.
    pub code: String,
    /// Lines of the program in it, tests aside.
    n_lines: usize,
}

/// Rows of the table of modules, from the ground up.
const ROWS: &[(&str, u8)] = &[
    ("model", 0),
    ("ingest", 1),
    ("metrics", 1),
    ("rules", 1),
    ("schema", 1),
    ("config", 2),
    ("convert", 2),
    ("outbox", 2),
    ("player", 2),
    ("redact", 2),
    ("report", 2),
    ("store", 2),
    ("app", 3),
    ("collector", 4),
    ("engine", 4),
    ("files", 4),
    ("cli", 5),
    ("ui", 5),
    ("main", 6),
];

/// Modules of the outbox that send: of row 4.
const SENDING: &[&str] = &["outbox/sender", "outbox/simulation"];

/// Within a row, and against the rows: who must not be named by whom.
const NOT_NAMED: &[(&str, &[&str])] = &[
    ("ingest", &["rules", "metrics", "schema"]),
    ("metrics", &["rules", "ingest", "schema"]),
    ("schema", &["rules", "ingest", "metrics"]),
    ("rules", &["ingest"]),
    ("collector", &["engine"]),
    ("outbox/sender", &["engine", "collector"]),
    ("outbox/simulation", &["engine", "collector"]),
    ("files", &["engine", "collector"]),
    ("cli", &["app", "engine", "ui"]),
    ("ui", &["cli", "engine", "collector", "files", "outbox::sender", "outbox::simulation"]),
];

/// Longer than this only what is one table.
const MAX_LINES: usize = 600;
/// Files that are one table, or one handler.
const ONE_TABLE: &[&str] = &["ui/text/table.rs", "model/machine.rs", "ingest/notation.rs"];

/// The files of the program.
pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(read(&root, path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "src was read");
    found
}

fn read(root: &Path, path: PathBuf) -> File {
    let text = std::fs::read_to_string(&path).expect("sources are text");
    let program = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code = program.lines().filter(is_code).collect::<Vec<_>>().join("\n");
    let n_lines = program.lines().count();
    let path = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
    File { path, n_lines, code, text }
}

/// `rules/time/x.rs` → `rules`; `outbox/sender.rs` is a module of its own row.
fn module(path: &str) -> &str {
    if let Some(sending) = SENDING.iter().find(|sending| path.starts_with(**sending)) {
        return sending;
    }
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn row(module: &str) -> u8 {
    if SENDING.contains(&module.replace("::", "/").as_str()) {
        return 4;
    }
    // The crate's documentation belongs to all.
    ROWS.iter().find(|(known, _)| *known == module).map_or(6, |(_, row)| *row)
}

/// Modules that a file names, as `crate::x` or `playtrace::x`.
fn named(code: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, found) in code.match_indices("crate::").chain(code.match_indices("playtrace::")) {
        let rest = &code[at + found.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let sending =
            ["outbox::sender", "outbox::simulation"].into_iter().find(|name| rest.starts_with(name));
        let name = sending.unwrap_or(&rest[..end]);
        names.push(name);
    }
    names
}

/// True when `word` stands in `code` as a word of its own.
fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Fails with the sentence where something breaks it.
#[track_caller]
pub fn hold(sentence: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{sentence}\n  {}", broken.join("\n  "));
}

/// Files whose code has one of these words.
fn with_words(wanted: impl Fn(&File) -> bool, words: &[&str]) -> Vec<String> {
    let files = files();
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| wanted(file)) {
        let found = words.iter().filter(|word| has_word(&file.code, word));
        broken.extend(found.map(|word| format!("{} names {word}", file.path)));
    }
    broken
}

#[test]
fn lower_rows_know_nothing_of_higher_ones() {
    let mut broken = Vec::new();
    for file in files() {
        let own = module(&file.path);
        for name in named(&file.code) {
            let is_module = ROWS.iter().any(|(known, _)| *known == name) || row(name) == 4;
            if is_module && row(name) > row(own) {
                broken.push(format!("{} (row {}) names {name} (row {})", file.path, row(own), row(name)));
            }
        }
    }
    hold("`use crate::…` points down only", broken);
}

#[test]
fn modules_of_one_row_know_only_whom_they_may() {
    let mut broken = Vec::new();
    for file in files() {
        let own = module(&file.path);
        let forbidden = NOT_NAMED.iter().filter(|(known, _)| *known == own).flat_map(|(_, names)| *names);
        let names = named(&file.code);
        broken.extend(
            forbidden.filter(|name| names.contains(name)).map(|name| format!("{} names {name}", file.path)),
        );
    }
    hold("within a row, modules know only whom the table of rows allows", broken);
}

#[test]
fn the_toolkit_is_named_in_the_window_only() {
    let outside = |file: &File| !file.path.starts_with("ui/") && file.path != "main.rs";
    let words = ["egui", "eframe", "egui_extras", "egui_plot"];
    hold("egui is named under src/ui/ and in main.rs only", with_words(outside, &words));
}

#[test]
fn window_and_state_share_nothing_between_threads_and_wait_for_nothing() {
    let inside = |file: &File| file.path.starts_with("ui/") || file.path.starts_with("app/");
    let words = [
        "Mutex",
        "RwLock",
        "AtomicBool",
        "AtomicU64",
        "AtomicUsize",
        "AtomicU32",
        "await",
        "block_on",
        "sleep",
    ];
    hold("no locks, atomics, waiting or sleeping under src/ui/ and src/app/", with_words(inside, &words));
}

#[test]
fn nothing_below_row_four_asks_the_time() {
    let below = |file: &File| row(module(&file.path)) < 4 || file.path.starts_with("ui/");
    let words = ["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now"];
    hold("`now` comes in as an argument below row 4 and in the window", with_words(below, &words));
}

#[test]
fn nothing_below_row_four_does_io() {
    let below = |file: &File| row(module(&file.path)) < 4 || file.path.starts_with("ui/");
    let words = ["std::fs", "std::net", "std::thread", "tokio", "reqwest", "axum", "rfd"];
    hold("no files, network or threads below row 4 and in the window", with_words(below, &words));
}

#[test]
fn rules_never_read_raw_json() {
    let inside = |file: &File| file.path.starts_with("rules/");
    // A value that is itself a text (an object sent as one, the body of an answer) may be looked into.
    let words = ["from_slice", "from_reader", "source.bytes", "arena.bytes", "entry_bytes"];
    hold("rules get typed views, they never read the raw JSON text of events", with_words(inside, &words));
}

#[test]
fn the_window_computes_no_finding_and_no_metric() {
    let inside = |file: &File| file.path.starts_with("ui/");
    let words = ["run::judge", "Lanes::of", "Drawing::of", "sessionize", "ingest"];
    hold("src/ui/ never computes a finding or a metric", with_words(inside, &words));
}

#[test]
fn every_module_says_what_it_is() {
    let silent = files().into_iter().filter(|file| !file.text.starts_with("//! "));
    hold("every module begins with a //! head", silent.map(|file| file.path).collect());
}

#[test]
fn no_file_is_too_long_unless_it_is_one_table() {
    let long = files()
        .into_iter()
        .filter(|file| file.n_lines > MAX_LINES && !ONE_TABLE.contains(&file.path.as_str()));
    let broken = long.map(|file| format!("{} has {} lines", file.path, file.n_lines)).collect();
    hold("split a file by concern before 600 lines, tests aside", broken);
}

#[test]
fn colors_are_written_in_the_tokens_only() {
    let inside = |file: &File| file.path.starts_with("ui/") && file.path != "ui/theme.rs";
    let words = [
        "Color32::WHITE",
        "Color32::BLACK",
        "Color32::RED",
        "Color32::GREEN",
        "Color32::BLUE",
        "Color32::YELLOW",
        "Color32::GRAY",
        "Color32::from_rgb",
        "Color32::from_gray",
        "Color32::from_hex",
        "hex_color",
    ];
    hold("no color literal under src/ui/ outside theme.rs", with_words(inside, &words));
}

#[test]
fn every_text_that_the_window_asks_for_is_in_the_table() {
    let mut broken = Vec::new();
    let mut n_keys = 0;
    for file in
        files().iter().filter(|file| file.path.starts_with("ui/") && !file.path.starts_with("ui/text/"))
    {
        for call in ["text(\"", "fill(\"", "counted(\""] {
            for (at, found) in file.code.match_indices(call) {
                let before = file.code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let rest = &file.code[at + found.len()..];
                let key = &rest[..rest.find('"').unwrap_or(rest.len())];
                n_keys += 1;
                let missing = |key: &str| text(key) == "(no text)";
                let is_missing = match call {
                    "counted(\"" => missing(&format!("{key}.one")) || missing(&format!("{key}.many")),
                    _ => missing(key),
                };
                if is_missing {
                    broken.push(format!("{} asks for {key}", file.path));
                }
            }
        }
    }
    assert!(n_keys > 50, "keys were found");
    hold("every text of the window is in the table of ui/text/table.rs", broken);
}
