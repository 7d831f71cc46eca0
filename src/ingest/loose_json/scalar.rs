//! Numbers, literals and text without quotes.

use super::{Got, Reader, Stop};

/// What is said of a member whose value is `undefined`.
pub(super) const UNDEFINED: &str = "a member whose value is undefined was left out, as JSON.stringify does";

impl Reader<'_> {
    /// A value that has neither brackets nor quotes.
    pub(super) fn scalar(&mut self, in_object: bool) -> Result<Got, Stop> {
        let start = self.at;
        let token_len = token_len(self.rest());
        let token = &self.text[start..start + token_len];
        if is_strict(token) {
            self.copy(token_len);
            return self.unless_cut();
        }
        if token == b"undefined" && in_object {
            self.at += token_len;
            self.repair(start, UNDEFINED);
            return Ok(Got::Elided);
        }
        if let Some((text, words)) = literal(token) {
            self.repair(start, words);
            self.out.insert(text.as_bytes(), start);
            self.at += token_len;
            return self.unless_cut();
        }
        let len = text_len(self.rest()).ok_or(Stop::NotJson)?;
        let begins_text =
            |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_$-<@/+".contains(byte);
        if len == 0 || !self.rest().first().is_some_and(begins_text) {
            return Err(Stop::NotJson);
        }
        self.repair(start, "a text without quotes was put in quotes");
        self.quoted(start..start + len);
        self.unless_cut()
    }

    /// What ends where the text ends may be only its first part.
    fn unless_cut(&self) -> Result<Got, Stop> {
        if self.at == self.text.len() { Err(Stop::Cut) } else { Ok(Got::Whole) }
    }
}

/// Length of a key without quotes at the start: letters, digits, `_`, `$`, `.`, `-` and what is not ASCII.
pub(super) fn name_len(rest: &[u8]) -> usize {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'-');
    let mut len = 0;
    while let Some(byte) = rest.get(len) {
        if is_name(byte) {
            len += 1;
        } else if *byte >= 0x80
            && super::odd_space(&rest[len..]) == 0
            && super::string::quote(&rest[len..]).is_none()
        {
            len += rest[len + 1..].iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count() + 1;
        } else {
            break;
        }
    }
    // A name must be text by itself; what is not cannot be told from damage.
    if std::str::from_utf8(&rest[..len]).is_ok() { len } else { 0 }
}

/// Length up to white space, a separator, a bracket or a comment.
fn token_len(rest: &[u8]) -> usize {
    let ends =
        |byte: &u8| *byte <= b' ' || matches!(byte, b',' | b'}' | b']' | b'{' | b'[' | b'"' | b'#' | b'/');
    rest.iter().position(ends).unwrap_or(rest.len())
}

/// Length of a text without quotes: up to a comma, a closing bracket, the end of the line or a comment after a
/// space. `None` when it looks like program code.
fn text_len(rest: &[u8]) -> Option<usize> {
    let mut len = 0;
    while let Some(byte) = rest.get(len) {
        match byte {
            b',' | b'}' | b']' | b'\n' | b'\r' => break,
            b'{' | b'[' | b'"' | b':' if !rest[len..].starts_with(b"://") => return None,
            b' ' | b'\t' if matches!(rest.get(len + 1..), Some([b'#', ..] | [b'/', b'/' | b'*', ..])) => {
                break;
            }
            _ => len += 1,
        }
    }
    Some(rest[..len].trim_ascii_end().len())
}

fn is_strict(token: &[u8]) -> bool {
    matches!(token, b"true" | b"false" | b"null") || is_strict_number(token)
}

/// True for a number as JSON writes it.
fn is_strict_number(token: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = &fraction[len..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let len = digits(exponent);
        if len == 0 {
            return false;
        }
        rest = &exponent[len..];
    }
    rest.is_empty()
}

/// A literal or number of another language, as JSON writes it, and what was changed.
fn literal(token: &[u8]) -> Option<(String, String)> {
    let token = std::str::from_utf8(token).ok()?;
    let strict = match token {
        "True" | "TRUE" | "YES" => "true".to_owned(),
        "False" | "FALSE" | "NO" => "false".to_owned(),
        "None" | "nil" | "Null" | "NULL" | "undefined" | "NaN" | "Infinity" | "-Infinity" | "+Infinity" => {
            "null".to_owned()
        }
        number => lenient_number(number)?,
    };
    let words = format!("{token} became {strict}");
    Some((strict, words))
}

/// A number with a plus sign, a bare or missing dot, leading zeros, underscores, a suffix, or in hexadecimal.
fn lenient_number(token: &str) -> Option<String> {
    let (sign, rest) = match token.as_bytes().first()? {
        b'-' => ("-", &token[1..]),
        b'+' => ("", &token[1..]),
        _ => ("", token),
    };
    if let Some(hex) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok().map(|number| format!("{sign}{number}"));
    }
    let mut plain = rest.replace('_', "");
    if let Some(shorter) = plain.strip_suffix(['L', 'l', 'n', 'f', 'd']) {
        plain = shorter.to_owned();
    }
    let (whole, tail) = plain.split_at(plain.find(['.', 'e', 'E']).unwrap_or(plain.len()));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let tail = match tail.strip_prefix('.') {
        Some("") => ".0".to_owned(),
        Some(fraction) if fraction.starts_with(['e', 'E']) => format!(".0{fraction}"),
        _ => tail.to_owned(),
    };
    let number = format!("{sign}{whole}{tail}");
    let has_digit = plain.bytes().any(|byte| byte.is_ascii_digit());
    (has_digit && is_strict_number(number.as_bytes())).then_some(number)
}
