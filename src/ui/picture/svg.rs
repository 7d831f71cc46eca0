//! Shapes as SVG: lines stay lines and text stays text, so that it can be enlarged, searched and read aloud.

use eframe::egui::epaint::text::{Galley, PlacedRow};
use eframe::egui::epaint::{ClippedShape, ColorMode, PathShape, RectShape, TextShape, WHITE_UV};
use eframe::egui::text::TextFormat;
use eframe::egui::{Color32, FontFamily, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, TextureId, pos2};

use super::Drawn;

/// The drawn shapes as an SVG document. `title` and `description` are for those who cannot see it.
#[must_use]
pub fn svg(drawn: &Drawn, title: &str, description: &str) -> String {
    let (width, height) = (number(drawn.canvas.size.x), number(drawn.canvas.size.y));
    let mut writer = Writer::default();
    writer.out.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title description\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n",
        escaped(title),
        escaped(description),
    ));
    for clipped in &drawn.shapes {
        writer.clipped(clipped, drawn.canvas.rect());
    }
    writer.end_group();
    writer.out.push_str("</svg>\n");
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The group that is open, by what is seen of it; `None`: none is.
    group: Option<Rect>,
    n_groups: u32,
}

impl Writer {
    fn clipped(&mut self, clipped: &ClippedShape, canvas: Rect) {
        let mut shape = clipped.shape.clone();
        shape.transform(clipped.transform_after_tessellation);
        let seen = clipped.clip_rect.intersect(canvas);
        let bounds = shape.visual_bounding_rect();
        if !seen.is_positive() || !seen.intersects(bounds) {
            return;
        }
        // What lies inside anyway needs no group of its own.
        if !seen.contains_rect(bounds) && self.group != Some(seen) {
            self.begin_group(seen);
        } else if self.group.is_some_and(|group| group != seen) {
            self.end_group();
        }
        self.shape(&shape);
    }

    fn begin_group(&mut self, seen: Rect) {
        self.end_group();
        self.n_groups += 1;
        let id = self.n_groups;
        let rect = rect_attributes(seen);
        self.line(format_args!(
            "<clipPath id=\"c{id}\"><rect {rect}/></clipPath><g clip-path=\"url(#c{id})\">"
        ));
        self.group = Some(seen);
    }

    fn end_group(&mut self) {
        if self.group.take().is_some() {
            self.line(format_args!("</g>"));
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.out.push_str(&std::fmt::format(line));
        self.out.push('\n');
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Noop | Shape::Callback(_) => {}
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Circle(circle) => {
                let (x, y, radius) =
                    (number(circle.center.x), number(circle.center.y), number(circle.radius));
                let paint = paint(circle.fill, circle.stroke);
                self.line(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{paint}/>"));
            }
            Shape::Ellipse(ellipse) => {
                let (x, y) = (number(ellipse.center.x), number(ellipse.center.y));
                let (rx, ry) = (number(ellipse.radius.x), number(ellipse.radius.y));
                let paint = paint(ellipse.fill, ellipse.stroke);
                self.line(format_args!("<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\"{paint}/>"));
            }
            Shape::LineSegment { points, stroke } => self.line_segment(*points, *stroke),
            Shape::Path(path) => self.path(path),
            Shape::Band(band) => {
                let above = band.points.iter().map(|point| pos2(point.x, point.y.min));
                let below = band.points.iter().rev().map(|point| pos2(point.x, point.y.max));
                let outline = points(above.chain(below));
                let paint = paint(band.fill, band.stroke);
                self.line(format_args!("<polygon points=\"{outline}\"{paint}/>"));
            }
            Shape::Rect(rect) => self.rect(rect),
            Shape::Text(text) => self.text(text),
            Shape::Mesh(mesh) => self.mesh(mesh),
            Shape::QuadraticBezier(curve) => {
                let stroke = Stroke::new(curve.stroke.width, solid(&curve.stroke.color));
                self.polyline(&curve.flatten(None), curve.closed, curve.fill, stroke);
            }
            Shape::CubicBezier(curve) => {
                let stroke = Stroke::new(curve.stroke.width, solid(&curve.stroke.color));
                self.polyline(&curve.flatten(None), curve.closed, curve.fill, stroke);
            }
        }
    }

    fn line_segment(&mut self, [mut from, mut to]: [Pos2; 2], stroke: Stroke) {
        if stroke.is_empty() {
            return;
        }
        // As in the window: straight lines lie on pixels.
        if from.x == to.x {
            stroke.round_center_to_pixel(1.0, &mut from.x);
            to.x = from.x;
        }
        if from.y == to.y {
            stroke.round_center_to_pixel(1.0, &mut from.y);
            to.y = from.y;
        }
        let [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y].map(number);
        let paint = paint(Color32::TRANSPARENT, stroke);
        self.line(format_args!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"{paint}/>"));
    }

    fn path(&mut self, path: &PathShape) {
        let stroke = Stroke::new(path.stroke.width, solid(&path.stroke.color));
        self.polyline(&path.points, path.closed, path.fill, stroke);
    }

    fn polyline(&mut self, line: &[Pos2], closed: bool, fill: Color32, stroke: Stroke) {
        let name = if closed { "polygon" } else { "polyline" };
        let points = points(line.iter().copied());
        let paint = paint(fill, stroke);
        self.line(format_args!("<{name} points=\"{points}\"{paint}/>"));
    }

    fn rect(&mut self, shape: &RectShape) {
        let outside = match shape.stroke_kind {
            StrokeKind::Inside => -shape.stroke.width / 2.0,
            StrokeKind::Middle => 0.0,
            StrokeKind::Outside => shape.stroke.width / 2.0,
        };
        let rect =
            rect_attributes(if shape.stroke.is_empty() { shape.rect } else { shape.rect.expand(outside) });
        let radius = shape.corner_radius.average();
        let corners = if radius > 0.0 { format!(" rx=\"{}\"", number(radius)) } else { String::new() };
        let paint = paint(shape.fill, shape.stroke);
        self.line(format_args!("<rect {rect}{corners}{paint}/>"));
    }

    /// Each run of triangles of one color becomes one path: neighbors have no seam.
    fn mesh(&mut self, mesh: &Mesh) {
        if mesh.texture_id != TextureId::default() || mesh.vertices.iter().any(|vertex| vertex.uv != WHITE_UV)
        {
            return;
        }
        let corner = |index: u32| mesh.vertices.get(index as usize);
        let triangles = mesh.indices.chunks_exact(3).filter_map(|corners| {
            let (a, b, c) = (corner(corners[0])?, corner(corners[1])?, corner(corners[2])?);
            Some(([a.pos, b.pos, c.pos], a.color))
        });
        let mut run: Option<(Color32, String)> = None;
        let mut triangles = triangles.peekable();
        while let Some((corners, color)) = triangles.next() {
            let second = triangles.peek().filter(|(_, next)| *next == color).map(|(next, _)| *next);
            let outline = match second.and_then(|second| rectangle(corners, second)) {
                Some(rect) => {
                    triangles.next();
                    rect_outline(rect)
                }
                None => triangle_outline(corners),
            };
            match &mut run {
                Some((known, outlines)) if *known == color => outlines.push_str(&outline),
                _ => {
                    let before = run.replace((color, outline));
                    self.outlines(before);
                }
            }
        }
        self.outlines(run);
    }

    fn outlines(&mut self, run: Option<(Color32, String)>) {
        if let Some((color, outlines)) = run.filter(|(color, _)| color.a() > 0) {
            let paint = paint(color, Stroke::NONE);
            self.line(format_args!("<path d=\"{outlines}\"{paint}/>"));
        }
    }

    fn text(&mut self, shape: &TextShape) {
        let galley = &shape.galley;
        let turned = if shape.angle == 0.0 {
            String::new()
        } else {
            let (x, y) = (number(shape.pos.x), number(shape.pos.y));
            format!(" transform=\"rotate({} {x} {y})\"", number(shape.angle.to_degrees()))
        };
        let mut at = 0;
        for row in &galley.rows {
            for run in runs(galley, row, &mut at) {
                self.run(shape, row, &run, &turned);
            }
            at += usize::from(row.ends_with_newline);
        }
    }

    fn run(&mut self, shape: &TextShape, row: &PlacedRow, run: &Run<'_>, turned: &str) {
        let glyphs = row.glyphs.get(run.glyphs.clone()).unwrap_or_default();
        let said: String = glyphs.iter().map(|glyph| glyph.chr).collect();
        let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else { return };
        if said.trim().is_empty() {
            return;
        }
        let color = match (shape.override_text_color, run.format.color) {
            (Some(color), _) => color,
            (None, Color32::PLACEHOLDER) => shape.fallback_color,
            (None, color) => color,
        };
        let paint = paint(color.gamma_multiply(shape.opacity_factor), Stroke::NONE);
        let place = shape.pos + row.pos.to_vec2() + first.pos.to_vec2();
        let width = last.pos.x + last.advance_width - first.pos.x;
        let font = &run.format.font_id;
        let family = match font.family {
            FontFamily::Monospace => "Hack, 'DejaVu Sans Mono', monospace",
            _ => "'Ubuntu Light', Ubuntu, sans-serif",
        };
        let [x, y, size, width] = [place.x, place.y, font.size, width].map(number);
        let said = escaped(&said);
        self.line(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-family=\"{family}\" font-size=\"{size}\" textLength=\"{width}\" \
             lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"{paint}{turned}>{said}</text>"
        ));
    }
}

/// Letters of a row that look alike.
struct Run<'a> {
    glyphs: std::ops::Range<usize>,
    format: &'a TextFormat,
}

/// Cuts a row where its looks change. `at`: the byte of the text at which the row begins, then that after it.
fn runs<'a>(galley: &'a Galley, row: &PlacedRow, at: &mut usize) -> Vec<Run<'a>> {
    let sections = &galley.job.sections;
    let mut runs: Vec<Run<'a>> = Vec::new();
    for (number, glyph) in row.glyphs.iter().enumerate() {
        let found = sections.iter().find(|section| *at < section.byte_range.end.0).or(sections.last());
        let Some(format) = found.map(|section| &section.format) else { break };
        *at += glyph.chr.len_utf8();
        match runs.last_mut().filter(|run| std::ptr::eq(run.format, format)) {
            Some(run) => run.glyphs.end = number + 1,
            None => runs.push(Run { glyphs: number..number + 1, format }),
        }
    }
    runs
}

/// The rectangle that two triangles make, `None` where they make none.
fn rectangle(first: [Pos2; 3], second: [Pos2; 3]) -> Option<Rect> {
    let bounds = Rect::from_points(&first);
    let is_corner = |place: &Pos2| {
        (place.x == bounds.left() || place.x == bounds.right())
            && (place.y == bounds.top() || place.y == bounds.bottom())
    };
    let is_half = |triangle: &[Pos2; 3]| {
        triangle.iter().all(is_corner) && doubled_area(*triangle).abs() == bounds.width() * bounds.height()
    };
    // The corner that is not shared lies opposite.
    let own = |own: &[Pos2; 3], other: &[Pos2; 3]| own.iter().find(|place| !other.contains(place)).copied();
    let (mine, yours) = (own(&first, &second)?, own(&second, &first)?);
    (is_half(&first) && is_half(&second) && mine.x != yours.x && mine.y != yours.y).then_some(bounds)
}

fn doubled_area([a, b, c]: [Pos2; 3]) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
}

fn rect_outline(rect: Rect) -> String {
    let [left, top, right, bottom] = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(number);
    format!("M{left} {top}H{right}V{bottom}H{left}z")
}

/// All turn the same way, else those that touch would cancel each other out along their edge.
fn triangle_outline(corners: [Pos2; 3]) -> String {
    let [a, b, c] = corners;
    let [a, b, c] = if doubled_area(corners) < 0.0 { [a, c, b] } else { [a, b, c] };
    let [ax, ay, bx, by, cx, cy] = [a.x, a.y, b.x, b.y, c.x, c.y].map(number);
    format!("M{ax} {ay}L{bx} {by}L{cx} {cy}z")
}

fn rect_attributes(rect: Rect) -> String {
    let [x, y, width, height] = [rect.left(), rect.top(), rect.width(), rect.height()].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

fn points(places: impl Iterator<Item = Pos2>) -> String {
    let mut text = String::new();
    for place in places {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&number(place.x));
        text.push(',');
        text.push_str(&number(place.y));
    }
    text
}

/// Fill and stroke as attributes.
fn paint(fill: Color32, stroke: Stroke) -> String {
    let mut text = color("fill", fill);
    if !stroke.is_empty() {
        text.push_str(&color("stroke", stroke.color));
        text.push_str(&format!(" stroke-width=\"{}\"", number(stroke.width)));
    }
    text
}

fn color(name: &str, color: Color32) -> String {
    let [red, green, blue, alpha] = color.to_srgba_unmultiplied();
    match alpha {
        0 => format!(" {name}=\"none\""),
        255 => format!(" {name}=\"#{red:02x}{green:02x}{blue:02x}\""),
        _ => {
            let opacity = number(f32::from(alpha) / 255.0);
            format!(" {name}=\"#{red:02x}{green:02x}{blue:02x}\" {name}-opacity=\"{opacity}\"")
        }
    }
}

/// The color of a line; where it changes along the line, that of its beginning.
fn solid(mode: &ColorMode) -> Color32 {
    match mode {
        ColorMode::Solid(color) => *color,
        ColorMode::UV(color) => color(Rect::ZERO, Pos2::ZERO),
    }
}

/// At most two decimals: finer than anyone can see.
fn number(value: f32) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text as it may stand in XML, which has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            letter if letter.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (10.5, "10.5"), (f32::NAN, "0")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn nothing_in_a_text_can_leave_it() {
        assert_eq!(escaped("<a href=\"x\">&\u{0}\u{1b}\u{ffff}"), "&lt;a href=&quot;x&quot;&gt;&amp;���");
    }

    #[test]
    fn two_triangles_of_a_rectangle_are_one() {
        let corners = [pos2(1.0, 2.0), pos2(5.0, 2.0), pos2(1.0, 4.0), pos2(5.0, 4.0)];
        let [a, b, c, d] = corners;
        assert_eq!(rectangle([a, b, c], [c, b, d]), Some(Rect::from_min_max(a, d)));
        assert_eq!(rectangle([a, b, c], [a, b, c]), None);
        assert_eq!(rectangle([a, b, c], [c, b, pos2(6.0, 4.0)]), None);
    }
}
