//! What a field says beside its name and type. `conditions` are those under which it is there.

mod conditions;

use crate::codec::Encoding;
use crate::error::{Error, Result, nearest};
use crate::wire::Order;

use super::checksum::Sum;
use super::declare::{Declaring, wrong};
use super::field::{Checksum, Extent, Field, Int, Many, Span, What};
use super::{Datum, types};

/// Every option of fields and schemas, by name.
pub(crate) const TERMS: [&str; 31] = [
    "name",
    "type",
    "default",
    "constant",
    "enum",
    "enums",
    "endian",
    "size",
    "unit",
    "plus",
    "length_of",
    "count",
    "count_of",
    "last",
    "prefix",
    "terminator",
    "pad",
    "room",
    "encoding",
    "compress",
    "checksum",
    "over",
    "pseudo",
    "zero",
    "on",
    "cases",
    "when",
    "unless",
    "types",
    "origin",
    "scale",
];

/// What is said, until it is taken.
pub(super) struct Options {
    path: String,
    entries: Vec<(String, Datum)>,
}

/// What a field says of others, which are known later.
pub(super) struct Pending {
    pub(super) size: Option<String>,
    pub(super) length_of: Option<Datum>,
    pub(super) unit: i128,
    pub(super) plus: i128,
    pub(super) count_of: Option<String>,
    pub(super) over: Option<Datum>,
}

impl Options {
    pub(super) fn new(path: &str, entries: Vec<(String, Datum)>) -> Self {
        Self {
            path: path.to_owned(),
            entries,
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Datum> {
        let at = self.entries.iter().position(|(known, _)| known == name)?;
        Some(self.entries.remove(at).1).filter(|datum| *datum != Datum::None)
    }

    fn wrong(&self, text: impl std::fmt::Display) -> Error {
        wrong(&self.path, text)
    }

    pub(super) fn none_left(&self, of: &str) -> Result<()> {
        let Some((name, _)) = self.entries.first() else {
            return Ok(());
        };
        if TERMS.contains(&name.as_str()) {
            return Err(self.wrong(format!("'{name}' is no option {of}")));
        }
        let near = nearest(name, TERMS.into_iter());
        let near = near.map_or(String::new(), |near| format!(" (did you mean '{near}'?)"));
        Err(self.wrong(format!("there is no option '{name}'{near}")))
    }

    pub(super) fn text_of(&self, name: &str, datum: &Datum) -> Result<String> {
        let text = datum.text().map(str::to_owned);
        text.ok_or_else(|| self.wrong(format!("{name} is text, not {}", datum.kind())))
    }

    fn text(&mut self, name: &str) -> Result<Option<String>> {
        let taken = self.take(name);
        taken.map(|datum| self.text_of(name, &datum)).transpose()
    }

    fn whole(&mut self, name: &str) -> Result<Option<i128>> {
        let Some(datum) = self.take(name) else {
            return Ok(None);
        };
        let number = datum.whole();
        let number =
            number.ok_or_else(|| self.wrong(format!("{name} is a whole number, not {}", datum.kind())))?;
        Ok(Some(number))
    }

    fn size(&mut self, name: &str) -> Result<Option<usize>> {
        let Some(number) = self.whole(name)? else {
            return Ok(None);
        };
        let size = usize::try_from(number)
            .map_err(|_| self.wrong(format!("{name} is no less than 0, not {number}")))?;
        Ok(Some(size))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<bool> {
        match self.take(name) {
            None => Ok(false),
            Some(Datum::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong(format!("{name} is true or false, not {}", other.kind()))),
        }
    }

    pub(super) fn entries(&mut self, name: &str) -> Result<Vec<(String, Datum)>> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(datum) => match datum.map() {
                Some(entries) => Ok(entries.to_vec()),
                None => Err(self.wrong(format!("{name} is a map of names, not {}", datum.kind()))),
            },
        }
    }

    pub(super) fn order(&mut self) -> Result<Option<Order>> {
        let Some(text) = self.text("endian")? else {
            return Ok(None);
        };
        match text.as_str() {
            "big" | "be" => Ok(Some(Order::Big)),
            "little" | "le" => Ok(Some(Order::Little)),
            "native" => Ok(Some(Order::NATIVE)),
            other => Err(self.wrong(format!(
                "endian is \"big\", \"little\" or \"native\", not '{other}'"
            ))),
        }
    }

    /// The field of this type that says all this.
    pub(super) fn field(
        mut self,
        declaring: &mut Declaring,
        mut what: What,
        extent: Extent,
    ) -> Result<(Field, Pending)> {
        if let What::Int(int) = &mut what {
            int.scale = self.scale()?;
        }
        if let What::Name { compress } = &mut what {
            *compress = !matches!(self.take("compress"), Some(Datum::Bool(false)));
        }
        if let What::Text(encoding) = &mut what
            && let Some(name) = self.text("encoding")?
        {
            *encoding = Encoding::by_name(&name).map_err(|error| self.wrong(error.message()))?;
        }
        let names = match (&what, self.take("enum")) {
            (_, None) => Vec::new(),
            (What::Int(_), Some(datum)) => self.names(declaring, datum)?,
            _ => return Err(self.wrong("enum names whole numbers")),
        };
        let mut later = Pending {
            size: None,
            length_of: None,
            unit: 1,
            plus: 0,
            count_of: None,
            over: None,
        };
        let extent = self.extent(declaring, &what, extent, &mut later)?;
        let many = self.many()?;
        if let What::Int(_) = what {
            later.length_of = self.take("length_of");
            later.count_of = self.text("count_of")?;
            if later.length_of.is_some() {
                later.unit = self.whole("unit")?.unwrap_or(1);
                later.plus = self.whole("plus")?.unwrap_or(0);
                if later.unit < 1 {
                    return Err(self.wrong("unit is 1 or more bytes"));
                }
            }
        }
        let checksum = self.checksum(declaring, &what, &mut later)?;
        let constant = self.take("constant");
        let default = self.take("default");
        let (when, unless) = (self.conditions("when")?, self.conditions("unless")?);
        let room = self.size("room")?;
        let pad = match self.take("pad") {
            None => None,
            Some(datum) => match (
                datum.whole().and_then(|byte| u8::try_from(byte).ok()),
                datum.bytes(),
            ) {
                (Some(byte), _) | (None, Some(&[byte])) => Some(byte),
                _ => return Err(self.wrong("pad is one byte")),
            },
        };
        self.none_left(&format!("of this type: {}", types::HELP))?;
        let field = Field {
            name: String::new(),
            what,
            extent,
            many,
            constant: constant.is_some(),
            default: constant.or(default),
            names,
            when,
            unless,
            measure: None,
            checksum,
            room,
            pad,
        };
        Ok((field, later))
    }

    fn scale(&mut self) -> Result<Option<f64>> {
        match self.take("scale") {
            None => Ok(None),
            Some(datum) => match datum.real() {
                Some(scale) if scale.is_finite() && scale > 0.0 => Ok(Some(scale)),
                _ => Err(self.wrong("scale is what one is divided by to be the value: a number above 0")),
            },
        }
    }

    /// Values and their names, whichever is the key.
    fn names(&self, declaring: &Declaring, datum: Datum) -> Result<Vec<(i128, String)>> {
        let datum = match datum.text() {
            Some(name) => match declaring.enums.iter().find(|(known, _)| known == name) {
                Some((_, datum)) => datum.clone(),
                None => return Err(self.wrong(format!("the schema's enums have no '{name}'"))),
            },
            None => datum,
        };
        let pairs: Vec<(Datum, Datum)> = match datum {
            Datum::Map(entries) => entries
                .into_iter()
                .map(|(key, value)| {
                    let key = if value.whole().is_some() {
                        Datum::Text(key)
                    } else {
                        types::key(key)
                    };
                    (key, value)
                })
                .collect(),
            Datum::Pairs(pairs) => pairs,
            Datum::List(items) => (declaring.first..).map(Datum::Int).zip(items).collect(),
            other => {
                return Err(self.wrong(format!(
                    "enum is a map of names and numbers, not {}",
                    other.kind()
                )));
            }
        };
        let mut names = Vec::new();
        for (one, other) in pairs {
            match (&one, &other) {
                (Datum::Int(number), name) | (name, Datum::Int(number)) if name.text().is_some() => {
                    names.push((*number, name.text().unwrap_or_default().to_owned()));
                }
                _ => {
                    return Err(self.wrong(format!(
                        "enum pairs a name with a whole number, not {one} with {other}"
                    )));
                }
            }
        }
        names.sort();
        Ok(names)
    }

    fn extent(
        &mut self,
        declaring: &Declaring,
        what: &What,
        extent: Extent,
        later: &mut Pending,
    ) -> Result<Extent> {
        if matches!(
            what,
            What::Int(_) | What::Float { .. } | What::Ip4 | What::Ip6 | What::Mac | What::Name { .. }
        ) {
            return Ok(extent);
        }
        let mut extents = Vec::new();
        match self.take("size") {
            None => {}
            Some(datum) if datum.text() == Some("*") => extents.push(Extent::Open),
            Some(datum) => match (datum.size(), datum.text()) {
                (Some(size), _) => extents.push(Extent::Fixed(size)),
                (None, Some(name)) => {
                    later.size = Some(name.to_owned());
                    extents.push(Extent::Open);
                }
                _ => {
                    return Err(self.wrong(format!(
                        "size is a number of bytes, the name of the field that says it, or \"*\" for all that is left, \
                         not {datum}"
                    )));
                }
            },
        }
        if let Some(word) = self.text("prefix")? {
            match types::number(&word, declaring.order) {
                Some(Ok((What::Int(int), _))) if int.bits % 8 == 0 && !int.signed => {
                    extents.push(Extent::Prefixed(int));
                }
                _ => {
                    return Err(
                        self.wrong(format!("prefix is a number's type, as u8 or u16le, not '{word}'"))
                    );
                }
            }
        }
        if let Some(datum) = self.take("terminator") {
            let mark = match (
                datum.whole().and_then(|byte| u8::try_from(byte).ok()),
                datum.bytes(),
            ) {
                (Some(byte), _) => vec![byte],
                (None, Some(bytes)) if !bytes.is_empty() => bytes.to_vec(),
                _ => return Err(self.wrong("terminator is a byte, or bytes, at which it ends")),
            };
            if !matches!(what, What::Bytes | What::Text(_)) {
                return Err(self.wrong("terminator is for bytes and str"));
            }
            extents.push(Extent::Terminated(mark));
        }
        match extents.len() {
            0 => Ok(extent),
            1 => Ok(extents.remove(0)),
            _ => Err(self.wrong("one of size, prefix and terminator says how long it is")),
        }
    }

    fn many(&mut self) -> Result<Many> {
        let count = match self.take("count") {
            None => None,
            Some(datum) => match (datum.size(), datum.text()) {
                (_, Some("*")) => Some(Many::All),
                (Some(count), _) => Some(Many::Count(count)),
                (None, Some(name)) => Some(Many::Counted(name.to_owned())),
                _ => {
                    return Err(self.wrong(format!(
                        "count is a number, the name of the field that says it, or \"*\" for all to the end, not {datum}"
                    )));
                }
            },
        };
        match (count, self.take("last")) {
            (Some(_), Some(_)) => Err(self.wrong("count or last says where the list ends, not both")),
            (None, Some(last)) => Ok(Many::Last(last)),
            (count, None) => Ok(count.unwrap_or(Many::One)),
        }
    }

    fn checksum(
        &mut self,
        declaring: &mut Declaring,
        what: &What,
        later: &mut Pending,
    ) -> Result<Option<Checksum>> {
        let Some(word) = self.text("checksum")? else {
            return Ok(None);
        };
        let Some((_, sum)) = Sum::NAMES.iter().find(|(name, _)| *name == word) else {
            let names = Sum::NAMES.map(|(name, _)| name).join(", ");
            return Err(self.wrong(format!("there is no checksum '{word}': there are {names}")));
        };
        if !matches!(what, What::Int(Int { bits, .. }) if *bits == sum.bits()) {
            return Err(self.wrong(format!("a checksum '{word}' is a u{}", sum.bits())));
        }
        later.over = Some(self.take("over").unwrap_or_else(|| Datum::Text("*".to_owned())));
        let pseudo = match self.take("pseudo") {
            Some(fields) => Some(declaring.body(&fields, &format!("{}, pseudo", self.path))?),
            None => None,
        };
        Ok(Some(Checksum {
            sum: *sum,
            span: Span { first: 0, last: 0 },
            pseudo,
            zero: self.whole("zero")?,
        }))
    }
}
