//! What a declaration becomes: fields with everything said of them, checked once, so that packing and dissecting ask no
//! more whether it makes sense.

use std::sync::Arc;

use crate::codec::Encoding;
use crate::error::nearest;
use crate::wire::Order;

use super::checksum::Sum;
use super::{Datum, Schema};

/// Fields that follow one another.
#[derive(Debug, PartialEq)]
pub(super) struct Body {
    pub(super) fields: Vec<Field>,
}

/// A field.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) what: What,
    pub(super) extent: Extent,
    pub(super) many: Many,
    pub(super) default: Option<Datum>,
    /// Its default is the only value it may have.
    pub(super) constant: bool,
    /// Values that have names.
    pub(super) names: Vec<(i128, String)>,
    /// It is there only if all of these hold.
    pub(super) when: Vec<Condition>,
    /// It is not there if all of these hold.
    pub(super) unless: Vec<Condition>,
    pub(super) measure: Option<Measure>,
    pub(super) checksum: Option<Checksum>,
    /// Bytes it takes whatever is in it; the rest is zeros.
    pub(super) room: Option<usize>,
    /// What fills a value that is shorter than its size, and is taken off again.
    pub(super) pad: Option<u8>,
}

/// What a field, or each of its elements, is.
#[derive(Debug, PartialEq)]
pub(super) enum What {
    Int(Int),
    Float {
        bytes: usize,
        order: Order,
    },
    Bytes,
    Text(Encoding),
    Ip4,
    Ip6,
    Mac,
    /// A name of DNS; compressed when packed, if so asked for.
    Name {
        compress: bool,
    },
    Nested(Arc<Body>),
    Schema(Schema),
    /// What a case says for the value of a field seen before.
    Union {
        on: String,
        cases: Vec<(Datum, Field)>,
        otherwise: Option<Box<Field>>,
    },
}

/// A whole number: some bits of a run of bytes, most often all of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Int {
    pub(super) bits: u32,
    pub(super) signed: bool,
    pub(super) flag: bool,
    pub(super) order: Order,
    /// What one is divided by to be the value.
    pub(super) scale: Option<f64>,
    /// Bytes of the run.
    pub(super) run: usize,
    /// Bits of the run below this field's.
    pub(super) shift: u32,
    /// Whether the run begins with this field, and whether it ends with it.
    pub(super) first: bool,
    pub(super) last: bool,
}

impl Int {
    /// The least and the greatest number.
    pub(super) fn range(&self) -> (i128, i128) {
        if self.signed {
            (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1)
        } else {
            (0, (1 << self.bits) - 1)
        }
    }
}

/// How many bytes text, bytes and what is nested take.
#[derive(Debug, PartialEq)]
pub(super) enum Extent {
    /// As many as what is in it takes; of bytes and text, all that are left.
    Open,
    Fixed(usize),
    /// A number before it says.
    Prefixed(Int),
    /// It goes on to these bytes.
    Terminated(Vec<u8>),
}

/// How often a field is there.
#[derive(Debug, PartialEq)]
pub(super) enum Many {
    One,
    Count(usize),
    /// As often as another field says.
    Counted(String),
    /// To the end.
    All,
    /// Until an element is this, or has these fields.
    Last(Datum),
}

/// What the value of a field has to be for another to be there.
#[derive(Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) test: Test,
}

#[derive(Debug, PartialEq)]
pub(super) enum Test {
    /// Not zero, not empty.
    True,
    /// One of these.
    Any(Vec<Datum>),
    Compare(Comparison, i128),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    /// Any of these bits.
    Bits,
}

/// A number that is computed when none is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Measure {
    /// Bytes from the start of one field to the end of another, in units, and some more.
    Length { span: Span, unit: i128, plus: i128 },
    /// Elements of the list at this place.
    Count(usize),
}

/// Fields from one place to another, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// What a checksum is over.
#[derive(Debug, PartialEq)]
pub(super) struct Checksum {
    pub(super) sum: Sum,
    pub(super) span: Span,
    /// Fields of others that are summed before.
    pub(super) pseudo: Option<Body>,
    /// Zero in the packet says that there is none; a sum of zero is written as this.
    pub(super) zero: Option<i128>,
}

impl Body {
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// What to tell of a name that no field has: the one that was probably meant, or all there are.
    pub(super) fn lacks(&self, name: &str) -> String {
        let names = || self.fields.iter().map(|field| field.name.as_str());
        match nearest(name, names()) {
            Some(near) => format!("there is no field '{name}' (did you mean '{near}'?)"),
            None => format!(
                "there is no field '{name}'; there are {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        }
    }

    /// The field that measures the one at this place to its end, if one does.
    pub(super) fn measured_by(&self, place: usize) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| matches!(&field.measure, Some(Measure::Length { span, .. }) if span.last == place))
    }
}

impl Field {
    /// Whether its value is found out when none is given.
    pub(super) fn is_computed(&self) -> bool {
        self.measure.is_some() || self.checksum.is_some()
    }

    /// A whole number, where it is one.
    pub(super) fn int(&self) -> Option<&Int> {
        match &self.what {
            What::Int(int) => Some(int),
            _ => None,
        }
    }

    /// The value of a name, or of a number as it is.
    pub(super) fn number(&self, datum: &Datum) -> Option<i128> {
        if let Some(number) = datum.whole() {
            return Some(number);
        }
        let text = datum.text()?;
        self.names
            .iter()
            .find(|(_, name)| name == text)
            .map(|(number, _)| *number)
    }

    /// The name of a value.
    pub(super) fn name_of(&self, datum: &Datum) -> Option<&str> {
        let number = datum.whole()?;
        self.names
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, name)| name.as_str())
    }

    /// Whether a value seen, of this field, is the one a case or condition names.
    pub(super) fn is(&self, seen: &Datum, wanted: &Datum) -> bool {
        match (seen.whole(), self.number(wanted)) {
            (Some(seen), Some(wanted)) => seen == wanted,
            _ => match (seen.bytes(), wanted.bytes()) {
                (Some(seen), Some(wanted)) => seen == wanted,
                _ => seen == wanted,
            },
        }
    }

    /// Whether an element that is given is the one that ends the list; none where a value decides that is only computed.
    pub(super) fn is_end(&self, item: &Datum, last: &Datum) -> Option<bool> {
        let body = match &self.what {
            What::Nested(body) => Some(&**body),
            What::Schema(schema) => Some(&*schema.declared().body),
            _ => None,
        };
        let (Some(body), Some(wanted), Some(given)) = (body, last.map(), item.map()) else {
            return Some(match (self.number(item), self.number(last)) {
                (Some(item), Some(last)) => item == last,
                _ => self.is(item, last),
            });
        };
        let mut is_end = Some(true);
        for (name, wanted) in wanted {
            let field = body.place(name).map(|place| &body.fields[place])?;
            let value = given.iter().find(|(known, _)| known == name);
            match value.map(|(_, value)| value).or(field.default.as_ref()) {
                Some(value) if field.is_end(value, wanted) == Some(false) => return Some(false),
                Some(_) => {}
                None => is_end = None,
            }
        }
        is_end
    }

    /// Whether the value of this field is what the test asks for.
    pub(super) fn passes(&self, seen: &Datum, test: &Test) -> bool {
        match test {
            Test::True => match seen {
                Datum::None => false,
                other => other
                    .whole()
                    .map_or(other.bytes().is_none_or(|bytes| !bytes.is_empty()), |number| {
                        number != 0
                    }),
            },
            Test::Any(wanted) => wanted.iter().any(|wanted| self.is(seen, wanted)),
            Test::Compare(comparison, limit) => seen.whole().is_some_and(|number| match comparison {
                Comparison::Unequal => number != *limit,
                Comparison::Less => number < *limit,
                Comparison::AtMost => number <= *limit,
                Comparison::More => number > *limit,
                Comparison::AtLeast => number >= *limit,
                Comparison::Bits => number & limit != 0,
            }),
        }
    }
}
