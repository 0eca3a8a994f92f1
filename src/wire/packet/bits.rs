//! Numbers in runs of bytes: a run is one number in its order, and a field is some bits of it.

use crate::wire::Order;

use super::field::Int;

/// The field's number in its run.
pub(super) fn get(run: &[u8], int: &Int) -> i128 {
    let whole = load(run, int.order) >> int.shift;
    let bits = whole & mask(int.bits);
    let sign = 1_u128 << (int.bits - 1);
    let number = i128::try_from(bits).unwrap_or(0);
    if int.signed && bits & sign != 0 {
        number - (1 << int.bits)
    } else {
        number
    }
}

/// Puts the field's number, which fits, into its run.
pub(super) fn put(run: &mut [u8], int: &Int, number: i128) {
    let mask = mask(int.bits);
    #[allow(clippy::cast_sign_loss, reason = "the low bits are what is kept of it")]
    let bits = number as u128 & mask;
    let whole = load(run, int.order) & !(mask << int.shift) | bits << int.shift;
    let size = run.len();
    match int.order {
        Order::Little => run.copy_from_slice(&whole.to_le_bytes()[..size]),
        Order::Big => run.copy_from_slice(&whole.to_be_bytes()[16 - size..]),
    }
}

fn mask(bits: u32) -> u128 {
    (1 << bits) - 1
}

fn load(run: &[u8], order: Order) -> u128 {
    let add = |sum: u128, byte: &u8| sum << 8 | u128::from(*byte);
    match order {
        Order::Big => run.iter().fold(0, add),
        Order::Little => run.iter().rev().fold(0, add),
    }
}
