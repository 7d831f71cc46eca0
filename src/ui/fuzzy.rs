//! How well words fit what was typed: by beginnings of words, parts of them, initials, or letters in order; accents and
//! capitals do not count.

/// The title begins so.
const BEGINS: u32 = 100;
/// A word of the title begins so.
const WORD_BEGINS: u32 = 60;
/// These are initials of the title.
const INITIALS: u32 = 50;
/// The title has it inside.
const INSIDE: u32 = 40;
/// A word of the explanation begins so.
const EXPLAINED: u32 = 20;
/// The title has the letters in this order.
const LETTERS: u32 = 5;

/// How well a title with its explanation fits what was typed, more is better; `None`: not at all. Each typed word must
/// be found; nothing typed fits everything.
#[must_use]
pub fn fit(title: &str, explanation: &str, typed: &str) -> Option<u32> {
    let (title, explanation) = (folded(title), folded(explanation));
    folded(typed)
        .split_whitespace()
        .try_fold(0, |sum, part| Some(sum + part_fit(&title, &explanation, part)?))
}

fn part_fit(title: &str, explanation: &str, part: &str) -> Option<u32> {
    let initials: String = title.split_whitespace().filter_map(|word| word.chars().next()).collect();
    let fits = [
        (BEGINS, title.starts_with(part)),
        (WORD_BEGINS, title.split_whitespace().any(|word| word.starts_with(part))),
        (INITIALS, part.chars().count() > 1 && initials.starts_with(part)),
        (INSIDE, title.contains(part)),
        (EXPLAINED, explanation.split_whitespace().any(|word| word.starts_with(part))),
        (LETTERS, in_order(title, part)),
    ];
    fits.into_iter().find_map(|(points, fits)| fits.then_some(points))
}

/// True when the letters stand in the text in this order, whatever is between.
fn in_order(text: &str, letters: &str) -> bool {
    let mut rest = text.chars();
    letters.chars().all(|wanted| rest.any(|letter| letter == wanted))
}

/// In small letters without accents; what is neither letter nor digit parts words.
fn folded(text: &str) -> String {
    let plain = |letter: char| match letter {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        letter if letter.is_alphanumeric() => letter,
        _ => ' ',
    };
    let folded: String = text.chars().flat_map(char::to_lowercase).map(plain).collect();
    folded.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_better_it_fits_the_more_it_counts() {
        let fits = |typed: &str| fit("Next finding", "Select the one after it", typed);
        assert_eq!(fits(""), Some(0));
        let points: Vec<u32> = ["next", "find", "nf", "indi", "select", "ntfg"]
            .into_iter()
            .map(|typed| fits(typed).expect("it fits"))
            .collect();
        assert!(points.is_sorted_by(|better, worse| better > worse), "{points:?}");
        assert_eq!(fits("finding q"), None, "every typed word has to be found");
        assert!(fits("finding next") > fits("finding"));
    }

    #[test]
    fn accents_and_capitals_do_not_count() {
        for typed in ["precedente", "PRÉCÉDENTE", "erreur prec", "ep"] {
            assert!(fit("Erreur précédente", "", typed).is_some(), "{typed}");
        }
        assert!(fit("Effacer l’erreur", "", "erreur") >= Some(WORD_BEGINS), "an apostrophe parts words");
    }
}
