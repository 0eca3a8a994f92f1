//! The fields of a schema that comes along, in words: read out of its own declaration, as scripts write theirs.

use super::Datum;
use super::ready::Written;

/// Each field's name and what is declared of it; those of the schema's own types behind them, as `type.field`.
pub(super) fn fields(written: &Written) -> Vec<(String, String)> {
    let enums = written.options.get("enums");
    let types = written
        .options
        .get("types")
        .and_then(Datum::map)
        .unwrap_or_default();
    let own = rows("", &written.fields, enums);
    let typed = types
        .iter()
        .flat_map(|(name, fields)| rows(&format!("{name}."), fields, enums));
    own.into_iter().chain(typed).collect()
}

fn rows(before: &str, fields: &Datum, enums: Option<&Datum>) -> Vec<(String, String)> {
    let row = |field: &Datum| {
        let [name, rest @ ..] = field.list()? else {
            return None;
        };
        Some((format!("{before}{}", name.text()?), told(rest, enums)))
    };
    fields.list().unwrap_or_default().iter().filter_map(row).collect()
}

/// A type and its options.
fn told(parts: &[Datum], enums: Option<&Datum>) -> String {
    let Some((kind, options)) = parts.split_first() else {
        return String::new();
    };
    let mut words = vec![kind_of(kind, enums)];
    let options = options.first().and_then(Datum::map).unwrap_or_default();
    // The names of values are the longest, and stand last.
    let (names, others): (Vec<_>, Vec<_>) = options
        .iter()
        .partition(|(key, _)| key == "enum" || key == "cases");
    for (key, value) in others {
        words.push(match (key.as_str(), value) {
            ("when" | "unless", Datum::Map(conditions)) => {
                let each = conditions
                    .iter()
                    .map(|(field, value)| format!("{field} {}", plain(value)));
                format!("{key} {}", each.collect::<Vec<_>>().join(" and "))
            }
            ("type", _) => continue,
            // The fields of a header that is summed up too, and is not there.
            ("pseudo", Datum::List(_)) => format!("over {} as well", kind_of(value, enums)),
            ("length_of", whole) if whole.text() == Some("*") => "length of the whole".to_owned(),
            (key, value) => format!("{} {}", key.replace('_', " "), plain(value)),
        });
    }
    for (key, value) in names {
        // An enumeration may be one of the schema's.
        let named = value
            .text()
            .and_then(|name| enums?.map()?.iter().find(|(known, _)| known == name));
        let entries = named
            .map_or(value, |(_, entries)| entries)
            .map()
            .unwrap_or_default();
        let each = entries.iter().map(|(name, value)| match key.as_str() {
            "enum" => format!("{name} {}", plain(value)),
            _ => format!("{name} {}", kind_of(value, enums)),
        });
        words.push(each.collect::<Vec<_>>().join(", "));
    }
    words.retain(|word| !word.is_empty());
    words.join("; ")
}

/// A type: its name, a list of fields, or either with options.
fn kind_of(kind: &Datum, enums: Option<&Datum>) -> String {
    match kind {
        Datum::Text(name) => name.clone(),
        Datum::List(items) if items.first().is_some_and(|first| first.text().is_some()) => told(items, enums),
        Datum::List(_) => {
            let each = rows("", kind, enums)
                .into_iter()
                .map(|(name, told)| format!("{name} {told}"));
            format!("({})", each.collect::<Vec<_>>().join(", "))
        }
        Datum::Map(options) => {
            let kind = options
                .iter()
                .find(|(key, _)| key == "type")
                .map(|(_, kind)| kind.clone());
            told(&[kind.unwrap_or(Datum::None), Datum::Map(options.clone())], enums)
        }
        _ => String::new(),
    }
}

/// A plain value; several are one of these.
fn plain(value: &Datum) -> String {
    match value {
        Datum::Text(text) if text == "*" => "to the end".to_owned(),
        Datum::Text(text) if text.is_empty() => "empty".to_owned(),
        Datum::Text(text) => text.clone(),
        Datum::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Datum::Bool(flag) => flag.to_string(),
        other => other
            .whole()
            .map_or_else(String::new, |number| number.to_string()),
    }
}
