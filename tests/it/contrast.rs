//! The contrast of every glyph that is drawn against what really lies behind it, in every theme.
//!
//! What is not a glyph is rasterized in the order of painting; a glyph looks at what is there when its turn comes.

use std::collections::BTreeMap;

use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex, WHITE_UV};
use eframe::egui::{Color32, Pos2, Rect, Rgba, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use playtrace::app::command::Command;
use playtrace::app::command::compare::CompareCommand;
use playtrace::app::command::find::FindCommand;
use playtrace::app::command::look::LookCommand;
use playtrace::app::command::marking::MarkingCommand;
use playtrace::app::command::palette::PaletteCommand;
use playtrace::app::command::project::ProjectCommand;
use playtrace::app::command::story::StoryCommand;
use playtrace::app::command::table::TableCommand;
use playtrace::app::compare::Page;
use playtrace::app::item::Item;
use playtrace::app::prefs::{BottomTab, DetailTab, ThemeChoice, ThemeVariant, ViewPrefs};
use playtrace::store::filter::EventFilter;
use playtrace::ui::app::InspectorApp;

use crate::support::window::{InlinePort, faulty_session, window_of};

const SIZE: [usize; 2] = [1024, 640];
/// What the rules for accessible text demand; half a hundredth is lost by rounding colors.
const LEAST: f32 = 4.495;

/// Pixels without glyphs.
struct Ground(Vec<Color32>);

impl Ground {
    fn at(&self, place: Pos2) -> Option<Color32> {
        let (x, y) = (place.x as usize, place.y as usize);
        let inside = place.x >= 0.0 && place.y >= 0.0 && x < SIZE[0];
        inside.then(|| self.0.get(y * SIZE[0] + x)).flatten().copied()
    }

    /// What lies behind most of a glyph: lines that cross it are thin.
    fn behind(&self, glyph: Rect) -> Option<Color32> {
        let mut seen: Vec<(Color32, u32)> = Vec::new();
        for (x, y) in [0.1, 0.5, 0.9].iter().flat_map(|x| [0.1, 0.5, 0.9].map(|y| (*x, y))) {
            let color = self.at(glyph.lerp_inside([x, y]))?;
            match seen.iter_mut().find(|(known, _)| *known == color) {
                Some((_, n)) => *n += 1,
                None => seen.push((color, 1)),
            }
        }
        seen.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| *n > 4).map(|(color, _)| color)
    }

    fn paint(&mut self, corners: [&Vertex; 3], clip: Rect) {
        let [a, b, c] = corners.map(|vertex| vertex.pos);
        let area = (b - a).x * (c - a).y - (b - a).y * (c - a).x;
        let bounds = Rect::from_points(&[a, b, c]).intersect(clip);
        if area.abs() < 1e-6 || !bounds.is_positive() {
            return;
        }
        let columns = bounds.left().max(0.0) as usize..(bounds.right().ceil() as usize).min(SIZE[0]);
        for y in bounds.top().max(0.0) as usize..(bounds.bottom().ceil() as usize).min(SIZE[1]) {
            for x in columns.clone() {
                let p = pos2(x as f32 + 0.5, y as f32 + 0.5);
                let part = |from: Pos2, to: Pos2| {
                    ((to - from).x * (p - from).y - (to - from).y * (p - from).x) / area
                };
                let parts = [part(b, c), part(c, a), part(a, b)];
                let pixel = &mut self.0[y * SIZE[0] + x];
                if parts.iter().any(|part| *part < 0.0) || !clip.contains(p) {
                    continue;
                }
                if corners.iter().all(|corner| corner.color == corners[0].color) {
                    *pixel = pixel.blend(corners[0].color);
                } else {
                    let weighed = |at: usize| {
                        let of =
                            |corner: usize| f32::from(corners[corner].color.to_array()[at]) * parts[corner];
                        (of(0) + of(1) + of(2)).round() as u8
                    };
                    let [r, g, b, a] = [0, 1, 2, 3].map(weighed);
                    *pixel = pixel.blend(Color32::from_rgba_premultiplied(r, g, b, a));
                }
            }
        }
    }
}

/// Contrast ratio of WCAG 2.
fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color: Color32| {
        let color = Rgba::from(color);
        0.2126 * color.r() + 0.7152 * color.g() + 0.0722 * color.b()
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The pairs of colors of text and ground that are too alike, with the number of glyphs and the place of one.
fn faint(primitives: &[ClippedPrimitive]) -> BTreeMap<[[u8; 4]; 2], (u32, Pos2)> {
    let mut ground = Ground(vec![Color32::BLACK; SIZE[0] * SIZE[1]]);
    let mut faint = BTreeMap::new();
    let mut n_glyphs = 0;
    for primitive in primitives {
        let Primitive::Mesh(mesh) = &primitive.primitive else { continue };
        for corners in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|at| &mesh.vertices[corners[at] as usize]);
            if corners.iter().all(|corner| corner.uv == WHITE_UV) {
                ground.paint(corners, primitive.clip_rect);
                continue;
            }
            let glyph = Rect::from_points(&corners.map(|corner| corner.pos));
            let color = corners[0].color;
            if color.a() == 0 || !primitive.clip_rect.contains_rect(glyph) {
                continue;
            }
            let Some(behind) = ground.behind(glyph) else { continue };
            n_glyphs += 1;
            let shown = behind.blend(color);
            if contrast(shown, behind) < LEAST {
                let known = faint.entry([shown.to_array(), behind.to_array()]).or_insert((0, glyph.min));
                known.0 += 1;
            }
        }
    }
    assert!(n_glyphs > 200, "there is text: {n_glyphs}");
    // A single glyph may lie where two grounds meet.
    faint.retain(|_, (n, _)| *n > 2);
    faint
}

struct Window(Harness<'static, InspectorApp>, Vec<String>);

impl Window {
    fn new(theme: ThemeChoice, variant: ThemeVariant) -> Window {
        let prefs = ViewPrefs { theme, variant, ..ViewPrefs::default() };
        let size = SIZE.map(|side| side as f32);
        let mut window = Window(window_of(size, prefs, InlinePort::default()), Vec::new());
        window.0.run();
        window
    }

    fn wants(&mut self, command: Command) {
        self.0.state().push(command);
        self.0.run_steps(3);
    }

    fn look(&mut self, place: &str) {
        let shapes = self.0.output().shapes.clone();
        let primitives = self.0.ctx.tessellate(shapes, 1.0);
        for ([front, behind], (n, at)) in faint(&primitives) {
            let ratio = contrast(
                Color32::from_rgba_premultiplied(front[0], front[1], front[2], front[3]),
                Color32::from_rgba_premultiplied(behind[0], behind[1], behind[2], behind[3]),
            );
            self.1.push(format!("{place}: {front:?} on {behind:?} has {ratio:.2}, {n} at {at:?}"));
        }
    }
}

/// Goes through views with the grounds that text is drawn on: hovered, found, selected, disabled.
fn walk(window: &mut Window) {
    window.wants(Command::OpenText { name: "faulty.json".to_owned(), bytes: faulty_session() });
    window.wants(Command::Find(FindCommand::Open));
    window.wants(Command::Find(FindCommand::For("ping".to_owned())));
    window.wants(Command::StartCollector);
    window.0.get_by_label("Event 1").hover();
    window.0.run_steps(3);
    window.look("hits of a search, a row hovered, a disabled form");
    window.0.remove_cursor();
    window.wants(Command::Find(FindCommand::Close));
    let id = window.0.state().state().captures[0].id;
    window.wants(Command::ShowBottom(BottomTab::Findings));
    window.wants(Command::Select(Item::Finding(id, 0)));
    window.wants(Command::Project(ProjectCommand::Save));
    window.wants(Command::OpenText { name: "none.txt".to_owned(), bytes: b"nothing".to_vec() });
    window.wants(Command::Select(Item::Finding(id, 0)));
    window.look("a finding, its event and messages");
    window.wants(Command::DismissNotices);
}

/// Goes through the views that are left.
fn walk_on(window: &mut Window) {
    for tab in [DetailTab::Raw, DetailTab::Context, DetailTab::Schema] {
        window.wants(Command::ShowDetail(tab));
        window.look("the detail of an event");
    }
    window
        .wants(Command::SetFilter(EventFilter { text: "finding:eror".to_owned(), ..EventFilter::default() }));
    window.wants(Command::Marking(MarkingCommand::SetRange { from: 1.0, to: 20.0 }));
    window.wants(Command::ShowBottom(BottomTab::Measure));
    window.look("a filter at fault, a measured range");
    window.wants(Command::SetFilter(EventFilter::default()));
    window.wants(Command::ShowBottom(BottomTab::Outbox));
    window.wants(Command::OpenText { name: "other.json".to_owned(), bytes: faulty_session() });
    for page in [Page::Order, Page::Lanes, Page::Metadata] {
        window.wants(Command::Compare(CompareCommand::Show(page)));
        window.look("a comparison");
    }
    window.wants(Command::Compare(CompareCommand::Toggle));
    for dialog in [
        Command::Palette(PaletteCommand::Toggle),
        Command::Look(LookCommand::ToggleSettings),
        Command::Table(TableCommand::ToggleColumns),
        Command::Story(StoryCommand::Toggle),
    ] {
        window.wants(dialog.clone());
        window.look(&format!("{dialog:?}"));
        window.wants(dialog);
    }
}

#[track_caller]
fn stands_out(theme: ThemeChoice) {
    for variant in ThemeVariant::ALL {
        let mut window = Window::new(theme, variant);
        walk(&mut window);
        // A variant has other colors, not other pairs.
        if variant == ThemeVariant::Plain {
            walk_on(&mut window);
        }
        assert!(window.1.is_empty(), "{theme:?} {variant:?}: {:#?}", window.1);
    }
}

#[test]
fn every_glyph_stands_out_from_what_lies_behind_it_in_dark_themes() {
    stands_out(ThemeChoice::Dark);
}

#[test]
fn every_glyph_stands_out_from_what_lies_behind_it_in_light_themes() {
    stands_out(ThemeChoice::Light);
}

#[test]
fn text_like_its_ground_would_be_seen() {
    let window = Window::new(ThemeChoice::Dark, ThemeVariant::Plain);
    let mut shapes = window.0.output().shapes.clone();
    for clipped in &mut shapes {
        eframe::egui::epaint::shape_transform::adjust_colors(&mut clipped.shape, |color| {
            *color = color.lerp_to_gamma(Color32::from_gray(60), 0.7);
        });
    }
    let primitives = window.0.ctx.tessellate(shapes, 1.0);
    assert!(!faint(&primitives).is_empty());
}
