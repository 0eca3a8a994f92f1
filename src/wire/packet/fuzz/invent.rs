//! Values for a schema's fields, by chance and as the declaration has them: those that have a name, cases that there are,
//! lists of a few elements. What is computed is left out, defaults mostly.

use fastrand::Rng;

use crate::wire::packet::field::{Body, Extent, Field, Many, Measure, What};
use crate::wire::packet::place::{Frame, Frames};
use crate::wire::packet::{Datum, Schema};

/// Most elements of a list and bytes of what is as long as it likes.
const FEW: usize = 3;
const SHORT: usize = 12;
/// Most bytes of what has a size.
const LONG: usize = 1 << 16;
/// Most values in a packet, those of lists within lists with them. A value with so many bytes counts as one more.
const MOST: usize = 1 << 17;
const BYTES: usize = 64;

/// Values for all fields; those that are given as they are. Where they would be too many, those that come late are left out.
pub(super) fn values(schema: &Schema, given: &Datum, rng: &mut Rng) -> Datum {
    let body = &schema.declared().body;
    Inventor {
        rng,
        frames: Frames(Vec::new()),
        left: MOST,
    }
    .body(body, Some(given))
}

struct Inventor<'a, 'r> {
    rng: &'r mut Rng,
    /// What is known of the fields before.
    frames: Frames<'a>,
    /// Values that there may still be.
    left: usize,
}

impl<'a> Inventor<'a, '_> {
    fn body(&mut self, body: &'a Body, given: Option<&Datum>) -> Datum {
        let given = given.and_then(Datum::map).unwrap_or_default();
        self.frames.0.push(Frame::new(body));
        let mut entries = Vec::new();
        for (place, field) in body.fields.iter().enumerate() {
            let said = given
                .iter()
                .find(|(name, _)| *name == field.name)
                .map(|(_, value)| value);
            let value = self.field(body, field, said, body.measured_by(place));
            let known = value.as_ref().or(field.default.as_ref()).map(|value| {
                field
                    .number(value)
                    .filter(|_| field.int().is_some())
                    .map_or_else(|| value.clone(), Datum::Int)
            });
            if let Some(frame) = self.frames.0.last_mut() {
                frame.values[place] = known;
                frame.reached = place + 1;
            }
            entries.extend(value.map(|value| (field.name.clone(), value)));
        }
        let fields = |name: &String| body.place(name).is_some();
        entries.extend(given.iter().filter(|(name, _)| !fields(name)).cloned());
        self.frames.0.pop();
        Datum::Map(entries)
    }

    fn field(
        &mut self,
        body: &'a Body,
        field: &'a Field,
        given: Option<&Datum>,
        by: Option<&Field>,
    ) -> Option<Datum> {
        let nested = matches!(field.what, What::Nested(_) | What::Schema(_)) && field.many == Many::One;
        if let Some(value) = given.filter(|_| !nested) {
            return Some(value.clone());
        }
        if field.is_computed() || field.constant || (field.default.is_some() && self.rng.usize(..4) > 0) {
            return None;
        }
        // A field by which a case is chosen mostly has one.
        let keys = keys(body, &field.name);
        if !keys.is_empty() && self.rng.usize(..8) > 0 {
            return self.rng.choice(keys).map(|(key, _)| key.clone());
        }
        let (unit, most) = match by {
            Some(by) => match (&by.measure, by.int()) {
                (Some(Measure::Length { unit, .. }), Some(int)) => {
                    let unit = usize::try_from(*unit).unwrap_or(1);
                    (unit, if int.bits < 8 { unit * 4 } else { SHORT.max(unit) })
                }
                _ => (1, SHORT),
            },
            None => (1, SHORT),
        };
        let most = field.room.map_or(most, |room| room.min(most));
        Some(self.whole(field, given, unit, most))
    }

    fn whole(&mut self, field: &'a Field, given: Option<&Datum>, unit: usize, most: usize) -> Datum {
        let count = match &field.many {
            Many::One => return self.one(field, given, unit, most),
            Many::Count(count) => (*count).min(LONG),
            _ => self.rng.usize(..=FEW),
        };
        let mut items = Vec::new();
        while items.len() < count && self.left > 0 {
            items.push(self.one(field, None, unit, most));
        }
        if let Many::Last(last) = &field.many {
            items.push(match last.map() {
                Some(_) => self.one(field, Some(last), unit, most),
                None => last.clone(),
            });
        }
        Datum::List(items)
    }

    fn one(&mut self, field: &'a Field, given: Option<&Datum>, unit: usize, most: usize) -> Datum {
        self.left = self.left.saturating_sub(1);
        match &field.what {
            What::Nested(body) => self.body(body, given),
            What::Schema(schema) => self.body(&schema.declared().body, given),
            What::Union { on, cases, otherwise } => {
                let Some((other, seen)) = self.frames.find(on) else {
                    return Datum::None;
                };
                let case = cases
                    .iter()
                    .find(|(key, _)| other.is(seen, key))
                    .map(|(_, case)| case);
                match case.or(otherwise.as_deref()) {
                    Some(case) => self.whole(case, given, unit, most),
                    None => Datum::None,
                }
            }
            What::Int(int) => {
                if !field.names.is_empty() && self.rng.usize(..8) > 0 {
                    return self
                        .rng
                        .choice(&field.names)
                        .map_or(Datum::None, |(number, _)| Datum::Int(*number));
                }
                let (least, range) = (int.range().0, int.range().1 - int.range().0);
                let span = u64::try_from(range).unwrap_or(u64::MAX);
                let number = least + i128::from(self.rng.u64(..=span));
                match int.scale {
                    #[allow(clippy::cast_precision_loss, reason = "what has a scale is a float")]
                    Some(scale) => Datum::Float(number as f64 / scale),
                    None => Datum::Int(number),
                }
            }
            What::Float { .. } => Datum::Float(f64::from(self.rng.i32(-1000..1000)) / 8.0),
            What::Bytes => {
                let size = self.size(field, unit, most);
                let ends = matches!(field.extent, Extent::Terminated(_));
                let byte = |rng: &mut Rng| if ends { rng.u8(b'a'..=b'z') } else { rng.u8(..) };
                Datum::Bytes((0..size).map(|_| byte(self.rng)).collect())
            }
            What::Text(_) => {
                let size = self.size(field, unit, most);
                Datum::Text((0..size).map(|_| self.rng.lowercase()).collect())
            }
            What::Ip4 => self.octets(4),
            What::Ip6 => self.octets(16),
            What::Mac => self.octets(6),
            What::Name { .. } => {
                let labels = self.rng.usize(..=FEW);
                let word = |rng: &mut Rng| {
                    let size = rng.usize(1..=8);
                    std::iter::repeat_with(|| rng.lowercase())
                        .take(size)
                        .collect::<String>()
                };
                let labels: Vec<_> = (0..labels).map(|_| word(self.rng)).collect();
                Datum::Text(if labels.is_empty() {
                    ".".to_owned()
                } else {
                    labels.join(".")
                })
            }
        }
    }

    fn size(&mut self, field: &Field, unit: usize, most: usize) -> usize {
        let size = match &field.extent {
            Extent::Fixed(size) => (*size).min(LONG),
            _ => self.rng.usize(..=most / unit) * unit,
        };
        let size = size.min(self.left * BYTES);
        self.left -= size / BYTES;
        size
    }

    fn octets(&mut self, size: usize) -> Datum {
        Datum::Bytes((0..size).map(|_| self.rng.u8(..)).collect())
    }
}

/// The cases of the union that a field beside it chooses.
fn keys<'a>(body: &'a Body, name: &str) -> &'a [(Datum, Field)] {
    let cases = body.fields.iter().find_map(|field| match &field.what {
        What::Union { on, cases, .. } if on == name => Some(cases),
        _ => None,
    });
    cases.map(Vec::as_slice).unwrap_or_default()
}
