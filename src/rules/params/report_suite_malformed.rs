//! MC-P011.

use crate::declare_rule;
use crate::model::event_type::EventType;
use crate::rules::context::EventCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::{Check, Wants};
use crate::rules::schema;

declare_rule! {
    /// ## What it checks
    ///
    /// `analytics.reportSuite` is not empty and made of letters, digits, `-`, `_` and `.`; several ids may be joined by
    /// commas.
    ///
    /// ## Why it matters
    ///
    /// The id names where the data go. One that cannot exist is taken by the API, and the session is in no report.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart analytics.reportSuite="my suite"   # warn: report-suite-malformed
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart analytics.reportSuite="mysuite.prod"
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice: `mc-api-req-params.md` (an id of a report suite). Which characters an id may have is not documented there:
    /// the rule allows all that are met.
    pub static REPORT_SUITE_MALFORMED = {
        code: "MC-P011",
        name: "report-suite-malformed",
        summary: "A report suite id with characters that none has",
        family: Params,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Event(Wants::Types(&[EventType::SessionStart]), check),
    }
}

fn report_suite_malformed(cx: &EventCx<'_>, fault: &str) -> Report {
    cx.report(format!("`analytics.reportSuite` {fault}")).pointer("/params/analytics.reportSuite")
}

/// What no id of a report suite has.
fn fault_of(suites: &str) -> Option<String> {
    let foreign = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.');
    for suite in suites.split(',') {
        if suite.is_empty() {
            let fault = if suites.is_empty() { "is empty" } else { "has an empty id in its list" };
            return Some(fault.to_owned());
        }
        match suite.chars().find(|c| foreign(*c)) {
            Some(c) if c.is_whitespace() => {
                return Some(format!("is {}: it has a space", schema::quoted(suites)));
            }
            Some(c) => return Some(format!("is {}: no id has `{c}`", schema::quoted(suites))),
            None => {}
        }
    }
    None
}

fn check(cx: &EventCx<'_>, found: &mut Findings<'_>) {
    if let Some(fault) = super::exact_text(cx, "analytics.reportSuite").and_then(fault_of) {
        found.report(report_suite_malformed(cx, &fault));
    }
}
