//! MC-P013.

use rustc_hash::FxHashMap;

use crate::declare_rule;
use crate::rules::context::{SessionCx, SessionsCx};
use crate::rules::finding::{Findings, Report};
use crate::rules::rule::Check;
use crate::rules::transport::openings;
use crate::rules::viewings::Identity;

declare_rule! {
    /// ## What it checks
    ///
    /// Two sessions of the capture have one `appInstallationId`, but another visitor
    /// (`visitor.marketingCloudUserId`, `analytics.visitorId`, `analytics.aid`), another `analytics.reportSuite`, or they
    /// come from another kind of device, as the `User-Agent` of their requests says. Each session is compared with the one
    /// before it of that installation; what one of the two does not tell is not compared.
    ///
    /// ## Why it matters
    ///
    /// An installation id stands for one app on one device, and the back end makes a visitor of it where no Experience
    /// Cloud id is sent. When the visitor changes with every session, one viewer counts as many and reports by visitor are
    /// worthless; when two devices share an installation id, many count as one. A changed suite sends half of the sessions
    /// elsewhere. A viewer who logs in as somebody else looks the same: then it is right.
    ///
    /// ## Example
    ///
    /// ```session
    /// @vod appInstallationId="7f0c" visitor.marketingCloudUserId="11111111111111111111"
    /// +0   sessionStart
    /// +0   play
    /// +10  sessionEnd
    ///
    /// @vod appInstallationId="7f0c" visitor.marketingCloudUserId="22222222222222222222"
    /// +0   sessionStart     # warn: identity-changed
    /// +0   play
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Instead
    ///
    /// ```session
    /// @vod appInstallationId="7f0c" visitor.marketingCloudUserId="11111111111111111111"
    /// +0   sessionStart
    /// +0   play
    /// +10  sessionEnd
    ///
    /// @vod appInstallationId="7f0c" visitor.marketingCloudUserId="11111111111111111111"
    /// +0   sessionStart
    /// +0   play
    /// +10  sessionEnd
    /// ```
    ///
    /// ## Source
    ///
    /// Advice. What the ids mean: `mc-api-req-params.md` (unique per app and device, kept until it is installed anew).
    pub static IDENTITY_CHANGED = {
        code: "MC-P013",
        name: "identity-changed",
        summary: "Visitor, suite or device changes between sessions of one installation",
        family: Params,
        level: Warn,
        certainty: Advice,
        origin: Payload,
        check: Check::Sessions(check),
    }
}

/// Words of a `User-Agent` that tell kinds of devices apart, the narrower first.
const DEVICES: [&str; 12] = [
    "CrKey",
    "AppleTV",
    "Apple TV",
    "iPad",
    "iPhone",
    "Android",
    "Tizen",
    "Web0S",
    "Windows",
    "Macintosh",
    "CrOS",
    "Linux",
];

/// The kind of device that sent the start of a session.
fn device(cx: &SessionCx<'_>) -> Option<&'static str> {
    let headers = openings(cx.capture, cx.session).next()?.request_headers();
    let (_, agent) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("User-Agent"))?;
    DEVICES.into_iter().find(|word| agent.contains(word))
}

fn identity_changed(cx: &SessionCx<'_>, earlier: &SessionCx<'_>, changed: &[&str]) -> Report {
    let message = format!(
        "the installation id is that of an earlier session, but {} {}",
        changed.join(" and "),
        if changed.len() == 1 { "differs" } else { "differ" },
    );
    cx.report(0, message).pointer("/params/appInstallationId").related(earlier.id(0), "the earlier session")
}

/// What both tell, and tell otherwise.
fn changed(before: &Identity, now: &Identity) -> Vec<&'static str> {
    let pairs = [
        ("`visitor.marketingCloudUserId`", &before.cloud_user, &now.cloud_user),
        ("`analytics.visitorId`", &before.visitor, &now.visitor),
        ("`analytics.aid`", &before.analytics, &now.analytics),
        ("`analytics.reportSuite`", &before.suite, &now.suite),
    ];
    let differ = |(_, before, now): &(&str, &Option<String>, &Option<String>)| {
        before.is_some() && now.is_some() && before != now
    };
    pairs.into_iter().filter(differ).map(|(name, ..)| name).collect()
}

fn check(cx: &SessionsCx<'_>, found: &mut Findings<'_>) {
    let mut latest: FxHashMap<&str, usize> = FxHashMap::default();
    for (number, viewing) in cx.viewings().iter().enumerate() {
        let Some(installation) = viewing.identity.installation.as_deref() else { continue };
        let Some(before) = latest.insert(installation, number) else { continue };
        let Some((session, earlier)) = cx.session(number).zip(cx.session(before)) else { continue };
        let mut changed = changed(&cx.viewings()[before].identity, &viewing.identity);
        let devices = device(&earlier).zip(device(&session));
        if devices.is_some_and(|(before, now)| before != now) {
            changed.push("the device");
        }
        if !changed.is_empty() {
            found.report(identity_changed(&session, &earlier, &changed));
        }
    }
}
