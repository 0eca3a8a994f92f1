//! The format language of Python's `struct`.

use std::ffi::{c_int, c_long, c_longlong, c_short, c_void};

use crate::error::{Class, Error, Result};

use super::number::Order;

/// What stands for one letter of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Bytes that are nothing.
    Pad,
    /// One byte, as bytes.
    Char,
    /// So many bytes.
    Text,
    /// So many bytes, of which the first tells how many count.
    Pascal,
    Bool,
    Signed,
    Unsigned,
    /// An address: a number that may be given with a sign.
    Pointer,
    Float,
}

/// One letter of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Code {
    pub(crate) letter: char,
    pub(crate) kind: Kind,
    /// Bytes of one.
    pub(crate) size: usize,
    align: usize,
}

impl Code {
    const fn standard(letter: char, kind: Kind, size: usize) -> Self {
        Self {
            letter,
            kind,
            size,
            align: 1,
        }
    }

    const fn native<T>(letter: char, kind: Kind) -> Self {
        Self {
            letter,
            kind,
            size: size_of::<T>(),
            align: align_of::<T>(),
        }
    }

    /// What a letter means by itself, the same everywhere.
    fn of_standard(letter: u8) -> Option<Self> {
        Some(match letter {
            b'x' => Self::standard('x', Kind::Pad, 1),
            b'c' => Self::standard('c', Kind::Char, 1),
            b's' => Self::standard('s', Kind::Text, 1),
            b'p' => Self::standard('p', Kind::Pascal, 1),
            b'?' => Self::standard('?', Kind::Bool, 1),
            b'b' => Self::standard('b', Kind::Signed, 1),
            b'B' => Self::standard('B', Kind::Unsigned, 1),
            b'h' => Self::standard('h', Kind::Signed, 2),
            b'H' => Self::standard('H', Kind::Unsigned, 2),
            b'i' => Self::standard('i', Kind::Signed, 4),
            b'I' => Self::standard('I', Kind::Unsigned, 4),
            b'l' => Self::standard('l', Kind::Signed, 4),
            b'L' => Self::standard('L', Kind::Unsigned, 4),
            b'q' => Self::standard('q', Kind::Signed, 8),
            b'Q' => Self::standard('Q', Kind::Unsigned, 8),
            b'e' => Self::standard('e', Kind::Float, 2),
            b'f' => Self::standard('f', Kind::Float, 4),
            b'd' => Self::standard('d', Kind::Float, 8),
            _ => return None,
        })
    }

    /// What a letter means to this machine's C compiler.
    pub(crate) fn of_native(letter: u8) -> Option<Self> {
        Some(match letter {
            b'h' => Self::native::<c_short>('h', Kind::Signed),
            b'H' => Self::native::<c_short>('H', Kind::Unsigned),
            b'i' => Self::native::<c_int>('i', Kind::Signed),
            b'I' => Self::native::<c_int>('I', Kind::Unsigned),
            b'l' => Self::native::<c_long>('l', Kind::Signed),
            b'L' => Self::native::<c_long>('L', Kind::Unsigned),
            b'q' => Self::native::<c_longlong>('q', Kind::Signed),
            b'Q' => Self::native::<c_longlong>('Q', Kind::Unsigned),
            b'n' => Self::native::<isize>('n', Kind::Signed),
            b'N' => Self::native::<usize>('N', Kind::Unsigned),
            b'P' => Self::native::<*const c_void>('P', Kind::Pointer),
            b'e' => Self::native::<c_short>('e', Kind::Float),
            b'f' => Self::native::<f32>('f', Kind::Float),
            b'd' => Self::native::<f64>('d', Kind::Float),
            other => return Self::of_standard(other),
        })
    }
}

/// A part of a format: so many of one letter, or so many bytes of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    pub(crate) code: Code,
    pub(crate) count: usize,
    /// Where its bytes begin.
    pub(crate) start: usize,
}

/// A format, read and found good.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    format: Vec<u8>,
    native: bool,
    pub(crate) order: Order,
    /// Bytes of the whole.
    pub(crate) size: usize,
    /// Values it takes or gives.
    pub(crate) items: usize,
}

/// A format that is read once and packs many times: Python's `struct.Struct`.
#[derive(Debug)]
pub(crate) struct Struct {
    /// As it was written.
    pub(crate) format: String,
    pub(crate) layout: Layout,
}

/// Python's `struct.error`.
pub(crate) fn error(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Class::StructError, text)
}

impl Layout {
    /// Reads a format. Raises struct.error.
    pub(crate) fn parse(format: &[u8]) -> Result<Self> {
        if format.contains(&0) {
            return Err(error("embedded null character"));
        }
        let (native, order, format) = match format {
            [b'@', rest @ ..] => (true, Order::NATIVE, rest),
            [b'=', rest @ ..] => (false, Order::NATIVE, rest),
            [b'<', rest @ ..] => (false, Order::Little, rest),
            [b'>' | b'!', rest @ ..] => (false, Order::Big, rest),
            _ => (true, Order::NATIVE, format),
        };
        let mut layout = Self {
            format: format.to_vec(),
            native,
            order,
            size: 0,
            items: 0,
        };
        let mut fields = Fields {
            rest: format,
            native,
            at: 0,
        };
        for field in fields.by_ref() {
            let field = field?;
            let items = match field.code.kind {
                Kind::Pad => 0,
                Kind::Text | Kind::Pascal => 1,
                _ => field.count,
            };
            layout.items = layout.items.checked_add(items).ok_or_else(too_long)?;
        }
        layout.size = fields.at;
        Ok(layout)
    }

    /// Its parts in their order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> {
        let fields = Fields {
            rest: &self.format,
            native: self.native,
            at: 0,
        };
        // None is bad: `parse` has seen them all.
        fields.filter_map(Result::ok)
    }

    /// Whether numbers are as this machine's C compiler has them.
    pub(crate) fn is_native(&self) -> bool {
        self.native
    }
}

/// The parts of a format.
struct Fields<'a> {
    rest: &'a [u8],
    native: bool,
    /// Where the last one ended.
    at: usize,
}

impl Iterator for Fields<'_> {
    type Item = Result<Field>;

    fn next(&mut self) -> Option<Result<Field>> {
        while let [b' ' | b'\t'..=b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl Fields<'_> {
    fn read(&mut self) -> Result<Field> {
        let digits = self.rest.iter().take_while(|c| c.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        let mut count = usize::from(digits == 0);
        for digit in number {
            count = count
                .checked_mul(10)
                .and_then(|count| count.checked_add(usize::from(digit - b'0')))
                .filter(|count| isize::try_from(*count).is_ok())
                .ok_or_else(too_long)?;
        }
        let Some((&letter, rest)) = rest.split_first() else {
            return Err(error("repeat count given without format specifier"));
        };
        self.rest = rest;
        let code = if self.native {
            Code::of_native(letter)
        } else {
            Code::of_standard(letter)
        };
        let code = code.ok_or_else(|| error("bad char in struct format"))?;
        let start = self
            .at
            .checked_next_multiple_of(code.align)
            .ok_or_else(too_long)?;
        let end = count
            .checked_mul(code.size)
            .and_then(|bytes| start.checked_add(bytes))
            .filter(|end| isize::try_from(*end).is_ok())
            .ok_or_else(too_long)?;
        self.at = end;
        Ok(Field { code, count, start })
    }
}

fn too_long() -> Error {
    error("total struct size too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_pythons() {
        for (format, size, items) in [
            ("", 0, 0),
            ("<ihb", 7, 3),
            ("ihb", 7, 3),
            ("bi", 8, 2),
            ("c0i", 4, 1),
            ("c0q h", 10, 2),
            ("=c0q h", 3, 2),
            ("10s3x5p", 18, 2),
            ("\t2h \n 3B", 7, 5),
            ("9223372036854775807x", usize::MAX / 2, 0),
        ] {
            let layout = Layout::parse(format.as_bytes());
            assert_eq!(
                layout.map(|layout| (layout.size, layout.items)).ok(),
                Some((size, items)),
                "{format}"
            );
        }
    }

    #[test]
    fn bad_formats_say_what_is_wrong() {
        for (format, text) in [
            ("5", "repeat count given without format specifier"),
            ("2 h", "bad char in struct format"),
            ("i<h", "bad char in struct format"),
            ("<n", "bad char in struct format"),
            ("99999999999999999999i", "total struct size too long"),
            ("4611686018427387904h", "total struct size too long"),
            ("9223372036854775807x1x", "total struct size too long"),
            ("i\0", "embedded null character"),
        ] {
            let found = Layout::parse(format.as_bytes()).map_err(|error| error.message().into_owned());
            assert_eq!(found.err().as_deref(), Some(text), "{format}");
        }
    }
}
