//! The judged order of sessions: ties that arrived in an illegal order, and how hard the search tries.

use std::fmt::Write as _;

use playtrace::metrics::lanes::Lanes;
use playtrace::model::numbers::Numbers;
use playtrace::model::policy::{Policy, Profile};

use crate::support::examples::judged;

/// Start, end and completion of each break of the first session.
#[track_caller]
fn breaks(notation: &str) -> Vec<(u32, Option<u32>, bool)> {
    let judged = judged("lanes", notation.as_bytes(), Profile::Default);
    let session = judged.capture.sessions.first().expect("one session");
    let lanes = Lanes::of(&judged.capture, session, &Policy::default(), &Numbers::default());
    lanes.breaks.iter().map(|known| (known.start, known.end, known.completed)).collect()
}

#[test]
fn a_break_that_is_never_completed_ends_with_its_last_ad() {
    let begin = "@vod\n+0 sessionStart\n+1 play\n+5 adBreakStart\n";
    let ad = "+6 adStart\n+9 adComplete\n";
    let end = "+10 play\n+15 sessionEnd\n";
    assert_eq!(breaks(&format!("{begin}{ad}{end}")), [(2, Some(4), false)]);
    assert_eq!(breaks(&format!("{begin}{end}")), [(2, Some(2), false)], "without an ad at once");
    assert_eq!(breaks(&format!("{begin}{ad}+9 adBreakComplete\n{end}")), [(2, Some(5), true)]);
    assert_eq!(breaks(&format!("{begin}+6 adStart\n+9 sessionEnd\n")), [(2, None, false)], "left in an ad");
    let cut = begin.replace("@vod", "@vod @open");
    assert_eq!(breaks(&format!("{cut}{ad}")), [(2, None, false)], "the capture did not see the end");
    let nested =
        format!("{begin}{ad}+9 play\n+12 adBreakStart\n+12.1 adStart\n+13 adSkip\n+13 adBreakComplete\n");
    assert_eq!(breaks(&nested)[0], (2, Some(4), false));
}

/// Types of the first session in its judged order, and the number of ties that were settled.
#[track_caller]
fn order(notation: &str) -> (Vec<String>, usize) {
    let judged = judged("lanes", notation.as_bytes(), Profile::Default);
    let session = judged.capture.sessions.first().expect("one session");
    let lanes = Lanes::of(&judged.capture, session, &Policy::default(), &Numbers::default());
    let events = lanes.in_judged_order(session).filter_map(|id| judged.capture.event(id));
    (events.map(|event| event.type_name().into_owned()).collect(), lanes.settled_ties.len())
}

#[test]
fn the_legal_order_nearest_to_the_arrival_is_taken() {
    let (types, n_settled) = order(
        "@vod\n+0 sessionStart\n+1 play\n+5 adBreakStart\n+5.1 adStart\n\
         +9 bitrateChange\n+9 adStart\n+9 error\n+9 adComplete\n+12 adComplete\n+12 adBreakComplete\n+15 sessionEnd\n",
    );
    let tied = ["bitrateChange", "error", "adComplete", "adStart"];
    assert_eq!((&types[4..8], n_settled), (&tied.map(str::to_owned)[..], 1));
}

#[test]
fn a_legal_session_keeps_the_order_of_its_arrival() {
    let (types, n_settled) =
        order("@vod\n+0 sessionStart\n+0 play\n+5 pauseStart\n+5 bitrateChange\n+9 sessionEnd\n");
    let arrived = ["sessionStart", "play", "pauseStart", "bitrateChange", "sessionEnd"];
    assert_eq!((types, n_settled), (arrived.map(str::to_owned).to_vec(), 0));
}

#[test]
fn an_order_that_only_moves_the_fault_to_later_events_is_not_taken() {
    // Started first, the state would be left active; then it is the later start that comes twice.
    let (types, n_settled) =
        order("@vod\n+0 sessionStart\n+1 play\n+5 stateEnd\n+5 stateStart\n+6 stateEnd\n+9 sessionEnd\n");
    assert_eq!((types[2].as_str(), n_settled), ("stateEnd", 0));
}

#[test]
fn the_search_gives_up_on_large_ties_and_on_many() {
    let mut large = "@vod\n+0 sessionStart\n+1 play\n".to_owned();
    (0..500).for_each(|_| large.push_str("+5 chapterComplete\n+5 chapterStart\n"));
    assert_eq!(order(&large).1, 0);

    // Each tie is illegal in any order: the steps of the whole session run out.
    let mut many = "@vod length=90000\n+0 sessionStart\n+1 play\n".to_owned();
    for tie in 0..200 {
        for _ in 0..14 {
            writeln!(many, "+{} chapterStart", 2 + tie).expect("a string takes it");
        }
    }
    assert_eq!(order(&many).1, 0);
}
