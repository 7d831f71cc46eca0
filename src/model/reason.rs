//! Why something cannot be, in parts: the command line says it in English, the window in its language.

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{english}")]
pub struct Reason {
    /// Which reason it is: a key in the table of the window's texts.
    pub key: &'static str,
    /// What the text of the key names, by the words that stand for it there.
    pub values: Vec<(&'static str, String)>,
    /// The sentence of the command line.
    english: String,
}

impl Reason {
    /// A reason by its key, with what it names and as the command line says it.
    #[must_use]
    pub fn new<const N: usize>(
        key: &'static str,
        values: [(&'static str, String); N],
        english: impl Into<String>,
    ) -> Self {
        Self { key, values: values.into(), english: english.into() }
    }

    /// What the system says, word by word.
    #[must_use]
    pub fn of_system(why: &impl ToString) -> Self {
        Self::new("why.system", [("why", why.to_string())], why.to_string())
    }
}
