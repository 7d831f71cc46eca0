//! A window on its way to a state, with an outside that leaves wishes without an answer.

use std::path::PathBuf;

use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use playtrace::app::command::Command;
use playtrace::app::command::JobId;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::find::FindCommand;
use playtrace::app::compare::Page;
use playtrace::app::effect::Effect;
use playtrace::app::item::Item;
use playtrace::app::port::Port;
use playtrace::app::prefs::{BottomTab, ViewPrefs};
use playtrace::app::update::Update;
use playtrace::model::clock::TsMillis;
use playtrace::model::id::EventId;
use playtrace::store::filter::EventFilter;
use playtrace::ui::app::InspectorApp;

use crate::support::window::{InlinePort, event, faulty_session, session_start, window_of};

/// An outside that leaves some wishes without an answer.
#[derive(Clone)]
pub(super) struct SlowPort {
    inline: InlinePort,
    holds: fn(&Effect) -> bool,
}

impl Port for SlowPort {
    fn submit(&mut self, effect: Effect) -> Result<(), Effect> {
        if (self.holds)(&effect) {
            self.inline.left.borrow_mut().push(effect);
            return Ok(());
        }
        self.inline.submit(effect)
    }

    fn poll(&mut self) -> Option<Update> {
        self.inline.poll()
    }

    fn now(&self) -> TsMillis {
        self.inline.now()
    }
}

/// A window on its way to a state.
pub(super) struct Scene {
    pub(super) window: Harness<'static, InspectorApp>,
    pub(super) outside: InlinePort,
}

impl Scene {
    pub(super) fn new(holds: fn(&Effect) -> bool) -> Scene {
        let outside = InlinePort::default();
        let port = SlowPort { inline: outside.clone(), holds };
        let mut window = window_of([1280.0, 900.0], ViewPrefs::default(), port);
        window.run();
        Scene { window, outside }
    }

    pub(super) fn wants(&mut self, command: Command) {
        self.window.state().push(command);
        // What moves by itself never comes to rest.
        self.window.run_steps(3);
    }

    pub(super) fn opens(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.wants(Command::OpenText { name: name.to_owned(), bytes: bytes.into() });
    }

    pub(super) fn opens_faulty(&mut self) {
        self.opens("faulty.json", faulty_session());
    }

    /// Opens a faulty session and selects one of its events.
    pub(super) fn selects(&mut self, event: u32) {
        self.opens_faulty();
        let capture = self.window.state().state().captures[0].id;
        self.wants(Command::Select(Item::Event(capture, EventId(event))));
    }

    /// Opens a faulty session and selects the finding that has a fix.
    pub(super) fn selects_fixable(&mut self) -> Item {
        self.opens_faulty();
        let loaded = &self.window.state().state().captures[0];
        let judged = loaded.judged.clone().expect("judged");
        let at = judged.findings().iter().position(|finding| finding.rule.meta.code == "MC-S005");
        let item = Item::Finding(loaded.id, at.expect("it is found") as u32);
        self.wants(Command::Select(item));
        item
    }

    pub(super) fn looks_at_fix(&mut self) {
        let Item::Finding(capture, number) = self.selects_fixable() else { return };
        self.wants(Command::ShowFix(capture, number));
    }

    pub(super) fn shows_below(&mut self, tab: BottomTab) {
        self.wants(Command::ShowBottom(tab));
    }

    pub(super) fn filters(&mut self, words: &str) {
        let text = words.to_owned();
        self.wants(Command::SetFilter(EventFilter { text, ..EventFilter::default() }));
    }

    pub(super) fn searches(&mut self, words: &str) {
        self.wants(Command::Find(FindCommand::Open));
        self.wants(Command::Find(FindCommand::For(words.to_owned())));
    }

    pub(super) fn compares(&mut self, page: Page) {
        for name in ["one.json", "two.json"] {
            self.opens(name, faulty_session());
        }
        self.wants(Command::Compare(CompareCommand::Toggle));
        self.wants(Command::Compare(CompareCommand::Show(page)));
    }

    /// What was asked for and not answered, the latest first.
    pub(super) fn asked<T>(&self, find: impl Fn(&Effect) -> Option<T>) -> T {
        let left = self.outside.left.borrow();
        left.iter().rev().find_map(find).expect("it was asked for")
    }

    pub(super) fn happens(&mut self, update: Update) {
        self.outside.happen(update);
        self.window.run_steps(3);
    }

    pub(super) fn judging_stops(&mut self) {
        let job = self.asked(|effect| match effect {
            Effect::Judge { job, .. } => Some(*job),
            _ => None,
        });
        self.happens(Update::Stopped { job });
    }

    pub(super) fn collector_starts(&mut self) {
        self.wants(Command::StartCollector);
        self.happens(Update::CollectorStarted {
            address: ([127, 0, 0, 1], 8787).into(),
            base_url: "http://127.0.0.1:8787".to_owned(),
            journal: PathBuf::from("run.jsonl"),
            device_page: None,
            qr: None,
        });
    }

    pub(super) fn job_of_sending(&self) -> JobId {
        self.window.state().state().sending.job.expect("something is being sent")
    }

    /// True when the words stand in the window, in this order, with any values between them.
    pub(super) fn reads(&self, words: &str) -> bool {
        let parts: Vec<&str> = words.split('{').flat_map(|part| part.rsplit('}').take(1)).collect();
        let has_all = |shown: &str| {
            let mut rest = shown;
            parts.iter().all(|part| {
                let Some(at) = rest.find(part) else { return false };
                rest = &rest[at + part.len()..];
                true
            })
        };
        let screen = self.window.ctx.content_rect();
        self.window.root().children_recursive().any(|node| {
            let said = node.accesskit_node();
            let texts = [said.label(), said.value(), said.placeholder().map(str::to_owned)];
            texts.into_iter().flatten().any(|shown| has_all(&shown)) && screen.intersects(node.rect())
        })
    }
}

pub(super) fn none(_: &Effect) -> bool {
    false
}
pub(super) fn reading(effect: &Effect) -> bool {
    matches!(effect, Effect::OpenBytes { .. })
}
pub(super) fn judging(effect: &Effect) -> bool {
    matches!(effect, Effect::Judge { .. })
}
pub(super) fn drawing(effect: &Effect) -> bool {
    matches!(effect, Effect::Draw { .. })
}
pub(super) fn filtering(effect: &Effect) -> bool {
    matches!(effect, Effect::Filter { .. })
}
pub(super) fn finding(effect: &Effect) -> bool {
    matches!(effect, Effect::Find { .. })
}
pub(super) fn trying(effect: &Effect) -> bool {
    matches!(effect, Effect::TryFix { .. })
}
pub(super) fn counting(effect: &Effect) -> bool {
    matches!(effect, Effect::Aggregate { .. })
}
pub(super) fn comparing(effect: &Effect) -> bool {
    matches!(effect, Effect::Compare { .. })
}
pub(super) fn converting(effect: &Effect) -> bool {
    matches!(effect, Effect::Convert { .. })
}
pub(super) fn planning(effect: &Effect) -> bool {
    matches!(effect, Effect::Plan { .. })
}
pub(super) fn telling(effect: &Effect) -> bool {
    matches!(effect, Effect::Tell { .. })
}

/// Text in which nothing of the API stands.
pub(super) const NOTHING: &str = "nothing";

/// A session without a start and without any clock that a plot could be made of.
pub(super) fn bare() -> String {
    r#"[{"eventType":"play","playerTime":{}},{"eventType":"ping","playerTime":{}}]"#.to_owned()
}

/// A session that has no start.
pub(super) fn headless() -> String {
    format!("[{},{}]", event("play", 500, 0.0, ""), event("ping", 10_500, 10.0, ""))
}

/// A session whose second event is of no known type.
pub(super) fn strange() -> String {
    format!("[{},{}]", session_start("Film"), event("dance", 500, 0.0, ""))
}

/// A demo session that is as it should be.
pub(super) const DEMO_WITHOUT_FAULT: &[u8] = playtrace::store::demo::DEMOS[0].bytes;
