//! Conditions under which a field is there: `when` and `unless`.

use crate::error::Result;
use crate::wire::packet::Datum;
use crate::wire::packet::field::{Comparison, Condition, Test};

use super::Options;

impl Options {
    pub(super) fn conditions(&mut self, name: &str) -> Result<Vec<Condition>> {
        let Some(datum) = self.take(name) else {
            return Ok(Vec::new());
        };
        let condition = |field: &str, test: Test| Condition {
            field: field.to_owned(),
            test,
        };
        if let Some(name) = datum.text() {
            return Ok(vec![condition(name, Test::True)]);
        }
        match &datum {
            Datum::List(items) if items.len() == 3 => {
                if let (Some(field), Some(sign), limit) = (items[0].text(), items[1].text(), &items[2]) {
                    return Ok(vec![condition(field, self.test(sign, limit)?)]);
                }
            }
            Datum::Map(entries) if !entries.is_empty() => {
                let any = |wanted: &Datum| match wanted {
                    Datum::List(items) => items.clone(),
                    one => vec![one.clone()],
                };
                let conditions = entries.iter();
                return Ok(conditions
                    .map(|(field, wanted)| condition(field, Test::Any(any(wanted))))
                    .collect());
            }
            _ => {}
        }
        Err(self.wrong(format!(
            "{name} is a field's name, a map of fields and what they have to be, or a list [field, \">\", number]",
        )))
    }

    fn test(&self, sign: &str, limit: &Datum) -> Result<Test> {
        let comparison = match sign {
            "==" => return Ok(Test::Any(vec![limit.clone()])),
            "!=" | "~=" => Comparison::Unequal,
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            "&" => Comparison::Bits,
            _ => return Err(self.wrong(format!("when compares by == != < <= > >= &, not '{sign}'"))),
        };
        let number = limit.whole();
        let number = number.ok_or_else(|| self.wrong("when compares with a whole number"))?;
        Ok(Test::Compare(comparison, number))
    }
}
