//! Recorded times: ISO 8601 text and epoch numbers → [`ReceivedAt`].

use crate::model::clock::ReceivedAt;

/// Reads `2026-10-14T18:30:09.062Z`: any offset, up to nine fraction digits (0 to 7 occur), `T` or a space.
/// Without an offset the time is taken for UTC.
#[must_use]
pub fn received_at(text: &str) -> Option<ReceivedAt> {
    let bytes = text.trim().as_bytes();
    let (date, rest) = bytes.split_at_checked(10)?;
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let days = days_since_1970(number(y)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    let ([b'T' | b't' | b' ', clock @ ..], rest) = rest.split_at_checked(9)? else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = clock else { return None };
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let (micros, rest) = fraction(rest)?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset(rest)?;
    Some(ReceivedAt(seconds * 1_000_000 + micros))
}

/// Reads a number of seconds, milliseconds or microseconds since 1970: its size tells which.
#[must_use]
pub fn received_at_number(value: f64) -> Option<ReceivedAt> {
    let micros = match value {
        seconds if (1e8..1e11).contains(&seconds) => seconds * 1e6,
        millis if (1e11..1e14).contains(&millis) => millis * 1e3,
        micros if (1e14..1e17).contains(&micros) => micros,
        _ => return None,
    };
    Some(ReceivedAt(micros.round() as i64))
}

fn number(digits: &[u8]) -> Option<i64> {
    let valid = !digits.is_empty() && digits.len() <= 9 && digits.iter().all(u8::is_ascii_digit);
    valid.then(|| digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// Microseconds of `.062…`, and what follows.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', rest)) = text.split_first() else { return Some((0, text)) };
    let len = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(len);
    let kept = number(&digits[..len.min(6)])?;
    Some((kept * 10_i64.pow(6 - len.min(6) as u32), rest))
}

/// Seconds of `Z`, `+02:00`, `-0330` or nothing.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        [h1, h2] => (number(&[*h1, *h2])?, 0),
        _ => return None,
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March put the leap day at their end.
    let year = if month <= 2 { year - 1 } else { year };
    let (century, of_century) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(century * 146_097 + of_century * 365 + of_century / 4 - of_century / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_agree_with_a_calendar_library() {
        for text in [
            "2026-10-14T18:30:09.062Z",
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59.1234567+05:45",
            "2026-11-22T01:33:04.452+00:00",
            "2024-12-31T23:59:59-11:00",
            "1969-07-20T20:17:40Z",
            "2100-03-01T00:00:00.000001Z",
        ] {
            let expected: jiff::Timestamp = text.parse().expect("a time");
            assert_eq!(received_at(text), Some(ReceivedAt(expected.as_microsecond())), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026",
            "2026-10-14",
            "2026-13-14T00:00:00Z",
            "2026-10-14T25:00:00Z",
            "2026-10-14T00:00:00Q",
            "é026-10-14T00:00:00Z",
        ] {
            assert_eq!(received_at(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_tell_their_unit_by_size() {
        let expected = Some(ReceivedAt(1_792_002_609_062_000));
        assert_eq!(received_at_number(1_792_002_609_062.0), expected);
        assert_eq!(received_at_number(1_792_002_609.062), expected);
        assert_eq!(received_at_number(17.0), None);
    }
}
