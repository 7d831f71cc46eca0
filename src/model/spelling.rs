//! "Did you mean": the known name that is nearest to what was written.

/// The candidate nearest to `name`, when it is near enough to be what was meant.
///
/// Upper and lower case are the same here. At most a third of the letters may differ, counted
/// without the dotted prefix that both share, so that `media.foo` does not suggest `media.id`.
/// Of equally near ones the first wins.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let shared = shared_prefix(&name, &lower);
            let (written, meant): (Vec<char>, Vec<char>) =
                (name[shared..].chars().collect(), lower[shared..].chars().collect());
            // one letter may always be wrong where there are at least three
            let allowed = written.len() / 3;
            if written.len().abs_diff(meant.len()) > allowed {
                return None;
            }
            let distance = edit_distance(&written, &meant);
            (distance <= allowed).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The length of the common start that ends with a dot, in bytes.
fn shared_prefix(a: &str, b: &str) -> usize {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    a.as_bytes()[..common].iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1)
}

/// How many letters must be added, removed, replaced or swapped with their neighbor.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_nearest(name: &str, expected: Option<&str>) {
        let known = ["play", "ping", "media.id", "media.name", "media.ad.podIndex", "media.ad.podSecond"];
        assert_eq!(nearest(name, known.into_iter()), expected, "for {name:?}");
    }

    #[test]
    fn a_slip_finds_its_word_whatever_the_case() {
        assert_nearest("PLAY", Some("play"));
        assert_nearest("pign", Some("ping"));
        assert_nearest("media.ID", Some("media.id"));
        assert_nearest("media.nmae", Some("media.name"));
        assert_nearest("meda.id", Some("media.id"));
        assert_nearest("media.ad.podIndx", Some("media.ad.podIndex"));
    }

    #[test]
    fn another_word_finds_nothing_though_it_shares_the_prefix() {
        assert_nearest("media.foo", None);
        assert_nearest("seekStart", None);
        assert_nearest("", None);
        assert_nearest("é.ü", None);
        assert_nearest(&"p".repeat(100_000), None);
    }

    #[test]
    fn of_equally_near_names_the_first_wins() {
        assert_eq!(nearest("abd", ["abc", "abe"].into_iter()), Some("abc"));
    }
}
