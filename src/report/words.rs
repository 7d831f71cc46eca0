//! Phrases that the reports for people share.

use super::NumberedSession;
use crate::rules::finding::{Counts, Finding};
use crate::rules::rule::{Rule, page_text};

/// `1 event`, `2 events`.
#[must_use]
pub fn plural(n: u64, thing: &str) -> String {
    if n == 1 { format!("{n} {thing}") } else { format!("{n} {thing}s") }
}

/// `2 errors, 1 warning`, or `no findings`.
#[must_use]
pub fn counts_line(counts: Counts) -> String {
    if counts == Counts::default() {
        return "no findings".to_owned();
    }
    let parts = [
        (counts.error, plural(counts.error, "error")),
        (counts.warn, plural(counts.warn, "warning")),
        (counts.info, plural(counts.info, "info")),
    ];
    parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

/// The name of what is watched: `media.name`, else `media.id`.
#[must_use]
pub fn title<'a>(session: &NumberedSession<'a>) -> Option<&'a str> {
    let content = &session.session.content;
    content.media_name.as_deref().or(content.media_id.as_deref())
}

/// What a reader should know or do beyond the message: the consequence, and where the page of the rule is. Every
/// report for people prints these lines as they are.
#[must_use]
pub fn remarks(finding: &Finding) -> Vec<String> {
    let meta = &finding.rule.meta;
    vec![meta.summary.to_owned(), format!("help: `playtrace explain {}`", meta.code)]
}

/// The text below a heading of a rule's page.
#[must_use]
pub fn section(rule: &Rule, heading: &str) -> String {
    let page = page_text(rule);
    let below = page.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
    let lines: Vec<&str> = below.take_while(|line| !line.starts_with("## ")).collect();
    lines.join("\n").trim().to_owned()
}
