//! Checksums of a packet that is read, against what they should be.

use crate::error::Result;
use crate::wire::packet::field::{Body, Checksum, Field};
use crate::wire::packet::pack;

use super::Dissector;
use super::tree::{Node, SumAt};

impl<'a> Dissector<'a> {
    /// Compares checksums with what they should be.
    pub(super) fn sum(&mut self, body: &'a Body, nodes: &mut [Node<'a>]) -> Result<()> {
        for (place, field) in body.fields.iter().enumerate() {
            let Some(checksum) = &field.checksum else { continue };
            let Some(node) = nodes.iter_mut().find(|node| std::ptr::eq(node.field, field)) else {
                continue;
            };
            let Some(sum) = self.sum_at(field, checksum, place)? else {
                continue;
            };
            let (Some(int), Some(seen)) = (field.int(), self.frame().values[place].clone()) else {
                continue;
            };
            let due = sum.due(self.data, int);
            self.sums.push(sum);
            if seen.whole() == Some(0) && checksum.zero.is_some() {
                continue;
            }
            node.due = Some(due);
            if self.manner.verify && seen.whole() != Some(due) {
                self.path.enter(&field.name);
                let digits = int.run * 2 + 2;
                let seen = seen.whole().unwrap_or(0);
                return Err(self.wrong(format!(
                    "the checksum is wrong: {seen:#0digits$x}, and {due:#0digits$x} is right (verify=false passes over it)"
                )));
            }
        }
        Ok(())
    }

    /// Where a checksum is and what it is over; none where a field of its pseudo-header is not known.
    fn sum_at(
        &mut self,
        field: &'a Field,
        checksum: &'a Checksum,
        place: usize,
    ) -> Result<Option<SumAt<'a>>> {
        let pseudo = match &checksum.pseudo {
            None => Vec::new(),
            Some(header) => match self.frames.values_of(header) {
                None => return Ok(None),
                Some(values) => pack::pseudo(header, &values, self.left)?,
            },
        };
        let spans = &self.frame().spans;
        let (from, to) = (spans[checksum.span.first].0, spans[checksum.span.last].1);
        let start = spans[place].0;
        Ok(Some(SumAt {
            field,
            start,
            from,
            to,
            pseudo,
        }))
    }
}
