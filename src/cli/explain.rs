//! `playtrace explain` and `playtrace rules`: the catalogue.

use std::io::{self, Write as _};

use serde::Serialize;

use super::args::{ExplainArgs, RulesArgs, TextOrJson};
use super::explain_switch::{self, SwitchOut};
use super::{exit, note};
use crate::model::numbers::{NumberInfo, Numbers};
use crate::model::policy::{SWITCHES, Switch};
use crate::model::spelling;
use crate::rules::registry;
use crate::rules::rule::{Certainty, Level, Rule, When};
use crate::rules::{self};

/// Shows the page of a rule or of a policy switch; where both have the name, that of the switch follows.
///
/// # Errors
/// When standard output cannot be written.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<u8> {
    let (rule, switch) = (registry::find(&args.rule), Switch::find(&args.rule));
    let mut out = io::stdout().lock();
    match (args.format, rule, switch) {
        (_, None, None) => {
            note(&format!("error: {}", unknown(&args.rule)));
            return Ok(exit::USAGE);
        }
        (TextOrJson::Text, ..) => {
            let pages = [rule.map(|rule| page(rule) + &settings(rule)), switch.map(explain_switch::page)];
            let pages: Vec<String> = pages.into_iter().flatten().collect();
            write!(out, "{}", pages.join("\n"))?;
        }
        (TextOrJson::Json, Some(rule), _) => {
            serde_json::to_writer_pretty(&mut out, &ExplainedOut::of(rule))?;
            writeln!(out)?;
        }
        (TextOrJson::Json, None, Some(switch)) => {
            serde_json::to_writer_pretty(&mut out, &SwitchOut::of(switch))?;
            writeln!(out)?;
        }
    }
    Ok(exit::CLEAN)
}

/// What to say of a word that names neither rule nor switch.
fn unknown(word: &str) -> String {
    let meant = registry::suggest(word)
        .or_else(|| spelling::nearest(word, SWITCHES.iter().map(|switch| switch.name)))
        .map(|name| format!(", did you mean `{name}`?"));
    let hint = meant.unwrap_or_else(|| "; `playtrace rules` lists the rules".to_owned());
    format!("there is no rule or switch `{word}`{hint}")
}

/// What the configuration can set about a rule.
fn settings(rule: &Rule) -> String {
    let name = rule.meta.name;
    let mut out = format!(
        "\n## Settings\n\nIn `playtrace.toml`, below `[rules.{name}]`:\n\n- `level`: off, info, warn or error\n"
    );
    for number in Numbers::of_rule(name) {
        out.push_str(&format!("- `{}` (default {}): {}\n", number.key, number.default, number.meaning));
    }
    for switch in Switch::of_rule(name) {
        let (number, switch, question) = (switch.number, switch.name, switch.question);
        out.push_str(&format!(
            "\nThe switch `{switch}` moves it: {question} (`playtrace explain {number}`)\n"
        ));
    }
    out
}

/// Lists all rules.
///
/// # Errors
/// When standard output cannot be written.
pub fn rules(args: &RulesArgs) -> anyhow::Result<u8> {
    let mut out = io::stdout().lock();
    match args.format {
        TextOrJson::Text => {
            for rule in rules::all() {
                let meta = &rule.meta;
                let level = meta.level.name();
                writeln!(out, "{}  {level:<5}  {:<34}  {}", meta.code, meta.name, meta.summary)?;
            }
        }
        TextOrJson::Json => {
            let all: Vec<RuleOut> = rules::all().map(RuleOut::of).collect();
            serde_json::to_writer_pretty(&mut out, &all)?;
            writeln!(out)?;
        }
    }
    Ok(exit::CLEAN)
}

/// Title, facts and the page, with the one leading space of doc comments taken off.
fn page(rule: &Rule) -> String {
    let meta = &rule.meta;
    let certainty = meta.certainty.map(|certainty| format!(" · {}", certainty_name(certainty)));
    let body = rules::rule::page_text(rule);
    format!(
        "# {} {}\n\n{}\n\n{}{} · since {}\n\n{body}",
        meta.code,
        meta.name,
        meta.summary,
        meta.level.name(),
        certainty.unwrap_or_default(),
        meta.since,
    )
}

fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Documented => "documented",
        Certainty::Observed => "observed",
        Certainty::Advice => "advice",
    }
}

/// A rule with what can be set about it.
#[derive(Serialize)]
struct ExplainedOut {
    #[serde(flatten)]
    rule: RuleOut,
    numbers: Vec<&'static NumberInfo>,
    switches: Vec<SwitchOut>,
}

impl ExplainedOut {
    fn of(rule: &Rule) -> ExplainedOut {
        let name = rule.meta.name;
        ExplainedOut {
            rule: RuleOut::of(rule),
            numbers: Numbers::of_rule(name).collect(),
            switches: Switch::of_rule(name).map(SwitchOut::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct RuleOut {
    code: &'static str,
    name: &'static str,
    family: &'static str,
    summary: &'static str,
    level: Level,
    strict_level: Option<Level>,
    certainty: Option<Certainty>,
    when: When,
    companions: &'static [&'static str],
    since: &'static str,
    page: String,
}

impl RuleOut {
    fn of(rule: &Rule) -> RuleOut {
        let meta = &rule.meta;
        RuleOut {
            code: meta.code,
            name: meta.name,
            family: meta.family.name(),
            summary: meta.summary,
            level: meta.level,
            strict_level: meta.strict_level,
            certainty: meta.certainty,
            when: meta.when,
            companions: meta.companions,
            since: meta.since,
            page: rules::rule::page_text(rule),
        }
    }
}
