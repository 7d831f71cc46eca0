//! The tracking plan: what is required, forbidden and allowed per event type.

use serde_json::Value;

use super::read::{ALL, types_of};
use super::reader::{Key, Reader, Val, scalar};
use crate::model::event_type::EventType;
use crate::model::parameter::{PARAMETERS, Parameter, Section, ValueType};
use crate::schema::plan::{Allowed, Presence, Wish};
use crate::schema::user::UserSchemas;

/// What a type may hold in the plan.
const SECTIONS: [&str; 2] = ["params", "metadata"];
/// What may be wanted of a key.
const WISHES: [&str; 4] = ["required", "forbidden", "values", "pattern"];

/// A wish as it stands in the file.
struct Line<'v, 'i> {
    /// The type that it is for, `None` for all.
    event_type: Option<EventType>,
    key: &'v Key<'i>,
    wish: Wish,
}

/// Reads `[tracking-plan]`. What is wanted for `all` holds for every type that may carry the key; what is said of a
/// type by name replaces it there.
pub(super) fn read<'i>(reader: &mut Reader<'i>, value: &Val<'i>, user: &mut UserSchemas) {
    let mut lines = Vec::new();
    for (key, value) in reader.table(value, "`tracking-plan`").into_iter().flatten() {
        let Some(types) = types_of(reader, key) else { continue };
        let event_type = if key.get_ref() == ALL { None } else { types.first().copied() };
        for (section, value) in reader.table(value, &format!("`{}`", key.get_ref())).into_iter().flatten() {
            match &**section.get_ref() {
                name @ ("params" | "metadata") => {
                    for (key, value) in reader.table(value, &format!("`{name}`")).into_iter().flatten() {
                        let parameter = match name {
                            "params" => known_parameter(reader, key, value),
                            _ => Some(None),
                        };
                        let Some(parameter) = parameter else { continue };
                        let wish = wish(reader, key, value, parameter);
                        lines.extend(wish.map(|wish| Line { event_type, key, wish }));
                    }
                }
                other => reader.unknown(
                    section.span(),
                    "part of a tracking plan called",
                    other,
                    SECTIONS.into_iter(),
                ),
            }
        }
    }
    for line in &lines {
        add(reader, line, &lines, user);
    }
}

fn add(reader: &mut Reader<'_>, line: &Line<'_, '_>, lines: &[Line<'_, '_>], user: &mut UserSchemas) {
    let carries = |event_type: EventType| {
        let parameter = line.wish.parameter;
        parameter.map_or(event_type.carries_metadata(), |parameter| parameter.is_accepted_on(event_type))
    };
    match line.event_type {
        Some(event_type) if carries(event_type) => user.add_wish(event_type, line.wish.clone()),
        Some(event_type) => {
            let carriers = EventType::ALL.into_iter().filter(|known| carries(*known));
            let carriers: Vec<String> = carriers.map(|known| format!("`{known}`")).collect();
            let what = match line.wish.parameter {
                Some(_) => format!("`{}`", line.wish.key),
                None => "custom metadata".to_owned(),
            };
            let message = format!("`{event_type}` carries no {what}; it goes with {}", carriers.join(", "));
            reader.error(line.key.span(), message);
        }
        None => {
            let is_said_by_name = |event_type: EventType| {
                let same = |other: &&Line<'_, '_>| {
                    other.wish.key == line.wish.key && other.wish.section() == line.wish.section()
                };
                lines.iter().filter(same).any(|other| other.event_type == Some(event_type))
            };
            for event_type in EventType::ALL.into_iter().filter(|known| carries(*known)) {
                if !is_said_by_name(event_type) {
                    user.add_wish(event_type, line.wish.clone());
                }
            }
        }
    }
}

/// The parameter that a key names; `None` when there is none of that name.
fn known_parameter<'i>(
    reader: &mut Reader<'i>,
    key: &Key<'i>,
    value: &Val<'i>,
) -> Option<Option<&'static Parameter>> {
    let written = &**key.get_ref();
    let found = Parameter::known_anywhere(written);
    if found.is_some() {
        return Some(found);
    }
    let is_split = value
        .get_ref()
        .as_table()
        .is_some_and(|table| table.iter().any(|(part, _)| !WISHES.contains(&&**part.get_ref())));
    if written == "media" || is_split && !written.contains('.') {
        let message = format!("a name with dots must be quoted: \"{written}.…\" instead of {written}.…");
        reader.error(key.span(), message);
    } else {
        let of_events =
            |parameter: &&Parameter| matches!(parameter.section, Section::Params | Section::QoeData);
        let known = PARAMETERS.iter().filter(of_events).map(|parameter| parameter.key);
        reader.unknown(key.span(), "parameter", written, known);
    }
    None
}

fn wish<'i>(
    reader: &mut Reader<'i>,
    key: &Key<'i>,
    value: &Val<'i>,
    parameter: Option<&'static Parameter>,
) -> Option<Wish> {
    let name = key.get_ref().to_string();
    let mut wish = Wish { key: name, parameter, presence: Presence::Optional, allowed: Allowed::Anything };
    if let Some(word) = value.get_ref().as_str() {
        wish.presence = match word {
            "required" => Presence::Required,
            "forbidden" => Presence::Forbidden,
            other => {
                reader.unknown(value.span(), "wish", other, ["required", "forbidden"].into_iter());
                return None;
            }
        };
        return Some(wish);
    }
    let table = reader.table(value, &format!("`{}`", wish.key))?;
    let n_errors = reader.errors.len();
    let (mut required, mut forbidden) = (false, false);
    for (key, value) in table {
        match &**key.get_ref() {
            "required" => required = reader.flag(value, "`required`").unwrap_or_default(),
            "forbidden" => forbidden = reader.flag(value, "`forbidden`").unwrap_or_default(),
            "values" => wish.allowed = allowed_values(reader, value, parameter)?,
            "pattern" => wish.allowed = allowed_pattern(reader, value, parameter)?,
            other => reader.unknown(key.span(), "wish", other, WISHES.into_iter()),
        }
    }
    let has = |name: &str| table.iter().any(|(key, _)| key.get_ref() == name);
    if has("values") && has("pattern") {
        reader.error(key.span(), format!("`{}` has values and a pattern; one of them says it all", wish.key));
    }
    if forbidden && (required || has("values") || has("pattern")) {
        reader.error(key.span(), format!("`{}` is forbidden, so nothing else can be wanted of it", wish.key));
    }
    wish.presence = match (required, forbidden) {
        (_, true) => Presence::Forbidden,
        (true, false) => Presence::Required,
        (false, false) => Presence::Optional,
    };
    (reader.errors.len() == n_errors).then_some(wish)
}

fn value_type(parameter: Option<&'static Parameter>) -> ValueType {
    parameter.map_or(ValueType::String, |parameter| parameter.value)
}

fn allowed_values<'i>(
    reader: &mut Reader<'i>,
    value: &Val<'i>,
    parameter: Option<&'static Parameter>,
) -> Option<Allowed> {
    let wanted = value_type(parameter);
    let items = reader.list(value, "`values`")?;
    let mut values: Vec<Value> = Vec::new();
    for item in items {
        match scalar(item.get_ref()).filter(|value| wanted.fits(value)) {
            Some(value) => values.push(value),
            None => reader.wrong_type(item, "each of the values", wanted.in_words()),
        }
    }
    if items.is_empty() {
        reader.error(value.span(), "no value is allowed: write `forbidden` for a key that must not be there");
    }
    Some(Allowed::Values(values))
}

fn allowed_pattern<'i>(
    reader: &mut Reader<'i>,
    value: &Val<'i>,
    parameter: Option<&'static Parameter>,
) -> Option<Allowed> {
    let text = reader.text(value, "`pattern`")?;
    if value_type(parameter) != ValueType::String {
        let is = value_type(parameter).in_words();
        reader.error(value.span(), format!("a pattern is for strings, but the value is {is}"));
        return None;
    }
    match Allowed::pattern(text) {
        Ok(allowed) => Some(allowed),
        Err(error) => {
            let words = error.to_string();
            // the last line says what, the ones before point to it
            let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            reader.error(value.span(), format!("`{text}` is no regular expression: {last}"));
            None
        }
    }
}
