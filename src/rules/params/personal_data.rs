//! Forms of personal data: e-mail addresses and phone numbers. Rather silent than wrong.

/// Ends of file names that follow an `@` in names of pictures and packages (`logo@2x.png`).
const FILE_ENDS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "json"];

/// True when the text as a whole is an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let Some((name, end)) = domain.rsplit_once('.') else { return false };
    let of_local = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let is_file = FILE_ENDS.iter().any(|known| known.eq_ignore_ascii_case(end));
    (1..=64).contains(&local.len())
        && local.bytes().all(of_local)
        && (1..=250).contains(&name.len())
        && name.bytes().all(of_name)
        && end.len() >= 2
        && end.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !is_file
}

/// True when one word of the text, or one value in an address, is an e-mail address.
pub(super) fn has_email(text: &str) -> bool {
    let ends_word = |c: char| c.is_whitespace() || "<>()[]{},;:/?&=#|\"'".contains(c);
    text.split(ends_word).any(|word| is_email(word.trim_end_matches('.')))
}

/// True when the text as a whole is a phone number that can be told from other numbers: with `+` and a country code,
/// or in one of the usual forms of North America.
pub(super) fn is_phone(text: &str) -> bool {
    let text = text.trim();
    is_international(text) || is_north_american(text)
}

/// `+` and 8 to 15 digits (E.164) in groups that single spaces, dots, hyphens or parentheses set off.
fn is_international(text: &str) -> bool {
    let Some(rest) =
        text.strip_prefix('+').filter(|rest| rest.starts_with(|c: char| ('1'..='9').contains(&c)))
    else {
        return false;
    };
    let n_digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let separators = |byte: &u8| b" .-()".contains(byte);
    let decimals = rest.split_once('.').is_some_and(|(_, fraction)| !fraction.contains(['.', ' ', '-']));
    (8..=15).contains(&n_digits)
        && rest.bytes().all(|byte| byte.is_ascii_digit() || separators(&byte))
        && rest.ends_with(|c: char| c.is_ascii_digit())
        // `+12345678.9` is a number
        && !decimals
}

/// `(555) 555-0100`, `555-555-0100`, `555.555.0100`, `555 555 0100`: area and exchange begin with 2 to 9.
fn is_north_american(text: &str) -> bool {
    let plain = match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((area, rest)) => format!("{area}-{}", rest.trim_start_matches([' ', '-'])),
        None => text.to_owned(),
    };
    let Some(separator) = plain.chars().find(|c| !c.is_ascii_digit()).filter(|c| " .-".contains(*c)) else {
        return false;
    };
    let groups: Vec<&str> = plain.split(separator).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [3, 3, 4]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()))
        && groups[..2].iter().all(|group| !group.starts_with(['0', '1']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_are_found_and_look_alikes_pass() {
        for text in ["viewer@example.com", "first.last+tv@mail.example.co.uk", "A_B%c@EXAMPLE.ORG"] {
            assert!(is_email(text), "{text}");
        }
        for text in
            ["write to viewer@example.com.", "https://x.example/?u=viewer@example.com&a=1", "<a@b.de>"]
        {
            assert!(has_email(text) && !is_email(text), "{text}");
        }
        for text in [
            "0123456789ABCDEF01234567@AdobeOrg",
            "logo@2x.png",
            "https://cdn.example/logo@2x.png",
            "@someone",
            "someone@",
            "a@b",
            "a@b.c",
            "a@@b.com",
            "player@3.1.2",
            "5 @ 3.50",
        ] {
            assert!(!has_email(text), "{text}");
        }
    }

    #[test]
    fn phone_numbers_are_found_and_other_numbers_pass() {
        for text in [
            "+15555550100",
            "+49 30 5550 0100",
            "+1 (555) 555-0100",
            "+44.20.5555.0100",
            "(555) 555-0100",
            "(555)555-0100",
            "555-555-0100",
            "555.555.0100",
            "555 555 0100",
        ] {
            assert!(is_phone(text), "{text}");
        }
        for text in [
            "5555550100",
            "60527231337442986113254188072231110981",
            "2024-01-02",
            "2024-01-02 12:00:00",
            "01-02-2024",
            "01:20:33",
            "1920-1080",
            "+0100",
            "+12345678.9",
            "+1.5",
            "192.168.100.200",
            "3.1.2",
            "978-3-16-148410-0",
            "123-456-7890",
            "555-555-0100-1",
            "555-555 0100",
            "1 234 567.89",
            "+1555555010012345",
            "+15555550100x",
            "",
            "+",
        ] {
            assert!(!is_phone(text), "{text}");
        }
    }
}
