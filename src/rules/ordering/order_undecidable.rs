//! MC-O011.

use crate::declare_rule;
use crate::metrics::ties::SettledTie;
use crate::rules::context::SessionCx;
use crate::rules::finding::{Findings, Report};
use crate::rules::fix::{Edit, Fix, FixCx, Side};
use crate::rules::rule::Check;

declare_rule! {
    /// ## What it checks
    ///
    /// Events of one `ts` arrived in an order that no player means (an `adStart` before the `adComplete` of the ad before,
    /// a ping after `sessionEnd`), while another order of the same events is legal. The rule says exactly that instead of
    /// blaming the player, and the session is judged in the legal order that is nearest to the arrival.
    ///
    /// What counts as illegal: A001–A007, A009, C001, C002, C006, X001, X002, L003, O007, O008. Only online sessions: in a
    /// downloaded array the order is what was written.
    ///
    /// ## Why it matters
    ///
    /// The back end sorts by `ts`. For equal values it has nothing to go by but the arrival, and requests that are sent at
    /// once overtake one another on the way. Ads and chapters are then missing from reports although every event was sent.
    /// At least 1 ms between the stamps of two events removes the doubt.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adStart         # warn: order-undecidable
    /// +8   adComplete
    /// +16  adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod length=60
    /// +0   sessionStart
    /// +0.1 adBreakStart
    /// +0.2 adStart
    /// +8   adComplete
    /// +8   adStart
    /// +16  adComplete
    /// +16.1 adBreakComplete
    /// +16.2 play
    /// +20  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Documented: `mc-api-ctrl-order.md` ("two consecutive events must never share a `ts`"); seen in the field: FP29.
    pub static ORDER_UNDECIDABLE = {
        code: "MC-O011",
        name: "order-undecidable",
        summary: "Events share a `ts` and arrived in an illegal order, another order of them is legal",
        family: Ordering,
        level: Warn,
        certainty: Documented,
        origin: Payload,
        check: Check::Session(check),
        fix: fix,
    }
}

fn order_undecidable(cx: &SessionCx<'_>, tie: &SettledTie) -> Report {
    let positions = tie.first..tie.first + tie.n;
    let names = |order: &mut dyn Iterator<Item = u32>| -> String {
        order.map(|at| format!("`{}`", cx.type_name(at))).collect::<Vec<_>>().join(", ")
    };
    let mut arrived: Vec<u32> = positions.clone().collect();
    arrived.sort_by_key(|at| cx.lanes.arrival_index(cx.session, *at));
    let message = format!(
        "{} share the `ts` at {} and arrived in an illegal order; judged as {}",
        names(&mut arrived.iter().copied()),
        cx.at(tie.first),
        names(&mut positions.clone()),
    );
    let odd = positions.clone().find(|at| cx.id(*at) == Some(tie.event)).unwrap_or(tie.first);
    let others = positions.filter(|at| *at != odd);
    others.fold(cx.report(odd, message), |report, at| report.related(cx.id(at), "shares its `ts`"))
}

fn check(cx: &SessionCx<'_>, found: &mut Findings<'_>) {
    for tie in &cx.lanes.settled_ties {
        found.report(order_undecidable(cx, tie));
    }
}

fn fix(cx: &FixCx<'_>) -> Option<Fix> {
    let session = cx.session;
    let tie = session.lanes.settled_ties.iter().find(|tie| Some(tie.event) == cx.event())?;
    let ts = session.ts(tie.first)?.0;
    let mut edits = Vec::new();
    for (millis, at) in (0..).zip(tie.first..tie.first + tie.n) {
        if millis > 0 && session.session.mode.is_downloaded() {
            let (event, beside) = (cx.key(session.id(at)?)?, cx.key(session.id(at - 1)?)?);
            edits.push(Edit::Move { event, beside, side: Side::After });
        }
        if millis > 0 {
            edits.push(cx.set_at(at, [("/playerTime/ts".to_owned(), ts.saturating_add(millis).into())])?);
        }
    }
    Fix::proposed("Stamp the events a millisecond apart, in the order that is legal", edits)
}
