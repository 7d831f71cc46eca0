//! MC-H001.

use super::groups::{Group, groups};
use super::redirected;
use crate::declare_rule;
use crate::model::exchange::{Endpoint, Exchange};
use crate::rules::context::CaptureCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Sessions are opened and events are sent with `POST`. One finding per session and method, with the number of
    /// requests. The `OPTIONS` of a browser is fine, and a `GET` that a redirect made of a `POST` is H019.
    ///
    /// ## Why it matters
    ///
    /// The back end knows no other method for these paths and answers 404 or 405: the events are not collected and
    /// whatever they would have counted is missing from the reports. The `PUT` in the allowed methods of the API's
    /// CORS answers is no operation.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping method=PUT status=405     # error: wrong-method
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   OPTIONS to=sessions
    /// +0   sessionStart
    /// +0.5 play
    /// +10  ping
    /// +12  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: swagger, `mc-api-sessions-req.md`, `mc-api-events-req.md`, `track-downloaded-content.md`.
    pub static WRONG_METHOD = {
        code: "MC-H001",
        name: "wrong-method",
        summary: "Another method than POST",
        family: Transport,
        level: Error,
        certainty: Documented,
        origin: Transport,
        check: Check::Capture(check),
        fix: fix,
    }
}

fn wrong_method(group: &Group<'_, u32>) -> Report {
    let (method, path) = (group.first.method(), super::path_of_operation(group.first.endpoint()));
    let others = group.others("does the same", "do the same");
    group.report(format!("this request goes to `{path}` with `{method}` instead of `POST`{others}"))
}

fn check(cx: &CaptureCx<'_>, found: &mut Findings<'_>) {
    let post = cx.capture.names.find("POST");
    for group in groups(cx.capture, |exchange| method_if_wrong(exchange, post)) {
        found.report(wrong_method(&group));
    }
}

/// The number of the method's name. Nothing is wrong with one that was not recorded.
fn method_if_wrong(exchange: &Exchange<'_>, post: Option<u32>) -> Option<u32> {
    let row = exchange.row();
    let is_for_post = matches!(row.endpoint, Endpoint::Sessions | Endpoint::Events | Endpoint::Downloaded);
    if Some(row.method) == post || !is_for_post || matches!(exchange.method(), "" | "OPTIONS") {
        return None;
    }
    (row.n_events > 0 || !redirected::leads_to(exchange)).then_some(row.method)
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let post = cx.session.capture.names.find("POST");
    let wrong = method_if_wrong(&cx.session.capture.exchange(cx.finding.exchange?)?, post)?;
    let edits = cx.each_request(|exchange, event| {
        let is_it = method_if_wrong(exchange, post) == Some(wrong);
        is_it.then(|| Edit::Method { event, method: "POST".to_owned() })
    });
    Fix::safe("Send it with `POST`", edits)
}
