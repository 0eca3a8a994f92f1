//! From a declaration to fields: what a schema, a field and a type may say, and what is wrong with one that says it
//! otherwise. `options` has what a field says beside its name and type.
//! `others` is what fields say of each other.

mod others;

use std::sync::Arc;

use crate::error::{Class, Error, Result};
use crate::wire::Order;

use super::field::{Body, Extent, Field, What};
use super::options::{Options, Pending};
use super::ready::Ready;
use super::{Datum, Declared, LEFT_OVER, Schema, types};

use others::runs;

/// Types within types, of all schemas that are part of one: packing and dissecting go as deep.
const DEEPEST: usize = 12;
/// Fields, those of types that are used several times each time: so many may be in each element of a list.
const MOST: usize = 1 << 14;

/// Reads a declaration. `first` is the number of a list's first place in the language it is written in.
///
/// # Errors
/// `packet.Error` with the field and what it may say.
pub(super) fn declare(name: &str, fields: &Datum, options: &Datum, first: i128) -> Result<Declared> {
    let Some(entries) = options.map() else {
        return Err(wrong(name, format!("options are a map, not {}", options.kind())));
    };
    let mut options = Options::new(name, entries.to_vec());
    let order = options.order()?.unwrap_or(Order::Big);
    let origin = options.flag("origin")?;
    let types = options.entries("types")?;
    let mut declaring = Declaring {
        order,
        types,
        enums: options.entries("enums")?,
        first,
        within: Vec::new(),
        depth: 0,
        count: 0,
    };
    options.none_left("of a schema: endian, types, enums, origin")?;
    let body = declaring.body(fields, name)?;
    let depth = depth(&body);
    if depth > DEEPEST {
        return Err(too_deep(name));
    }
    Ok(Declared {
        name: name.to_owned(),
        depth,
        count: declaring.count,
        body: Arc::new(body),
        origin,
    })
}

/// An error of a declaration.
pub(super) fn wrong(path: &str, text: impl std::fmt::Display) -> Error {
    Error::new(Class::PacketError, format!("{path}: {text}"))
}

fn too_deep(path: &str) -> Error {
    wrong(path, format!("types go {DEEPEST} levels deep, and no deeper"))
}

/// Bodies within one another, and cases.
fn depth(body: &Body) -> usize {
    fn of(field: &Field) -> usize {
        match &field.what {
            What::Nested(body) => depth(body),
            What::Schema(schema) => schema.declared().depth,
            What::Union { cases, otherwise, .. } => {
                let cases = cases.iter().map(|(_, case)| case);
                1 + cases.chain(otherwise.as_deref()).map(of).max().unwrap_or(0)
            }
            _ => 0,
        }
    }
    1 + body.fields.iter().map(of).max().unwrap_or(0)
}

/// What a declaration knows while it is read.
pub(super) struct Declaring {
    pub(super) order: Order,
    types: Vec<(String, Datum)>,
    pub(super) enums: Vec<(String, Datum)>,
    pub(super) first: i128,
    /// The named types being read, the outermost first.
    within: Vec<String>,
    /// Bodies and cases being read within one another.
    depth: usize,
    /// Fields so far.
    count: usize,
}

impl Declaring {
    /// So many fields more.
    fn count(&mut self, fields: usize, path: &str) -> Result<()> {
        self.count += fields;
        if self.count > MOST {
            let text = format!(
                "more than {MOST} fields, those of types that are used several times counted each time"
            );
            return Err(wrong(path, text));
        }
        Ok(())
    }

    pub(super) fn body(&mut self, fields: &Datum, path: &str) -> Result<Body> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(path));
        }
        let body = self.fields(fields, path);
        self.depth -= 1;
        body
    }

    fn fields(&mut self, fields: &Datum, path: &str) -> Result<Body> {
        let Some(items) = fields.list() else {
            return Err(wrong(
                path,
                format!(
                    "fields are a list of [name, type, options], as they have an order; this is a {}",
                    fields.kind()
                ),
            ));
        };
        let mut read = Vec::new();
        let mut pending = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let (name, kind, options) = self.named(item, &format!("{path}, field {}", place + 1))?;
            let path = format!("{path}.{name}");
            if self.depth == 1 && name == LEFT_OVER {
                return Err(wrong(
                    &path,
                    "this is what the bytes are called that are left over",
                ));
            }
            if read.iter().any(|field: &Field| field.name == name) {
                return Err(wrong(&path, "there are two fields of this name"));
            }
            let (mut field, later) = self.field(&kind, options, &path)?;
            field.name = name;
            read.push(field);
            pending.push((path, later));
        }
        let mut body = Body { fields: read };
        runs(&mut body.fields, path)?;
        for (place, (path, later)) in pending.into_iter().enumerate() {
            self.settle(&mut body, place, later, &path)?;
        }
        Ok(body)
    }

    /// The name, the type and the options of a field.
    fn named(&self, item: &Datum, path: &str) -> Result<Named> {
        let (mut places, mut options) = parts(item, path)?;
        let mut take = |word: &str| {
            if places.is_empty() {
                let at = options.iter().position(|(name, _)| name == word)?;
                return Some(options.remove(at).1);
            }
            Some(places.remove(0))
        };
        let name = take("name").ok_or_else(|| wrong(path, "a field has a name: [name, type, options]"))?;
        let Some(text) = name.text().filter(|text| !text.is_empty()).map(str::to_owned) else {
            return Err(wrong(
                path,
                format!(
                    "a field's name is text, not {}: [name, type, options]",
                    name.kind()
                ),
            ));
        };
        let kind = take("type")
            .ok_or_else(|| wrong(path, format!("'{text}' has no type: [name, type, options]")))?;
        more_options(places, &mut options, path)?;
        Ok((text, kind, options))
    }

    /// A type with its options, where no name is needed: what the case of a union is.
    pub(super) fn unnamed(&mut self, item: &Datum, path: &str) -> Result<Field> {
        let is_type = |datum: &Datum| datum.text().is_some() || matches!(datum, Datum::Schema(_));
        let (kind, options) = match item {
            item if is_type(item) => (item.clone(), Vec::new()),
            Datum::List(items) if !items.first().is_some_and(is_type) => (item.clone(), Vec::new()),
            _ => {
                let (mut places, mut options) = parts(item, path)?;
                let kind = if places.is_empty() {
                    let at = options.iter().position(|(name, _)| name == "type");
                    at.map(|at| options.remove(at).1)
                } else {
                    Some(places.remove(0))
                };
                more_options(places, &mut options, path)?;
                let kind =
                    kind.ok_or_else(|| wrong(path, "a type is needed: text, a schema, or a list of fields"))?;
                (kind, options)
            }
        };
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(path));
        }
        let (field, later) = self.field(&kind, options, path)?;
        self.depth -= 1;
        let mut body = Body { fields: vec![field] };
        runs(&mut body.fields, path)?;
        self.settle(&mut body, 0, later, path)?;
        let field = body.fields.pop();
        field.ok_or_else(|| wrong(path, "a type is needed"))
    }

    fn field(&mut self, kind: &Datum, options: Vec<(String, Datum)>, path: &str) -> Result<(Field, Pending)> {
        let mut options = Options::new(path, options);
        let order = options.order()?.unwrap_or(self.order);
        self.count(1, path)?;
        let (what, extent) = match kind {
            Datum::Schema(schema) => (self.other(schema, path)?, Extent::Open),
            Datum::List(_) => (What::Nested(Arc::new(self.body(kind, path)?)), Extent::Open),
            kind => {
                let Some(word) = kind.text() else {
                    return Err(wrong(
                        path,
                        format!(
                            "a type is text, a schema or a list of fields, not {}",
                            kind.kind()
                        ),
                    ));
                };
                match types::builtin(word, order) {
                    Some(Ok(found)) => found,
                    Some(Err(text)) => return Err(wrong(path, text)),
                    None if word == "union" => (self.union(&mut options, path)?, Extent::Open),
                    None => (self.known(word, path)?, Extent::Open),
                }
            }
        };
        options.field(self, what, extent)
    }

    /// The fields of another schema.
    fn other(&mut self, schema: &Schema, path: &str) -> Result<What> {
        self.count(schema.declared().count, path)?;
        Ok(What::Schema(schema.clone()))
    }

    /// The fields of a type of this declaration's own.
    fn known(&mut self, word: &str, path: &str) -> Result<What> {
        if let Some(schema) = word.strip_prefix("packet.").and_then(Ready::by_name) {
            return self.other(&schema, path);
        }
        let Some((_, fields)) = self.types.iter().find(|(name, _)| name == word) else {
            let names = self.types.iter().map(|(name, _)| name.as_str());
            let near = types::meant(word, names);
            let near = near.map_or(String::new(), |near| format!(" (did you mean '{near}'?)"));
            return Err(wrong(
                path,
                format!("there is no type '{word}'{near}; {}", types::HELP),
            ));
        };
        if self.within.iter().any(|name| name == word) {
            return Err(wrong(path, format!("the type '{word}' is part of itself")));
        }
        let fields = fields.clone();
        if let Datum::Schema(schema) = fields {
            return self.other(&schema, path);
        }
        self.within.push(word.to_owned());
        let body = self.body(&fields, path);
        self.within.pop();
        Ok(What::Nested(Arc::new(body?)))
    }

    fn union(&mut self, options: &mut Options, path: &str) -> Result<What> {
        let Some(on) = options.take("on") else {
            return Err(wrong(
                path,
                "a union says by which field before it it is chosen: on=\"type\"",
            ));
        };
        let on = options.text_of("on", &on)?;
        let pairs = match options.take("cases") {
            Some(Datum::Map(entries)) => entries
                .into_iter()
                .map(|(key, spec)| (types::key(key), spec))
                .collect(),
            Some(Datum::Pairs(pairs)) => pairs,
            Some(Datum::List(items)) => (self.first..).map(Datum::Int).zip(items).collect(),
            _ => Vec::new(),
        };
        if pairs.is_empty() {
            return Err(wrong(
                path,
                "a union has cases: cases={value of the field → type}",
            ));
        }
        let mut cases = Vec::new();
        for (key, spec) in pairs {
            let field = self.unnamed(&spec, &format!("{path}, case {key}"))?;
            cases.push((key, field));
        }
        // Tables of Lua have no order.
        cases.sort_by_key(|(key, _)| (key.whole(), key.text().map(str::to_owned)));
        let otherwise = match options.take("default") {
            Some(spec) => Some(Box::new(self.unnamed(&spec, &format!("{path}, default"))?)),
            None => None,
        };
        Ok(What::Union { on, cases, otherwise })
    }
}

/// A field's name, type and options.
type Named = (String, Datum, Vec<(String, Datum)>);

/// What stands at places in an item of a declaration, and what under names.
type Parts = (Vec<Datum>, Vec<(String, Datum)>);

fn parts(item: &Datum, path: &str) -> Result<Parts> {
    match item {
        Datum::List(items) => Ok((items.clone(), Vec::new())),
        Datum::Map(entries) => Ok((Vec::new(), entries.clone())),
        Datum::Pairs(pairs) => {
            let (mut places, mut options) = (Vec::new(), Vec::new());
            for (key, value) in pairs {
                match (key, key.text()) {
                    (_, Some(name)) => options.push((name.to_owned(), value.clone())),
                    (Datum::Int(place), None) => places.push((*place, value.clone())),
                    _ => return Err(wrong(path, format!("{key} is no option"))),
                }
            }
            places.sort_by_key(|(place, _)| *place);
            Ok((places.into_iter().map(|(_, value)| value).collect(), options))
        }
        other => Err(wrong(
            path,
            format!("a field is a list: [name, type, options], not {}", other.kind()),
        )),
    }
}

/// What follows the type: a map of options.
fn more_options(rest: Vec<Datum>, options: &mut Vec<(String, Datum)>, path: &str) -> Result<()> {
    for datum in rest {
        match datum.map() {
            Some(entries) => options.extend(entries.iter().cloned()),
            None => {
                return Err(wrong(
                    path,
                    format!(
                        "after name and type come options, by name; this is a {}: {datum}",
                        datum.kind()
                    ),
                ));
            }
        }
    }
    Ok(())
}

impl Schema {
    /// The schema of a declaration. `first` is the number of a list's first place.
    ///
    /// # Errors
    /// `packet.Error`: what is wrong with it.
    pub(crate) fn declare(name: &str, fields: &Datum, options: &Datum, first: i128) -> Result<Self> {
        declare(name, fields, options, first).map(|declared| Self::own(Arc::new(declared)))
    }
}
