//! Keys with their modifiers.

/// A key with its modifiers. The name of the key is that of the toolkit: `O`, `F8`, `Escape`, `Slash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shortcut {
    /// With Ctrl (Command on a Mac).
    pub ctrl: bool,
    /// With Shift.
    pub shift: bool,
    /// With Alt.
    pub alt: bool,
    /// The key.
    pub key: &'static str,
    /// True when its place on the keyboard counts, not the letter on it.
    pub is_physical: bool,
}

impl Shortcut {
    /// A plain key.
    #[must_use]
    pub const fn key(key: &'static str) -> Shortcut {
        Shortcut { ctrl: false, shift: false, alt: false, key, is_physical: false }
    }

    /// With Shift.
    #[must_use]
    pub const fn shift(key: &'static str) -> Shortcut {
        Shortcut { shift: true, ..Shortcut::key(key) }
    }

    /// With Ctrl.
    #[must_use]
    pub const fn ctrl(key: &'static str) -> Shortcut {
        Shortcut { ctrl: true, ..Shortcut::key(key) }
    }

    /// With Ctrl and Shift.
    #[must_use]
    pub const fn ctrl_shift(key: &'static str) -> Shortcut {
        Shortcut { ctrl: true, shift: true, ..Shortcut::key(key) }
    }

    /// With Alt.
    #[must_use]
    pub const fn alt(key: &'static str) -> Shortcut {
        Shortcut { alt: true, ..Shortcut::key(key) }
    }

    /// By the place of a key, whatever letter a layout has there.
    #[must_use]
    pub const fn physical(key: &'static str) -> Shortcut {
        Shortcut { is_physical: true, ..Shortcut::key(key) }
    }

    /// True when it is a key that text fields need: it rests while one has the focus.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let is_function_key = self.key.len() > 1 && self.key.starts_with('F');
        !self.ctrl && !self.alt && !is_function_key
    }

    /// True when it is a single letter or digit, which the user may turn off.
    #[must_use]
    pub fn is_letter(&self) -> bool {
        self.is_plain() && (self.key.len() == 1 || matches!(self.key, "Slash" | "Comma" | "Period"))
    }

    /// True when buttons and lists need it for themselves while they have the focus.
    #[must_use]
    pub fn is_of_widgets(&self) -> bool {
        self.is_plain()
            && matches!(self.key, "Space" | "Enter" | "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight")
    }

    /// True when text fields need it for themselves though it is no plain key: they undo and paste themselves.
    #[must_use]
    pub fn is_of_fields(&self) -> bool {
        self.ctrl && matches!(self.key, "Z" | "V")
    }

    /// False when it must be pressed anew each time: a key that is held down confirms nothing.
    #[must_use]
    pub fn repeats(&self) -> bool {
        !(self.ctrl && self.key == "Enter")
    }

    /// True for a sign that some keyboards have under Shift and others not: there Shift does not count.
    #[must_use]
    pub fn is_sign(&self) -> bool {
        matches!(self.key, "Slash" | "Questionmark" | "Comma" | "Period" | "Plus" | "Minus" | "Equals")
    }

    /// True when both act on the same press.
    #[must_use]
    pub fn clashes_with(&self, other: &Shortcut) -> bool {
        let chord = |shortcut: &Shortcut| {
            (shortcut.ctrl, shortcut.shift && !shortcut.is_sign(), shortcut.alt, shortcut.key)
        };
        chord(self) == chord(other)
    }
}
