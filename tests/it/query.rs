//! The filter of the event table: which events pass which text.

use std::sync::Mutex;

use playtrace::app::command::Command;
use playtrace::model::watch::Watch;
use playtrace::store::filter::{EventFilter, Order, filter};

use crate::support::window::Desk;

/// Something of everything that can be asked for.
const SESSION: &str = r#"@vod length=60 sid=abc
+0    sessionStart  id=m1 meta.show="Late News"
+0.5  play
+10.5 ping
+12   adBreakStart  name=mid
+12   adStart       id=ad1
+40   ping          status=404
+41   bitrateChange qoe.media.qoe.bitrate=1500
+42   mediaStart
+60   sessionComplete status=none
"#;

fn desk() -> Desk {
    let mut desk = Desk::default();
    let bytes = SESSION.as_bytes().to_vec();
    desk.wants(Command::OpenText { name: "q.session".to_owned(), bytes });
    assert_eq!(desk.state.n_table_rows(), 9, "the session is shown");
    desk
}

fn typed(text: &str) -> EventFilter {
    EventFilter { text: text.to_owned(), ..EventFilter::default() }
}

fn rows(desk: &mut Desk, text: &str) -> Vec<u32> {
    desk.wants(Command::SetFilter(typed(text)));
    assert_eq!(desk.state.filter_error, None, "{text}");
    (0..desk.state.n_table_rows())
        .filter_map(|row| desk.state.table_row(row).map(|(arrival, _)| arrival))
        .collect()
}

#[test]
fn each_kind_of_term_lets_its_events_pass() {
    let mut desk = desk();
    let all: Vec<u32> = (0..9).collect();
    for (text, wanted) in [
        ("", &all[..]),
        ("late NEWS", &[0][..]),
        ("\"Late News\"", &[0]),
        ("type:ping", &[2, 5]),
        ("type:ping,play", &[1, 2, 5]),
        ("type:unknown", &[7]),
        ("type:\"mediaStart\"", &[7]),
        ("-type:ping type:ping", &[]),
        ("status:404", &[5]),
        ("status:4xx", &[5]),
        ("status:none", &[8]),
        ("status>=400", &[5]),
        ("-status:2xx", &[5, 8]),
        ("ts>+40", &[6, 7, 8]),
        ("ts>=12:00:40", &[5, 6, 7, 8]),
        ("ts<2024-01-02T12:00:10Z", &[0, 1]),
        ("playhead=0", &[0, 1]),
        ("gap>9.5", &[2, 5, 8]),
        ("params.\"media.id\"=\"m1\"", &[0]),
        ("params.media.ad.id:AD", &[4]),
        ("params.media.ad.id", &[4]),
        ("customMetadata.show=\"Late News\"", &[0]),
        ("customMetadata.show!=x", &[0]),
        ("qoeData.media.qoe.bitrate>1000", &[6]),
        ("finding:unknown-event-type", &[7]),
    ] {
        assert_eq!(rows(&mut desk, text), wanted, "{text}");
    }
}

#[test]
fn findings_are_asked_for_by_severity_rule_code_and_family() {
    let mut desk = desk();
    let errors = rows(&mut desk, "finding:error");
    assert!(!errors.is_empty() && errors.len() < 9, "{errors:?}");
    let by_name = rows(&mut desk, "finding:unknown-event-type");
    let code = playtrace::rules::registry::find("unknown-event-type").expect("a rule").meta.code;
    assert_eq!(rows(&mut desk, &format!("finding:{code}")), by_name);
    let family = rows(&mut desk, "finding:S");
    assert!(by_name.iter().all(|row| family.contains(row)), "{family:?}");
    desk.wants(Command::SetFilter(EventFilter { problems_only: true, ..EventFilter::default() }));
    let n_problems = desk.state.n_table_rows();
    assert_eq!(rows(&mut desk, "finding:any").len(), n_problems);
}

#[test]
fn a_text_that_means_nothing_is_told_and_the_table_stays() {
    let mut desk = desk();
    assert_eq!(rows(&mut desk, "type:ping"), [2, 5]);
    desk.wants(Command::SetFilter(typed("type:ping gapp>5")));
    let error = desk.state.filter_error.clone().expect("told");
    assert_eq!((error.at, error.word.as_str(), error.meant.as_deref()), (10..14, "gapp", Some("gap")));
    assert_eq!(desk.state.n_table_rows(), 2, "the rows of the filter before");
    assert_eq!(rows(&mut desk, "type:ping gap>15"), [5]);
}

#[test]
fn a_gap_is_counted_in_the_order_of_the_table() {
    let mut desk = Desk::with_faulty_session();
    let by_arrival = rows(&mut desk, "gap<0");
    assert_eq!(by_arrival, [7], "its ts is before that of event 6");
    desk.wants(Command::SetOrder(Order::Ts));
    assert_eq!(rows(&mut desk, "gap<0 "), Vec::<u32>::new());
}

/// Notes what it is told, and wants no more after the first word.
#[derive(Default)]
struct Impatient(Mutex<Vec<(u64, u64)>>);

impl Watch for Impatient {
    fn progress(&self, done: u64, total: u64) {
        self.0.lock().expect("not poisoned").push((done, total));
    }

    fn cancelled(&self) -> bool {
        !self.0.lock().expect("not poisoned").is_empty()
    }
}

#[test]
fn a_long_filter_tells_its_progress_and_stops_when_nobody_wants_it() {
    let mut bytes = b"[".to_vec();
    for at in 0..70_000 {
        let comma = if at == 0 { "" } else { "," };
        bytes.extend(
            format!("{comma}{{\"eventType\":\"ping\",\"playerTime\":{{\"ts\":{at},\"playhead\":0}}}}")
                .bytes(),
        );
    }
    bytes.push(b']');
    let mut desk = Desk::default();
    desk.wants(Command::OpenText { name: "long.json".to_owned(), bytes });
    let (loaded, session) = desk.state.shown_session().expect("shown");
    let watch = Impatient::default();
    let passing = typed("ping").passing().expect("a query");
    let found = filter(loaded, session, &passing, Order::Arrival, &watch);
    let told = watch.0.into_inner().expect("not poisoned");
    assert_eq!(told, [(1 << 16, 70_000)]);
    assert_eq!(found.len(), 1 << 16);
}
