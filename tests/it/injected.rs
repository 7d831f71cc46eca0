//! Injected faults in a capture: nobody is blamed for them, but what a player does wrong after one is still found.

use playtrace::model::policy::Profile;
use playtrace::rules::verdict::Verdict;

use crate::support::examples::{Judged, describe, judged};

/// Findings as text, but for remarks on what the capture lacks and on what downloaded content needs.
fn found(judged: &Judged) -> Vec<String> {
    let is_remark = |code: &str| code.starts_with("MC-K") || code == "MC-B013";
    let of_players = judged.judgement.findings.iter().filter(|finding| !is_remark(finding.rule.meta.code));
    of_players.map(|finding| describe(&judged.capture, finding)).collect()
}

fn judge(notation: &str) -> Judged {
    judged("fault.session", notation.as_bytes(), Profile::Default)
}

/// The same without its marks.
fn unmarked(notation: &str) -> String {
    let of_line = |line: &str| {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.starts_with("fault=")).collect();
        words.join(" ") + "\n"
    };
    notation.lines().map(of_line).collect()
}

/// What is missing of these rules.
fn missing(notation: &str, rules: &[&str]) -> Vec<String> {
    let found = found(&judge(notation));
    let is_found = |rule: &str| found.iter().any(|finding| finding.contains(&format!(" {rule} ")));
    let missing = rules.iter().filter(|rule| !is_found(rule));
    missing.map(|rule| format!("{rule} is not found, but {found:#?} in\n{notation}")).collect()
}

/// Scenes in which something goes wrong, with the rules that say so unless it was injected.
const NOBODYS_FAULT: &[(&str, &[&str])] = &[
    (
        "@vod length=60
+0   sessionStart
+0.5 play answered=7.2 fault=delay=7200
+10  ping
+12  sessionEnd
",
        &["slow-answer"],
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play answered=7.2 fault=delay=7200@event=play
+5   bitrateChange qoe.media.qoe.bitrate=3000
+10  ping
+12  sessionEnd
",
        &["slow-answer", "overlapping-requests"],
    ),
    // the event is sent again when the client has given up waiting
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping answered=7.2 fault=delay=7200@event=ping,count=1
+15  ping ts=+10 ph=9.5
+20  ping ph=19.5
+22  sessionEnd
",
        &["repeated-request", "slow-answer"],
    ),
    (
        "@vod length=60
+0   sessionStart answered=9 fault=slow-session=9000
+0.5 play recv=+9.1
+1   bitrateChange qoe.media.qoe.bitrate=3000 recv=+9.2
+2   bitrateChange qoe.media.qoe.bitrate=2000 recv=+9.3
+3   bitrateChange qoe.media.qoe.bitrate=1000 recv=+9.4
+10  ping
+12  sessionEnd
",
        &["delivered-late", "slow-answer"],
    ),
    // the start is sent again while its answer is held back
    (
        "@vod length=60
+0   sessionStart answered=9 fault=slow-session=9000@count=1 location=/api/v1/sessions/one
+5   sessionStart ts=+0 location=/api/v1/sessions/two
+5.5 play sid=two ts=+0.5 ph=0
+10  ping sid=two ph=9.5
+12  sessionEnd sid=two
",
        &["repeated-request", "slow-answer"],
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=400 fault=status=400@event=ping
+12  sessionEnd
",
        &["refused", "verdict-differs"],
    ),
    (
        "@vod length=60
+0   sessionStart status=400 fault=status=400@endpoint=sessions
+3   sessionStart ts=+0 status=400 fault=status=400@endpoint=sessions
+6   sessionStart ts=+0 status=400 fault=status=400@endpoint=sessions
",
        &["refused", "start-refused-and-given-up", "verdict-differs"],
    ),
    (
        "@vod length=60 @batch status=400 fault=status=400@endpoint=downloaded
+0   sessionStart
+0.5 play
+10  ping
+12  sessionEnd
",
        &["refused", "verdict-differs"],
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=500 fault=status=500@event=ping,count=1
+12  sessionEnd
",
        &["server-error"],
    ),
    // what was refused is sent again, also when later events have gone out meanwhile
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping
+12  adBreakStart
+12.1 adStart media.ad.id=a1 media.ad.length=5 media.ad.podPosition=1 status=503 fault=status=503@event=adStart,count=1
+17  adComplete
+17.1 adStart media.ad.id=a1 media.ad.length=5 media.ad.podPosition=1 ts=+12.1 ph=11.5
+17.2 adBreakComplete ts=+17.1
+17.3 play ts=+17.2
+20  ping
+22  sessionEnd
",
        &["server-error"],
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=failed fault=drop@event=ping,count=1
+11  ping ts=+10 ph=9.5
+20  ping ph=19.5
+22  sessionEnd
",
        &["server-error", "repeated-request"],
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping fault=half@event=ping,count=1
+11  ping ts=+10 ph=9.5
+20  ping ph=19.5
+22  sessionEnd
",
        &["repeated-request"],
    ),
    (
        "@vod length=60
+0   sessionStart location=none fault=no-location
",
        &["location-missing"],
    ),
    (
        "@vod length=60
+0   sessionStart location=none fault=no-location@count=1
+2   sessionStart ts=+0
+2.5 play ts=+0.5 ph=0
+10  ping ph=9.5
+12  sessionEnd
",
        &["location-missing", "repeated-request"],
    ),
    (
        "@vod length=60
+0   OPTIONS to=sessions status=500 fault=status=500@endpoint=preflight
",
        &["preflight-refused"],
    ),
    (
        "@vod length=60 @open
+0   sessionStart
+0.5 OPTIONS to=events
+0.5 play status=failed fault=drop@event=play
",
        &["beacon-never-left"],
    ),
    // a player that was told that its session is gone opens another
    (
        "@vod length=600 sid=one
+0   sessionStart
+0.5 play
+10  ping status=410 fault=skew=700000@event=ping,count=1
@vod length=600 sid=two at=+12
+0   sessionStart media.resume=true ph=11
+0.1 play ph=11
+10  ping
+12  sessionEnd
",
        &[],
    ),
];

#[test]
fn nobody_is_blamed_for_what_was_injected() {
    let mut faults = Vec::new();
    for (scene, rules) in NOBODYS_FAULT {
        assert!(scene.contains("fault="), "{scene}");
        faults.extend(missing(&unmarked(scene), rules));
        let judged = judge(scene);
        let found = found(&judged);
        if !found.is_empty() || judged.judgement.verdicts.iter().any(|verdict| *verdict != Verdict::Accepted)
        {
            faults.push(format!("{found:#?} {:?} in\n{scene}", judged.judgement.verdicts));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Scenes in which the player reacts wrongly to a fault, with the rule that says so.
const PLAYERS_FAULT: &[(&str, &str)] = &[
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=410 fault=status=410@event=ping,count=1
+20  ping status=410
+30  ping status=410
",
        "kept-sending-to-closed-session",
    ),
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=404 fault=status=404@event=ping
+20  ping status=404 fault=status=404@event=ping
",
        "kept-sending-to-closed-session",
    ),
    // what was refused for good is sent again
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=410 fault=status=410@event=ping,count=1
+11  ping status=410 ts=+10 ph=9.5
",
        "kept-sending-to-closed-session",
    ),
    (
        "@vod length=60
+0   sessionStart answered=9 fault=slow-session=9000
@vod @starts-late sid=undefined at=+0.5
+0   play status=404
+8   ping status=404
",
        "sent-before-session-known",
    ),
    (
        "@vod length=60
+0   sessionStart location=none fault=no-location
@vod @starts-late sid=undefined at=+0.5
+0   play status=404
+10  ping status=404
",
        "unknown-session-id",
    ),
    // a late answer came, and the event is sent again all the same
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping answered=1.5 fault=delay=1500
+13  ping ts=+10 ph=9.5
+20  ping ph=19.5
+22  sessionEnd
",
        "repeated-request",
    ),
    // the second attempt was taken, and there is a third
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=500 fault=status=500@event=ping,count=1
+11  ping ts=+10 ph=9.5
+12  ping ts=+10 ph=9.5
+20  ping ph=19.5
+22  sessionEnd
",
        "repeated-request",
    ),
    // a delay says nothing of the status
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=400 answered=1.5 fault=delay=1500
+12  sessionEnd
",
        "refused",
    ),
    // what the schemas refuse is refused whatever was injected
    (
        "@vod length=60
+0   sessionStart
+0.5 play
+10  ping status=500 fault=status=500@event=ping media.id=m
+12  sessionEnd
",
        "params-on-ping",
    ),
    // events wait for a slow session and are stamped when they are sent
    (
        "@vod length=60
+0   sessionStart answered=4 fault=slow-session=4000
+4.01 play ts=+4.01 ph=4
+4.02 bitrateChange ts=+4.01 ph=4 qoe.media.qoe.bitrate=3000
+4.03 stateStart ts=+4.01 ph=4 media.state.name=mute
+4.04 chapterStart ts=+4.01 ph=4
+10  ping
+12  sessionEnd
",
        "stamped-when-sent",
    ),
];

#[test]
fn what_a_player_does_wrong_after_a_fault_is_still_found() {
    let faults: Vec<String> =
        PLAYERS_FAULT.iter().flat_map(|(scene, rule)| missing(scene, &[rule])).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_start_that_the_schemas_refuse_is_rejected_whatever_was_injected() {
    let scene = "@vod length=60\n+0 sessionStart -media.id status=500 fault=status=500@endpoint=sessions\n";
    assert_eq!(judge(scene).judgement.verdicts, [Verdict::Rejected]);
    let scene = "@vod length=60\n+0 sessionStart status=400 answered=2 fault=delay=2000\n";
    assert_eq!(judge(scene).judgement.verdicts, [Verdict::Rejected], "the 400 itself was not injected");
}
