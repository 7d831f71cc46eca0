//! QR codes: an address that a device can photograph.

use qrcode::{EcLevel, QrCode};

/// Light modules around a code, without which readers do not find it.
const QUIET_ZONE: usize = 4;

/// A QR code as a square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// Modules on a side.
    pub width: usize,
    /// Row by row from the top left; true is dark.
    pub dark: Vec<bool>,
}

impl Matrix {
    /// The code for a text; `None` for a text that is too long for one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
        Some(Self { width: code.width(), dark })
    }

    /// True where the module is dark; all around the code it is light.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < self.width);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.dark[y * self.width + x])
    }

    fn full_width(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// As an SVG picture, with its quiet zone.
    #[must_use]
    pub fn svg(&self) -> String {
        let n = self.full_width();
        let mut path = String::new();
        for y in 0..n {
            for x in (0..n).filter(|x| self.is_dark(*x, y)) {
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {n} {n}\" role=\"img\" \
             aria-label=\"QR code\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{n}v{n}h-{n}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
        )
    }

    /// For a terminal, two rows of modules a line. Light modules are drawn: most terminals are dark, and readers know
    /// codes whose colors are exchanged.
    #[must_use]
    pub fn text(&self) -> String {
        let n = self.full_width();
        let mut text = String::new();
        for y in (0..n).step_by(2) {
            for x in 0..n {
                let below = y + 1 < n && !self.is_dark(x, y + 1);
                text.push(match (!self.is_dark(x, y), below) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_square_with_its_three_corners_and_light_around() {
        let code = Matrix::of("http://192.168.1.20:8787/").expect("short enough");
        assert_eq!(code.dark.len(), code.width * code.width);
        let corner = |x: usize, y: usize| (0..7).all(|n| code.dark[y * code.width + x + n]);
        let last = code.width - 7;
        assert!(corner(0, 0) && corner(last, 0) && corner(0, last));
        assert!(
            (0..code.full_width()).all(|n| !code.is_dark(n, 0) && !code.is_dark(0, n) && !code.is_dark(3, n))
        );
        assert!(code.is_dark(QUIET_ZONE, QUIET_ZONE));
        assert!(Matrix::of(&"x".repeat(5000)).is_none());
    }

    #[test]
    fn picture_and_text_show_the_same_modules() {
        let code = Matrix::of("http://[::1]:8787/").expect("short enough");
        let n_dark = code.dark.iter().filter(|dark| **dark).count();
        assert_eq!(code.svg().matches("h1v1h-1z").count(), n_dark);
        let text = code.text();
        assert_eq!(text.lines().count(), code.full_width().div_ceil(2));
        assert!(text.lines().all(|line| line.chars().count() == code.full_width()));
        let light = |c: char| match c {
            '█' => 2,
            '▀' | '▄' => 1,
            _ => 0,
        };
        let n_light: usize = text.chars().map(light).sum();
        assert_eq!(n_light, code.full_width().pow(2) - n_dark);
    }
}
