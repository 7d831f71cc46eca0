//! Pictures of what the window draws, made without a window: no display, no GPU, no driver.
//!
//! The views draw into a [`Context`] of their own; what they drew is a list of shapes ([`Drawn`]), in which [`mask`]
//! hides what is identifying. [`svg`] writes the shapes as they are, [`raster`] fills their triangles.
//!
//! | Module | Holds |
//! |---|---|
//! | [`session`] | timeline and clock plot of a session under a heading |
//! | [`window`] | the window or a part of it, as it was drawn |

pub mod mask;
pub mod raster;
pub mod session;
pub mod svg;
pub mod window;

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Arc, OnceLock};

use eframe::egui::epaint::text::{FallbackRequest, FontProvider as _};
use eframe::egui::epaint::textures::TexturesDelta;
use eframe::egui::epaint::{ClippedShape, ImageData};
use eframe::egui::{ColorImage, Context, FullOutput, Pos2, RawInput, Rect, TextureId, Ui, Vec2, ViewportId};

use egui_system_font_provider::SystemFontProvider;

use self::mask::Masking;

/// Views settle within so many passes: sizes of axes and bars are known from the pass before.
const PASSES: u32 = 4;
/// From one pass to the next, seconds: longer than any animation.
const PASS_SECS: f64 = 0.5;

/// What is drawn on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    /// Size in points.
    pub size: Vec2,
    /// Pixels per point.
    pub scale: f32,
}

impl Canvas {
    /// The whole canvas, points.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::from_min_size(Pos2::ZERO, self.size)
    }

    fn input(&self, pass: u32) -> RawInput {
        let time = Some(f64::from(pass) * PASS_SECS);
        let mut input = RawInput { screen_rect: Some(self.rect()), time, ..RawInput::default() };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.scale);
        }
        input
    }
}

/// What was drawn.
pub struct Drawn {
    /// What it was drawn on.
    pub canvas: Canvas,
    /// Shapes with what is seen of each, from back to front.
    pub shapes: Vec<ClippedShape>,
    /// Images that shapes refer to; the first one holds the letters.
    pub textures: Textures,
}

/// Draws on a canvas with a context that has never seen a window. Texts are masked.
pub fn draw(ctx: &Context, canvas: Canvas, masking: &mut Masking, mut ui: impl FnMut(&mut Ui)) -> Drawn {
    ctx.all_styles_mut(|style| style.animation_time = 0.0);
    let mut textures = Textures::default();
    let mut pass = |number: u32| {
        let FullOutput { shapes, textures_delta, .. } = ctx.run_ui(canvas.input(number), &mut ui);
        textures.apply(textures_delta);
        shapes
    };
    let mut shapes = Vec::new();
    for number in 0..PASSES {
        shapes = pass(number);
    }
    masking.mask(ctx, &mut shapes);
    // Masks may need letters that stood nowhere: the next pass brings them.
    drop(pass(PASSES));
    Drawn { canvas, shapes, textures }
}

/// Sets all texts anew with a context that has drawn nothing, masked, so that its image of letters holds theirs.
pub fn set_letters(ctx: &Context, drawn: &mut Drawn, masking: &mut Masking) {
    let mut output = ctx.run_ui(drawn.canvas.input(0), |_| {});
    drawn.textures.apply(take(&mut output.textures_delta));
    masking.set_anew(ctx, &mut drawn.shapes);
    // The next pass brings the letters.
    let mut output = ctx.run_ui(drawn.canvas.input(1), |_| {});
    drawn.textures.apply(take(&mut output.textures_delta));
}

/// Lets a context ask the system for letters that the fonts of the program lack. The system is asked only when one is
/// missing: listing its fonts takes long.
pub fn fonts_of_the_system(ctx: &Context) {
    let system = OnceLock::new();
    ctx.add_font_provider(Arc::new(move |request: &FallbackRequest<'_>| {
        system.get_or_init(SystemFontProvider::new).font_for(request)
    }));
}

/// Images by their number.
#[derive(Debug, Default)]
pub struct Textures(BTreeMap<TextureId, ColorImage>);

impl Textures {
    /// The image with this number.
    #[must_use]
    pub fn get(&self, id: TextureId) -> Option<&ColorImage> {
        self.0.get(&id)
    }

    fn apply(&mut self, mut delta: TexturesDelta) {
        let mut changed: Vec<TextureId> = delta.set.keys().copied().collect();
        changed.sort_unstable();
        for id in changed {
            for change in delta.set.remove(&id).unwrap_or_default() {
                let ImageData::Color(image) = change.image;
                match (change.pos, self.0.get_mut(&id)) {
                    (None, _) => drop(self.0.insert(id, ColorImage::clone(&image))),
                    (Some(at), Some(whole)) => paste(whole, &image, at),
                    (Some(_), None) => {}
                }
            }
        }
        // Freed ones may stay: the shapes of the pass before still refer to them.
        delta.free.clear();
    }
}

/// Copies an image into another one, as far as it fits.
fn paste(whole: &mut ColorImage, part: &ColorImage, [left, top]: [usize; 2]) {
    let (width, part_width) = (whole.width(), part.width());
    if part_width == 0 || left + part_width > width {
        return;
    }
    for (row, pixels) in part.pixels.chunks_exact(part_width).enumerate() {
        let start = (top + row) * width + left;
        if let Some(place) = whole.pixels.get_mut(start..start + part_width) {
            place.copy_from_slice(pixels);
        }
    }
}

impl Drawn {
    /// Takes the shapes out.
    pub fn take_shapes(&mut self) -> Vec<ClippedShape> {
        take(&mut self.shapes)
    }
}
