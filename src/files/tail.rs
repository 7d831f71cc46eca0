//! Follows a file that is being appended to, line by line, and reads lines of it again.

use crate::store::growing::LinePlace;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// So much is read at once, bytes.
const CHUNK_BYTES: u64 = 1 << 20;

/// A series of files that is followed from its beginning.
#[derive(Debug)]
pub struct Tail {
    /// All that were begun, in order; what is deleted stays readable.
    files: Vec<File>,
    path: PathBuf,
    /// First byte of the latest file that was not read.
    at: u64,
    /// Bytes before `at` that are no whole line yet.
    rest: Vec<u8>,
}

impl Tail {
    /// Follows this file from its beginning.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Tail> {
        Ok(Tail { files: vec![File::open(path)?], path: path.to_owned(), at: 0, rest: Vec::new() })
    }

    /// Goes on with the next file of the series.
    ///
    /// # Errors
    /// When it cannot be opened; then all is as before.
    pub fn go_on(&mut self, path: &Path) -> io::Result<()> {
        self.files.push(File::open(path)?);
        self.path = path.to_owned();
        self.at = 0;
        self.rest.clear();
        Ok(())
    }

    /// The file that is followed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The end of the file that is followed.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn end(&self) -> io::Result<u64> {
        self.files.last().map_or(Ok(0), |file| Ok(file.metadata()?.len()))
    }

    /// How far it was read, bytes.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Reads on, at most to byte `until`, and hands over every line that is whole, without its end. False when
    /// there was nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self, until: u64, mut take: impl FnMut(LinePlace, &[u8])) -> io::Result<bool> {
        let (Some(file), wanted) = (self.files.last_mut(), until.saturating_sub(self.at).min(CHUNK_BYTES))
        else {
            return Ok(false);
        };
        if wanted == 0 {
            return Ok(false);
        }
        let searched = self.rest.len();
        file.seek(SeekFrom::Start(self.at))?;
        let n_read = file.take(wanted).read_to_end(&mut self.rest)?;
        self.at += n_read as u64;
        let begin = self.at - self.rest.len() as u64;
        let number = u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &self.rest[searched..]).map(|at| searched + at) {
            let len = u32::try_from(end - start).unwrap_or(u32::MAX);
            let place = LinePlace { file: number, at: begin + start as u64, len };
            take(place, &self.rest[start..start + len as usize]);
            start = end + 1;
        }
        self.rest.drain(..start);
        Ok(n_read > 0)
    }

    /// Appends a line that was read before; false when it cannot be had any more.
    pub fn fetch(&mut self, place: LinePlace, text: &mut Vec<u8>) -> bool {
        let Some(file) = self.files.get_mut(place.file as usize) else { return false };
        let before = text.len();
        let read = file
            .seek(SeekFrom::Start(place.at))
            .and_then(|_| file.take(u64::from(place.len)).read_to_end(text));
        let whole = read.is_ok_and(|n_read| n_read == place.len as usize);
        if !whole {
            text.truncate(before);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn lines(tail: &mut Tail, until: u64) -> Vec<(LinePlace, String)> {
        let mut found = Vec::new();
        let mut take = |place, text: &[u8]| found.push((place, String::from_utf8_lossy(text).into_owned()));
        while tail.read(until, &mut take).expect("it can be read") {}
        found
    }

    #[test]
    fn lines_come_once_when_they_are_whole_and_can_be_had_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&first, "one\ntwo\nthr").expect("written");
        let mut tail = Tail::open(&first).expect("it is there");
        assert_eq!(lines(&mut tail, 4).len(), 1, "no further than asked for");
        let two = lines(&mut tail, 11);
        assert_eq!(two, [(LinePlace { file: 0, at: 4, len: 3 }, "two".to_owned())]);
        let mut file = std::fs::OpenOptions::new().append(true).open(&first).expect("it is there");
        file.write_all(b"ee\n").expect("written");
        let end = tail.end().expect("known");
        let three = lines(&mut tail, end);
        assert_eq!(three, [(LinePlace { file: 0, at: 8, len: 5 }, "three".to_owned())]);
        std::fs::write(&second, "four\n").expect("written");
        tail.go_on(&second).expect("it is there");
        let four = lines(&mut tail, 5);
        assert_eq!(four, [(LinePlace { file: 1, at: 0, len: 4 }, "four".to_owned())]);
        std::fs::remove_file(&first).expect("removed");
        let mut text = b"again: ".to_vec();
        assert!(tail.fetch(three[0].0, &mut text) && tail.fetch(four[0].0, &mut text));
        assert_eq!(text, b"again: threefour");
        assert!(!tail.fetch(LinePlace { file: 0, at: 8, len: 99 }, &mut text), "there is no such line");
        assert_eq!(text, b"again: threefour");
    }
}
