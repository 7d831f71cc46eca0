//! The bar of the commands that are used most.

use eframe::egui::{Align, Button, ComboBox, Layout, Ui, WidgetInfo, accesskit::Role};

use super::capture::follow_ui;
use crate::app::command::Command;
use crate::app::command::rows::named;
use crate::app::prefs::ThemeChoice;
use crate::model::policy::Profile;
use crate::ui::cx::AppCx;
use crate::ui::shortcuts::tip;
use crate::ui::text::text;
use crate::ui::widgets::icon::{Icon, icon_button};

/// Draws the bar.
pub fn toolbar_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    ui.horizontal(|ui| {
        let any = cx.state.shown.is_some();
        labelled(ui, cx, "open");
        ui.separator();
        tool(ui, cx, "previous-finding", Icon::Previous, any);
        ui.label(text("toolbar.findings"));
        tool(ui, cx, "next-finding", Icon::Next, any);
        ui.separator();
        tool(ui, cx, "zoom-out", Icon::ZoomOut, any);
        tool(ui, cx, "fit-all", Icon::Fit, any);
        tool(ui, cx, "zoom-in", Icon::ZoomIn, any);
        ui.separator();
        ui.add_enabled_ui(any, |ui| labelled(ui, cx, "story"));
        ui.add_enabled_ui(any, |ui| labelled(ui, cx, "send-panel"));
        labelled(ui, cx, "capture-panel");
        follow_ui(ui, cx);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let dark = ui.visuals().dark_mode;
            let (key, choice) = if dark {
                ("toolbar.to-light", ThemeChoice::Light)
            } else {
                ("toolbar.to-dark", ThemeChoice::Dark)
            };
            if ui.button(text(key)).clicked() {
                cx.push(Command::SetTheme(choice));
            }
            profile_ui(ui, cx);
        });
    });
}

/// Which profile judges.
fn profile_ui(ui: &mut Ui, cx: &AppCx<'_>) {
    let words = |profile: Option<Profile>| match profile {
        None => text("profile.configured"),
        Some(Profile::Default) => text("profile.default"),
        Some(Profile::Strict) => text("profile.strict"),
        Some(Profile::Lenient) => text("profile.lenient"),
    };
    let mut profile = cx.state.prefs.profile;
    let combo = ComboBox::from_id_salt("profile").selected_text(words(profile)).width(96.0);
    let shown = combo.show_ui(ui, |ui| {
        for choice in std::iter::once(None).chain(Profile::ALL.map(Some)) {
            ui.selectable_value(&mut profile, choice, words(choice));
        }
    });
    let name = || WidgetInfo::labeled(Role::ComboBox, true, text("profile.label"));
    shown.response.on_hover_text(text("profile.tip")).widget_info(name);
    ui.weak(text("profile.label"));
    if profile != cx.state.prefs.profile {
        cx.push(Command::SetProfile(profile));
    }
}

fn labelled(ui: &mut Ui, cx: &AppCx<'_>, name: &str) {
    let button = Button::new(text(&format!("command.{name}")));
    if ui.add(button).on_hover_text(tip(ui, name)).clicked()
        && let Some(row) = named(name)
    {
        cx.push((row.make)());
    }
}

fn tool(ui: &mut Ui, cx: &AppCx<'_>, name: &str, icon: Icon, enabled: bool) {
    let tip = tip(ui, name);
    if icon_button(ui, icon, &tip, enabled).clicked()
        && let Some(row) = named(name)
    {
        cx.push((row.make)());
    }
}
