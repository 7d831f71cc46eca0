//! MC-O003.

use crate::declare_rule;
use crate::model::policy::EqualTs;
use crate::rules::context::{SessionCx, counted};
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Fix, FixCx};
use crate::rules::rule::{Check, Level};

declare_rule! {
    /// ## What it checks
    ///
    /// Events that follow one another with the same `ts`: once per session, with their number. In the profile `strict`, or
    /// with the policy `equal-ts: forbidden`, it is a warning.
    ///
    /// ## Why it matters
    ///
    /// The documentation asks for at least 1 ms between two events, since the back end sorts by `ts` alone. Adobe's own
    /// SDKs stamp all events of one tick alike (D14), and as long as they arrive in order nothing goes wrong. Where the order
    /// of arrival is illegal it is O011.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +15  bitrateChange
    /// +15  pauseStart     # info: equal-ts
    /// +20  play
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 play
    /// +10  ping
    /// +15  bitrateChange
    /// +15.001 pauseStart
    /// +20  play
    /// +25  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-ctrl-order.md`; the SDKs were observed to do otherwise (N1, D14).
    pub static EQUAL_TS = {
        code: "MC-O003",
        name: "equal-ts",
        summary: "Consecutive events share a `ts`",
        family: Ordering,
        level: Info,
        certainty: Documented,
        origin: Payload,
        strict: Warn,
        check: Check::Session(check),
        fix: fix,
    }
}

fn equal_ts(cx: &SessionCx<'_>, first: u32, n: usize) -> Report {
    let (name, time) = (cx.type_name(first), cx.at(first));
    let message = format!(
        "{} of {} {} the `ts` of the event before, first `{name}` at {time}: their order is that of arrival",
        n,
        counted(cx.len() as usize, "event"),
        if n == 1 { "has" } else { "have" },
    );
    let report = cx.report(first, message);
    match cx.settings.policy.equal_ts {
        EqualTs::Forbidden => report.level(Level::Warn),
        EqualTs::Tolerated => report,
    }
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    let mut before = None;
    let shares = |at: &u32| {
        let ts = cx.ts(*at);
        std::mem::replace(&mut before, ts) == ts && ts.is_some()
    };
    let mut tied = (0..cx.len()).filter(shares);
    if let Some(first) = tied.next() {
        found.report(equal_ts(cx, first, 1 + tied.count()));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    // Where ties are tolerated nothing needs to be mended.
    if cx.session.settings.policy.equal_ts == EqualTs::Tolerated {
        return None;
    }
    let mut last = i64::MIN;
    let mut edits = Vec::new();
    for at in 0..cx.session.len() {
        let Some(ts) = cx.session.ts(at) else { continue };
        // What is moved may reach the next, which moves as well.
        let right = ts.0.max(last.saturating_add(1));
        if right != ts.0 {
            edits.extend(cx.set_at(at, [("/playerTime/ts".to_owned(), right.into())]));
        }
        last = right;
    }
    Fix::proposed("Stamp events of one `ts` a millisecond apart", edits)
}
