//! A picture of the window, or of a part of it, as it was drawn.
//!
//! What was drawn is taken in the frame ([`Seen`]); letters are set, masked and painted elsewhere, with a context of
//! their own, so that no frame waits for it.

use std::sync::Arc;

use eframe::egui::epaint::ClippedShape;
use eframe::egui::{Color32, Context, LayerId, Order, Rect};

use super::mask::Masking;
use super::raster::{png, raster};
use super::{Canvas, Drawn, Textures, fonts_of_the_system, set_letters};
use crate::model::language::Language;
use crate::redact::Redaction;
use crate::store::loaded::LoadedCapture;
use crate::ui::text::{language, text_in};

/// What a frame has drawn of the window, without menus, messages and dialogs over it.
#[derive(Clone)]
pub struct Seen {
    canvas: Canvas,
    shapes: Vec<ClippedShape>,
    background: Color32,
    /// What it says goes to the window, though another thread makes it.
    language: Language,
}

impl Seen {
    /// Takes it from a frame whose panels have been drawn.
    #[must_use]
    pub fn of(ctx: &Context, background: Color32) -> Seen {
        let canvas = Canvas { size: ctx.content_rect().size(), scale: ctx.pixels_per_point() };
        let mut layers = vec![LayerId::background()];
        ctx.memory(|memory| layers.extend(memory.layer_ids().filter(|id| id.order == Order::Background)));
        layers.dedup();
        let shapes = ctx.graphics(|graphics| {
            let drawn = layers.iter().filter_map(|id| graphics.get(*id));
            drawn.flat_map(|list| list.all_entries().cloned()).collect()
        });
        Seen { canvas, shapes, background, language: language() }
    }

    /// What lies within `part` as a PNG, masked by what is known from captures.
    ///
    /// # Errors
    /// When that has no pixels, in words.
    pub fn png(&self, part: Rect, captures: &[Arc<LoadedCapture>]) -> Result<Vec<u8>, String> {
        let ctx = Context::default();
        fonts_of_the_system(&ctx);
        let captures = captures.iter().map(|loaded| &*loaded.capture);
        let mut masking = Masking::new(Redaction::All, captures);
        let within = |clipped: &ClippedShape| {
            let clip_rect = clipped.clip_rect.intersect(part);
            clip_rect.is_positive().then(|| ClippedShape { clip_rect, ..clipped.clone() })
        };
        let shapes = self.shapes.iter().filter_map(within).collect();
        let mut drawn = Drawn { canvas: self.canvas, shapes, textures: Textures::default() };
        set_letters(&ctx, &mut drawn, &mut masking);
        let image = raster(&ctx, &mut drawn, self.background);
        // Pixels that lie within the part only by a bit belong to what is beside it.
        let pixel = |at: f32, most: usize| ((at * self.canvas.scale).round().max(0.0) as usize).min(most);
        let (left, right) = (pixel(part.left(), image.width()), pixel(part.right(), image.width()));
        let (top, bottom) = (pixel(part.top(), image.height()), pixel(part.bottom(), image.height()));
        if left >= right || top >= bottom {
            return Err(text_in(self.language, "picture.gone").unwrap_or_default().to_owned());
        }
        let size = [right - left, bottom - top];
        png(&image.region_by_pixels([left, top], size)).map_err(|error| error.to_string())
    }
}
