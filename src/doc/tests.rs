//! What every row must say, and what is made of it.

use super::*;
use crate::api::{Default, Form, Op, ops};
use crate::error::Class;

/// What `wirescript doc` prints of a name.
fn told(name: &str) -> String {
    texts(&find::topics(name), Dress::Lua, false)
}

#[test]
fn every_row_is_documented() {
    let mut seen = std::collections::HashSet::new();
    for op in ops() {
        let name = op.full_name();
        assert!(
            seen.insert((format!("{:?}", op.on), op.name)),
            "{name} stands twice"
        );
        assert!(
            op.doc.len() > 10 && op.doc.ends_with('.'),
            "{name} has no documentation"
        );
        assert!(!op.returns.is_empty(), "{name} says nothing of its result");
        let kinds = op.run.kinds().len() - usize::from(op.takes_self());
        assert_eq!(kinds, op.params.len(), "{name}: parameters and arguments differ");
        assert!(
            op.form != Form::Property || op.params.is_empty(),
            "{name} is a property with parameters"
        );
        for param in op.params {
            assert!(
                !param.doc.is_empty(),
                "{name}: {} has no documentation",
                param.name
            );
        }
        let defaults: Vec<_> = op
            .params
            .iter()
            .map(|param| param.default == Default::Required)
            .collect();
        let skipped = op
            .params
            .iter()
            .any(|param| matches!(param.default, Default::Skipped(_)));
        assert!(
            skipped || defaults.is_sorted_by(|one, next| one >= next),
            "{name}: a required one follows"
        );
        assert!(!find::topics(&name).is_empty(), "{name} is not found");
    }
}

#[test]
fn an_entry_has_signature_types_and_errors() {
    let text = told("socket.recv");
    for part in [
        "Lua     socket:recv(bufsize, flags=0) -> string\n",
        "Rhai    socket.recv(bufsize, flags=0) -> blob\n",
        "Python  socket.socket.recv(bufsize, flags=0) -> bytes\n",
        "bufsize  integer: most bytes",
        "flags    integer, default 0: MSG_* bits",
        "ConnectionResetError",
        "Manual     recv(2)",
        "socket.recv_into",
    ] {
        assert!(text.contains(part), "{part:?} is missing:\n{text}");
    }
    assert!(told("AF_INET").contains("2 (0x2)"));
    assert!(told("SO_REUSEADDR").contains("TIME_WAIT"));
    assert!(told("AF_SYSTEM").contains("not available on this platform"));
    assert!(told("errno.ECONNREFUSED").contains("Connection refused"));
    let icmp = told("packet.ICMP");
    assert!(
        icmp.contains("type        u8; default 8; echo_reply 0, unreachable 3")
            && icmp.contains("gateway     ip4; when type 5\n"),
        "{icmp}"
    );
    assert!(
        told("packet.DNS")
            .contains("record.rdata     union; on type; size rdlength; default bytes; A ip4, NS")
    );
    let tree = told("ConnectionError");
    assert!(
        tree.contains("OSError\n        ConnectionError  ←\n          BrokenPipeError"),
        "{tree}"
    );
}

/// The misspellings of Python's documentation, and some more.
#[test]
fn misspelt_names_are_guessed() {
    for (name, meant) in [
        ("getsocketname", "socket.getsockname"),
        ("recvform", "socket.recvfrom"),
        ("setsockeopt", "socket.setsockopt"),
        ("getfddn", "socket.getfqdn"),
        ("setdefaulttimout", "socket.setdefaulttimeout"),
        ("IPPROEO_TCP", "socket.IPPROTO_TCP"),
        ("socket.recvform", "socket.recvfrom"),
        ("tasks", "task"),
        ("ConectionError", "errors.ConnectionError"),
    ] {
        assert_eq!(find::meant(name).as_deref(), Some(meant), "{name}");
    }
    assert_eq!(find::meant("nothing like it at all"), None);
    // What is not ours is not taken for a misspelling of what is.
    for word in ["print", "require", "pairs", "eval"] {
        let told = find::unknown(word);
        assert!(told.contains("the language's own"), "{told}");
    }
    assert!(find::unknown("with").contains("<close>"));
}

#[test]
#[cfg(feature = "tls")]
fn a_method_is_found_by_the_class_that_python_has_it_in() {
    for name in ["ssl.SSLContext.wrap_socket", "socket.socket.recv"] {
        assert_eq!(find::topics(name).len(), 1, "{name}");
    }
}

#[test]
fn names_are_found_however_they_are_written() {
    let recv = told("socket.recv_into");
    for name in [
        "recv_into",
        "s:recv_into",
        "socket:recv_into",
        "socket.socket.recv_into",
        "recv_into(buffer)",
        "s.recv_into()",
        " recv_into ",
    ] {
        assert_eq!(told(name), recv, "{name}");
    }
    assert_eq!(told("socket::gethostname"), told("gethostname"));
    // Two of a name are both told of.
    assert!(told("socket.close").contains("function of module") && told("close").contains("method of file"));
    assert!(find::topics("socket.nothing").is_empty() && find::topics("").is_empty());
}

/// Every entry of everything, in every language, fits 80 columns and has no colour unless it is asked for.
#[test]
fn nothing_is_wider_than_a_terminal() {
    for path in find::paths() {
        for topic in find::topics(&path) {
            for dress in [Dress::Lua, Dress::Rhai] {
                let text = terminal::print(&known::sheet(&topic, dress), false);
                for line in text.lines() {
                    assert!(line.chars().count() <= 80, "{path}: {line}");
                    assert!(
                        !line.contains('\x1b') && line.trim_end() == line,
                        "{path}: {line:?}"
                    );
                }
            }
        }
    }
    let coloured = terminal::print(&known::sheet(&find::Topic::Overview, Dress::Lua), true);
    assert!(coloured.starts_with("\x1b[1mwirescript\x1b[0m"));
}

/// Classes of errors a row's text names after "Raises".
fn raised(op: &Op) -> Vec<&'static str> {
    let Some((_, text)) = op.doc.split_once("Raises ") else {
        return Vec::new();
    };
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| Class::by_name(word).is_some())
        .collect()
}

/// What can fail says with what, or whose errors it has: `Raises as recv.`
#[test]
fn every_entry_lists_its_errors() {
    let mut problems = Vec::new();
    for op in ops().filter(|op| op.form != Form::Property) {
        let as_another = op.doc.split_once("Raises as ").is_some_and(|(_, rest)| {
            let name = rest
                .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .next();
            name.is_some_and(|name| ops().any(|other| other.name == name))
        });
        let passed_on = op.doc.contains("Raises what ");
        if raised(op).is_empty() && !as_another && !passed_on && !op.doc.contains("Never fails.") {
            problems.push(format!("{}: {}", op.full_name(), op.doc));
        }
    }
    assert!(
        problems.is_empty(),
        "no errors are listed (\"Raises OSError\", \"Raises as recv\", \"Never fails.\"):\n{}",
        problems.join("\n")
    );
}

/// Words one of which says what a parameter of any type may be.
const TYPES: &[&str] = &[
    "int",
    "float",
    "str",
    "bytes",
    "bytearray",
    "bytearrays",
    "list",
    "function",
    "socket",
    "None",
    "number",
    "numbers",
    "text",
    "anything",
    "class",
    "host",
    "form",
    "address",
    "seconds",
    "count",
];

#[test]
fn every_parameter_has_a_type_and_a_unit() {
    let mut problems = Vec::new();
    for op in ops() {
        let first = usize::from(op.takes_self());
        for (place, param) in op.params.iter().enumerate() {
            let kind = op.run.kinds().get(first + place).copied().unwrap_or("any");
            let words = |text: &'static str| {
                text.split(|letter: char| !letter.is_ascii_alphanumeric())
                    .filter(|word| !word.is_empty())
            };
            let says = |wanted: &[&str]| words(param.doc).any(|word| wanted.contains(&word));
            let name = param.name;
            if kind == "any" && !says(TYPES) {
                problems.push(format!("{}: {name} says no type", op.full_name()));
            }
            if kind.starts_with("float")
                && !says(&["second", "seconds", "long", "milliseconds"])
                && !param.doc.contains("settimeout")
            {
                problems.push(format!("{}: {name} says no unit", op.full_name()));
            }
            let counts = name.ends_with("size")
                || name.ends_with("bytes")
                || name.ends_with("len")
                || name == "length";
            if counts && kind == "int" && !says(&["byte", "bytes", "length"]) {
                problems.push(format!("{}: {name} says no unit", op.full_name()));
            }
        }
        if op.platform.is_empty() {
            problems.push(format!("{} says no platform", op.full_name()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

const OF_OBJECTS: &[&str] = &[
    "ssl.SSLError.library",
    "ssl.SSLError.reason",
    "ssl.SSLCertVerificationError.verify_code",
    "ssl.SSLCertVerificationError.verify_message",
    "ssl.SSLSocket.server_side",
    "ssl.SSLSocket.server_hostname",
];

/// CPython, where it is at hand, has every name that is said to be its own.
#[test]
fn pythons_names_are_pythons() {
    let names: Vec<String> = ops()
        .filter(|op| !op.platform.contains("Windows"))
        .filter_map(Op::python_name)
        // What only an object has, its class has not.
        .filter(|name| !OF_OBJECTS.contains(&&**name))
        .collect();
    let script = "import sys, socket, builtins, warnings, re, subprocess, threading, multiprocessing, fcntl, time, struct, json, array, io, select, selectors, ssl\nfor name in sys.argv[1:]:\n    \
                  first, *rest = name.split('.')\n    \
                  value = globals().get(first) or getattr(builtins, first, None)\n    \
                  for part in rest: value = getattr(value, part, None)\n    \
                  if value is None: print(name)";
    let asked = std::process::Command::new("python3")
        .args(["-c", script])
        .args(&names)
        .output();
    let Ok(asked) = asked else { return };
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "");
}

/// Every operation has an example in both languages, and every example is of an operation.
#[test]
fn every_row_has_an_example() {
    let without: Vec<_> = ops()
        .filter(|op| example::of(op).is_none_or(|example| example.lua.is_empty() || example.rhai.is_empty()))
        .map(|op| signature::path(op, Dress::Lua))
        .collect();
    assert!(
        without.is_empty(),
        "no example in src/doc/examples (\"## NAME, NAME\", lua, rhai, what they print): {without:?}"
    );
    let mut seen = std::collections::HashSet::new();
    for name in example::names() {
        assert!(
            ops().any(|op| signature::path(op, Dress::Lua) == name),
            "{name} is no operation"
        );
        assert!(seen.insert(name), "{name} has two examples");
    }
}
