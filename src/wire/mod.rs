//! Data formats with no socket in them.
//!
//! `layout` reads the format language of Python's `struct`, `number` puts numbers into bytes and takes them out again,
//! for `struct` and `array` alike; `array` is Python's array of them. `bytes` has what Python's `bytes` objects can do and scripts cannot: hexadecimal
//! digits, dumps, splitting, padding. `difference` puts what was expected beside what came. `packet` packs and dissects by declaration. `trace` is the form of recorded
//! conversations, `capture` makes packets of them.

mod array;
pub(crate) mod bytes;
pub(crate) mod capture;
pub(crate) mod difference;
mod layout;
mod number;
pub(crate) mod packet;
pub(crate) mod trace;

pub(crate) use array::{NumberArray, put_rounded};
pub(crate) use layout::{Code, Field, Kind, Layout, Struct, error};
pub(crate) use number::{Number, Order, float_at, int_at, put_float, put_int, range};
