//! A growing list whose rows never move: chunks of 65,536.
//!
//! A plain vector of a million rows is copied when it grows and then holds room for twice as many;
//! this one takes what it needs.

/// Rows of a table, in order, addressed by number.
#[derive(Debug, Clone)]
pub struct Chunked<T> {
    chunks: Vec<Vec<T>>,
}

const CHUNK_ROWS: usize = 1 << 16;

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Chunked<T> {
    /// Adds a row at the end.
    pub fn push(&mut self, row: T) {
        self.open_chunk().push(row);
    }

    /// Adds all rows of another list at the end, each as `change` makes it; the other's chunks are freed one by one.
    pub fn append(&mut self, other: Self, change: impl Fn(T) -> T)
    where
        T: Copy,
    {
        for chunk in other.chunks {
            let mut rows = chunk.as_slice();
            while !rows.is_empty() {
                let open = self.open_chunk();
                let (here, behind) = rows.split_at(rows.len().min(CHUNK_ROWS - open.len()));
                open.extend(here.iter().copied().map(&change));
                rows = behind;
            }
        }
    }

    /// The chunk that the next row belongs to.
    fn open_chunk(&mut self) -> &mut Vec<T> {
        match self.chunks.last() {
            Some(chunk) if chunk.len() < CHUNK_ROWS => {}
            Some(_) => self.chunks.push(Vec::with_capacity(CHUNK_ROWS)),
            None => self.chunks.push(Vec::new()),
        }
        let last = self.chunks.len() - 1;
        &mut self.chunks[last]
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK_ROWS;
        full + self.chunks.last().map_or(0, Vec::len)
    }

    /// True without any row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The row with this number.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&T> {
        self.chunks.get(row / CHUNK_ROWS)?.get(row % CHUNK_ROWS)
    }

    /// The row with this number, to change it.
    #[must_use]
    pub fn get_mut(&mut self, row: usize) -> Option<&mut T> {
        self.chunks.get_mut(row / CHUNK_ROWS)?.get_mut(row % CHUNK_ROWS)
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }

    /// All rows in order, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }
}

impl<T> Extend<T> for Chunked<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, rows: I) {
        rows.into_iter().for_each(|row| self.push(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_numbers_across_chunks() {
        let mut rows = Chunked::default();
        rows.extend(0..150_000_usize);
        assert_eq!(rows.len(), 150_000);
        assert!([0, 65_535, 65_536, 131_072, 149_999].iter().all(|row| rows.get(*row) == Some(row)));
        assert_eq!(rows.get(150_000), None);
        assert!(rows.iter().copied().eq(0..150_000));
    }

    #[test]
    fn one_list_is_added_behind_another() {
        let mut rows = Chunked::default();
        rows.extend(0..100_000_usize);
        let mut others = Chunked::default();
        others.extend(0..200_000_usize);
        rows.append(others, |row| row + 100_000);
        rows.append(Chunked::default(), |row| row);
        assert!(rows.iter().copied().eq(0..300_000));
        assert_eq!((rows.len(), rows.get(299_999)), (300_000, Some(&299_999)));
    }
}
