//! Shapes as pixels, by this processor alone: the triangles that the toolkit would hand to a graphics driver.
//!
//! A triangle is painted row by row, from the pixel whose middle its left edge reaches up to that of its right edge, so
//! that triangles which touch leave no gap and share no pixel. Colors are multiplied and mixed as the drivers
//! of the toolkit do it: in gamma space, with alpha multiplied in.

use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use eframe::egui::{Color32, ColorImage, Context, Mesh, Rect};

use super::Drawn;

/// The drawn shapes as pixels, on `background`.
#[must_use]
pub fn raster(ctx: &Context, drawn: &mut Drawn, background: Color32) -> ColorImage {
    let scale = drawn.canvas.scale;
    let size = drawn.canvas.size * scale;
    let mut image = ColorImage::filled([size.x.round() as usize, size.y.round() as usize], background);
    for ClippedPrimitive { clip_rect, primitive } in ctx.tessellate(drawn.take_shapes(), scale) {
        if let Primitive::Mesh(mesh) = primitive
            && let Some(texture) = drawn.textures.get(mesh.texture_id)
        {
            paint_mesh(&mut image, &mesh, texture, clip_rect, scale);
        }
    }
    image
}

fn paint_mesh(image: &mut ColorImage, mesh: &Mesh, texture: &ColorImage, clip: Rect, scale: f32) {
    let [width, height] = image.size;
    // As drivers do it: the rectangle in whole pixels.
    let edge = |at: f32, most: usize| ((at * scale).round().max(0.0) as usize).min(most);
    let clip = PixelRect {
        left: edge(clip.left(), width),
        top: edge(clip.top(), height),
        right: edge(clip.right(), width),
        bottom: edge(clip.bottom(), height),
    };
    for corners in mesh.indices.chunks_exact(3) {
        let corner =
            |at: usize| mesh.vertices.get(corners[at] as usize).map(|it| Corner::of(it, texture, scale));
        if let (Some(a), Some(b), Some(c)) = (corner(0), corner(1), corner(2)) {
            paint_triangle(image, [a, b, c], texture, &clip);
        }
    }
}

/// Pixels from `left` and `top` up to, but without, `right` and `bottom`.
struct PixelRect {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

/// What changes evenly from corner to corner: place in the texture in its pixels, then red, green, blue, alpha from 0
/// to 255.
type Values = [f32; 6];

/// A corner of a triangle, its place in pixels.
#[derive(Clone, Copy)]
struct Corner {
    x: f64,
    y: f64,
    values: Values,
}

impl Corner {
    fn of(vertex: &Vertex, texture: &ColorImage, scale: f32) -> Corner {
        let [width, height] = texture.size;
        let [red, green, blue, alpha] = vertex.color.to_array().map(f32::from);
        let (u, v) = (vertex.uv.x * width as f32, vertex.uv.y * height as f32);
        let at = vertex.pos * scale;
        Corner { x: at.x.into(), y: at.y.into(), values: [u, v, red, green, blue, alpha] }
    }
}

/// The first pixel whose middle lies at `at` or behind it, within `least..=most`.
fn first_from(at: f64, least: usize, most: usize) -> usize {
    ((at - 0.5).ceil().max(0.0) as usize).clamp(least, most)
}

/// Where the edge from `a` to `b` crosses the middle of a row; `None` for rows that it does not reach. The same both
/// ways round, so that the two triangles beside an edge share its pixels out between them.
fn crossing(a: &Corner, b: &Corner, middle: f64) -> Option<f64> {
    let (above, below) = if a.y <= b.y { (a, b) } else { (b, a) };
    let reaches = above.y <= middle && middle < below.y;
    reaches.then(|| above.x + (below.x - above.x) * ((middle - above.y) / (below.y - above.y)))
}

fn paint_triangle(image: &mut ColorImage, corners: [Corner; 3], texture: &ColorImage, clip: &PixelRect) {
    let [a, b, c] = &corners;
    if !corners.iter().all(|corner| corner.x.is_finite() && corner.y.is_finite()) || clip.left >= clip.right {
        return;
    }
    let width = image.size[0];
    let (top, bottom) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
    let rows = first_from(top, clip.top, clip.bottom)..first_from(bottom, clip.top, clip.bottom);
    let Some(slopes) = Slopes::of(&corners) else { return };
    let even = slopes.even_color(a, texture);
    for row in rows {
        let middle = row as f64 + 0.5;
        let crossings = [crossing(a, b, middle), crossing(b, c, middle), crossing(c, a, middle)];
        let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
        for at in crossings.into_iter().flatten() {
            (left, right) = (left.min(at), right.max(at));
        }
        let from = first_from(left, clip.left, clip.right);
        let to = first_from(right, clip.left, clip.right);
        let Some(pixels) = image.pixels.get_mut(row * width + from..row * width + to.max(from)) else {
            continue;
        };
        match even {
            Some(color) if color[3] >= 255.0 => pixels.fill(over(color, Color32::TRANSPARENT)),
            Some(color) => pixels.iter_mut().for_each(|pixel| *pixel = over(color, *pixel)),
            None => slopes.paint_row(pixels, a, (from as f64 + 0.5, middle), texture),
        }
    }
}

/// How values change from pixel to pixel of a triangle.
struct Slopes {
    along: Values,
    down: Values,
}

impl Slopes {
    /// `None` for a triangle without area.
    fn of([a, b, c]: &[Corner; 3]) -> Option<Slopes> {
        let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
        if !area.is_finite() || area == 0.0 {
            return None;
        }
        let (mut along, mut down) = ([0.0; 6], [0.0; 6]);
        for at in 0..6 {
            let (to_b, to_c) =
                (f64::from(b.values[at] - a.values[at]), f64::from(c.values[at] - a.values[at]));
            along[at] = ((to_b * (c.y - a.y) - to_c * (b.y - a.y)) / area) as f32;
            down[at] = ((to_c * (b.x - a.x) - to_b * (c.x - a.x)) / area) as f32;
        }
        Some(Slopes { along, down })
    }

    /// The one color of the triangle: most have one, and need no look at the texture for each pixel.
    fn even_color(&self, corner: &Corner, texture: &ColorImage) -> Option<[f32; 4]> {
        let is_even = self.along.iter().chain(&self.down).all(|slope| *slope == 0.0);
        is_even.then(|| color_of(corner.values, texture))
    }

    /// Paints pixels beside each other, the middle of the first at `start`.
    fn paint_row(&self, pixels: &mut [Color32], corner: &Corner, start: (f64, f64), texture: &ColorImage) {
        let (right, below) = ((start.0 - corner.x) as f32, (start.1 - corner.y) as f32);
        let mut values = corner.values;
        for (value, (along, down)) in values.iter_mut().zip(self.along.iter().zip(&self.down)) {
            *value += right * along + below * down;
        }
        // Edges that fade out look at one place of the texture only.
        let texel =
            (self.along[0] == 0.0 && self.along[1] == 0.0).then(|| sample(texture, values[0], values[1]));
        for (at, pixel) in pixels.iter_mut().enumerate() {
            let mut here = values;
            for (value, along) in here.iter_mut().zip(&self.along) {
                *value += at as f32 * along;
            }
            let texel = texel.unwrap_or_else(|| sample(texture, here[0], here[1]));
            *pixel = over(tinted(here, texel), *pixel);
        }
    }
}

/// The color of a corner: its own times that of the texture.
fn color_of(values: Values, texture: &ColorImage) -> [f32; 4] {
    tinted(values, sample(texture, values[0], values[1]))
}

fn tinted([_, _, red, green, blue, alpha]: Values, texel: [f32; 4]) -> [f32; 4] {
    let share = |own: f32, texel: f32| own.clamp(0.0, 255.0) * texel / 255.0;
    [share(red, texel[0]), share(green, texel[1]), share(blue, texel[2]), share(alpha, texel[3])]
}

/// Nearer than this to the middle of a pixel of the texture is at it.
const AT_MIDDLE: f32 = 1.0 / 512.0;

/// The color at a place of a texture, mixed from the four pixels about it.
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let pixel = |x: f32, y: f32| {
        let x = (x.max(0.0) as usize).min(width.saturating_sub(1));
        let y = (y.max(0.0) as usize).min(height.saturating_sub(1));
        texture.pixels.get(y * width + x).copied().unwrap_or_default().to_array().map(f32::from)
    };
    let (u, v) = (u - 0.5, v - 0.5);
    // Letters lie on whole pixels.
    if (u - u.round()).abs() < AT_MIDDLE && (v - v.round()).abs() < AT_MIDDLE {
        return pixel(u.round(), v.round());
    }
    let (x, y) = (u.floor(), v.floor());
    let (right, below) = (u - x, v - y);
    let mut mixed = [0.0; 4];
    for (place, share) in [
        ((x, y), (1.0 - right) * (1.0 - below)),
        ((x + 1.0, y), right * (1.0 - below)),
        ((x, y + 1.0), (1.0 - right) * below),
        ((x + 1.0, y + 1.0), right * below),
    ] {
        for (sum, part) in mixed.iter_mut().zip(pixel(place.0, place.1)) {
            *sum += share * part;
        }
    }
    mixed
}

fn over(source: [f32; 4], behind: Color32) -> Color32 {
    let rest = 1.0 - source[3] / 255.0;
    let behind = behind.to_array();
    let mix = |at: usize| (source[at] + rest * f32::from(behind[at])).round().clamp(0.0, 255.0) as u8;
    premultiplied([mix(0), mix(1), mix(2), mix(3)])
}

#[expect(clippy::disallowed_methods, reason = "what is on the screen was mixed of the tokens' colors")]
fn premultiplied([red, green, blue, alpha]: [u8; 4]) -> Color32 {
    Color32::from_rgba_premultiplied(red, green, blue, alpha)
}

/// Opaque pixels as a PNG.
///
/// # Errors
/// When the image has no pixels.
pub fn png(image: &ColorImage) -> Result<Vec<u8>, png::EncodingError> {
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels: Vec<u8> = image.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{Pos2, TextureId, pos2, vec2};

    const BEHIND: Color32 = Color32::TRANSPARENT;

    fn painted(mesh: &Mesh, clip: Rect) -> ColorImage {
        let texture = ColorImage::filled([1, 1], Color32::PLACEHOLDER);
        let texture = ColorImage { pixels: vec![full(255); texture.pixels.len()], ..texture };
        let mut image = ColorImage::filled([8, 8], BEHIND);
        paint_mesh(&mut image, mesh, &texture, clip, 1.0);
        image
    }

    fn full(level: u8) -> Color32 {
        premultiplied([level, level, level, 255])
    }

    fn everything() -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(8.0, 8.0))
    }

    fn fan(corners: &[Pos2], color: Color32) -> Mesh {
        let mut mesh = Mesh::with_texture(TextureId::default());
        corners.iter().for_each(|at| mesh.colored_vertex(*at, color));
        for corner in 2..corners.len() as u32 {
            mesh.add_triangle(0, corner - 1, corner);
        }
        mesh
    }

    #[test]
    fn triangles_that_touch_leave_no_gap_and_share_no_pixel() {
        // A half-transparent color would show every pixel that is painted twice.
        let half = premultiplied([128; 4]);
        let turned = [(4.0, 0.0), (8.0, 4.0), (4.0, 8.0), (0.0, 4.0)].map(|(x, y)| pos2(x, y));
        let upright = [(1.0, 1.0), (7.0, 1.0), (7.0, 6.5), (1.0, 6.5)].map(|(x, y)| pos2(x, y));
        for corners in [turned, upright] {
            let image = painted(&fan(&corners, half), everything());
            let n_seen = image.pixels.iter().filter(|pixel| **pixel == half).count();
            let others = image.pixels.iter().filter(|pixel| **pixel != half && **pixel != BEHIND).count();
            assert_eq!(others, 0, "{image:?}");
            assert!(n_seen >= 24, "{n_seen} pixels of a square");
            let backwards: Vec<Pos2> = corners.iter().rev().copied().collect();
            assert_eq!(painted(&fan(&backwards, half), everything()), image, "whichever way it turns");
        }
    }

    #[test]
    fn nothing_is_painted_beside_what_is_seen() {
        let corners = [(-90.0, -90.0), (90.0, -90.0), (90.0, 90.0), (-90.0, 90.0)].map(|(x, y)| pos2(x, y));
        let clip = Rect::from_min_max(pos2(2.0, 3.0), pos2(5.0, 4.0));
        let image = painted(&fan(&corners, full(200)), clip);
        let seen: Vec<usize> = (0..64).filter(|at| image.pixels[*at] != BEHIND).collect();
        assert_eq!(seen, [26, 27, 28]);
        assert_eq!(image.pixels[26], full(200));
    }

    #[test]
    fn no_triangle_harms() {
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, 0.0] {
            let corners = [pos2(odd, 0.0), pos2(4.0, odd), pos2(odd, 8.0)];
            drop(painted(&fan(&corners, full(9)), everything()));
        }
    }
}
