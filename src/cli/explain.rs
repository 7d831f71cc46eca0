//! `playtrace explain` and `playtrace rules`: the catalogue.

use std::io::{self, Write as _};

use serde::Serialize;

use super::args::{ExplainArgs, RulesArgs, TextOrJson};
use super::{exit, note};
use crate::rules::registry;
use crate::rules::rule::{Certainty, Level, Rule, When};
use crate::rules::{self};

/// Shows the page of a rule.
///
/// # Errors
/// When standard output cannot be written.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<u8> {
    let Some(rule) = registry::find(&args.rule) else {
        let hint = registry::suggest(&args.rule).map(|name| format!(", did you mean `{name}`?"));
        let hint = hint.unwrap_or_else(|| "; `playtrace rules` lists them all".to_owned());
        note(&format!("error: there is no rule `{}`{hint}", args.rule));
        return Ok(exit::USAGE);
    };
    let mut out = io::stdout().lock();
    match args.format {
        TextOrJson::Text => write!(out, "{}", page(rule))?,
        TextOrJson::Json => {
            serde_json::to_writer_pretty(&mut out, &RuleOut::of(rule))?;
            writeln!(out)?;
        }
    }
    Ok(exit::CLEAN)
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
