//! The filter of the event table: which events pass which text.

use std::sync::Mutex;

use playtrace::app::command::history::HistoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::command::{Command, Direction, Step};
use playtrace::app::item::Item;
use playtrace::model::id::EventId;
use playtrace::model::watch::Watch;
use playtrace::store::column::Column;
use playtrace::store::filter::{EventFilter, Order, filter};
use playtrace::store::sort::{Sort, row_of};

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

#[test]
fn rows_are_sorted_by_any_column_with_equals_as_they_were_and_each_is_found_again() {
    let mut desk = desk();
    let loaded = std::sync::Arc::clone(&desk.state.captures[0]);
    let session = &loaded.capture.sessions[0];
    let member = Column::of_member("meta").into_iter().chain(Column::of_member("params.media.ad.id"));
    for column in Column::known().chain(member) {
        for descending in [false, true] {
            let sort = Sort { column: column.clone(), descending };
            desk.wants(Command::Table(TableCommand::Sort(Some(sort.clone()))));
            let rows: Vec<u32> =
                (0..9).filter_map(|row| desk.state.table_row(row)).map(|(at, _)| at).collect();
            let mut all = rows.clone();
            all.sort_unstable();
            assert_eq!(all, (0..9).collect::<Vec<_>>(), "{column}: no row is lost");
            for (row, arrival) in rows.iter().enumerate() {
                let found = row_of(&loaded_now(&desk), session, Order::Arrival, &rows, &sort, *arrival);
                assert_eq!(found, Some(row), "{column} {descending}");
            }
        }
    }
    let mut by = |column: Column, descending| {
        desk.wants(Command::Table(TableCommand::Sort(Some(Sort { column, descending }))));
        (0..9).filter_map(|row| desk.state.table_row(row)).map(|(at, _)| at).collect::<Vec<u32>>()
    };
    assert_eq!(by(Column::Status, false), [0, 1, 2, 3, 4, 6, 7, 5, 8], "no status comes last");
    assert_eq!(by(Column::Status, true), [5, 1, 2, 3, 4, 6, 7, 0, 8], "both ways");
    assert_eq!(by(Column::Bitrate, true)[0], 6);
    let ad = Column::of_member("media.ad.id").expect("a member");
    assert_eq!(by(ad, false)[0], 4);
    assert_eq!(by(Column::Type, false)[0], 3, "adBreakStart");
}

fn loaded_now(desk: &Desk) -> std::sync::Arc<playtrace::store::loaded::LoadedCapture> {
    std::sync::Arc::clone(&desk.state.captures[0])
}

#[test]
fn a_filtered_table_is_sorted_and_a_sort_is_undone() {
    let mut desk = desk();
    let shown = |desk: &Desk| {
        let rows = (0..desk.state.n_table_rows()).filter_map(|row| desk.state.table_row(row));
        rows.map(|(arrival, _)| arrival).collect::<Vec<u32>>()
    };
    desk.wants(Command::SetFilter(typed("type:ping,play,bitrateChange")));
    let sort = Sort { column: Column::Playhead, descending: true };
    desk.wants(Command::Table(TableCommand::Sort(Some(sort))));
    assert_eq!(shown(&desk), [5, 6, 2, 1]);
    let id = desk.state.captures[0].id;
    desk.wants(Command::Select(Item::Event(id, EventId(2))));
    assert_eq!(desk.state.selected_table_row(), Some(2));
    desk.wants(Command::Step(Step::Event, Direction::Forward));
    assert_eq!(desk.state.selected_event(), Some((id, EventId(1))), "walks follow the table");
    desk.wants(Command::SetFilter(EventFilter::default()));
    assert_eq!(shown(&desk).len(), 9);
    desk.wants(Command::History(HistoryCommand::Undo));
    desk.wants(Command::History(HistoryCommand::Undo));
    assert_eq!(shown(&desk), [1, 2, 5, 6], "the sort is taken back, the filter is still there");
    desk.wants(Command::History(HistoryCommand::Redo));
    assert_eq!(shown(&desk), [5, 6, 2, 1]);
}
