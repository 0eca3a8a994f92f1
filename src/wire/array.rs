//! Python's `array`: numbers of one kind, close together.

use std::rc::Rc;

use crate::bytes::ByteArray;

use super::layout::{Code, Kind};
use super::number::{Number, Order, Unfit, float_at, int_at, put_float, put_int};

/// An array of numbers of one kind, as this machine's C compiler has them.
#[derive(Debug)]
pub(crate) struct NumberArray {
    code: Code,
    bytes: Rc<ByteArray>,
}

impl NumberArray {
    /// Letters an array can be made of.
    pub(crate) const CODES: &str = "b, B, h, H, i, I, l, L, q, Q, f or d";

    /// What a letter stands for in an array.
    pub(crate) fn code_of(letter: &[u8]) -> Option<Code> {
        match letter {
            [
                letter @ (b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' | b'f' | b'd'),
            ] => Code::of_native(*letter),
            _ => None,
        }
    }

    /// An array of these bytes, a whole number of items.
    pub(crate) fn new(code: Code, bytes: Rc<ByteArray>) -> Self {
        Self { code, bytes }
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// The bytes it is made of.
    pub(crate) fn bytes(&self) -> &Rc<ByteArray> {
        &self.bytes
    }

    /// Number of items.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.code.size
    }

    /// The item at an index.
    pub(crate) fn get(&self, index: usize) -> Option<Number> {
        let start = index.checked_mul(self.code.size)?;
        self.bytes.with(|bytes| {
            let place = bytes.get(start..)?.get(..self.code.size)?;
            Some(match self.code.kind {
                Kind::Float => Number::Float(float_at(place, Order::NATIVE)),
                kind => Number::Int(int_at(place, Order::NATIVE, kind == Kind::Signed)),
            })
        })
    }

    /// Every item.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = Number> {
        (0..self.len()).map_while(|place| self.get(place))
    }

    /// The bytes of a number, as an item of this kind.
    pub(crate) fn pack(code: Code, number: Number) -> Result<([u8; 8], usize), Unfit> {
        let mut bytes = [0; 8];
        let place = &mut bytes[..code.size];
        match (code.kind, number) {
            #[allow(clippy::cast_precision_loss, reason = "as Python's float() does")]
            (Kind::Float, Number::Int(number)) => put_rounded(place, number as f64),
            (Kind::Float, Number::Float(number)) => put_rounded(place, number),
            (kind, Number::Int(number)) => put_int(place, Order::NATIVE, kind == Kind::Signed, number)?,
            (_, Number::Float(_)) => return Err(Unfit),
        }
        Ok((bytes, code.size))
    }
}

/// Puts a float, infinite where it is too large, as C does.
pub(crate) fn put_rounded(place: &mut [u8], number: f64) {
    if put_float(place, Order::NATIVE, number).is_err() {
        let infinite = put_float(place, Order::NATIVE, f64::INFINITY.copysign(number));
        debug_assert!(infinite.is_ok(), "every float can be infinite");
    }
}
