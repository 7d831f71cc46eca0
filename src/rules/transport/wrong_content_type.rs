//! MC-H003.

use super::groups::{self, Group};
use crate::declare_rule;
use crate::model::headers;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Requests that carry events say `Content-Type: application/json`. One finding per session and content type, at the
    /// first such request, with their count. The bodies are read all the same.
    ///
    /// ## Why it matters
    ///
    /// The documents call the header mandatory. The server seems to be tolerant, but proxies and gateways on the way
    /// may refuse or change a body that says it is a form or plain text. Older SDKs (JavaScript 3.0.0, 3.0.1) send
    /// `text/plain`, `curl -d` a form type.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60 type=text/plain
    /// +0   sessionStart       # warn: wrong-content-type
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60 type="application/json; charset=utf-8"
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: swagger, `mc-api-set-http-req.md`.
    pub static WRONG_CONTENT_TYPE = {
        code: "MC-H003",
        name: "wrong-content-type",
        summary: "Requests whose Content-Type is not application/json",
        family: Transport,
        level: Warn,
        certainty: Documented,
        origin: Transport,
        check: Check::Session(check),
        fix: fix,
    }
}

fn wrong_content_type(group: &Group<'_, u32>) -> Report {
    let requests =
        if group.n_requests == 1 { "a request says" } else { &format!("{} requests say", group.n_requests) };
    let what = match group.first.content_type() {
        Some("") => "an empty `Content-Type`".to_owned(),
        Some(content_type) => format!("`Content-Type: {content_type}`"),
        None => "no `Content-Type`".to_owned(),
    };
    group
        .report(format!("{requests} {what}, it must be `application/json`"))
        .event(group.first.events().next())
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for group in groups::by_column(cx, |row| row.content_type).iter().filter(|group| is_wrong(group)) {
        found.report(wrong_content_type(group));
    }
}

fn is_wrong(group: &Group<'_, u32>) -> bool {
    match group.first.content_type() {
        Some(content_type) => super::media_type(content_type) != "application/json",
        // without a word about headers in the recording nothing is known
        None => {
            let recorded = group.first.request_headers();
            !recorded.is_empty() && headers::find(&recorded, "content-type").is_none()
        }
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let wrong = cx.session.capture.exchange(cx.finding.exchange?)?.row().content_type;
    let edits = cx.each_request(|exchange, event| {
        let header = Edit::Header { event, name: NAME.to_owned(), value: JSON.to_owned() };
        (exchange.row().content_type == wrong).then_some(header)
    });
    Fix::safe(format!("Send it with `{NAME}: {JSON}`"), edits)
}

const NAME: &str = "Content-Type";
const JSON: &str = "application/json";
