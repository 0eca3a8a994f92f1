//! UTF-16 and UTF-32.

use super::Order;
use super::handler::{Handler, Undecodable};
use super::points::{is_surrogate, push};
use crate::error::Result;

impl Order {
    pub(super) fn two(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) fn four(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(super) fn bytes_of_two(self, unit: u16) -> [u8; 2] {
        match self {
            Self::Little => unit.to_le_bytes(),
            Self::Big => unit.to_be_bytes(),
        }
    }

    pub(super) fn bytes_of_four(self, unit: u32) -> [u8; 4] {
        match self {
            Self::Little => unit.to_le_bytes(),
            Self::Big => unit.to_be_bytes(),
        }
    }
}

/// What stands at the front of UTF-16.
enum Front {
    Point(u32, usize),
    /// More must come.
    Short(&'static str),
    Bad(&'static str),
}

/// Decodes UTF-16 from `start` on; says how far it came: to the end if this is the `last` of it.
pub(super) fn decode_16(
    input: &[u8],
    start: usize,
    order: Order,
    last: bool,
    handler: &Handler,
    text: &mut Vec<u8>,
) -> Result<usize> {
    let encoding = match order {
        Order::Little => "utf-16-le",
        Order::Big => "utf-16-be",
    };
    let mut at = start;
    while at < input.len() {
        let (end, reason) = match front_16(&input[at..], order) {
            Front::Point(point, length) => {
                push(text, point);
                at += length;
                continue;
            }
            Front::Short(_) if !last => break,
            Front::Short(reason) => (input.len(), reason),
            Front::Bad(reason) => (at + 2, reason),
        };
        at = handler.decode(
            &Undecodable {
                encoding,
                input,
                start: at,
                end,
                reason,
            },
            text,
        )?;
    }
    Ok(at)
}

fn front_16(rest: &[u8], order: Order) -> Front {
    let unit = |at: usize| match rest.get(at..at + 2) {
        Some(&[one, two]) => Some(u32::from(order.two([one, two]))),
        _ => None,
    };
    match (unit(0), unit(2)) {
        (None, _) => Front::Short("truncated data"),
        (Some(0xdc00..=0xdfff), _) => Front::Bad("illegal encoding"),
        (Some(0xd800..=0xdbff), None) => Front::Short("unexpected end of data"),
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            Front::Point(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 4)
        }
        (Some(0xd800..=0xdbff), Some(_)) => Front::Bad("illegal UTF-16 surrogate"),
        (Some(point), _) => Front::Point(point, 2),
    }
}

/// Decodes UTF-32 from `start` on; says how far it came: to the end if this is the `last` of it.
pub(super) fn decode_32(
    input: &[u8],
    start: usize,
    order: Order,
    last: bool,
    handler: &Handler,
    text: &mut Vec<u8>,
) -> Result<usize> {
    let encoding = match order {
        Order::Little => "utf-32-le",
        Order::Big => "utf-32-be",
    };
    let mut at = start;
    while at < input.len() {
        let (end, reason) = match input[at..] {
            [one, two, three, four, ..] => match order.four([one, two, three, four]) {
                point if is_surrogate(point) => {
                    (at + 4, "code point in surrogate code point range(0xd800, 0xe000)")
                }
                point @ 0..=0x10ffff => {
                    push(text, point);
                    at += 4;
                    continue;
                }
                _ => (at + 4, "code point not in range(0x110000)"),
            },
            _ if !last => break,
            _ => (input.len(), "truncated data"),
        };
        at = handler.decode(
            &Undecodable {
                encoding,
                input,
                start: at,
                end,
                reason,
            },
            text,
        )?;
    }
    Ok(at)
}

/// The order a byte order mark at the front tells.
pub(super) fn mark(input: &[u8], width: usize) -> Option<Order> {
    match (width, input) {
        (2, [0xff, 0xfe, ..]) | (4, [0xff, 0xfe, 0, 0, ..]) => Some(Order::Little),
        (2, [0xfe, 0xff, ..]) | (4, [0, 0, 0xfe, 0xff, ..]) => Some(Order::Big),
        _ => None,
    }
}
