//! Examples in Markdown: blocks of session notation whose comments say what the rules find in them.
//!
//! A block begins with ```` ```session ````; ```` ```session strict ```` is judged with the profile `strict`. A block
//! of another format (```` ```har ````) has its expectations below it, as items of a list: `- warn: name`.
//! A ```` ```toml ```` block is the configuration of the next block, and a ```` ```json NAME ```` block before that a
//! schema which the configuration names.

use playtrace::config::{self, Config};
use playtrace::ingest::ingest;
use playtrace::ingest::notation::{Expectation, expectations};
use playtrace::model::capture::Capture;
use playtrace::model::policy::{Policy, Profile};
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
    /// The configuration that it is judged with.
    pub config: Config,
    /// The notation, or a capture of another format.
    pub text: String,
    /// Below a block of another format: severity and rule of what must be found somewhere in it.
    pub items: Option<Vec<(String, String)>>,
}

/// All blocks of a Markdown text, in order.
pub fn blocks(name: &str, markdown: &str) -> Vec<Block> {
    let (mut found, mut heading, mut open) = (Vec::<Block>::new(), String::new(), None::<Block>);
    let mut setting = Setting::default();
    for (number, line) in (1..).zip(markdown.lines()) {
        // Doc comments keep the space behind the slashes.
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut open {
            Some(block) if line.trim_end() == "```" => {
                if !setting.take(block) {
                    block.config = std::mem::take(&mut setting).config;
                    found.push(block.clone());
                }
                open = None;
            }
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    heading = title.trim().to_owned();
                } else if let Some(words) = line.strip_prefix("```") {
                    let (format, profile) = words.split_once(' ').unwrap_or((words, ""));
                    setting.begin(format, profile);
                    open = Some(Block {
                        place: format!("{name}:{number}"),
                        heading: heading.clone(),
                        profile: Profile::from_name(profile.trim()).unwrap_or_default(),
                        config: Config::default(),
                        text: String::new(),
                        items: (format != "session").then(Vec::new),
                    });
                } else if let Some((severity, rule)) =
                    line.strip_prefix("- ").and_then(|item| item.split_once(": "))
                    && let Some(items) = found.last_mut().and_then(|block| block.items.as_mut())
                {
                    items.push((severity.to_owned(), rule.trim().to_owned()));
                }
            }
        }
    }
    assert!(open.is_none(), "{name}: the last block is not closed");
    found
}

/// What blocks of TOML and JSON say before the block that is judged by it.
#[derive(Default)]
struct Setting {
    /// What the block that is open holds: `toml`, or the name of a schema.
    open: Option<Option<String>>,
    schemas: Vec<(String, Vec<u8>)>,
    config: Config,
}

impl Setting {
    fn begin(&mut self, format: &str, words: &str) {
        self.open = match format {
            "toml" => Some(None),
            "json" if !words.is_empty() => Some(Some(words.trim().to_owned())),
            _ => None,
        };
    }

    /// Takes a block that was read; false when it is one to be judged.
    fn take(&mut self, block: &Block) -> bool {
        match self.open.take() {
            Some(Some(name)) => self.schemas.push((name, block.text.clone().into_bytes())),
            Some(None) => self.config = self.read(block),
            None => return false,
        }
        true
    }

    fn read(&self, block: &Block) -> Config {
        let unfinished = config::read(block.text.as_bytes());
        // one that no block holds allows everything
        let file = |wanted: &str| {
            let known = self.schemas.iter().find(|(name, _)| name == wanted);
            Ok(known.map_or_else(|| b"{}".to_vec(), |(_, bytes)| bytes.clone()))
        };
        let schemas: Vec<_> = unfinished.wanted().map(file).collect();
        unfinished.finish(&schemas).unwrap_or_else(|errors| panic!("{}: {errors:?}", block.place))
    }
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
    let settings = Settings::of_profile(profile);
    judged_with(name, bytes, &settings)
}

/// Reads and judges bytes.
pub fn judged_with(name: &str, bytes: &[u8], settings: &Settings) -> Judged {
    judged_by(name, bytes, settings, &RuleSelection::of_profile(settings.profile))
}

fn judged_by(name: &str, bytes: &[u8], settings: &Settings, selection: &RuleSelection) -> Judged {
    let capture = ingest(name, bytes.to_vec(), &Unwatched);
    let judgement = judge(&capture, settings, selection, &Unwatched);
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

/// What a block expects.
enum Expected {
    /// By a comment in notation.
    InText(Expectation),
    /// By an item of the list below.
    Listed(String, String),
}

impl Expected {
    fn of(block: &Block) -> Vec<Expected> {
        match &block.items {
            Some(items) => {
                items.iter().cloned().map(|(severity, rule)| Expected::Listed(severity, rule)).collect()
            }
            None => expectations(&block.text).into_iter().map(Expected::InText).collect(),
        }
    }

    fn rule(&self) -> &str {
        match self {
            Expected::InText(expectation) => &expectation.rule,
            Expected::Listed(_, rule) => rule,
        }
    }

    fn describe(&self) -> String {
        match self {
            Expected::InText(expectation) => {
                format!("line {}: {}: {}", expectation.line, expectation.severity.name(), expectation.rule)
            }
            Expected::Listed(severity, rule) => format!("{severity}: {rule}"),
        }
    }

    fn is_met_by(&self, capture: &Capture, finding: &Finding) -> bool {
        let (severity, placed) = match self {
            Expected::Listed(severity, _) => (severity.as_str(), true),
            Expected::InText(expectation) if expectation.on_event => {
                (expectation.severity.name(), line_of(capture, finding) == Some(expectation.line))
            }
            Expected::InText(expectation) => {
                let session = finding.session.map(|session| session.index());
                (expectation.severity.name(), session == expectation.session)
            }
        };
        placed && finding.rule.meta.name == self.rule() && finding.severity.name() == severity
    }
}

/// Judges a block as it asks for, but for what is changed about the policy.
pub fn judged_under(block: &Block, change: impl Fn(&mut Policy)) -> Judged {
    let profile = (block.profile != Profile::Default).then_some(block.profile);
    let (mut settings, selection) = block.config.judging(profile);
    change(&mut settings.policy);
    judged_by(&block.place, block.text.as_bytes(), &settings, &selection)
}

/// Runs a block and compares.
pub fn run(block: &Block) -> Outcome {
    let Judged { capture, judgement } = judged_under(block, |_| {});
    let mut outcome = Outcome::default();
    let expected = Expected::of(block);
    for expected in &expected {
        if judgement.findings.iter().any(|finding| expected.is_met_by(&capture, finding)) {
            outcome.met.push(expected.rule().to_owned());
        } else {
            outcome.misses.push(format!("{} {}", block.place, expected.describe()));
        }
    }
    let stops = judgement.findings.iter().filter(|finding| finding.message.ends_with('.'));
    outcome.false_alarms.extend(stops.map(|finding| format!("full stop at the end: {}", finding.message)));
    for finding in judgement.findings.iter().filter(|finding| finding.severity > Severity::Info) {
        outcome.above_info.push(finding.rule.meta.name.to_owned());
        if !expected.iter().any(|expected| expected.is_met_by(&capture, finding)) {
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

/// Line of the event, of the request or of the place that a finding is about.
fn line_of(capture: &Capture, finding: &Finding) -> Option<u64> {
    let of_event = || finding.event.map(|event| capture.event(event)?.offset_of(""));
    let of_request = || {
        let exchange = finding.exchange.and_then(|exchange| capture.exchange(exchange));
        exchange.map(|exchange| capture.source_offset(exchange.row().entry, 0))
    };
    let offset = of_event().or_else(of_request).unwrap_or(finding.offset)?;
    Some(capture.source.place(offset).line)
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
