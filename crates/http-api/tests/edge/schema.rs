//! Checks frames against the schemas of the AsyncAPI document: the part of JSON Schema that occurs there. A keyword that
//! isn't known fails, so that nothing goes unchecked in silence.

use std::sync::LazyLock;

use serde_json::Value;

/// The document.
pub(crate) static ASYNCAPI: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&http_api::asyncapi_json()).unwrap());

/// What says nothing about a value, or nothing that JSON could break.
const ANNOTATIONS: [&str; 8] =
    ["description", "title", "example", "examples", "default", "format", "pattern", "propertyNames"];

/// Checks a value against the payload of the document's message of that key.
pub(crate) fn check_message(key: &str, value: &Value) {
    let message = &ASYNCAPI["components"]["messages"][key];
    assert!(message.is_object(), "the document has no message {key}: {value}");
    if let Err(fault) = check(&message["payload"], value) {
        panic!("{key}: {fault}\n{value:#}");
    }
}

fn check(schema: &Value, value: &Value) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else {
        return if *schema == Value::Bool(false) { Err("nothing is allowed here".to_owned()) } else { Ok(()) };
    };
    for (keyword, rule) in keywords {
        check_keyword(keyword, rule, value).map_err(|fault| format!("{keyword}: {fault}"))?;
    }
    Ok(())
}

fn check_keyword(keyword: &str, rule: &Value, value: &Value) -> Result<(), String> {
    let all = |rules: &Value| rules.as_array().unwrap().iter().map(|rule| check(rule, value)).collect::<Vec<_>>();
    match keyword {
        "$ref" => {
            let path = rule.as_str().unwrap().trim_start_matches('#');
            check(ASYNCAPI.pointer(path).unwrap_or_else(|| panic!("{path} leads nowhere")), value)
        }
        "allOf" => all(rule).into_iter().collect(),
        "anyOf" | "oneOf" => {
            let outcomes = all(rule);
            let fault = format!("{outcomes:?}");
            if outcomes.iter().any(Result::is_ok) { Ok(()) } else { Err(fault) }
        }
        "type" => {
            let allowed: Vec<_> = rule.as_array().map_or_else(|| vec![rule], |types| types.iter().collect());
            expect(allowed.iter().any(|name| is_a(name.as_str().unwrap(), value)), rule, value)
        }
        "enum" => expect(rule.as_array().unwrap().contains(value), rule, value),
        "const" => expect(rule == value, rule, value),
        "properties" => value.as_object().map_or(Ok(()), |object| {
            let mut named = object.iter().filter_map(|(key, value)| Some((key, rule.get(key)?, value)));
            named.try_for_each(|(key, rule, value)| check(rule, value).map_err(|fault| format!("{key}: {fault}")))
        }),
        "additionalProperties" => value.as_object().map_or(Ok(()), |object| {
            // Only maps have a schema for all their values.
            object.values().try_for_each(|value| check(rule, value))
        }),
        "required" => value.as_object().map_or(Ok(()), |object| {
            let mut keys = rule.as_array().unwrap().iter().map(|key| key.as_str().unwrap());
            keys.try_for_each(|key| expect(object.contains_key(key), rule, value))
        }),
        "items" => value.as_array().map_or(Ok(()), |items| items.iter().try_for_each(|item| check(rule, item))),
        "minimum" => expect(value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()), rule, value),
        "maximum" => expect(value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()), rule, value),
        "minLength" => expect(length(value).is_none_or(|length| length >= rule.as_u64().unwrap()), rule, value),
        "maxLength" => expect(length(value).is_none_or(|length| length <= rule.as_u64().unwrap()), rule, value),
        other if ANNOTATIONS.contains(&other) => Ok(()),
        other => panic!("the check doesn't know the keyword {other}"),
    }
}

fn expect(holds: bool, rule: &Value, value: &Value) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{value} breaks {rule}")) }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

#[test]
fn the_check_finds_what_breaks_a_schema() {
    use serde_json::json;
    let marker = &ASYNCAPI["components"]["messages"]["frame.marker"]["payload"];
    let good = json!({"type": "marker", "room_id": "r", "read_seq": 1, "unread": 0, "mentions": 0, "more": []});
    assert_eq!(check(marker, &good), Ok(()));
    for (key, value) in
        [("type", json!("ping")), ("read_seq", json!("1")), ("read_seq", json!(-1)), ("room_id", json!(null))]
    {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(check(marker, &bad).is_err(), "{bad}");
    }
    let mut short = good;
    short.as_object_mut().unwrap().remove("unread");
    assert!(check(marker, &short).is_err());
}
