//! Cases that a peer may stumble over: packets as the schema has them (`invent`), each with one thing changed, and what it was.
//!
//! What is changed is what the declaration makes interesting: numbers at the ends of their range, lengths and counts that do
//! not match, names that point at themselves, values without a name, packets cut off between fields. Half the cases have their
//! checksums mended, so that they come past the first look.

mod invent;

use fastrand::Rng;

use crate::error::Result;
use crate::text::bytes_repr;

use super::dissect::{Content, Dissection, Node};
use super::field::{Field, Many, What};
use super::{Datum, SHOWN, Schema, bits, pack};

/// Attempts at a packet that can be packed: what fields demand of each other may not be met by chance.
const ATTEMPTS: usize = 8;

/// Cases, one after the other.
pub(crate) struct Cases {
    schema: Schema,
    values: Datum,
    rng: Rng,
    left: usize,
    memory: usize,
    first: usize,
}

/// A change that was made, in words.
struct Change {
    text: String,
    /// Whether every byte stayed where it was.
    in_place: bool,
}

impl Change {
    fn in_place(text: String) -> Self {
        Self { text, in_place: true }
    }

    fn moving(text: String) -> Self {
        Self {
            text,
            in_place: false,
        }
    }
}

/// A field that can be changed: where it is, and how it is called.
struct Target<'n, 'a> {
    node: &'n Node<'a>,
    path: String,
    /// Whether it is one of a list's elements.
    element: bool,
}

impl Cases {
    /// So many cases. What `values` has is not invented.
    pub(crate) fn new(
        schema: Schema,
        seed: u64,
        count: usize,
        values: Datum,
        memory: usize,
        first: usize,
    ) -> Self {
        Self {
            schema,
            values,
            rng: Rng::with_seed(seed),
            left: count,
            memory,
            first,
        }
    }

    /// The next case and what was changed in it.
    ///
    /// # Errors
    /// No packet can be made of the values.
    pub(crate) fn next(&mut self) -> Result<Option<(Vec<u8>, String)>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let schema = self.schema.clone();
        let (values, mut data) = self.packet(&schema)?;
        // Some are as they should be: a peer that refuses those is wrong as well.
        if self.rng.usize(..16) == 0 {
            return Ok(Some((data, "nothing changed".to_owned())));
        }
        if self.rng.usize(..12) == 0
            && let Some(case) = self.longer(&schema, values)
        {
            return Ok(Some(case));
        }
        let whole = data.clone();
        let dissection = schema.dissection(&whole, SHOWN);
        let mut change = self.change(&schema, &dissection, &mut data);
        if change.in_place && !dissection.sums.is_empty() && self.rng.bool() {
            let mended = mend(&dissection, &mut data);
            if mended && data != whole {
                change.text.push_str(", checksums mended");
            }
        }
        Ok(Some((data, change.text)))
    }

    /// Values, and the packet they make.
    fn packet(&mut self, schema: &Schema) -> Result<(Datum, Vec<u8>)> {
        let manner = pack::Manner {
            memory: self.memory,
            first: self.first,
            lenient: true,
        };
        let mut attempts = ATTEMPTS;
        loop {
            let values = invent::values(schema, &self.values, &mut self.rng);
            attempts -= 1;
            match pack::pack(schema.declared(), &values, manner) {
                Ok(data) => return Ok((values, data)),
                Err(error) if attempts == 0 => return Err(error),
                Err(_) => {}
            }
        }
    }

    /// A packet in which bytes or text are far longer, with lengths that are right where they can say so.
    fn longer(&mut self, schema: &Schema, mut values: Datum) -> Option<(Vec<u8>, String)> {
        let Datum::Map(entries) = &mut values else {
            return None;
        };
        let body = &schema.declared().body;
        let is_open = |name: &str| {
            let field = body.fields.iter().find(|field| field.name == name);
            field.is_some_and(|field| {
                field.many == Many::One && matches!(field.what, What::Bytes | What::Text(_))
            })
        };
        let places: Vec<_> = (0..entries.len())
            .filter(|place| is_open(&entries[*place].0))
            .collect();
        let (name, value) = &mut entries[*self.rng.choice(&places)?];
        let size = *self.rng.choice(&[255_usize, 256, 1024, 4096])?;
        let name = name.clone();
        *value = Datum::Bytes(vec![b'A'; size]);
        let manner = pack::Manner {
            memory: self.memory,
            first: self.first,
            lenient: true,
        };
        let data = pack::pack(schema.declared(), &values, manner).ok()?;
        Some((data, format!("{}.{name}: {size} bytes", schema.name())))
    }

    fn change(&mut self, schema: &Schema, dissection: &Dissection<'_>, data: &mut Vec<u8>) -> Change {
        let mut targets = Vec::new();
        for node in &dissection.nodes {
            gather(
                node,
                format!("{}.{}", schema.name(), node.field.name),
                self.first,
                false,
                &mut targets,
            );
        }
        match self.rng.usize(..10) {
            0 => self.cut(&targets, data),
            1 => {
                let count = self.rng.usize(1..=32);
                data.extend(std::iter::repeat_with(|| self.rng.u8(..)).take(count));
                Change::moving(format!("{count} bytes more at the end"))
            }
            2 if !data.is_empty() => {
                let (at, bit) = (self.rng.usize(..data.len()), self.rng.u32(..8));
                data[at] ^= 1 << bit;
                Change::in_place(format!("bit {bit} of the byte at offset {at} turned over"))
            }
            3 => self.list(&targets, data),
            _ => self.field(&targets, data),
        }
    }

    /// Cuts the packet off, most often where a field begins.
    fn cut(&mut self, targets: &[Target<'_, '_>], data: &mut Vec<u8>) -> Change {
        let at = match self.rng.choice(targets) {
            Some(target) if self.rng.usize(..4) > 0 => target.node.start,
            _ => self.rng.usize(..=data.len()),
        };
        data.truncate(at);
        Change::moving(format!("cut off after {at} bytes"))
    }

    /// Takes an element of a list out, or puts it in twice; the count stays.
    fn list(&mut self, targets: &[Target<'_, '_>], data: &mut Vec<u8>) -> Change {
        let elements: Vec<_> = targets
            .iter()
            .filter(|target| target.element && target.node.end > target.node.start)
            .collect();
        let Some(target) = self.rng.choice(&elements) else {
            return self.field(targets, data);
        };
        let (start, end) = (target.node.start, target.node.end);
        if self.rng.bool() {
            data.drain(start..end);
            return Change::moving(format!("{} taken out", target.path));
        }
        let twice = data[start..end].to_vec();
        data.splice(end..end, twice);
        Change::moving(format!("{} put in twice", target.path))
    }

    fn field(&mut self, targets: &[Target<'_, '_>], data: &mut [u8]) -> Change {
        let leaves: Vec<_> = targets
            .iter()
            .filter_map(|target| match &target.node.content {
                Content::Value(value, by) if target.node.end > target.node.start => {
                    Some((target, value, *by))
                }
                _ => None,
            })
            .collect();
        let Some(&(target, value, by)) = self.rng.choice(&leaves) else {
            return Change::in_place("nothing there to change".to_owned());
        };
        let (node, path) = (target.node, &target.path);
        match &by.what {
            What::Int(int) => {
                let run = &mut data[node.start..node.start + int.run];
                let seen = bits::get(run, int);
                let (least, most) = int.range();
                let half = most / 2 + 1;
                let mut choices = vec![0, 1, least, most, most - 1, half, half - 1, seen + 1, seen - 1];
                choices.extend(unnamed(by));
                choices.retain(|number| (least..=most).contains(number) && *number != seen);
                let number = self.rng.choice(&choices).copied().unwrap_or(least);
                bits::put(run, int, number);
                Change::in_place(format!("{path}: {number} in place of {seen}"))
            }
            What::Name { .. } => {
                let place = &mut data[node.start..node.end];
                let own = u16::try_from(node.start & 0x3fff).unwrap_or(0);
                let bytes = match self.rng.usize(..4) {
                    0 => (0xc000 | own).to_be_bytes(),
                    1 => [0xff, 0xff],
                    2 => [0x3f, b'a'],
                    _ => [0x40, b'a'],
                };
                let count = place.len().min(2);
                place[..count].copy_from_slice(&bytes[..count]);
                Change::in_place(format!(
                    "{path}: {} at its start, in place of {value}",
                    bytes_repr(&bytes[..count])
                ))
            }
            _ => {
                let place = &mut data[node.start..node.end];
                match self.rng.usize(..4) {
                    0 => place.fill(0),
                    1 => place.fill(0xff),
                    2 => place
                        .iter_mut()
                        .zip(b"%n%s".iter().cycle())
                        .for_each(|(byte, new)| *byte = *new),
                    _ => place.iter_mut().for_each(|byte| *byte = self.rng.u8(..)),
                }
                Change::in_place(format!(
                    "{path}: {} in its place",
                    bytes_repr(&place[..place.len().min(16)])
                ))
            }
        }
    }
}

/// A number of a field with names that has none.
fn unnamed(field: &Field) -> Option<i128> {
    let names = &field.names;
    (0..=256).find(|number| !names.is_empty() && names.iter().all(|(known, _)| known != number))
}

/// Sets checksums to what they should be.
fn mend(dissection: &Dissection<'_>, data: &mut [u8]) -> bool {
    let before = data.to_vec();
    for sum in &dissection.sums {
        let Some(int) = sum.field.int() else { continue };
        let due = sum.due(data, int);
        bits::put(&mut data[sum.start..sum.start + int.run], int, due);
    }
    before != data
}

fn gather<'n, 'a>(
    node: &'n Node<'a>,
    path: String,
    first: usize,
    element: bool,
    targets: &mut Vec<Target<'n, 'a>>,
) {
    match &node.content {
        Content::Value(..) => {}
        Content::Map(nodes) => {
            for inner in nodes {
                gather(
                    inner,
                    format!("{path}.{}", inner.field.name),
                    first,
                    false,
                    targets,
                );
            }
        }
        Content::List(items) => {
            for (index, item) in items.iter().enumerate() {
                gather(item, format!("{path}[{}]", index + first), first, true, targets);
            }
        }
    }
    targets.push(Target { node, path, element });
}
