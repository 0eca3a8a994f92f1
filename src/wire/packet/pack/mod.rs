//! From values to bytes. Lengths, counts and checksums that were not given are filled in when what they are about is there.
//!
//! `computed` is about those.

mod computed;

use crate::codec::Handler;
use crate::error::{Error, Result, nearest};
use crate::wire::put_float;

use super::field::{Body, Extent, Field, Int, Many, What};
use super::name::{self, Written};
use super::place::{Frame, Frames, Path};
use super::{Datum, Declared, LEFT_OVER, bits, octets};

/// Fields of a packet: what is a default may stand for many, and need not be any bytes.
const MOST: usize = 1 << 21;

/// Packs values.
///
/// # Errors
/// `packet.Error` with the field; `MemoryError` for more than `memory` bytes, or more fields than anybody means.
pub(super) fn pack(schema: &Declared, values: &Datum, manner: Manner) -> Result<Vec<u8>> {
    let mut packer = Packer {
        out: Vec::new(),
        frames: Frames(Vec::new()),
        path: Path::new(&schema.name, manner.first),
        origin: 0,
        written: Written::default(),
        left: MOST,
        manner,
    };
    let rest = packer.body(&schema.body, Some(values), true)?;
    if let Some(rest) = rest {
        let rest = rest.bytes().ok_or_else(|| packer.path.wrong("rest is bytes"))?;
        packer.append(rest)?;
    }
    Ok(packer.out)
}

/// The bytes of a pseudo-header.
pub(super) fn pseudo(body: &Body, values: &Datum, memory: usize) -> Result<Vec<u8>> {
    let schema = Path::new("pseudo", 0);
    let mut packer = Packer {
        out: Vec::new(),
        frames: Frames(Vec::new()),
        path: schema,
        origin: 0,
        written: Written::default(),
        left: MOST,
        manner: Manner {
            memory,
            first: 0,
            lenient: true,
        },
    };
    packer.body(body, Some(values), false)?;
    Ok(packer.out)
}

/// How to pack.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Most bytes.
    pub(super) memory: usize,
    /// The number of a list's first place.
    pub(super) first: usize,
    /// Whether values of fields that are not there are passed over.
    pub(super) lenient: bool,
}

struct Packer<'a> {
    out: Vec<u8>,
    frames: Frames<'a>,
    path: Path<'a>,
    /// Where the message begins that pointers of names count from.
    origin: usize,
    written: Written,
    /// Fields that there may still be.
    left: usize,
    manner: Manner,
}

impl<'a> Packer<'a> {
    fn wrong(&self, text: impl std::fmt::Display) -> Error {
        self.path.wrong(text)
    }

    /// Makes room for so many bytes more.
    fn afford(&mut self, count: usize) -> Result<()> {
        let fits = self
            .out
            .len()
            .checked_add(count)
            .is_some_and(|all| all <= self.manner.memory);
        if !fits || self.out.try_reserve(count).is_err() {
            return Err(Error::memory(format!("the {count} bytes of {}", self.path)));
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.afford(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn fill(&mut self, count: usize, byte: u8) -> Result<()> {
        self.afford(count)?;
        self.out.resize(self.out.len() + count, byte);
        Ok(())
    }

    /// Packs fields; what is given as `rest`, where that is no field and may be.
    fn body<'v>(
        &mut self,
        body: &'a Body,
        values: Option<&'v Datum>,
        outermost: bool,
    ) -> Result<Option<&'v Datum>> {
        let entries = match values {
            None | Some(Datum::None) => &[],
            Some(values) => values.map().ok_or_else(|| {
                self.wrong(format!(
                    "the values of its fields are needed, by name, not {}",
                    values.kind()
                ))
            })?,
        };
        let left = self.left.checked_sub(body.fields.len() + 1);
        self.left = left.ok_or_else(|| Error::memory(format!("the fields of {}", self.path)))?;
        let mut rest = None;
        for (name, value) in entries {
            if body.place(name).is_none() {
                if outermost && name == LEFT_OVER {
                    rest = Some(value);
                    continue;
                }
                if !self.manner.lenient {
                    return Err(self.wrong(body.lacks(name)));
                }
            }
        }
        self.frames.0.push(Frame::new(body));
        // Elements of each field, and where they end: before what fills its room.
        let mut taken = vec![(0, self.out.len()); body.fields.len()];
        for (place, field) in body.fields.iter().enumerate() {
            self.path.enter(&field.name);
            let given = entries.iter().find(|(name, _)| *name == field.name);
            let given = given
                .map(|(_, value)| value)
                .filter(|value| **value != Datum::None);
            let start = self.out.len();
            self.frame().spans[place] = (start, start);
            taken[place].1 = start;
            if self.frames.is_there(field, &self.path)? {
                taken[place] = self.field(field, given, place)?;
            } else if given.is_some() && !self.manner.lenient {
                return Err(
                    self.wrong("given, but this packet has no such field: see its `when` or `unless`")
                );
            }
            self.frame().reached = place + 1;
            self.path.leave();
        }
        self.measure(body, entries, &taken)?;
        self.sum(body, entries)?;
        self.frames.0.pop();
        Ok(rest)
    }

    fn frame(&mut self) -> &mut Frame<'a> {
        let last = self.frames.0.len() - 1;
        &mut self.frames.0[last]
    }

    /// Packs a field and notes its place and value; how many elements it has, and where they end.
    fn field(&mut self, field: &'a Field, given: Option<&Datum>, place: usize) -> Result<(usize, usize)> {
        let mut start = self.out.len();
        let taken = match field.int().filter(|_| field.is_computed() && given.is_none()) {
            Some(int) => {
                self.number(int, 0)?;
                (0, self.out.len())
            }
            None => self.whole(field, given)?,
        };
        if let Some(int) = field.int().filter(|_| field.many == Many::One) {
            start = self.out.len() - int.run;
        }
        let end = self.out.len();
        let frame = self.frame();
        frame.spans[place] = (start, end);
        let computed = field.is_computed() && given.is_none();
        frame.values[place] = given
            .or(field.default.as_ref())
            .filter(|_| !computed)
            .map(|value| {
                // What a name stands for is what others compare with.
                field
                    .number(value)
                    .filter(|_| field.int().is_some())
                    .map_or_else(|| value.clone(), Datum::Int)
            });
        Ok(taken)
    }

    /// Packs a field with all its elements, in its room; how many they are, and where they end.
    fn whole(&mut self, field: &'a Field, given: Option<&Datum>) -> Result<(usize, usize)> {
        let start = self.out.len();
        let value = given.or(field.default.as_ref());
        if field.constant
            && !value
                .zip(field.default.as_ref())
                .is_some_and(|(one, other)| field.is(one, other))
        {
            let constant = field.default.as_ref().map(ToString::to_string);
            return Err(self.wrong(format!("it is always {}", constant.unwrap_or_default())));
        }
        let count = if field.many == Many::One {
            self.one(field, value)?;
            1
        } else {
            self.list(field, value)?
        };
        let end = self.out.len();
        if let Some(room) = field.room {
            let taken = end - start;
            let left = room
                .checked_sub(taken)
                .ok_or_else(|| self.wrong(format!("{taken} bytes, and room for {room}")))?;
            self.fill(left, 0)?;
        }
        Ok((count, end))
    }

    fn list(&mut self, field: &'a Field, value: Option<&Datum>) -> Result<usize> {
        let items = match value {
            None => &[],
            // Bytes are a list of numbers.
            Some(value) => value
                .list()
                .ok_or_else(|| self.wrong(format!("a list is needed, not {}", value.kind())))?,
        };
        if let Many::Count(count) = field.many
            && count != items.len()
        {
            return Err(self.wrong(format!("{count} elements are needed, {} given", items.len())));
        }
        if let Many::Last(last) = &field.many
            && !self.manner.lenient
        {
            self.check_end(field, items, last)?;
        }
        for (index, item) in items.iter().enumerate() {
            self.path.enter_index(index);
            self.one(field, Some(item))?;
            self.path.leave();
        }
        Ok(items.len())
    }

    /// A list that its last element ends has that one, once: another could not be read again.
    fn check_end(&self, field: &Field, items: &[Datum], last: &Datum) -> Result<()> {
        let Some((end, others)) = items.split_last() else {
            return Err(self.wrong(format!("an element {last} ends the list, and none is given")));
        };
        if field.is_end(end, last) == Some(false) {
            return Err(self.wrong(format!(
                "an element {last} ends the list, and the last one given is {end}"
            )));
        }
        match others
            .iter()
            .position(|item| field.is_end(item, last) == Some(true))
        {
            Some(index) => Err(self.wrong(format!(
                "element {index} is {last}, which ends the list, and more are given"
            ))),
            None => Ok(()),
        }
    }

    fn one(&mut self, field: &'a Field, value: Option<&Datum>) -> Result<()> {
        match &field.extent {
            Extent::Open => self.content(field, value),
            Extent::Fixed(size) => {
                let start = self.out.len();
                self.content(field, value)?;
                let taken = self.out.len() - start;
                match (size.checked_sub(taken), field.pad) {
                    (Some(0), _) => Ok(()),
                    (Some(left), Some(pad)) => self.fill(left, pad),
                    (_, pad) => {
                        let hint = if pad.is_none() && taken < *size {
                            " (pad=\"\\0\" fills up what is shorter)"
                        } else {
                            ""
                        };
                        Err(self.wrong(format!("{size} bytes are needed, {taken} given{hint}")))
                    }
                }
            }
            Extent::Prefixed(int) => {
                let start = self.out.len();
                self.fill(int.run, 0)?;
                self.content(field, value)?;
                let size = self.out.len() - start - int.run;
                let number = i128::try_from(size).unwrap_or(i128::MAX);
                if number > int.range().1 {
                    return Err(self.wrong(format!(
                        "{size} bytes are more than its prefix can say ({})",
                        int.range().1
                    )));
                }
                bits::put(&mut self.out[start..start + int.run], int, number);
                Ok(())
            }
            Extent::Terminated(mark) => {
                let start = self.out.len();
                self.content(field, value)?;
                if octets::find(&self.out[start..], mark, octets::step(&field.what)).is_some() {
                    return Err(self.wrong("it holds what ends it"));
                }
                self.append(mark)
            }
        }
    }

    fn content(&mut self, field: &'a Field, value: Option<&Datum>) -> Result<()> {
        match (&field.what, value) {
            (What::Nested(body), value) => return self.body(body, value, false).map(|_| ()),
            (What::Schema(schema), value) => {
                let declared = schema.declared();
                if !declared.origin {
                    return self.body(&declared.body, value, false).map(|_| ());
                }
                let outer = (self.origin, std::mem::take(&mut self.written));
                self.origin = self.out.len();
                let packed = self.body(&declared.body, value, false).map(|_| ());
                (self.origin, self.written) = outer;
                return packed;
            }
            (What::Union { on, cases, otherwise }, value) => {
                let case = self.frames.case(on, cases, otherwise.as_deref(), &self.path)?;
                return self.whole(case, value).map(|_| ());
            }
            // Nothing is no bytes, and no text.
            (What::Bytes | What::Text(_), None) => return Ok(()),
            (_, None) => return Err(self.wrong("no value is given, and it has no default")),
            _ => {}
        }
        let value = value.unwrap_or(&Datum::None);
        match &field.what {
            What::Int(int) => {
                let number = self.number_of(field, int, value)?;
                self.number(int, number)
            }
            What::Float { bytes, order } => {
                let number = value
                    .real()
                    .ok_or_else(|| self.wrong(format!("a number is needed, not {}", value.kind())))?;
                let mut place = [0; 8];
                let place = &mut place[..*bytes];
                put_float(place, *order, number)
                    .map_err(|_| self.wrong(format!("{number} is too large for {bytes} bytes")))?;
                self.append(place)
            }
            What::Bytes => {
                let bytes = value
                    .bytes()
                    .ok_or_else(|| self.wrong(format!("bytes are needed, not {}", value.kind())))?;
                self.append(bytes)
            }
            What::Text(encoding) => {
                let text = value
                    .bytes()
                    .ok_or_else(|| self.wrong(format!("text is needed, not {}", value.kind())))?;
                let bytes = encoding
                    .encode(text, &Handler::Strict)
                    .map_err(|error| self.wrong(error.message()))?;
                self.append(&bytes)
            }
            What::Ip4 | What::Ip6 | What::Mac => {
                let bytes = octets::address(&field.what, value).map_err(|text| self.wrong(text))?;
                self.append(&bytes)
            }
            What::Name { compress } => {
                let text = value
                    .text()
                    .ok_or_else(|| self.wrong(format!("a name is text, not {}", value.kind())))?;
                let labels = name::labels(text).map_err(|text| self.wrong(text))?;
                self.afford(256)?;
                self.written.write(&mut self.out, self.origin, &labels, *compress);
                Ok(())
            }
            What::Nested(_) | What::Schema(_) | What::Union { .. } => Ok(()),
        }
    }

    /// The number a value stands for, as it is in the packet.
    fn number_of(&self, field: &Field, int: &Int, value: &Datum) -> Result<i128> {
        let number = match int.scale {
            Some(scale) => value.real().map(|number| {
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "saturates, and is out of every range then"
                )]
                let whole = (number * scale).round() as i128;
                whole
            }),
            None => field.number(value),
        };
        let Some(number) = number else {
            let names = || field.names.iter().map(|(_, name)| name.as_str());
            let near = value.text().and_then(|text| nearest(text, names()));
            let near = near.map_or(String::new(), |near| format!(" (did you mean '{near}'?)"));
            return Err(match value.text() {
                Some(text) if names().next().is_some() => {
                    self.wrong(format!("no value is called '{text}'{near}"))
                }
                _ => self.wrong(format!("a whole number is needed, not {}{near}", value.kind())),
            });
        };
        self.fitting(int, number)
    }

    fn fitting(&self, int: &Int, number: i128) -> Result<i128> {
        let (least, most) = int.range();
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        let bits = int.bits;
        Err(self.wrong(format!(
            "{number} does not fit: {least} to {most} is what {bits} bits hold"
        )))
    }

    /// Puts a number into its run, which begins with it or is there.
    fn number(&mut self, int: &Int, number: i128) -> Result<()> {
        if int.first {
            self.fill(int.run, 0)?;
        }
        let start = self.out.len() - int.run;
        bits::put(&mut self.out[start..], int, number);
        Ok(())
    }
}
