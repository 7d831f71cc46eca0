//! Design tokens from `assets/theme.json`: every color and size of the window. No color is written elsewhere.

use std::sync::OnceLock;

use eframe::egui::{
    self, Color32, Context, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Theme, ThemePreference,
    Visuals, vec2,
};
use serde_json::Value;

use crate::app::prefs::{ThemeChoice, ThemeVariant};
use crate::rules::finding::Severity;
use crate::rules::verdict::Verdict;

/// Declares the colors with the token that each is read from.
macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The colors of one theme.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Tokens { $($(#[$doc])* pub $name: Color32,)* }

        impl Tokens {
            /// A variant names only what it has otherwise.
            fn read(theme: &Value, variant: &Value) -> Tokens {
                Tokens { $($name: color(theme, variant, stringify!($name)),)* }
            }

            /// All colors by name.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, Color32)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

tokens! {
    /// Behind tables, trees and plots.
    background,
    /// Behind bars and side panels.
    panel,
    /// Buttons, heads of groups.
    raised,
    /// Every second row.
    stripe,
    /// Lines between things.
    border,
    /// Text.
    text,
    /// Text of less weight.
    text_weak,
    /// Links, the chosen tab.
    accent,
    /// Text on `accent`.
    on_accent,
    /// Behind what is selected.
    selection,
    /// Behind what the pointer is over.
    hovered,
    /// The line at the pointer.
    hover_line,
    /// The line at the selected event.
    selection_line,
    /// The cursors A and B.
    cursor,
    /// Over the measured range.
    range_fill,
    /// Errors.
    error,
    /// Warnings.
    warn,
    /// Remarks.
    info,
    /// What is in order.
    good,
    /// Behind an error.
    error_fill,
    /// Behind a warning.
    warn_fill,
    /// Behind a remark.
    info_fill,
    /// Behind what is in order.
    good_fill,
    /// Text on lanes.
    lane_text,
    /// Phase: before the first play.
    lane_starting,
    /// Phase: playing.
    lane_playing,
    /// Phase: paused.
    lane_paused,
    /// Phase: buffering.
    lane_buffering,
    /// Phase: after the end.
    lane_ended,
    /// Phase: ad break.
    lane_break,
    /// Phase: ad.
    lane_ad,
    /// Phase: chapter.
    lane_chapter,
    /// Phase: player state.
    lane_state,
    /// Phase: bitrate.
    lane_quality,
    /// Marker: ping.
    mark_ping,
    /// Marker: any other event.
    mark_event,
    /// Marker: request.
    mark_request,
    /// Line: an event of a tie that cannot be decided.
    reorder_tie,
    /// Plot: what was sent.
    plot_observed,
    /// Plot: before the first play.
    plot_starting,
    /// Plot: while paused.
    plot_paused,
    /// Plot: while buffering.
    plot_buffering,
    /// Plot: in an ad break.
    plot_ad,
    /// Plot: what was expected.
    plot_expected,
    /// Plot: the band about what was expected.
    plot_tolerance,
    /// Grid lines.
    grid,
    /// JSON: keys.
    json_key,
    /// JSON: strings.
    json_text,
    /// JSON: numbers.
    json_number,
    /// JSON: true, false, null.
    json_word,
    /// QR codes: light modules.
    qr_light,
    /// QR codes: dark modules.
    qr_dark,
}

/// Sizes in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Body text.
    pub body: f32,
    /// Small text.
    pub small: f32,
    /// Headings.
    pub heading: f32,
    /// Monospace text.
    pub monospace: f32,
    /// Height of a row in tables and lists.
    pub row: f32,
    /// Distance between things.
    pub gap: f32,
}

struct File {
    /// By variant: light and dark.
    themes: [(Tokens, Tokens); 3],
    sizes: Sizes,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    FILE.get_or_init(|| {
        let json: Value = serde_json::from_str(include_str!("../../assets/theme.json")).unwrap_or_default();
        let size =
            |name: &str, otherwise: f32| json["sizes"][name].as_f64().map_or(otherwise, |size| size as f32);
        File {
            themes: ["plain", "high-contrast", "color-blind"].map(|variant| {
                let read = |theme: &str| Tokens::read(&json[theme], &json[format!("{theme}-{variant}")]);
                (read("light"), read("dark"))
            }),
            sizes: Sizes {
                body: size("body", 13.0),
                small: size("small", 11.0),
                heading: size("heading", 18.0),
                monospace: size("monospace", 12.0),
                row: size("row", 20.0),
                gap: size("gap", 6.0),
            },
        }
    })
}

/// A token that is missing or no color shows as the placeholder of the toolkit; a test keeps the file whole.
fn color(theme: &Value, variant: &Value, name: &str) -> Color32 {
    let text = variant[name].as_str().or(theme[name].as_str()).unwrap_or_default();
    Color32::from_hex(text).unwrap_or(Color32::PLACEHOLDER)
}

/// The colors of a theme.
#[must_use]
pub fn tokens(theme: Theme, variant: ThemeVariant) -> &'static Tokens {
    let [plain, high_contrast, color_blind] = &file().themes;
    let (light, dark) = match variant {
        ThemeVariant::Plain => plain,
        ThemeVariant::HighContrast => high_contrast,
        ThemeVariant::ColorBlind => color_blind,
    };
    match theme {
        Theme::Light => light,
        Theme::Dark => dark,
    }
}

/// The sizes.
#[must_use]
pub fn sizes() -> &'static Sizes {
    &file().sizes
}

impl Tokens {
    /// The color of a severity.
    #[must_use]
    pub fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Error => self.error,
            Severity::Warn => self.warn,
            Severity::Info => self.info,
        }
    }

    /// The color behind a severity.
    #[must_use]
    pub fn severity_fill(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Error => self.error_fill,
            Severity::Warn => self.warn_fill,
            Severity::Info => self.info_fill,
        }
    }

    /// The color of a verdict.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> Color32 {
        match verdict {
            Verdict::Accepted => self.good,
            Verdict::Degraded => self.warn,
            Verdict::Rejected => self.error,
        }
    }
}

/// Gives both themes of the toolkit our colors and sizes; once, at the start.
pub fn install(ctx: &Context) {
    dress(ctx, ThemeVariant::Plain);
    for theme in [Theme::Light, Theme::Dark] {
        ctx.style_mut_of(theme, |style| {
            let sizes = sizes();
            let proportional = |size| FontId::new(size, FontFamily::Proportional);
            style.text_styles = [
                (TextStyle::Small, proportional(sizes.small)),
                (TextStyle::Body, proportional(sizes.body)),
                (TextStyle::Button, proportional(sizes.body)),
                (TextStyle::Heading, proportional(sizes.heading)),
                (TextStyle::Monospace, FontId::new(sizes.monospace, FontFamily::Monospace)),
            ]
            .into();
            style.spacing.item_spacing = vec2(sizes.gap, sizes.gap * 0.75);
            style.spacing.button_padding = vec2(8.0, 3.0);
            style.spacing.interact_size.y = sizes.row;
            style.interaction.selectable_labels = false;
        });
    }
}

/// Gives both themes of the toolkit the colors of a variant.
pub fn dress(ctx: &Context, variant: ThemeVariant) {
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_visuals_of(theme, visuals(theme, variant));
    }
}

/// Follows the user's choice of theme.
pub fn choose(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
}

/// What cannot be used now is drawn so faintly, and can still be read.
const DISABLED_ALPHA: f32 = 0.72;

fn visuals(theme: Theme, variant: ThemeVariant) -> Visuals {
    let tokens = tokens(theme, variant);
    let mut visuals = theme.default_visuals();
    visuals.disabled_alpha = DISABLED_ALPHA;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.hyperlink_color = tokens.accent;
    visuals.faint_bg_color = tokens.stripe;
    visuals.extreme_bg_color = tokens.background;
    visuals.text_edit_bg_color = Some(tokens.background);
    visuals.code_bg_color = tokens.raised;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.error;
    visuals.window_fill = tokens.panel;
    visuals.panel_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.border);
    visuals.selection =
        egui::style::Selection { bg_fill: tokens.selection, stroke: Stroke::new(1.0, tokens.text) };
    let radius = CornerRadius::same(4);
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = radius;
        widget.bg_fill = tokens.raised;
        widget.weak_bg_fill = tokens.raised;
        widget.fg_stroke = Stroke::new(1.0, tokens.text);
        widget.bg_stroke = Stroke::new(1.0, tokens.border);
        widget.expansion = 0.0;
    }
    widgets.noninteractive.bg_fill = tokens.panel;
    widgets.hovered.weak_bg_fill = tokens.hovered;
    widgets.hovered.bg_stroke = Stroke::new(1.0, tokens.text_weak);
    widgets.active.weak_bg_fill = tokens.selection;
    widgets.active.bg_stroke = Stroke::new(1.0, tokens.accent);
    widgets.open.weak_bg_fill = tokens.selection;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast ratio of WCAG 2.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |color: Color32| {
            let [r, g, b, _] = color.to_array().map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Every theme in every variant.
    fn looks() -> impl Iterator<Item = (Theme, ThemeVariant)> {
        let both = [Theme::Light, Theme::Dark].into_iter();
        both.flat_map(|theme| ThemeVariant::ALL.map(|variant| (theme, variant)))
    }

    #[test]
    fn every_token_of_a_variant_is_one_that_there_is_and_each_variant_differs() {
        let json: Value =
            serde_json::from_str(include_str!("../../assets/theme.json")).expect("the file is JSON");
        for name in ["light-high-contrast", "dark-high-contrast", "light-color-blind", "dark-color-blind"] {
            let overlay = json[name].as_object().expect("the variant is there");
            let base = name.split('-').next().expect("a theme");
            for (token, value) in overlay {
                assert!(json[base][token].is_string(), "{name} {token}");
                assert_ne!(&json[base][token], value, "{name} {token} is as in the theme itself");
            }
        }
        for theme in [Theme::Light, Theme::Dark] {
            let [plain, high, blind] = ThemeVariant::ALL.map(|variant| tokens(theme, variant));
            assert!(plain != high && plain != blind && high != blind);
        }
    }

    #[test]
    fn high_contrast_means_seven_to_one_for_plain_text_and_severities() {
        for theme in [Theme::Light, Theme::Dark] {
            let t = tokens(theme, ThemeVariant::HighContrast);
            for behind in [t.background, t.panel, t.stripe, t.hovered, t.selection] {
                for front in [t.text, t.text_weak, t.error, t.warn, t.info, t.good] {
                    let ratio = contrast(front, behind);
                    assert!(ratio >= 7.0, "{theme:?}: {front:?} on {behind:?} has {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn every_token_is_a_color_in_every_theme() {
        for (theme, variant) in looks() {
            for (name, color) in tokens(theme, variant).all() {
                assert_ne!(color, Color32::PLACEHOLDER, "{theme:?} {variant:?} {name}");
            }
        }
    }

    #[test]
    fn every_text_has_enough_contrast_on_what_lies_behind_it() {
        for (theme, variant) in looks() {
            let t = tokens(theme, variant);
            let plain = [t.background, t.panel, t.stripe, t.hovered, t.selection];
            let mut pairs = Vec::new();
            for behind in plain {
                let front = [t.text, t.text_weak, t.accent, t.error, t.warn, t.info, t.good];
                pairs.extend(front.map(|front| (front, behind)));
            }
            pairs.push((t.reorder_tie, t.background));
            pairs.push((t.cursor, t.background));
            for front in [t.json_key, t.json_text, t.json_number, t.json_word] {
                pairs.extend([(front, t.background), (front, t.panel)]);
            }
            pairs.extend([
                (t.text, t.raised),
                (t.on_accent, t.accent),
                (t.error, t.error_fill),
                (t.warn, t.warn_fill),
                (t.info, t.info_fill),
                (t.good, t.good_fill),
                (t.text, t.error_fill),
                (t.text, t.warn_fill),
                (t.text, t.info_fill),
            ]);
            let lanes = [
                t.lane_starting,
                t.lane_playing,
                t.lane_paused,
                t.lane_buffering,
                t.lane_ended,
                t.lane_break,
                t.lane_ad,
                t.lane_chapter,
                t.lane_state,
                t.lane_quality,
            ];
            pairs.extend(lanes.map(|lane| (t.lane_text, lane)));
            for (front, behind) in pairs {
                let ratio = contrast(front, behind);
                assert!(ratio >= 4.5, "{theme:?} {variant:?}: {front:?} on {behind:?} has {ratio:.2}");
            }
        }
    }
}
