//! What is found out when it is not given: lengths, counts, checksums.

use crate::error::Result;
use crate::wire::packet::field::{Body, Field, Measure};
use crate::wire::packet::{Datum, bits};

use super::{Packer, pseudo};

impl<'a> Packer<'a> {
    /// Fills in lengths and counts that were not given.
    pub(super) fn measure(
        &mut self,
        body: &'a Body,
        entries: &[(String, Datum)],
        taken: &[(usize, usize)],
    ) -> Result<()> {
        for (place, field) in body.fields.iter().enumerate() {
            let Some(measure) = self.open_computation(field, entries)?.and(field.measure.as_ref()) else {
                continue;
            };
            self.path.enter(&field.name);
            let number = match measure {
                Measure::Count(list) => i128::try_from(taken[*list].0).unwrap_or(i128::MAX),
                Measure::Length { span, unit, plus } => {
                    let length = taken[span.last].1 - self.frame().spans[span.first].0;
                    let length = i128::try_from(length).unwrap_or(i128::MAX);
                    if length % unit != 0 {
                        return Err(self.wrong(format!("{length} bytes are no multiple of {unit}")));
                    }
                    length / unit + plus
                }
            };
            self.fill_in(field, place, number)?;
            self.path.leave();
        }
        Ok(())
    }

    /// Whether a field is there and was given no value.
    fn open_computation(&self, field: &Field, entries: &[(String, Datum)]) -> Result<Option<()>> {
        let given = entries
            .iter()
            .any(|(name, value)| *name == field.name && *value != Datum::None);
        let open = field.is_computed() && !given && self.frames.is_there(field, &self.path)?;
        Ok(open.then_some(()))
    }

    fn fill_in(&mut self, field: &Field, place: usize, number: i128) -> Result<()> {
        let Some(int) = field.int() else { return Ok(()) };
        let number = self.fitting(int, number)?;
        let frame = self.frame();
        let start = frame.spans[place].0;
        frame.values[place] = Some(Datum::Int(number));
        bits::put(&mut self.out[start..start + int.run], int, number);
        Ok(())
    }

    /// Fills in checksums that were not given.
    pub(super) fn sum(&mut self, body: &'a Body, entries: &[(String, Datum)]) -> Result<()> {
        for (place, field) in body.fields.iter().enumerate() {
            let Some(checksum) = self
                .open_computation(field, entries)?
                .and(field.checksum.as_ref())
            else {
                continue;
            };
            self.path.enter(&field.name);
            let mut bytes = Vec::new();
            if let Some(header) = &checksum.pseudo {
                match self.frames.values_of(header) {
                    Some(values) => bytes = pseudo(header, &values, self.manner.memory)?,
                    None if checksum.zero.is_some() => {
                        self.path.leave();
                        continue;
                    }
                    None => return Err(self.wrong("what is summed before it is not known here")),
                }
            }
            let spans = &self.frame().spans;
            let (from, to) = (spans[checksum.span.first].0, spans[checksum.span.last].1);
            self.afford(bytes.len() + (to - from))?;
            bytes.extend_from_slice(&self.out[from..to]);
            let number = match (checksum.sum.of(&bytes).into(), checksum.zero) {
                (0, Some(zero)) => zero,
                (number, _) => number,
            };
            self.fill_in(field, place, number)?;
            self.path.leave();
        }
        Ok(())
    }
}
