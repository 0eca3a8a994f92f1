//! Numbers as bytes: whole ones of one to eight bytes, floats of two, four and eight.

/// Order of a number's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    /// That of this machine.
    pub(crate) const NATIVE: Self = if cfg!(target_endian = "little") {
        Self::Little
    } else {
        Self::Big
    };
}

/// A number of either kind.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

/// A number that does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unfit;

/// Puts a whole number into all of `place`.
pub(crate) fn put_int(place: &mut [u8], order: Order, signed: bool, number: i128) -> Result<(), Unfit> {
    let (least, most) = range(place.len(), signed);
    if number < least || number > most {
        return Err(Unfit);
    }
    copy(place, order, &number.to_le_bytes());
    Ok(())
}

/// The least and the greatest number of so many bytes.
pub(crate) fn range(size: usize, signed: bool) -> (i128, i128) {
    let bits = 8 * size.min(8);
    if signed {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}

/// The whole number that fills `place`.
pub(crate) fn int_at(place: &[u8], order: Order, signed: bool) -> i128 {
    let mut bytes = [0; 16];
    let size = place.len().min(8);
    for (slot, byte) in bytes.iter_mut().zip(ordered(place, order)) {
        *slot = byte;
    }
    if signed && size > 0 && bytes[size - 1] & 0x80 != 0 {
        bytes[size..].fill(0xff);
    }
    i128::from_le_bytes(bytes)
}

/// Puts a float into all of `place`, rounded to the nearest; too large is `Unfit`.
pub(crate) fn put_float(place: &mut [u8], order: Order, number: f64) -> Result<(), Unfit> {
    #[allow(clippy::cast_possible_truncation, reason = "rounded, as C does")]
    match place.len() {
        2 => copy(place, order, &half(number)?.to_le_bytes()),
        4 => {
            let rounded = number as f32;
            if rounded.is_infinite() && number.is_finite() {
                return Err(Unfit);
            }
            copy(place, order, &rounded.to_le_bytes());
        }
        _ => copy(place, order, &number.to_le_bytes()),
    }
    Ok(())
}

/// The float that fills `place`.
pub(crate) fn float_at(place: &[u8], order: Order) -> f64 {
    let mut bytes = [0; 8];
    for (slot, byte) in bytes.iter_mut().zip(ordered(place, order)) {
        *slot = byte;
    }
    let bits = u64::from_le_bytes(bytes);
    match place.len() {
        2 => from_half(u16::from_le_bytes([bytes[0], bytes[1]])),
        4 => f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into(),
        _ => f64::from_bits(bits),
    }
}

/// Puts the first bytes of a little-endian number in order.
fn copy(place: &mut [u8], order: Order, bytes: &[u8]) {
    let size = place.len();
    place.copy_from_slice(&bytes[..size]);
    if order == Order::Big {
        place.reverse();
    }
}

/// The bytes of a number, the least first.
fn ordered(place: &[u8], order: Order) -> impl Iterator<Item = u8> {
    let last = place.len().saturating_sub(1);
    (0..place.len()).map(move |at| match order {
        Order::Little => place[at],
        Order::Big => place[last - at],
    })
}

/// 2 to a power of a normal double, exactly, which `powi` need not be.
fn power_of_two(power: i32) -> f64 {
    f64::from_bits(u64::try_from(power + 1023).unwrap_or(0) << 52)
}

/// The IEEE 754 half float nearest to a number, ties to even.
fn half(number: f64) -> Result<u16, Unfit> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = number.abs();
    if magnitude.is_nan() {
        return Ok(sign | 0x7e00);
    }
    if magnitude.is_infinite() {
        return Ok(sign | 0x7c00);
    }
    // Halfway between the greatest half float and the next there would be.
    if magnitude >= 65520.0 {
        return Err(Unfit);
    }
    // In units of the last place: 2^-24 for the smallest numbers, 2^-10 of the power of two below for the others.
    let power = if magnitude < power_of_two(-14) {
        -14
    } else {
        // A double of this size has a whole exponent in these bits.
        i32::try_from(magnitude.to_bits() >> 52).unwrap_or(0) - 1023
    };
    let units = (magnitude / power_of_two(power - 10)).round_ties_even();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 2048"
    )]
    let units = units as u16;
    let exponent = u16::try_from(power + 14).unwrap_or(0);
    // A carry out of the units raises the exponent, which is what it should do.
    Ok(sign | ((exponent << 10) + units))
}

fn from_half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, units) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0x1f if units != 0.0 => f64::NAN,
        0x1f => f64::INFINITY,
        0 => units * power_of_two(-24),
        _ => (1024.0 + units) * power_of_two(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_float_leads_back() {
        for bits in 0..=u16::MAX {
            let number = from_half(bits);
            if number.is_nan() {
                assert!(half(number).is_ok_and(|bits| from_half(bits).is_nan()));
            } else {
                assert_eq!(half(number), Ok(bits), "{number}");
            }
        }
    }

    #[test]
    fn halves_round_to_even() {
        for (number, bits) in [
            (power_of_two(-25), Ok(0)),
            (power_of_two(-25) * 1.000_001, Ok(1)),
            (1.0 + power_of_two(-11), Ok(0x3c00)),
            (1.0 + 3.0 * power_of_two(-11), Ok(0x3c02)),
            (65519.999, Ok(0x7bff)),
            (65520.0, Err(Unfit)),
            (-2047.75, Ok(0xe800)),
            (power_of_two(-14) * 0.9999, Ok(0x0400)),
        ] {
            assert_eq!(half(number), bits, "{number}");
        }
    }

    #[test]
    fn whole_numbers_are_never_cut() {
        for size in 1..=8 {
            for signed in [false, true] {
                let (least, most) = range(size, signed);
                for order in [Order::Little, Order::Big] {
                    let mut place = [0; 8];
                    for number in [least, -1, 0, 1, 77, most] {
                        let fits = (least..=most).contains(&number);
                        let put = put_int(&mut place[..size], order, signed, number);
                        assert_eq!(put.is_ok(), fits);
                        if fits {
                            assert_eq!(int_at(&place[..size], order, signed), number);
                        }
                    }
                    assert_eq!(put_int(&mut place[..size], order, signed, most + 1), Err(Unfit));
                    assert_eq!(put_int(&mut place[..size], order, signed, least - 1), Err(Unfit));
                }
            }
        }
    }
}
