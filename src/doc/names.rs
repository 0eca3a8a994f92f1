//! The table as words to complete: what a module and a value of a type have, what a call takes, and which constants fit a
//! parameter.

use crate::api::{Default, Form, MODULES, Op, Owner, Type, globals, ops};
use crate::constants::{self, Constant, Group};

use super::signature::Dress;
use super::written;

/// The operation a path names: `socket.create_server`, a global one by its name alone.
pub(crate) fn function(path: &[&str]) -> Option<&'static Op> {
    match path {
        [name] => globals().find(|op| op.name == *name),
        [module, name] => MODULES.iter().find(|known| known.name == *module)?.op(name),
        _ => None,
    }
}

/// The operation of this name that values of a type have.
pub(crate) fn member(of: Type, name: &str) -> Option<&'static Op> {
    ops().find(|op| op.on == Owner::Type(of) && op.name == name)
}

/// The names of a module; none if there is no such module.
pub(crate) fn of_module(name: &str) -> Option<Vec<&'static str>> {
    let module = MODULES.iter().find(|module| module.name == name)?;
    let mut names: Vec<_> = module.ops().map(|op| op.name).collect();
    names.extend(module.value_names());
    Some(names)
}

/// The modules, and the functions that stand in none.
pub(crate) fn at_the_top() -> Vec<&'static str> {
    let functions = globals().map(|op| op.name);
    MODULES
        .iter()
        .map(|module| module.name)
        .chain(functions)
        .collect()
}

/// Everything there is an entry of, by its full name.
pub(crate) fn all() -> impl Iterator<Item = String> {
    let modules = MODULES.iter().map(|module| module.name.to_owned());
    let constants = constants::all().map(|constant| format!("socket.{}", constant.name));
    modules
        .chain(ops().map(Op::full_name))
        .chain(constants)
        .chain(written::paths())
}

/// What values of a type have: methods, properties or both.
pub(crate) fn of_type(of: Type, wanted: impl Fn(Form) -> bool) -> Vec<&'static str> {
    ops()
        .filter(|op| op.on == Owner::Type(of) && wanted(op.form))
        .map(|op| op.name)
        .collect()
}

/// The type of what a call of the operation returns, where its values have methods.
pub(crate) fn returned(op: &Op) -> Option<Type> {
    let first = op
        .returns
        .split(|letter: char| !letter.is_alphanumeric())
        .next()?;
    Type::ALL.into_iter().find(|kind| kind.name() == first)
}

/// The names of the parameters that may be given by keyword.
pub(crate) fn keywords(op: &Op) -> Vec<&'static str> {
    if !op.takes_keywords() {
        return Vec::new();
    }
    op.params.iter().map(|param| param.name).collect()
}

/// The parameters from the one at `place` on, as a signature has them.
pub(crate) fn parameters_from(op: &Op, place: usize, dress: Dress) -> Vec<String> {
    let last = op.params.len().saturating_sub(1);
    let rest = op
        .params
        .last()
        .is_some_and(|param| matches!(param.default, Default::Rest | Default::Values));
    let from = if rest { place.min(last) } else { place };
    let parameter = |param| super::signature::parameter(op, param, dress);
    op.params.iter().skip(from).map(parameter).collect()
}

/// The constants that fit a parameter; `before` are the names written for the parameters before it. None where any may.
pub(crate) fn constants_for(op: &Op, param: &str, before: &[&str]) -> Option<Vec<&'static Constant>> {
    let wanted: &dyn Fn(&Constant) -> bool = match (param, op.name) {
        ("optname", _) => &|constant| fits_level(constant, before.last().copied().unwrap_or_default()),
        ("flags", "getaddrinfo") => &|constant| constant.group == Group::AddressInfo,
        ("flags", "getnameinfo") => &|constant| constant.group == Group::NameInfo,
        ("family" | "address_family", _) => &|constant| constant.group == Group::AddressFamily,
        ("type", _) => &|constant| constant.group == Group::SocketKind,
        ("flags", _) => &|constant| constant.group == Group::MsgFlag,
        ("how", _) => &|constant| constant.group == Group::Shutdown,
        ("level", _) => &|constant| constant.group == Group::Level || constant.group == Group::Protocol,
        ("proto", _) => &|constant| {
            matches!(constant.group, Group::Protocol)
                || [
                    "BTPROTO_",
                    "CAN_RAW",
                    "CAN_BCM",
                    "CAN_ISOTP",
                    "CAN_J1939",
                    "NETLINK_",
                ]
                .iter()
                .any(|beginning| constant.name.starts_with(beginning))
        },
        _ => return None,
    };
    Some(here().filter(|constant| wanted(constant)).collect())
}

/// The constants this platform has.
fn here() -> impl Iterator<Item = &'static Constant> {
    constants::all().filter(|constant| constant.value != constants::Value::Absent)
}

/// Whether an option belongs to a level, by the level's name.
fn fits_level(constant: &Constant, level: &str) -> bool {
    let group = constant.group;
    match level.rsplit(['.', ':']).next().unwrap_or_default() {
        "SOL_SOCKET" => group == Group::SocketOption,
        "SOL_TCP" | "IPPROTO_TCP" => group == Group::Tcp,
        "SOL_IP" | "IPPROTO_IP" => group == Group::Ip,
        "IPPROTO_IPV6" => group == Group::Ipv6,
        "IPPROTO_UDPLITE" => group == Group::Udplite,
        "SOL_CAN_BASE" | "SOL_CAN_RAW" => group == Group::Can,
        "SOL_TIPC" => group == Group::Tipc,
        "SOL_ALG" => group == Group::Alg,
        "SOL_RDS" => group == Group::Rds,
        _ => matches!(
            group,
            Group::SocketOption | Group::Tcp | Group::Ip | Group::Ipv6 | Group::Udplite
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants(path: &str, param: &str, before: &[&str]) -> Vec<&'static str> {
        let op = member(Type::Socket, path)
            .or_else(|| function(&["socket", path]))
            .expect("an operation");
        let found = constants_for(op, param, before).unwrap_or_default();
        found.iter().map(|constant| constant.name).collect()
    }

    #[test]
    fn constants_fit_their_parameter() {
        let options = constants("setsockopt", "optname", &["socket.SOL_TCP"]);
        assert!(
            options.contains(&"TCP_NODELAY") && options.iter().all(|name| name.starts_with("TCP_")),
            "{options:?}"
        );
        let options = constants("setsockopt", "optname", &["socket::SOL_SOCKET"]);
        assert!(
            options.contains(&"SO_REUSEADDR") && !options.contains(&"TCP_NODELAY"),
            "{options:?}"
        );
        assert!(constants("recv", "flags", &[]).contains(&"MSG_PEEK"));
        assert!(constants("getaddrinfo", "flags", &[]).contains(&"AI_PASSIVE"));
        assert!(
            constants("shutdown", "how", &[])
                .iter()
                .all(|name| name.starts_with("SHUT_"))
        );
        assert!(constants("listen", "backlog", &[]).is_empty());
    }

    #[test]
    fn results_have_a_type_where_they_have_methods() {
        let returned = |path: &[&str]| function(path).and_then(returned);
        assert_eq!(returned(&["socket", "create_connection"]), Some(Type::Socket));
        assert_eq!(returned(&["socket", "gethostname"]), None);
        assert_eq!(returned(&["task", "spawn"]), Some(Type::Task));
    }

    #[test]
    fn a_call_tells_what_it_still_takes() {
        let recv = member(Type::Socket, "recv").expect("recv");
        assert_eq!(parameters_from(recv, 0, Dress::Lua), ["bufsize", "flags=0"]);
        assert_eq!(parameters_from(recv, 1, Dress::Lua), ["flags=0"]);
        assert!(keywords(recv).contains(&"bufsize"));
    }
}
