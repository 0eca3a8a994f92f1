//! Prints numbers by name, as the enums CPython 3.11 makes of the constants do.

use super::{Group, Value, all};

/// Names `value` within `group` as CPython's enum would: the canonical name, `AF_UNIX` and not `AF_LOCAL`.
///
/// Members are the upper-case names; `AF_DECnet` is a plain number in CPython, and here.
pub fn name_of(group: Group, value: i64) -> Option<&'static str> {
    members(group)
        .find(|&(_, number)| number == value)
        .map(|(name, _)| name)
}

/// Writes `value` as `repr()` of the group's enum: `<AddressFamily.AF_INET: 2>`, `<MsgFlag.MSG_OOB|MSG_PEEK: 3>`.
///
/// A number that is no member, or of a group that is no enum, is written bare, as `socket.family` gives it then.
///
/// ```
/// use wirescript::constants::{enum_repr, Group};
///
/// assert_eq!(enum_repr(Group::AddressFamily, 2), "<AddressFamily.AF_INET: 2>");
/// assert_eq!(enum_repr(Group::AddressFamily, 999), "999");
/// ```
pub fn enum_repr(group: Group, value: i64) -> String {
    let Some(class) = group.enum_class() else {
        return value.to_string();
    };
    if group.is_flag() {
        let number = flag_number(group, value);
        return match flag_names(group, number) {
            Some(names) => format!("<{class}.{names}: {number}>"),
            None => format!("<{class}: {number}>"),
        };
    }
    match name_of(group, value) {
        Some(name) => format!("<{class}.{name}: {value}>"),
        None => value.to_string(),
    }
}

/// Writes `value` as `str()` of the group's enum, which since Python 3.11 is the number.
pub fn enum_str(group: Group, value: i64) -> String {
    if group.is_flag() {
        flag_number(group, value).to_string()
    } else {
        value.to_string()
    }
}

/// Writes `value` as one would in a script: `AddressFamily.AF_INET`, `MsgFlag.MSG_OOB|MSG_PEEK`, `MsgFlag(0)`.
///
/// A number that is no member, or of a group that is no enum, is written bare.
pub fn enum_name(group: Group, value: i64) -> String {
    let Some(class) = group.enum_class() else {
        return value.to_string();
    };
    if group.is_flag() {
        let number = flag_number(group, value);
        return match flag_names(group, number) {
            Some(names) => format!("{class}.{names}"),
            None => format!("{class}({number})"),
        };
    }
    match name_of(group, value) {
        Some(name) => format!("{class}.{name}"),
        None => value.to_string(),
    }
}

/// The members of a group that have a number here, in the order of the table.
fn members(group: Group) -> impl Iterator<Item = (&'static str, i64)> {
    all()
        .filter(move |constant| constant.group == group)
        .filter_map(|constant| match constant.value {
            Value::Int(number) if !constant.name.bytes().any(|b| b.is_ascii_lowercase()) => {
                Some((constant.name, number))
            }
            _ => None,
        })
}

/// The names of the bits set, lowest first, and the bits without a name as one number last; `None` if no bit has one.
fn flag_names(group: Group, number: i128) -> Option<String> {
    if let Some(name) = i64::try_from(number).ok().and_then(|value| name_of(group, value)) {
        return Some(name.to_owned());
    }
    let mut rest = number;
    let mut names = Vec::new();
    for bit in (0..i64::BITS - 1)
        .map(|shift| 1_i64 << shift)
        .filter(|&bit| number & i128::from(bit) != 0)
    {
        if let Some(name) = name_of(group, bit) {
            names.push(name.to_owned());
            rest &= !i128::from(bit);
        }
    }
    if names.is_empty() {
        return None;
    }
    if rest != 0 {
        names.push(rest.to_string());
    }
    Some(names.join("|"))
}

/// The number a flag of this value has: a negative one counts down from the first bit beyond all the members.
fn flag_number(group: Group, value: i64) -> i128 {
    let value = i128::from(value);
    if value >= 0 {
        return value;
    }
    let highest = members(group)
        .map(|(_, number)| i128::from(number))
        .max()
        .unwrap_or(0);
    let beyond = bit_above(highest);
    if value >= -beyond {
        beyond + value
    } else {
        bit_above(-value) + value
    }
}

/// The lowest power of two greater than `number`.
fn bit_above(number: i128) -> i128 {
    1 << (i128::BITS - number.leading_zeros())
}

#[cfg(all(test, linux))]
mod tests {
    use super::*;

    #[test]
    fn enums_print_as_cpythons() {
        let mut members_seen = 0;
        for line in include_str!("../../tests/support/cpython311_socket_enums.tsv").lines() {
            let mut columns = line.split('\t');
            let mut column = || columns.next().expect("class, number, repr");
            let (class, number, repr) = (column(), column(), column());
            let groups = [
                Group::AddressFamily,
                Group::SocketKind,
                Group::MsgFlag,
                Group::AddressInfo,
            ];
            let group = groups
                .into_iter()
                .find(|group| group.enum_class() == Some(class))
                .expect(class);
            let value = number.parse().expect(number);
            assert_eq!(enum_repr(group, value), repr);
            let (name, text) = repr[1..repr.len() - 1].split_once(": ").expect(repr);
            assert_eq!(enum_str(group, value), text);
            if name.contains('.') {
                assert_eq!(enum_name(group, value), name);
            } else {
                assert_eq!(enum_name(group, value), format!("{class}({text})"));
            }
            members_seen += usize::from(name_of(group, value).is_some());
        }
        assert_eq!(members_seen, 31 + 7 + 14 + 7);
    }

    #[test]
    fn names_are_canonical() {
        assert_eq!(name_of(Group::AddressFamily, 1), Some("AF_UNIX"));
        assert_eq!(name_of(Group::AddressFamily, 16), Some("AF_NETLINK"));
        assert_eq!(name_of(Group::AddressFamily, 31), Some("AF_BLUETOOTH"));
        assert_eq!(name_of(Group::AddressFamily, 12), None, "AF_DECnet is no member");
        assert_eq!(name_of(Group::Protocol, 0), Some("IPPROTO_IP"));
        assert_eq!(name_of(Group::Packet, 2), Some("PACKET_MULTICAST"));
        assert_eq!(name_of(Group::HyperV, 0), None);
        assert_eq!(enum_repr(Group::AddressFamily, 999), "999");
        assert_eq!(enum_name(Group::SocketKind, 2049), "2049");
        assert_eq!(enum_repr(Group::Protocol, 6), "6");
        assert_eq!(
            enum_repr(Group::MsgFlag, i64::MIN),
            "<MsgFlag: 9223372036854775808>"
        );
    }
}
