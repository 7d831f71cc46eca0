//! Pictures that are compared with those in `tests/snapshots`. Letters may differ a little from processor to processor,
//! lines and areas may not.

use std::path::{Path, PathBuf};

/// A pixel differs when one of its colors does by more than this.
const MAX_STEP: u8 = 40;
/// So many of a million pixels may differ: the edges of a few letters, less than one mark of a lane.
const MAX_DIFFERENT_PER_MILLION: usize = 150;

/// Opaque pixels.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    pub size: (u32, u32),
    /// Red, green, blue of each, row by row.
    pub pixels: Vec<u8>,
}

impl Image {
    /// Reads a PNG.
    #[track_caller]
    pub fn of_png(bytes: &[u8]) -> Image {
        let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size that fits")];
        let info = reader.next_frame(&mut pixels).expect("a whole PNG");
        assert_eq!(info.color_type, png::ColorType::Rgb, "opaque");
        pixels.truncate(info.buffer_size());
        Image { size: (info.width, info.height), pixels }
    }

    /// Number of pixels that differ, `None` when the sizes do.
    pub fn difference(&self, other: &Image) -> Option<usize> {
        let differ = |(a, b): (&[u8], &[u8])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > MAX_STEP);
        let pairs = || self.pixels.chunks_exact(3).zip(other.pixels.chunks_exact(3));
        (self.size == other.size).then(|| pairs().filter(|pair| differ(*pair)).count())
    }

    /// True when the other one is somewhere within this one, pixel by pixel.
    pub fn has_within(&self, other: &Image) -> bool {
        let row = |image: &Image, x: u32, y: u32, width: u32| {
            let start = ((y * image.size.0 + x) * 3) as usize;
            image.pixels[start..start + width as usize * 3].to_vec()
        };
        let (width, height) = other.size;
        let first = row(other, 0, 0, width);
        let places = (0..=self.size.1 - height).flat_map(|y| (0..=self.size.0 - width).map(move |x| (x, y)));
        // Most places differ in their first pixels.
        let begins = |x: u32, y: u32| {
            let start = ((y * self.size.0 + x) * 3) as usize;
            self.pixels[start..].starts_with(&first)
        };
        places
            .filter(|(x, y)| begins(*x, *y))
            .any(|(x, y)| (0..height).all(|at| row(self, x, y + at, width) == row(other, 0, at, width)))
    }

    /// So many pixels may differ from the snapshot.
    pub fn most_different(&self) -> usize {
        self.pixels.len() / 3 * MAX_DIFFERENT_PER_MILLION / 1_000_000
    }
}

fn snapshot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.png"))
}

/// The picture that is kept under this name.
#[track_caller]
pub fn kept(name: &str) -> Image {
    Image::of_png(&std::fs::read(snapshot(name)).expect("the picture is kept"))
}

/// Compares a PNG with the one that is kept; with `UPDATE_SNAPSHOTS=1` keeps it instead.
#[track_caller]
pub fn assert_looks_like(name: &str, bytes: &[u8]) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        std::fs::write(snapshot(name), bytes).expect("tests/snapshots can be written");
        return;
    }
    let image = Image::of_png(bytes);
    let different = image.difference(&kept(name));
    if different.is_none_or(|different| different > image.most_different()) {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.new.png"));
        std::fs::write(&new, bytes).expect("the folder for such files can be written");
        panic!(
            "{name} has {different:?} pixels that differ, {} are allowed: look at {}; UPDATE_SNAPSHOTS=1 keeps it",
            image.most_different(),
            new.display()
        );
    }
}
