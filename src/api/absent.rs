//! Names of Python's `socket` module that scripts do not find here, each with its reason.

/// Methods that come with the kernel's crypto.
const AWAITED: &[&str] = &["sendmsg_afalg"];

/// The name, and why it is not here.
pub(super) const ABSENT: &[(&str, &str)] = &[
    ("CAPI", "a capsule for Python's own C extensions"),
    ("IntEnum", "Python's enum, which its module imports"),
    ("IntFlag", "Python's enum, which its module imports"),
    (
        "SocketIO",
        "the raw file inside what makefile returns: makefile with buffering 0 gives it",
    ),
    ("array", "a module Python's own imports"),
    ("errno", "a module Python's own imports: a global here"),
    ("io", "a module Python's own imports"),
    ("os", "a module Python's own imports"),
    ("selectors", "a module Python's own imports"),
    ("sys", "a module Python's own imports: a global here"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::MODULES;

    /// What `dir(socket)` of CPython 3.11 lists, and `dir(socket.socket)` after a line of dashes.
    const NAMES: &str = include_str!("../../tests/support/cpython311_dir.txt");

    #[test]
    fn every_public_name_of_cpython_is_here_or_excused() {
        let socket = MODULES
            .iter()
            .find(|module| module.name == "socket")
            .expect("the module");
        let (names, methods) = NAMES.split_once("--\n").expect("two lists");
        let mut problems = Vec::new();
        for name in names.lines() {
            let here = socket.op(name).is_some() || socket.value(name).is_some();
            let excused = ABSENT.iter().any(|(absent, _)| *absent == name);
            if here == excused {
                problems.push(name);
            }
        }
        for name in methods.lines() {
            if !AWAITED.contains(&name)
                && !crate::api::ops().any(|op| op.full_name() == format!("socket.{name}") && op.takes_self())
            {
                problems.push(name);
            }
        }
        assert!(
            problems.is_empty(),
            "missing, or excused though they are here: {problems:?}"
        );
    }
}
