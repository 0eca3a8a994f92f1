//! What fields say of each other: which measures which, what a checksum is over, which bits make bytes together.

use crate::error::{Result, nearest};
use crate::wire::Order;
use crate::wire::packet::Datum;
use crate::wire::packet::field::{Body, Field, Int, Many, Measure, Span, What};
use crate::wire::packet::options::Pending;

use super::{Declaring, wrong};

impl Declaring {
    /// What a field says of others.
    pub(super) fn settle(&self, body: &mut Body, place: usize, later: Pending, path: &str) -> Result<()> {
        let sibling = |body: &Body, name: &str, before: bool| match body.place(name) {
            Some(other) if !before || other < place => Ok(other),
            Some(_) => Err(wrong(
                path,
                format!("the field '{name}' comes later, and has to be known first"),
            )),
            None => {
                let near = nearest(name, body.fields.iter().map(|field| field.name.as_str()));
                let near = near.map_or(String::new(), |near| format!(" (did you mean '{near}'?)"));
                Err(wrong(path, format!("there is no field '{name}' beside it{near}")))
            }
        };
        let span = |body: &Body, datum: &Datum| match datum {
            datum if datum.text() == Some("*") => Ok(Span {
                first: 0,
                last: body.fields.len() - 1,
            }),
            Datum::List(ends) if ends.len() == 2 => match (ends[0].text(), ends[1].text()) {
                (Some(one), Some(other)) => {
                    let span = Span {
                        first: sibling(body, one, false)?,
                        last: sibling(body, other, false)?,
                    };
                    if span.first > span.last {
                        return Err(wrong(path, format!("'{one}' comes after '{other}'")));
                    }
                    Ok(span)
                }
                _ => Err(wrong(path, "two fields' names are needed")),
            },
            datum => match datum.text() {
                Some(name) => sibling(body, name, false).map(|one| Span {
                    first: one,
                    last: one,
                }),
                None => Err(wrong(
                    path,
                    "a field's name, two in a list (from, to), or \"*\" for all is needed",
                )),
            },
        };
        if let Some(name) = later.size {
            let measuring = sibling(body, &name, true)?;
            let own = Span {
                first: place,
                last: place,
            };
            set_measure(
                &mut body.fields[measuring],
                Measure::Length {
                    span: own,
                    unit: 1,
                    plus: 0,
                },
                path,
            )?;
        }
        if let Many::Counted(name) = &body.fields[place].many
            && let Some(counting) = body.place(name)
        {
            set_measure(&mut body.fields[counting], Measure::Count(place), path)?;
        }
        if let Some(datum) = later.length_of {
            let span = span(body, &datum)?;
            let measure = Measure::Length {
                span,
                unit: later.unit,
                plus: later.plus,
            };
            set_measure(&mut body.fields[place], measure, path)?;
        }
        if let Some(name) = later.count_of {
            let list = sibling(body, &name, false)?;
            if body.fields[list].many == Many::One {
                return Err(wrong(path, format!("'{name}' is no list: give it count=\"…\"")));
            }
            set_measure(&mut body.fields[place], Measure::Count(list), path)?;
        }
        if let Some(over) = later.over {
            let span = span(body, &over)?;
            if let Some(checksum) = &mut body.fields[place].checksum {
                checksum.span = span;
            }
        }
        if body.fields[place].is_computed() && body.fields[place].int().is_none_or(|int| int.scale.is_some())
        {
            return Err(wrong(path, "what is computed is a whole number, as u16 is"));
        }
        Ok(())
    }
}

/// The field that measures: nothing else measures with it.
fn set_measure(field: &mut Field, measure: Measure, path: &str) -> Result<()> {
    match &field.measure {
        Some(known) if *known != measure => Err(wrong(
            path,
            format!("'{}' already says the size of something else", field.name),
        )),
        _ => {
            field.measure = Some(measure);
            Ok(())
        }
    }
}

/// Puts bit fields that follow one another into runs of whole bytes.
pub(super) fn runs(fields: &mut [Field], path: &str) -> Result<()> {
    let mut start = 0;
    while start < fields.len() {
        let Some(int) = fields[start].int() else {
            start += 1;
            continue;
        };
        let (mut end, mut bits) = (start + 1, int.bits);
        while bits % 8 != 0 {
            let next = fields.get(end);
            let Some(more) = next.and_then(Field::int) else {
                let before = next.map_or("the end".to_owned(), |next| format!("'{}'", next.name));
                let name = &fields[start].name;
                return Err(wrong(
                    path,
                    format!(
                        "the bit fields from '{name}' to {before} have {bits} bits, which is no whole number of bytes"
                    ),
                ));
            };
            bits += more.bits;
            end += 1;
        }
        run(&mut fields[start..end], bits, path)?;
        start = end;
    }
    Ok(())
}

fn run(fields: &mut [Field], bits: u32, path: &str) -> Result<()> {
    let count = fields.len();
    let order = fields[0].int().map_or(Order::Big, |int| int.order);
    let mut below = bits;
    for (place, field) in fields.iter_mut().enumerate() {
        let alone = field.many == Many::One && field.when.is_empty() && field.unless.is_empty();
        let name = field.name.clone();
        let What::Int(int) = &mut field.what else { continue };
        below -= int.bits;
        if count > 1 && (!alone || bits > 128) {
            let text = if alone {
                "bit fields fill more than 128 bits"
            } else {
                "a bit field has no count and no when"
            };
            return Err(wrong(&format!("{path}.{name}"), text));
        }
        *int = Int {
            order,
            run: bits as usize / 8,
            shift: below,
            first: place == 0,
            last: place + 1 == count,
            ..int.clone()
        };
    }
    Ok(())
}
