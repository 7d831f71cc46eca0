//! Shapes as pixels, by this processor alone: the triangles that the toolkit would hand to a graphics driver.
//!
//! A pixel belongs to a triangle when its middle lies inside; of a middle on an edge, the upper and left edges have
//! it, so that triangles which touch leave no gap and share no pixel. Colors are multiplied and mixed as the drivers
//! of the toolkit do it: in gamma space, with alpha multiplied in.

use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use eframe::egui::{Color32, ColorImage, Context, Mesh, Pos2, Rect};

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

/// A corner of a triangle: place in pixels, and what changes evenly from corner to corner.
#[derive(Clone, Copy)]
struct Corner {
    at: Pos2,
    /// Place in the texture in its pixels, then red, green, blue, alpha from 0 to 255.
    values: [f32; 6],
}

impl Corner {
    fn of(vertex: &Vertex, texture: &ColorImage, scale: f32) -> Corner {
        let [width, height] = texture.size;
        let [red, green, blue, alpha] = vertex.color.to_array().map(f32::from);
        let (u, v) = (vertex.uv.x * width as f32, vertex.uv.y * height as f32);
        Corner { at: vertex.pos * scale, values: [u, v, red, green, blue, alpha] }
    }
}

/// Twice the area of a triangle; positive when its corners turn with the clock on the screen.
fn doubled_area(a: Pos2, b: Pos2, c: Pos2) -> f64 {
    let [ax, ay, bx, by, cx, cy] = [a.x, a.y, b.x, b.y, c.x, c.y].map(f64::from);
    (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
}

/// True for an edge whose pixels belong to the triangle on its right: the left ones, and the upper ones.
fn owns_its_pixels(from: Pos2, to: Pos2) -> bool {
    to.y < from.y || (to.y == from.y && to.x > from.x)
}

fn paint_triangle(image: &mut ColorImage, corners: [Corner; 3], texture: &ColorImage, clip: &PixelRect) {
    let [a, mut b, mut c] = corners;
    let area = doubled_area(a.at, b.at, c.at);
    if !(area.is_finite() && area != 0.0) {
        return;
    }
    if area < 0.0 {
        std::mem::swap(&mut b, &mut c);
    }
    let area = area.abs();
    let bounds = Rect::from_points(&[a.at, b.at, c.at]);
    let first = |at: f32, least: usize| (at.floor().max(0.0) as usize).max(least);
    let last = |at: f32, most: usize| (at.ceil().max(0.0) as usize).min(most);
    let (left, right) = (first(bounds.left(), clip.left), last(bounds.right(), clip.right));
    let (top, bottom) = (first(bounds.top(), clip.top), last(bounds.bottom(), clip.bottom));
    // Each edge lies opposite to the corner whose share it measures.
    let edges = [(b.at, c.at), (c.at, a.at), (a.at, b.at)];
    let owned = edges.map(|(from, to)| owns_its_pixels(from, to));
    // Most triangles have one color, and need no look at the texture for each pixel.
    let even = (a.values == b.values && a.values == c.values).then(|| color_of(a.values, texture));
    for y in top..bottom {
        for x in left..right {
            let middle = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
            let parts = edges.map(|(from, to)| doubled_area(from, to, middle));
            if parts.iter().zip(owned).any(|(part, owned)| *part < 0.0 || (*part == 0.0 && !owned)) {
                continue;
            }
            let source = even.unwrap_or_else(|| {
                let shares = parts.map(|part| (part / area) as f32);
                let value = |at: usize| {
                    shares[0] * a.values[at] + shares[1] * b.values[at] + shares[2] * c.values[at]
                };
                color_of([0, 1, 2, 3, 4, 5].map(value), texture)
            });
            if let Some(pixel) = image.pixels.get_mut(y * image.size[0] + x) {
                *pixel = over(source, *pixel);
            }
        }
    }
}

/// The color of a corner or of what lies between corners: its own times that of the texture.
fn color_of([u, v, red, green, blue, alpha]: [f32; 6], texture: &ColorImage) -> [f32; 4] {
    let texel = sample(texture, u, v);
    let own = [red, green, blue, alpha];
    [0, 1, 2, 3].map(|at| own[at] * texel[at] / 255.0)
}

/// The color at a place of a texture, mixed from the four pixels about it.
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let pixel = |x: f32, y: f32| {
        let x = (x.max(0.0) as usize).min(width.saturating_sub(1));
        let y = (y.max(0.0) as usize).min(height.saturating_sub(1));
        texture.pixels.get(y * width + x).copied().unwrap_or_default().to_array().map(f32::from)
    };
    let (u, v) = (u - 0.5, v - 0.5);
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
    Color32::from_rgba_premultiplied(mix(0), mix(1), mix(2), mix(3))
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
    use eframe::egui::{TextureId, pos2, vec2};

    const BEHIND: Color32 = Color32::TRANSPARENT;

    fn painted(mesh: &Mesh, clip: Rect) -> ColorImage {
        let texture = ColorImage::filled([1, 1], Color32::PLACEHOLDER);
        let texture = ColorImage { pixels: vec![full(255); texture.pixels.len()], ..texture };
        let mut image = ColorImage::filled([8, 8], BEHIND);
        paint_mesh(&mut image, mesh, &texture, clip, 1.0);
        image
    }

    fn full(level: u8) -> Color32 {
        Color32::from_rgba_premultiplied(level, level, level, 255)
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
        let half = Color32::from_rgba_premultiplied(128, 128, 128, 128);
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
