//! Shapes: what the schemas see of an event.
//!
//! The schemas speak of keys and JSON types, not of values: whether an event passes depends on its
//! event type, its keys and their types. Events of one shape share one verdict.

use rustc_hash::FxHashMap;

use super::id::ShapeId;

/// The shapes of a capture, each once.
#[derive(Debug, Default)]
pub struct ShapeTable {
    numbers: FxHashMap<Box<[u8]>, ShapeId>,
    shapes: Vec<Shape>,
    held_bytes: usize,
}

/// One shape and the first event that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Row of the first event with this shape.
    pub first_event: u32,
    /// True when a key stands twice in one object.
    pub duplicate_key: bool,
}

/// Shapes take no more than so many bytes; events beyond have no shape and are judged one by one.
const MAX_HELD_BYTES: usize = 32 << 20;

impl ShapeTable {
    /// The number of the shape with this description, and the shape; `None` when no more can be remembered.
    /// A new one is what `shape` says.
    pub fn intern(&mut self, description: &[u8], shape: impl FnOnce() -> Shape) -> Option<(ShapeId, Shape)> {
        if let Some(number) = self.numbers.get(description) {
            return self.shapes.get(number.index()).map(|shape| (*number, *shape));
        }
        if self.held_bytes + description.len() > MAX_HELD_BYTES {
            return None;
        }
        let number = ShapeId(u32::try_from(self.shapes.len()).ok()?);
        let shape = shape();
        self.held_bytes += description.len();
        self.numbers.insert(description.into(), number);
        self.shapes.push(shape);
        Some((number, shape))
    }

    /// All descriptions with their shapes, by number.
    #[must_use]
    pub fn into_ordered(self) -> Vec<(Box<[u8]>, Shape)> {
        let mut numbered: Vec<_> = self.numbers.into_iter().collect();
        numbered.sort_unstable_by_key(|(_, number)| *number);
        numbered.into_iter().map(|(description, _)| description).zip(self.shapes).collect()
    }

    /// All shapes by number.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}
