//! From bytes to a tree of nodes: what was read of each field, and where. What is read before something is wrong stays.
//!
//! `tree` is what comes of it, `verify` compares checksums.

mod tree;
mod verify;

use crate::codec::Handler;
use crate::error::{Error, Result};
use crate::wire::float_at;

use super::field::{Body, Extent, Field, Int, Many, Measure, What};
use super::place::{Frame, Frames, Path};
use super::{Datum, Declared, Schema, bits, name, octets};

pub(super) use tree::{Content, Dissection, Node, SumAt, map};

use tree::is_last;

/// How to read.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whether a wrong checksum is an error.
    pub(super) verify: bool,
    /// Bytes that nodes may take.
    pub(super) memory: usize,
    /// The number of a list's first place.
    pub(super) first: usize,
}

/// Reads a packet.
pub(super) fn dissect<'a>(schema: &'a Declared, data: &'a [u8], manner: Manner) -> Dissection<'a> {
    let mut dissector = Dissector {
        data,
        at: 0,
        end: data.len(),
        origin: 0,
        frames: Frames(Vec::new()),
        path: Path::new(&schema.name, manner.first),
        left: manner.memory,
        manner,
        sums: Vec::new(),
    };
    let mut nodes = Vec::new();
    let trouble = dissector.body(&schema.body, &mut nodes).err();
    Dissection {
        nodes,
        end: dissector.at,
        sums: dissector.sums,
        trouble,
    }
}

struct Dissector<'a> {
    data: &'a [u8],
    at: usize,
    /// Where what is being read has to end.
    end: usize,
    /// Where the message begins that pointers of names count from.
    origin: usize,
    frames: Frames<'a>,
    path: Path<'a>,
    /// Memory that may still be taken.
    left: usize,
    manner: Manner,
    sums: Vec<SumAt<'a>>,
}

impl<'a> Dissector<'a> {
    fn wrong(&self, text: impl std::fmt::Display) -> Error {
        self.path.wrong(text)
    }

    /// So many bytes from here.
    fn need(&self, count: usize) -> Result<&'a [u8]> {
        let left = self.end - self.at;
        if count > left {
            let are = if left == 1 { "is" } else { "are" };
            let bytes = if count == 1 { "byte is" } else { "bytes are" };
            return Err(self.wrong(format!(
                "{count} {bytes} needed at offset {}, {left} {are} left",
                self.at
            )));
        }
        Ok(&self.data[self.at..self.at + count])
    }

    fn afford(&mut self, bytes: usize) -> Result<()> {
        let cost = bytes + 2 * size_of::<Node<'_>>();
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::memory(format!("the fields of {}", self.path))),
        }
    }

    fn body(&mut self, body: &'a Body, nodes: &mut Vec<Node<'a>>) -> Result<()> {
        self.frames.0.push(Frame::new(body));
        let depth = self.frames.0.len();
        let read = self.fields(body, nodes);
        self.frames.0.truncate(depth - 1);
        read
    }

    fn fields(&mut self, body: &'a Body, nodes: &mut Vec<Node<'a>>) -> Result<()> {
        for (place, field) in body.fields.iter().enumerate() {
            self.path.enter(&field.name);
            let start = self.at;
            self.frame().spans[place] = (start, start);
            if self.frames.is_there(field, &self.path)? {
                self.field(field, place, nodes)?;
            }
            self.frame().reached = place + 1;
            self.path.leave();
        }
        self.sum(body, nodes)
    }

    fn frame(&mut self) -> &mut Frame<'a> {
        let last = self.frames.0.len() - 1;
        &mut self.frames.0[last]
    }

    fn field(&mut self, field: &'a Field, place: usize, nodes: &mut Vec<Node<'a>>) -> Result<()> {
        let mut start = self.at;
        let limit = self.limit(place)?;
        self.afford(0)?;
        let mut content = Content::Value(Datum::None, field);
        let read = self.whole(field, limit, &mut content);
        let mut end = self.at;
        if let Some(int) = field.int().filter(|int| !int.last) {
            end += int.run;
        }
        if let Some(int) = field.int().filter(|int| !int.first && field.many == Many::One) {
            // Bits lie in the run they are part of.
            start = end - int.run;
        }
        self.frame().spans[place] = (start, end);
        if let Content::Value(value, _) = &content {
            self.frame().values[place] = Some(value.clone());
        }
        // What could not be read at all is no node.
        if read.is_ok() || !matches!(content, Content::Value(..)) {
            nodes.push(Node {
                field,
                start,
                end,
                content,
                due: None,
            });
        }
        read
    }

    /// Where another field says that this one ends, and which one says so.
    fn limit(&mut self, place: usize) -> Result<Option<(usize, &'a str)>> {
        let (at, end) = (self.at, self.end);
        let frame = self.frame();
        let Some(by) = frame.body.measured_by(place) else {
            return Ok(None);
        };
        let (Some(Measure::Length { span, unit, plus }), Some(measuring)) =
            (&by.measure, frame.body.place(&by.name))
        else {
            return Ok(None);
        };
        let Some(Datum::Int(number)) = (measuring < frame.reached)
            .then(|| frame.values[measuring].clone())
            .flatten()
        else {
            return Ok(None);
        };
        let start = frame.spans[span.first].0;
        let length = number.saturating_sub(*plus).saturating_mul(*unit);
        let limit = i128::try_from(start).unwrap_or(i128::MAX).saturating_add(length);
        match usize::try_from(limit) {
            Ok(limit) if limit < at => Err(self.wrong(format!(
                "'{}' is {number}: that ends at offset {limit}, before this field begins ({at})",
                by.name
            ))),
            Ok(limit) if limit <= end => Ok(Some((limit, &by.name))),
            Err(_) if limit < 0 => Err(self.wrong(format!("'{}' is {number}, which is too little", by.name))),
            _ => {
                let needed = limit.saturating_sub(i128::try_from(at).unwrap_or(0));
                Err(self.wrong(format!(
                    "{needed} bytes are needed at offset {at}, as '{}' is {number}; {} are left",
                    by.name,
                    end - at
                )))
            }
        }
    }

    /// Reads a field with all its elements, up to where another field says that it ends, and the room it has.
    fn whole(
        &mut self,
        field: &'a Field,
        limit: Option<(usize, &str)>,
        content: &mut Content<'a>,
    ) -> Result<()> {
        let (start, outer) = (self.at, self.end);
        let room = match field.room {
            Some(room) => {
                self.need(room)?;
                Some(start + room)
            }
            None => None,
        };
        if let (Some((limit, by)), Some(room)) = (limit, room)
            && limit > room
        {
            let (size, room) = (limit - start, room - start);
            return Err(self.wrong(format!("'{by}' says {size} bytes, and there is room for {room}")));
        }
        self.end = limit.map(|(limit, _)| limit).or(room).unwrap_or(outer);
        self.repeated(field, content)?;
        if let Some((limit, by)) = limit
            && self.at != limit
        {
            let over = limit - self.at;
            return Err(self.wrong(format!(
                "{over} bytes are left over at offset {} of what '{by}' says",
                self.at
            )));
        }
        self.at = room.unwrap_or(self.at);
        self.end = outer;
        Ok(())
    }

    fn repeated(&mut self, field: &'a Field, content: &mut Content<'a>) -> Result<()> {
        let count = match &field.many {
            Many::One => return self.one(field, content),
            Many::Count(count) => Some(i128::try_from(*count).unwrap_or(i128::MAX)),
            Many::Counted(name) => {
                let (_, seen) = self.frames.need(name, &self.path)?;
                let number = seen.whole();
                Some(number.ok_or_else(|| self.wrong(format!("'{name}' is no number: {seen}")))?)
            }
            Many::All | Many::Last(_) => None,
        };
        *content = Content::List(Vec::new());
        let Content::List(items) = content else {
            return Ok(());
        };
        let mut index = 0;
        while match count {
            Some(count) => i128::try_from(index).is_ok_and(|index| index < count),
            None => matches!(field.many, Many::Last(_)) || self.at < self.end,
        } {
            let start = self.at;
            self.path.enter_index(index);
            self.afford(0)?;
            let mut item = Content::Value(Datum::None, field);
            let read = self.one(field, &mut item);
            let end = self.at;
            items.push(Node {
                field,
                start,
                end,
                content: item,
                due: None,
            });
            read?;
            if end == start {
                return Err(
                    self.wrong("an element of a list has no bytes, so there is no saying how many there are")
                );
            }
            self.path.leave();
            index += 1;
            if let (Many::Last(last), Some(item)) = (&field.many, items.last())
                && is_last(item, last)
            {
                break;
            }
        }
        Ok(())
    }

    fn one(&mut self, field: &'a Field, content: &mut Content<'a>) -> Result<()> {
        let outer = self.end;
        let mut after = None;
        match &field.extent {
            Extent::Open => {}
            Extent::Fixed(size) => {
                self.need(*size)?;
                self.end = self.at + size;
                after = Some(self.end);
            }
            Extent::Prefixed(int) => {
                let number = bits::get(self.need(int.run)?, int);
                self.at += int.run;
                let size = usize::try_from(number).unwrap_or(usize::MAX);
                self.need(size)?;
                self.end = self.at + size;
                after = Some(self.end);
            }
            Extent::Terminated(mark) => {
                let found = octets::find(&self.data[self.at..self.end], mark, octets::step(&field.what));
                let Some(length) = found else {
                    let mark = Datum::Bytes(mark.clone());
                    return Err(self.wrong(format!(
                        "no {mark} ends it in the {} bytes from offset {}",
                        outer - self.at,
                        self.at
                    )));
                };
                self.end = self.at + length;
                after = Some(self.end + mark.len());
            }
        }
        self.content(field, content)?;
        if let Some(after) = after {
            if self.at != self.end {
                return Err(self.wrong(format!(
                    "{} bytes are left over at offset {}",
                    self.end - self.at,
                    self.at
                )));
            }
            self.at = after;
            self.end = outer;
        }
        if let (true, Content::Value(value, _), Some(constant)) = (field.constant, &*content, &field.default)
            && !field.is(value, constant)
        {
            return Err(self.wrong(format!("it is always {constant}, and here {value}")));
        }
        Ok(())
    }

    fn content(&mut self, field: &'a Field, content: &mut Content<'a>) -> Result<()> {
        let value = match &field.what {
            What::Nested(body) => {
                *content = Content::Map(Vec::new());
                let Content::Map(nodes) = content else {
                    return Ok(());
                };
                return self.body(body, nodes);
            }
            What::Schema(schema) => {
                *content = Content::Map(Vec::new());
                let Content::Map(nodes) = content else {
                    return Ok(());
                };
                return self.schema(schema, nodes);
            }
            What::Union { on, cases, otherwise } => {
                let case = self.frames.case(on, cases, otherwise.as_deref(), &self.path)?;
                return self.whole(case, None, content);
            }
            What::Int(int) => self.number(int)?,
            What::Float { bytes, order } => {
                let number = float_at(self.need(*bytes)?, *order);
                self.at += bytes;
                Datum::Float(number)
            }
            What::Bytes => {
                let bytes = self.all(field.pad)?;
                self.afford(bytes.len())?;
                Datum::Bytes(bytes.to_vec())
            }
            What::Text(encoding) => {
                let wide = octets::step(&field.what) > 1;
                let at = self.at;
                let bytes = self.all(field.pad.filter(|_| !wide))?;
                self.afford(bytes.len())?;
                let text = encoding
                    .decode(bytes, &Handler::Strict)
                    .map_err(|error| self.wrong(format!("at offset {at}: {}", error.message())))?;
                let mut text = String::from_utf8(text).map_err(|_| self.wrong("it is no text"))?;
                if let (true, Some(pad)) = (wide, field.pad) {
                    text.truncate(text.trim_end_matches(char::from(pad)).len());
                }
                Datum::Text(text)
            }
            What::Ip4 => self.address(field, 4)?,
            What::Ip6 => self.address(field, 16)?,
            What::Mac => self.address(field, 6)?,
            What::Name { .. } => {
                let read = name::read(&self.data[self.origin..], self.at - self.origin);
                let (text, end) = read.map_err(|text| self.wrong(text))?;
                self.need(self.origin + end - self.at)?;
                self.afford(text.len())?;
                self.at = self.origin + end;
                Datum::Text(text)
            }
        };
        *content = Content::Value(value, field);
        Ok(())
    }

    fn schema(&mut self, schema: &'a Schema, nodes: &mut Vec<Node<'a>>) -> Result<()> {
        let declared = schema.declared();
        let outer = self.origin;
        if declared.origin {
            self.origin = self.at;
        }
        self.body(&declared.body, nodes)?;
        self.origin = outer;
        Ok(())
    }

    fn number(&mut self, int: &Int) -> Result<Datum> {
        let number = bits::get(self.need(int.run)?, int);
        if int.last {
            self.at += int.run;
        }
        Ok(match int.scale {
            _ if int.flag => Datum::Bool(number != 0),
            #[allow(clippy::cast_precision_loss, reason = "what has a scale is a float")]
            Some(scale) => Datum::Float(number as f64 / scale),
            None => Datum::Int(number),
        })
    }

    /// All bytes up to the end, without what fills them up.
    fn all(&mut self, pad: Option<u8>) -> Result<&'a [u8]> {
        let bytes = self.need(self.end - self.at)?;
        self.at = self.end;
        let kept = match pad {
            Some(pad) => bytes
                .iter()
                .rposition(|byte| *byte != pad)
                .map_or(0, |last| last + 1),
            None => bytes.len(),
        };
        Ok(&bytes[..kept])
    }

    fn address(&mut self, field: &Field, size: usize) -> Result<Datum> {
        let text = octets::address_text(&field.what, self.need(size)?);
        self.at += size;
        Ok(Datum::Text(text))
    }
}
