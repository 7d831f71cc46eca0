//! Reading recorded headers in each of the forms that captures keep them in.

use serde_json::Value;

/// Headers in order. Understands a JSON array of `{name, value}` or `[name, value]`, a JSON object of
/// `name: value`, and raw lines `Name: value`. What is none of these yields nothing.
#[must_use]
pub fn read(bytes: &[u8]) -> Vec<(String, String)> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[' | b'{') => read_json(bytes),
        Some(_) => read_lines(bytes),
        None => Vec::new(),
    }
}

fn read_json(bytes: &[u8]) -> Vec<(String, String)> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Array(items)) => items.iter().filter_map(pair).collect(),
        Ok(Value::Object(map)) => map.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        _ => Vec::new(),
    }
}

fn pair(item: &Value) -> Option<(String, String)> {
    let (name, value) = match item {
        Value::Array(pair) => (pair.first()?, pair.get(1)?),
        _ => (item.get("name")?, item.get("value")?),
    };
    Some((name.as_str()?.to_owned(), plain(value)))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn read_lines(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// True when the value of an `Access-Control-Allow-Headers` lets a browser send a `Content-Type` of JSON.
#[must_use]
pub fn allows_content_type(allowed: &str) -> bool {
    allowed.split(',').map(str::trim).any(|name| name == "*" || name.eq_ignore_ascii_case("content-type"))
}

/// The first header with this name, letter case aside.
#[must_use]
pub fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_headers_is_read_in_order() {
        let expected = vec![("A".to_owned(), "1".to_owned()), ("b-C".to_owned(), "x: y".to_owned())];
        for form in [
            r#" [{"name":"A","value":"1"},{"name":"b-C","value":"x: y"}]"#,
            r#"[["A","1"],["b-C","x: y"]]"#,
            r#"{"A":1,"b-C":"x: y"}"#,
            "A: 1\r\nb-C: x: y\r\n",
        ] {
            assert_eq!(read(form.as_bytes()), expected, "{form}");
        }
        assert_eq!(read(b"{broken"), []);
        assert_eq!(find(&expected, "B-c"), Some("x: y"));
    }
}
