//! The window itself: owns the state, the port and the views, and lays out the panels.

use std::path::PathBuf;

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::{
    Area, CentralPanel, Color32, Context, CornerRadius, Frame, Id, Label, Order, Panel, Rect, RichText,
    Theme, Ui, UiBuilder, ViewportCommand,
};

use super::clock_plot::ClockPlot;
use super::command_palette::CommandPalette;
use super::cx::{AppCx, CommandQueue, SessionCx};
use super::key_order::KeyOrder;
use super::panels::capture::{CapturePanel, question_ui};
use super::panels::columns::ColumnsDialog;
use super::panels::compare::ComparePanel;
use super::panels::event_detail::EventDetail;
use super::panels::event_table::EventTable;
use super::panels::findings::{FindingsPanel, findings_head_ui};
use super::panels::fix::fix_ui;
use super::panels::help::help_ui;
use super::panels::marks::{marks_ui, note_field_ui};
use super::panels::measure::measure_ui;
use super::panels::menu_bar::menu_bar_ui;
use super::panels::outbox::OutboxPanel;
use super::panels::path_field::path_field_ui;
use super::panels::saved_filters::SavedFiltersDialog;
use super::panels::session_list::SessionList;
use super::panels::settings::settings_ui;
use super::panels::status_bar::status_bar_ui;
use super::panels::toolbar::toolbar_ui;
use super::panels::welcome::welcome_ui;
use super::picture::session::session_picture;
use super::picture::window::Seen;
use super::shortcuts;
use super::story::{self, story_ui};
use super::text::{language, speak, text};
use super::theme;
use super::timeline::Timeline;
use super::toasts::Toasts;
use super::widgets::naming::name_edge;
use crate::app::State;
use crate::app::command::Command;
use crate::app::command::picture::WindowPart;
use crate::app::effect::{Effect, Effects};
use crate::app::picture::{PictureJob, PictureMaker, PicturePlace, PictureWork};
use crate::app::port::Port;
use crate::app::prefs::{BottomTab, Pane, ThemeChoice, ThemeVariant, ViewPrefs};
use crate::store::loaded::LoadedCapture;
use crate::store::picture::{PictureOrder, PictureTheme};

/// So many updates are taken in per frame.
const MAX_UPDATES: usize = 64;

/// The middle keeps at least this width for table and plots, points.
const MIDDLE_WIDTH: f32 = 400.0;
/// The middle keeps at least this height.
const MIDDLE_HEIGHT: f32 = 320.0;
/// The event table keeps at least this height.
const TABLE_HEIGHT: f32 = 130.0;

/// The window.
pub struct InspectorApp {
    state: State,
    commands: CommandQueue,
    port: Box<dyn Port>,
    views: Views,
    /// The theme that the toolkit was told.
    theme: Option<(ThemeChoice, ThemeVariant)>,
    /// A picture to be taken of the next frame.
    picture: Option<WindowPicture>,
}

/// A picture of the window that is wanted.
struct WindowPicture {
    part: WindowPart,
    captures: Vec<Arc<LoadedCapture>>,
    place: PicturePlace,
}

/// The views' own small state.
#[derive(Default)]
struct Views {
    sessions: SessionList,
    table: EventTable,
    detail: EventDetail,
    findings: FindingsPanel,
    outbox: OutboxPanel,
    capture: CapturePanel,
    compare: ComparePanel,
    timeline: Timeline,
    plot: ClockPlot,
    dialogs: Dialogs,
    toasts: Toasts,
    /// Where each part was drawn in this frame.
    parts: Vec<(WindowPart, Rect)>,
}

impl Views {
    /// Another language is spoken: texts that were laid out are of no use. All else stays as it is.
    fn forget_texts(&mut self) {
        self.detail.forget_texts();
        self.compare.forget_texts();
        self.timeline.forget_texts();
        self.plot.forget_texts();
    }
}

/// The state of what lies over the window.
#[derive(Default)]
struct Dialogs {
    palette: CommandPalette,
    columns: ColumnsDialog,
    saved_filters: SavedFiltersDialog,
}

impl InspectorApp {
    /// A window with kept preferences that begins with a command.
    #[must_use]
    pub fn new(ctx: &Context, prefs: ViewPrefs, port: Box<dyn Port>, first: Option<Command>) -> InspectorApp {
        theme::install(ctx);
        ctx.add_plugin(KeyOrder::default());
        // The scale is a command of ours, with keys of its own.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        speak(prefs.language);
        let commands = CommandQueue::default();
        if let Some(first) = first {
            commands.push(first);
        }
        InspectorApp {
            state: State::new(prefs),
            commands,
            port,
            views: Views::default(),
            theme: None,
            picture: None,
        }
    }

    /// What the window shows.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Wants something, as a menu or key would.
    #[track_caller]
    pub fn push(&self, command: Command) {
        self.commands.push(command);
    }

    /// Takes in what has happened and does what is wanted.
    pub fn turn(&mut self, ctx: &Context) {
        let waiting = self.state.take_waiting();
        self.submit(ctx, waiting);
        for _ in 0..MAX_UPDATES {
            let Some(update) = self.port.poll() else { break };
            let effects = self.state.absorb(update);
            self.submit(ctx, effects);
            // There may be more than fit into this frame.
            ctx.request_repaint();
        }
        for command in self.commands.take() {
            let effects = self.state.apply(command);
            self.submit(ctx, effects);
            ctx.request_repaint();
        }
        // Only the state knows whether something would be lost.
        if ctx.input(|input| input.viewport().close_requested()) && self.state.must_stay() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.commands.push(Command::Quit);
            ctx.request_repaint();
        }
        self.take_scale(ctx);
        let wanted = (self.state.prefs.theme, self.state.prefs.variant);
        if self.theme != Some(wanted) {
            self.theme = Some(wanted);
            theme::dress(ctx, wanted.1);
            theme::choose(ctx, wanted.0);
        }
    }

    /// Tells the toolkit how large everything is drawn; the story is larger.
    fn take_scale(&self, ctx: &Context) {
        let larger = if self.state.story.is_open() { story::SCALE } else { 1.0 };
        let scale = self.state.scale() * larger;
        if (ctx.zoom_factor() - scale).abs() > f32::EPSILON {
            ctx.set_zoom_factor(scale);
        }
    }

    fn submit(&mut self, ctx: &Context, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
                Effect::PutOnClipboard { text } => ctx.copy_text(text),
                Effect::TakeFromClipboard => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
                Effect::DrawPicture(job) => self.take_picture(ctx, *job),
                effect => self.hand_over(effect),
            }
        }
    }

    fn hand_over(&mut self, effect: Effect) {
        if let Err(effect) = self.port.submit(effect) {
            self.state.keep_waiting(effect);
        }
    }

    /// Has a picture of a session made elsewhere; one of the window is taken of the next frame.
    fn take_picture(&mut self, ctx: &Context, PictureJob { what, place }: PictureJob) {
        match what {
            PictureWork::Session(order) => {
                let theme = match ctx.theme() {
                    Theme::Light => PictureTheme::Light,
                    Theme::Dark => PictureTheme::Dark,
                };
                let order = PictureOrder { theme, ..*order };
                let maker = PictureMaker::new(move || session_picture(&order));
                self.hand_over(Effect::WritePicture { maker, place });
            }
            PictureWork::Window(part, captures) => {
                self.picture = Some(WindowPicture { part, captures, place });
                ctx.request_repaint();
            }
        }
    }

    /// Takes the picture of the window that is wanted from the frame that has been drawn.
    fn picture_of_frame(&mut self, ctx: &Context, background: Color32) {
        let Some(WindowPicture { part, captures, place }) = self.picture.take() else { return };
        let found = match part {
            WindowPart::Whole => Some(ctx.content_rect()),
            part => self.views.parts.iter().find(|(known, _)| *known == part).map(|(_, rect)| *rect),
        };
        // A part that is not there any more has no pixels, which is said.
        let rect = found.unwrap_or(Rect::ZERO);
        let seen = Seen::of(ctx, background);
        let maker = PictureMaker::new(move || seen.png(rect, &captures));
        self.hand_over(Effect::WritePicture { maker, place });
    }

    /// Draws the window.
    pub fn root_ui(&mut self, ui: &mut Ui) {
        if language() != self.state.prefs.language {
            speak(self.state.prefs.language);
            self.views.forget_texts();
        }
        shortcuts::read(ui.ctx(), &self.state, &self.commands);
        take_dropped(ui.ctx(), &self.commands);
        let cx = AppCx {
            state: &self.state,
            commands: &self.commands,
            tokens: theme::tokens(ui.theme(), self.state.prefs.variant),
        };
        self.views.parts.clear();
        layout_ui(ui, &cx, &mut self.views);
        drop_hint_ui(ui, &cx);
        let background = cx.tokens.panel;
        let hover = self.commands.take_hover();
        if hover != self.state.hover {
            self.commands.push(Command::SetHover(hover));
        }
        if !self.commands.is_empty() {
            ui.ctx().request_repaint();
        }
        self.picture_of_frame(ui.ctx(), background);
    }
}

impl eframe::App for InspectorApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.turn(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.root_ui(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, eframe::APP_KEY, &self.state.prefs);
    }
}

/// Files that were dropped on the window are opened.
fn take_dropped(ctx: &Context, commands: &CommandQueue) {
    let paths: Vec<PathBuf> =
        ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    if !paths.is_empty() {
        commands.push(Command::Open(paths));
    }
}

/// Says what happens with files that are held over the window.
fn drop_hint_ui(ui: &Ui, cx: &AppCx<'_>) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let rect = ui.ctx().content_rect();
    let area = Area::new(Id::unique("drop hint")).order(Order::Foreground).fixed_pos(rect.min);
    area.interactable(false).show(ui.ctx(), |ui| {
        ui.painter().rect_filled(rect, 0.0, cx.tokens.selection);
        let words = RichText::new(text("app.drop")).heading().color(cx.tokens.text);
        ui.put(rect, Label::new(words).selectable(false));
    });
}

/// The panels: bars above and below, sessions left, detail right, findings below, the rest in the middle.
fn layout_ui(ui: &mut Ui, cx: &AppCx<'_>, views: &mut Views) {
    let window = ui.ctx().content_rect();
    let bar = Frame::side_top_panel(ui.style());
    let story = SessionCx::new(*cx).filter(|_| cx.state.story.is_open());
    if let Some(session) = story {
        dialogs_ui(ui, cx, &mut views.dialogs);
        story_ui(ui, &session, &mut views.timeline, &mut views.plot);
        return;
    }
    Panel::top("menu").frame(bar).show(ui, |ui| menu_bar_ui(ui, cx));
    Panel::top("toolbar").frame(bar.inner_margin(4)).show(ui, |ui| toolbar_ui(ui, cx));
    let status = Panel::bottom("status").frame(bar.inner_margin(3)).show(ui, |ui| status_bar_ui(ui, cx));
    views.toasts.ui(ui, cx, status.response.rect.height());
    dialogs_ui(ui, cx, &mut views.dialogs);
    if cx.state.captures.is_empty() {
        // Before anything is open there is nothing to list or send, but the collector can be set up.
        if cx.state.prefs.bottom == BottomTab::Capture && cx.state.prefs.shows(Pane::Bottom) {
            Panel::bottom("collector").default_size(190.0).show(ui, |ui| views.capture.ui(ui, cx));
        }
        let middle = Frame::central_panel(ui.style()).fill(cx.tokens.background);
        CentralPanel::default().frame(middle).show(ui, |ui| welcome_ui(ui, cx));
        return;
    }
    if cx.state.prefs.shows(Pane::Sessions) {
        let drawn = Panel::left("sessions")
            .resizable(true)
            .default_size((window.width() * 0.2).clamp(210.0, 300.0))
            .size_range(span(160.0, ui.available_width() * 0.3))
            .show(ui, |ui| views.sessions.ui(ui, cx));
        name_edge(ui, "sessions", "edge.sessions");
        views.parts.push((WindowPart::Sessions, drawn.response.rect));
    }
    if cx.state.prefs.shows(Pane::Bottom) {
        let drawn = Panel::bottom("below")
            .resizable(true)
            .default_size((window.height() * 0.28).clamp(160.0, 300.0))
            .size_range(span(110.0, ui.available_height() - MIDDLE_HEIGHT))
            .show(ui, |ui| below_ui(ui, cx, views));
        name_edge(ui, "below", "edge.below");
        views.parts.push((WindowPart::Below, drawn.response.rect));
    }
    if cx.state.prefs.shows(Pane::Detail) {
        let drawn = Panel::right("detail")
            .resizable(true)
            .default_size((window.width() * 0.27).clamp(250.0, 420.0))
            .size_range(span(200.0, ui.available_width() - MIDDLE_WIDTH))
            .show(ui, |ui| kept_within(ui, |ui| views.detail.ui(ui, cx)));
        name_edge(ui, "detail", "edge.detail");
        views.parts.push((WindowPart::Detail, drawn.response.rect));
    }
    let middle =
        Frame::central_panel(ui.style()).fill(cx.tokens.background).corner_radius(CornerRadius::ZERO);
    CentralPanel::default().frame(middle.inner_margin(4)).show(ui, |ui| middle_ui(ui, cx, views));
}

/// Draws what may not widen its panel: that would move everything beside it.
fn kept_within(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let rect = ui.available_rect_before_wrap();
    add(&mut ui.new_child(UiBuilder::new().max_rect(rect)));
    ui.advance_cursor_after_rect(rect);
}

/// What lies over the window while it is open.
fn dialogs_ui(ui: &mut Ui, cx: &AppCx<'_>, dialogs: &mut Dialogs) {
    path_field_ui(ui, cx);
    help_ui(ui, cx);
    settings_ui(ui, cx);
    fix_ui(ui, cx);
    note_field_ui(ui, cx);
    question_ui(ui, cx);
    dialogs.columns.ui(ui, cx);
    dialogs.saved_filters.ui(ui, cx);
    dialogs.palette.ui(ui, cx);
}

fn below_ui(ui: &mut Ui, cx: &AppCx<'_>, views: &mut Views) {
    // A panel becomes as small as what is in it.
    ui.set_min_height(ui.available_height());
    let tab = cx.state.prefs.bottom;
    // What finds no room beside the tabs goes below them, so that it widens nothing.
    ui.horizontal_wrapped(|ui| {
        for (known, key) in [
            (BottomTab::Findings, "below.findings"),
            (BottomTab::Outbox, "below.outbox"),
            (BottomTab::Capture, "below.capture"),
            (BottomTab::Measure, "below.measure"),
            (BottomTab::Marks, "below.marks"),
        ] {
            if ui.selectable_label(tab == known, text(key)).clicked() {
                cx.push(Command::ShowBottom(known));
            }
        }
        if tab == BottomTab::Findings {
            ui.separator();
            findings_head_ui(ui, cx);
        }
    });
    match tab {
        BottomTab::Findings => views.findings.ui(ui, cx),
        BottomTab::Outbox => views.outbox.ui(ui, cx),
        BottomTab::Capture => views.capture.ui(ui, cx),
        BottomTab::Measure => measure_ui(ui, cx),
        BottomTab::Marks => marks_ui(ui, cx),
    }
}

fn middle_ui(ui: &mut Ui, cx: &AppCx<'_>, views: &mut Views) {
    if let Some(sides) = &cx.state.compare.sides {
        views.compare.ui(ui, cx, sides);
        return;
    }
    let Some(session) = SessionCx::new(*cx) else {
        ui.vertical_centered(|ui| {
            ui.add_space(40.0);
            match cx.state.live.running() {
                Some(running) => {
                    ui.label(text("middle.waiting"));
                    ui.label(RichText::new(&running.base_url).monospace().strong());
                    ui.weak(text("middle.waiting.do"));
                }
                None => {
                    ui.label(text("middle.no-session"));
                    ui.weak(text("middle.no-session.do"));
                }
            }
        });
        return;
    };
    let height = ui.available_height();
    if cx.state.prefs.shows(Pane::Timeline) {
        let most = (height - TABLE_HEIGHT) * 0.6;
        let drawing = session.drawing().map(|drawing| &**drawing);
        let least = Timeline::least_height(drawing, &cx.state.prefs.lanes).min(most);
        let drawn = Panel::top("timeline")
            .resizable(true)
            .default_size((height * 0.33).clamp(90.0, 300.0))
            .size_range(span(least, most))
            .frame(Frame::NONE)
            .show(ui, |ui| views.timeline.ui(ui, &session));
        name_edge(ui, "timeline", "edge.timeline");
        views.parts.push((WindowPart::Timeline, drawn.response.rect));
    }
    if cx.state.prefs.shows(Pane::Plot) {
        let drawn = Panel::top("plot")
            .resizable(true)
            .default_size((height * 0.32).clamp(90.0, 420.0))
            .size_range(span(70.0, ui.available_height() - TABLE_HEIGHT))
            .frame(Frame::NONE)
            .show(ui, |ui| views.plot.ui(ui, &session));
        name_edge(ui, "plot", "edge.plot");
        views.parts.push((WindowPart::Plot, drawn.response.rect));
    }
    views.parts.push((WindowPart::Table, ui.available_rect_before_wrap()));
    views.table.ui(ui, &session);
}

/// From `least` to `most`, or to `least` where there is no room for more.
fn span(least: f32, most: f32) -> RangeInclusive<f32> {
    least..=most.max(least)
}
