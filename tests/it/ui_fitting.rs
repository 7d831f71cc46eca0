//! In the smallest window, in both languages, nothing that is needed is cut off or lies over something else.

use eframe::egui::epaint::{ClippedShape, Shape};
use eframe::egui::{Event, Key, Rect, accesskit::Role, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::{Command, rows};
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::prefs::{BottomTab, DetailTab, Language, ViewPrefs};
use playtrace::model::event_type::EventType;
use playtrace::model::id::EventId;
use playtrace::ui::app::InspectorApp;
use playtrace::ui::text::{fill, speak, text};

use crate::silent::capture;
use crate::support::window::{InlinePort, faulty_session, open, window_of};

/// The smallest window, points.
const SMALLEST: [f32; 2] = [1024.0, 640.0];
/// An ordinary one.
const ORDINARY: [f32; 2] = [1280.0, 800.0];

/// A window that shows a session with faults.
struct Window(Harness<'static, InspectorApp>);

impl Window {
    fn new(size: [f32; 2], language: Language) -> Window {
        let prefs = ViewPrefs { language, ..ViewPrefs::default() };
        let mut window = Window(window_of(size, prefs, InlinePort::default()));
        window.0.run();
        open(&mut window.0, "faulty.json", faulty_session());
        window
    }

    fn wants(&mut self, command: Command) {
        self.0.state().push(command);
        self.0.run();
    }

    fn selects(&mut self, event: u32) {
        let capture = self.0.state().state().captures[0].id;
        self.wants(Command::Select(Item::Event(capture, EventId(event))));
    }

    /// All texts that are painted: what they say, where they are, and what is seen of that.
    fn painted(&self) -> Vec<(String, Rect, Rect)> {
        let mut texts = Vec::new();
        for ClippedShape { clip_rect, shape, .. } in &self.0.output().shapes {
            each(shape, &mut |shape| {
                let Shape::Text(text) = shape else { return };
                let all = text.visual_bounding_rect();
                // As it is painted: what is shortened does not say what it should.
                let words: String = text.galley.rows.iter().map(|row| row.text()).collect();
                // An empty text is nowhere.
                if !words.is_empty() {
                    texts.push((words, all, all.intersect(*clip_rect)));
                }
            });
        }
        texts
    }

    /// The text that is painted once, all of which is seen.
    #[track_caller]
    fn is_whole(&self, words: &str) -> Rect {
        let painted = self.painted();
        let found: Vec<_> = painted.iter().filter(|(text, ..)| text == words).collect();
        assert!(!found.is_empty(), "“{words}” is not there: {:?}", painted.iter().map(|it| &it.0));
        let screen = self.0.ctx.content_rect();
        let whole = found.iter().find(|(_, all, seen)| seen.contains_rect(all.shrink(1.0)));
        let (_, all, _) = whole.unwrap_or_else(|| panic!("“{words}” is cut: {found:?}"));
        assert!(screen.contains_rect(*all), "“{words}” leaves the window: {all:?}");
        *all
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The thread may go on to the next test.
        speak(Language::English);
    }
}

/// Goes through what is painted, a shape at a time.
fn each<'a>(shape: &'a Shape, visit: &mut impl FnMut(&'a Shape)) {
    match shape {
        Shape::Vec(all) => all.iter().for_each(|shape| each(shape, visit)),
        one => visit(one),
    }
}

/// The command of this name.
#[track_caller]
fn named(name: &str) -> Command {
    (rows::named(name).expect("it has a row").make)()
}

const LANGUAGES: [Language; 2] = [Language::English, Language::French];

#[test]
fn the_list_of_keys_is_no_wider_than_the_window() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        window.wants(Command::ToggleHelp);
        window.is_whole(text("help.title"));
        window.is_whole(text("help.close"));
        window.is_whole(text("menu.file"));
        let screen = window.0.ctx.content_rect();
        for (words, all, seen) in window.painted() {
            let across = all.x_range();
            assert!(!seen.is_positive() || screen.x_range().contains(across.min), "{words}: {all:?}");
            assert!(!seen.is_positive() || screen.x_range().contains(across.max), "{words}: {all:?}");
        }
    }
}

#[test]
fn the_choices_of_how_two_sessions_are_laid_beside_each_other_are_not_torn_apart() {
    for language in LANGUAGES {
        let mut n_rows = 0;
        for width in (1024_u16..1664).step_by(64) {
            let mut window = Window::new([f32::from(width), 640.0], language);
            open(&mut window.0, "again.json", faulty_session());
            window.wants(Command::Compare(CompareCommand::Toggle));
            window.wants(Command::Compare(CompareCommand::Show(Page::Lanes)));
            let row = window.is_whole(text("compare.align")).center().y;
            let middle = window.0.get_by_label(text("compare.align")).rect().center().y;
            for choice in ["compare.by-state", "compare.by-time", "compare.by-playhead"] {
                let mut all = window.0.get_all_by_label(text(choice));
                let is_level = all.any(|one| (one.rect().center().y - middle).abs() <= 1.0);
                assert!(is_level, "{choice} at {width} in {language:?}: {middle}");
                let is_there = |(words, all, seen): &(String, Rect, Rect)| {
                    words == text(choice) && (all.center().y - row).abs() < 6.0 && seen.contains_rect(*all)
                };
                assert!(window.painted().iter().any(is_there), "{choice} at {width} in {language:?}");
            }
            n_rows += usize::from(row - window.is_whole(text("compare.lanes")).center().y > 6.0);
        }
        assert!((1..10).contains(&n_rows), "a row of their own in {n_rows} of 10 widths in {language:?}");
    }
}

/// Every line that parts the row of the pages of a comparison, and whether something stands beside it to the right.
fn parting_lines(window: &Window) -> Vec<(f32, bool)> {
    let mut shapes = Vec::new();
    for shape in &window.0.output().shapes {
        each(&shape.shape, &mut |shape| shapes.push(shape));
    }
    let top = window.is_whole(text("compare.title")).bottom();
    let left = window.is_whole(text("compare.title")).left();
    let bottom = window.0.get_by_label(text("compare.farther")).rect().top();
    let right = window.0.get_by_label(text("compare.leave")).rect().right();
    let row = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    let (lines, others): (Vec<_>, Vec<_>) =
        shapes.into_iter().map(|shape| (shape, shape.visual_bounding_rect())).partition(|(shape, all)| {
            matches!(shape, Shape::LineSegment { .. }) && all.width() < 2.0 && row.contains_rect(*all)
        });
    let is_beside = |line: Rect, other: Rect| {
        other.left() > line.left() && other.right() <= right && line.y_range().contains(other.center().y)
    };
    let others: Vec<Rect> = others.into_iter().map(|(_, all)| all).collect();
    lines.iter().map(|(_, line)| (line.left(), others.iter().any(|other| is_beside(*line, *other)))).collect()
}

#[test]
fn no_row_over_a_comparison_ends_with_a_line_that_parts_it_from_nothing() {
    for language in LANGUAGES {
        let mut n_lines = 0;
        for width in (1024_u16..1664).step_by(32) {
            let mut window = Window::new([f32::from(width), 640.0], language);
            open(&mut window.0, "again.json", faulty_session());
            window.wants(Command::Compare(CompareCommand::Toggle));
            let lines = parting_lines(&window);
            assert!(lines.iter().all(|(_, parts)| *parts), "{language:?} {width}: {lines:?}");
            n_lines += lines.len();
        }
        assert!(n_lines > 20, "{n_lines} lines in {language:?}");
    }
}

#[test]
fn what_is_known_of_a_field_stands_below_the_page_and_not_over_it() {
    for language in LANGUAGES {
        for tab in [DetailTab::Tree, DetailTab::Raw] {
            let mut window = Window::new(SMALLEST, language);
            window.selects(3);
            window.wants(Command::ShowDetail(DetailTab::Tree));
            window.0.get_by_role_and_label(Role::TreeItem, "media.ad.id: 77").click();
            window.0.run();
            window.wants(Command::ShowDetail(tab));
            let top = window.is_whole("params › media.ad.id").top();
            let left = window.is_whole(text("detail.ts")).left();
            let page_top = window.is_whole(text("detail.schema")).bottom();
            let page = window.painted().into_iter().filter(|(_, all, seen)| {
                seen.is_positive() && all.left() > left && seen.top() > page_top && all.top() < top
            });
            let mut n_lines = 0;
            for (words, _, seen) in page {
                assert!(
                    seen.bottom() <= top,
                    "{words} reaches into what is known of the field: {seen:?} {top}"
                );
                n_lines += 1;
            }
            assert!(n_lines > 0, "something of the page is seen");
        }
    }
}

/// Opens a recorded session, an ad of which has an id of the wrong type.
fn opens_recording(window: &mut Window) {
    open(&mut window.0, "predur.har", capture("clients/theo-b035ef3-predur.har"));
}

#[test]
fn no_page_of_the_detail_makes_it_wider() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        opens_recording(&mut window);
        window.wants(named("next-error"));
        let place = window.is_whole(text("detail.ts"));
        for tab in [DetailTab::Raw, DetailTab::Context, DetailTab::Exchange, DetailTab::Schema] {
            window.wants(Command::ShowDetail(tab));
            assert_eq!(window.is_whole(text("detail.ts")), place, "{language:?} {tab:?}");
            if tab == DetailTab::Context {
                window.is_whole(text("context.previous"));
            }
        }
    }
}

#[test]
fn the_field_of_a_finding_is_in_view_in_fields_and_raw_text() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        opens_recording(&mut window);
        window.wants(named("next-error"));
        let known_top = window.is_whole("params › media.ad.id").top();
        let page_top = window.is_whole(text("detail.schema")).bottom();
        let row = window.0.get_by_role_and_label(Role::TreeItem, "media.ad.id: 77").rect();
        assert!(row.top() > page_top && row.bottom() <= known_top + 1.0, "{row:?} {page_top} {known_top}");
        window.wants(Command::ShowDetail(DetailTab::Raw));
        let known_top = window.is_whole("params › media.ad.id").top();
        let is_line = |words: &str, all: Rect| {
            words.contains("77") && all.top() > page_top && all.bottom() <= known_top && all.left() > 700.0
        };
        let mut painted = window.painted().into_iter();
        let line =
            painted.find(|(words, all, seen)| is_line(words, *all) && seen.contains_rect(all.shrink(1.0)));
        assert!(line.is_some(), "{language:?}: {:?}", window.painted());
    }
}

#[test]
fn all_columns_of_a_comparison_can_be_brought_into_view() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        window.wants(named("compare-choose"));
        opens_recording(&mut window);
        window.wants(named("compare"));
        window.is_whole(text("compare.first"));
        window.0.get_by_label(text("compare.farther")).scroll_to_me();
        window.0.run();
        window.is_whole(text("compare.farther"));
    }
}

#[test]
fn the_buttons_that_send_are_in_view_below_the_form() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        window.wants(Command::ShowBottom(BottomTab::Outbox));
        let send = window.is_whole(text("outbox.send"));
        window.is_whole(text("outbox.dry-run"));
        let target = window.is_whole(text("outbox.target"));
        assert!(target.bottom() < send.top());
        window.wants(Command::DryRun);
        window.is_whole(text("outbox.send"));
    }
}

#[test]
fn nothing_of_the_filters_over_the_table_is_cut_off() {
    for language in LANGUAGES {
        for size in [SMALLEST, ORDINARY] {
            let window = Window::new(size, language);
            window.is_whole(text("events.problems"));
            window.is_whole(text("events.by-ts"));
            let field = window.0.get_by_role_and_label(Role::TextInput, text("events.filter")).rect();
            assert!(field.width() >= 140.0, "{language:?} {size:?}: {field:?}");
            window.is_whole(&fill("events.shown", &[("n", "9"), ("all", "9")]));
        }
    }
}

#[test]
fn an_ordinary_window_shows_whole_times_and_the_head_of_the_findings_in_a_line() {
    for language in LANGUAGES {
        let window = Window::new(ORDINARY, language);
        window.is_whole("12:00:00.000");
        let place = window.is_whole(&fill("findings.place", &[("n", "–"), ("all", &n_findings(&window))]));
        let tab = window.is_whole(text("below.marks"));
        let all_safe = window.is_whole(text("command.fix-all-safe"));
        let is_in_line = |at: Rect| tab.y_range().contains(at.center().y);
        assert!(is_in_line(place) && is_in_line(all_safe), "{language:?}: {tab:?} {place:?} {all_safe:?}");
    }
}

fn n_findings(window: &Window) -> String {
    let (_, list) = window.0.state().state().listed_findings().expect("it is judged");
    list.len().to_string()
}

#[test]
fn the_offers_below_the_filter_are_whole_lines_also_after_there_were_fewer() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        let hint = text("events.filter");
        let field = window.0.get_by(|node| node.placeholder() == Some(hint));
        let place = field.rect();
        field.focus();
        window.0.run();
        window.0.event(Event::Text("type:adS".to_owned()));
        window.0.run();
        window.0.key_press(Key::Backspace);
        window.0.run();
        let is_offer = |words: &str, at: Rect| {
            let is_below =
                at.top() > place.bottom() && (place.left()..place.left() + 60.0).contains(&at.left());
            is_below && EventType::ALL.iter().any(|known| known.name() == words)
        };
        let mut offers = window.painted();
        offers.retain(|(words, all, seen)| is_offer(words, *all) && seen.is_positive());
        assert!(offers.len() > 3, "{offers:?}");
        for (words, all, seen) in offers {
            assert!(seen.contains_rect(all.shrink(1.0)), "{words} is cut: {all:?} {seen:?}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_filter_is_told_when_no_offers_lie_over_it() {
    for language in LANGUAGES {
        let mut window = Window::new(SMALLEST, language);
        let hint = text("events.filter");
        window.0.get_by(|node| node.placeholder() == Some(hint)).focus();
        window.0.run();
        let told = |window: &Window, word| {
            let fault = fill("query.unknown-type", &[("word", word)]);
            window.painted().iter().any(|(words, ..)| words.contains(&fault))
        };
        window.0.event(Event::Text("type:pin".to_owned()));
        window.0.run();
        assert!(window.0.state().state().filter_error.is_some() && !told(&window, "pin"));
        window.0.event(Event::Text("Q".to_owned()));
        window.0.run();
        assert!(told(&window, "pinQ"), "{language:?}: {:?}", window.painted());
    }
}
