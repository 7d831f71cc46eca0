//! Repairs that several rules of the family share: changes of player states in the events that carry them.

use serde_json::Value;

use crate::model::event_type::{EventGroup, EventType};
use crate::model::id::EventId;
use crate::model::machine::OddityKind;
use crate::model::table::Event;
use crate::rules::context::quoted;
use crate::rules::fix::{Edit, FixCx, PatchOp};

const NAME: &str = "media.state.name";
/// The lists of a `statesUpdate`, each with what its entries do.
const LISTS: [(&str, bool); 2] = [("statesStart", true), ("statesEnd", false)];

/// The edit that takes the start (or end) of a state out of the event that the finding is about, whose place in the
/// session is `at`: with the event when it carries nothing else.
pub(super) fn without_change(cx: &FixCx<'_>, name: &str, begins: bool) -> Option<Vec<Edit>> {
    let event = cx.session.capture.event(cx.event()?)?;
    if event.event_type() != Some(EventType::StatesUpdate) || event.state_changes().len() < 2 {
        return cx.remove_event();
    }
    let (list, _) = LISTS.into_iter().find(|(_, starts)| *starts == begins)?;
    let path = format!("/params/{list}");
    let mut entries = event.json()?.pointer(&path)?.as_array()?.clone();
    let at = entries.iter().rposition(|entry| is_of(entry, name))?;
    entries.remove(at);
    let op = match entries.is_empty() {
        true => PatchOp::Remove { path },
        false => PatchOp::Replace { path, value: entries.into() },
    };
    cx.patch(vec![op])
}

fn is_of(entry: &Value, name: &str) -> bool {
    entry[NAME] == name
}

/// The edits that rename a state in all events of the session.
pub(super) fn rename(cx: &FixCx<'_>, from: &str, to: &str) -> Vec<Edit> {
    let patch = |event: EventId| {
        let event = cx.session.capture.event(event).filter(is_of_states)?;
        let json = event.json()?;
        let mut patch = Vec::new();
        if json.pointer(&format!("/params/{NAME}")).is_some_and(|name| name == from) {
            patch.push(PatchOp::Replace { path: format!("/params/{NAME}"), value: to.into() });
        }
        for (list, _) in LISTS {
            let path = format!("/params/{list}");
            let Some(entries) = json.pointer(&path).and_then(Value::as_array) else { continue };
            let mut entries = entries.clone();
            let named = entries.iter_mut().filter(|entry| is_of(entry, from));
            let n_named = named.map(|entry| entry[NAME] = to.into()).count();
            if n_named > 0 {
                patch.push(PatchOp::Replace { path, value: entries.into() });
            }
        }
        (!patch.is_empty()).then_some(patch)
    };
    cx.patch_each(patch)
}

fn is_of_states(event: &Event<'_>) -> bool {
    event.event_type().is_some_and(|event_type| event_type.group() == EventGroup::PlayerState)
}

/// The name that the finding is about: the one of these that its message quotes first. An event may change several
/// states.
pub(super) fn named<'a>(cx: &FixCx<'_>, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let message = &cx.finding.message;
    let places = names.filter_map(|name| Some((message.find(&quoted(name))?, name)));
    places.min_by_key(|(at, _)| *at).map(|(_, name)| name)
}

/// The name that an oddity of this kind at the finding's event is about.
pub(super) fn odd_name<'a>(cx: &FixCx<'a>, kind: OddityKind) -> Option<&'a str> {
    let at = cx.at()?;
    let here = cx.session.lanes.odd(kind).filter(|odd| odd.at == at);
    named(cx, here.filter_map(|odd| odd.name.as_deref()))
}
