//! Where in a packet something is: `dns.answers[1].rdata`; and what fields before it hold.

use std::fmt;

use crate::error::{Class, Error, Result};

use super::Datum;
use super::field::{Body, Condition, Field};

/// The way from the schema to a field.
pub(super) struct Path<'a> {
    steps: Vec<Step<'a>>,
    /// The number of a list's first place.
    first: usize,
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(super) fn new(schema: &'a str, first: usize) -> Self {
        Self {
            steps: vec![Step::Name(schema)],
            first,
        }
    }

    pub(super) fn enter(&mut self, name: &'a str) {
        self.steps.push(Step::Name(name));
    }

    pub(super) fn enter_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    pub(super) fn leave(&mut self) {
        self.steps.pop();
    }

    /// An error here.
    pub(super) fn wrong(&self, text: impl fmt::Display) -> Error {
        Error::new(Class::PacketError, format!("{self}: {text}"))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            match step {
                Step::Name("") => {}
                Step::Name(name) if place == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{}]", index + self.first)?,
            }
        }
        Ok(())
    }
}

/// The fields of one body, as far as they are known.
pub(super) struct Frame<'a> {
    pub(super) body: &'a Body,
    pub(super) values: Vec<Option<Datum>>,
    /// Where they begin and end.
    pub(super) spans: Vec<(usize, usize)>,
    /// Fields from this place on are not read or written yet.
    pub(super) reached: usize,
}

impl<'a> Frame<'a> {
    pub(super) fn new(body: &'a Body) -> Self {
        Self {
            body,
            values: body.fields.iter().map(|_| None).collect(),
            spans: vec![(0, 0); body.fields.len()],
            reached: 0,
        }
    }
}

/// The bodies around a field, the innermost last.
pub(super) struct Frames<'a>(pub(super) Vec<Frame<'a>>);

const NOTHING: &Datum = &Datum::None;

impl<'a> Frames<'a> {
    /// A field of this name that was seen before, the nearest; nothing is the value of one that is not there.
    pub(super) fn find(&self, name: &str) -> Option<(&'a Field, &Datum)> {
        self.0.iter().rev().find_map(|frame| {
            let place = frame.body.place(name).filter(|place| *place < frame.reached)?;
            Some((
                &frame.body.fields[place],
                frame.values[place].as_ref().unwrap_or(NOTHING),
            ))
        })
    }

    /// As [`Self::find`].
    ///
    /// # Errors
    /// There is none.
    pub(super) fn need(&self, name: &str, path: &Path<'_>) -> Result<(&'a Field, &Datum)> {
        let found = self.find(name);
        found.ok_or_else(|| path.wrong(format!("there is no field '{name}' before it")))
    }

    /// The case of a union that goes with what the field `on` holds.
    ///
    /// # Errors
    /// There is no such field, or no case for it.
    pub(super) fn case<'f>(
        &self,
        on: &str,
        cases: &'f [(Datum, Field)],
        otherwise: Option<&'f Field>,
        path: &Path<'_>,
    ) -> Result<&'f Field> {
        let (other, seen) = self.need(on, path)?;
        let case = cases.iter().find(|(key, _)| other.is(seen, key));
        let case = case.map(|(_, case)| case).or(otherwise);
        case.ok_or_else(|| path.wrong(format!("there is no case for {on} {seen}")))
    }

    /// Whether a field is there.
    ///
    /// # Errors
    /// It hangs on a field that is not known.
    pub(super) fn is_there(&self, field: &Field, path: &Path<'_>) -> Result<bool> {
        Ok(self.all_hold(&field.when, path)?
            && (field.unless.is_empty() || !self.all_hold(&field.unless, path)?))
    }

    fn all_hold(&self, conditions: &[Condition], path: &Path<'_>) -> Result<bool> {
        for condition in conditions {
            let (other, seen) = self.need(&condition.field, path)?;
            if other.is_computed() && *seen == Datum::None {
                return Err(path.wrong(format!(
                    "whether it is there hangs on '{}', which is computed later: give it",
                    condition.field
                )));
            }
            if !other.passes(seen, &condition.test) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The values that the fields of a pseudo-header have; none where one is not known.
    pub(super) fn values_of(&self, body: &Body) -> Option<Datum> {
        let mut values = Vec::new();
        for field in &body.fields {
            match self.find(&field.name) {
                Some((_, seen)) if *seen != Datum::None => values.push((field.name.clone(), seen.clone())),
                _ if field.default.is_some() => {}
                _ => return None,
            }
        }
        Some(Datum::Map(values))
    }
}
