//! Examples in Markdown: blocks of session notation whose comments say what the rules find in them.
//!
//! A block begins with ```` ```session ````; ```` ```session strict ```` is judged with the profile `strict`.

use playtrace::ingest::ingest;
use playtrace::ingest::notation::{Expectation, expectations};
use playtrace::model::capture::Capture;
use playtrace::model::policy::Profile;
use playtrace::model::watch::Unwatched;
use playtrace::rules::context::Settings;
use playtrace::rules::finding::{Finding, Severity};
use playtrace::rules::run::{Judgement, judge};
use playtrace::rules::selection::RuleSelection;

/// One block of notation.
#[derive(Debug, Clone)]
pub struct Block {
    /// File or rule and line, for messages.
    pub place: String,
    /// The heading above it.
    pub heading: String,
    /// The profile that it is judged with.
    pub profile: Profile,
    /// The notation.
    pub text: String,
}

/// All blocks of a Markdown text, in order.
pub fn blocks(name: &str, markdown: &str) -> Vec<Block> {
    let (mut found, mut heading, mut open) = (Vec::new(), String::new(), None::<Block>);
    for (number, line) in (1..).zip(markdown.lines()) {
        // Doc comments keep the space behind the slashes.
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut open {
            Some(block) if line.trim_end() == "```" => {
                found.push(block.clone());
                open = None;
            }
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    heading = title.trim().to_owned();
                } else if let Some(words) = line.strip_prefix("```session") {
                    let profile = Profile::from_name(words.trim()).unwrap_or_default();
                    let place = format!("{name}:{number}");
                    open = Some(Block { place, heading: heading.clone(), profile, text: String::new() });
                }
            }
        }
    }
    assert!(open.is_none(), "{name}: the last block is not closed");
    found
}

/// A capture with what the rules say of it.
pub struct Judged {
    /// The capture.
    pub capture: Capture,
    /// What was found.
    pub judgement: Judgement,
}

/// Reads and judges bytes with the policy and the selection of a profile.
pub fn judged(name: &str, bytes: &[u8], profile: Profile) -> Judged {
    let settings = Settings { policy: profile.policy(), profile };
    judged_with(name, bytes, &settings)
}

/// Reads and judges bytes.
pub fn judged_with(name: &str, bytes: &[u8], settings: &Settings) -> Judged {
    let capture = ingest(name, bytes.to_vec(), &Unwatched);
    let selection = RuleSelection::of_profile(settings.profile);
    let judgement = judge(&capture, settings, &selection, &Unwatched);
    assert_eq!(judgement.internal, Vec::<String>::new(), "{name}: a rule failed inside");
    Judged { capture, judgement }
}

/// What running a block shows beside what it should.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Expected, but not found.
    pub misses: Vec<String>,
    /// Found above info, but not expected.
    pub false_alarms: Vec<String>,
    /// Names of the rules that were expected and found.
    pub met: Vec<String>,
    /// Names of the rules that found something above info.
    pub above_info: Vec<String>,
}

/// Runs a block and compares.
pub fn run(block: &Block) -> Outcome {
    let Judged { capture, judgement } = judged(&block.place, block.text.as_bytes(), block.profile);
    let mut outcome = Outcome::default();
    for note in capture.notes.iter().filter(|note| note.message.contains("of the notation:")) {
        outcome.false_alarms.push(format!("{}: cannot be read: {}", block.place, note.message));
    }
    let expected = expectations(&block.text);
    for expectation in &expected {
        let is_it = |finding: &&Finding| is_expected(&capture, finding, expectation);
        if judgement.findings.iter().any(|finding| is_it(&finding)) {
            outcome.met.push(expectation.rule.clone());
        } else {
            let what = format!("{}: {}", expectation.severity.name(), expectation.rule);
            outcome.misses.push(format!("{} line {}: {what}", block.place, expectation.line));
        }
    }
    for finding in judgement.findings.iter().filter(|finding| finding.severity > Severity::Info) {
        outcome.above_info.push(finding.rule.meta.name.to_owned());
        if !expected.iter().any(|expectation| is_expected(&capture, finding, expectation)) {
            outcome.false_alarms.push(format!("{} {}", block.place, describe(&capture, finding)));
        }
    }
    outcome
}

/// A finding in one line, for messages of tests.
pub fn describe(capture: &Capture, finding: &Finding) -> String {
    let line = line_of(capture, finding).map(|line| format!("line {line}: ")).unwrap_or_default();
    let severity = finding.severity.name();
    format!("{line}{severity}: {} {}", finding.rule.meta.name, finding.message)
}

/// Line of the event that a finding is about.
fn line_of(capture: &Capture, finding: &Finding) -> Option<u64> {
    capture.event(finding.event?)?.place_of("").map(|place| u64::from(place.line))
}

fn is_expected(capture: &Capture, finding: &Finding, expected: &Expectation) -> bool {
    let line = line_of(capture, finding);
    let placed = if expected.on_event {
        line == Some(expected.line)
    } else {
        line.is_none() && finding.session.map(|session| session.index()) == expected.session
    };
    placed && finding.rule.meta.name == expected.rule && finding.severity.name() == expected.severity.name()
}

/// Fails with all misses and false alarms as two lists.
#[track_caller]
pub fn assert_none(outcomes: &[Outcome]) {
    let list = |of: fn(&Outcome) -> &Vec<String>| {
        outcomes.iter().flat_map(of).map(|line| format!("  {line}\n")).collect::<String>()
    };
    let (misses, false_alarms) = (list(|outcome| &outcome.misses), list(|outcome| &outcome.false_alarms));
    assert!(
        misses.is_empty() && false_alarms.is_empty(),
        "expected, but not found:\n{misses}found, but not expected:\n{false_alarms}"
    );
}
