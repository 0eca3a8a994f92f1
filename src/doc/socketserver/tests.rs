//! The entries are those of both sources, and of CPython.

use super::super::sheet::Block;
use super::super::signature::Dress;
use super::super::written::{Part, WRITTEN, members_called, worded};
use super::super::{find, known};

const LUA: &str = concat!(
    include_str!("../../../stdlib/lua/socketserver/handlers.lua"),
    include_str!("../../../stdlib/lua/socketserver/servers.lua"),
    include_str!("../../../stdlib/lua/socketserver/concurrent.lua"),
);
const RHAI: &str = concat!(
    include_str!("../../../stdlib/rhai/socketserver/handlers.rhai"),
    include_str!("../../../stdlib/rhai/socketserver/servers.rhai"),
    include_str!("../../../stdlib/rhai/socketserver/concurrent.rhai"),
);

/// A class, a name it defines, and what it sets the name to where that is no function.
type Found = (&'static str, &'static str, Option<&'static str>);

fn in_lua() -> Vec<Found> {
    let mut found = Vec::new();
    for line in LUA.lines() {
        if let Some(rest) = line.strip_prefix("function ")
            && let Some((class, rest)) = rest.split_once(':')
        {
            found.push((class, rest.split('(').next().unwrap_or_default(), None));
        } else if let Some((path, value)) = line.split_once(" = ")
            && let Some((class, name)) = path.split_once('.')
        {
            found.push((class, name, Some(value)));
        }
    }
    found
}

fn in_rhai() -> Vec<Found> {
    let (mut found, mut class) = (Vec::new(), "");
    for line in RHAI.lines() {
        if let Some(rest) = line.strip_prefix("let ") {
            class = rest.split(' ').next().unwrap_or_default();
        } else if let Some(rest) = line.strip_prefix("    ")
            && !rest.starts_with([' ', '/'])
            && let Some((name, value)) = rest.split_once(": ")
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
        {
            let value = (!value.starts_with('|')).then(|| value.trim_end_matches(','));
            found.push((class, name, value));
        }
    }
    found
}

/// What the sources define has an entry, with the same value; what an entry says a class has, the sources define.
#[test]
fn entries_are_those_of_the_sources() {
    let module = WRITTEN[0];
    for (dress, found) in [(Dress::Lua, in_lua()), (Dress::Rhai, in_rhai())] {
        assert!(found.len() > 50, "{dress:?}: only {} names", found.len());
        let public = found.iter().filter(|(_, name, _)| !name.starts_with('_'));
        for (class, name, value) in public {
            let Some(class) = module.class(class) else {
                continue;
            };
            // A mix-in changes what the server behind it has.
            let other = || match members_called(name)[..] {
                [Part::Member(_, class, member), ..] => Some((class, member)),
                _ => None,
            };
            let (_, member) = (module.member(class, name).or_else(other))
                .unwrap_or_else(|| panic!("{dress:?}: {}.{name} has no entry", class.name));
            assert_eq!(
                member.is_attribute,
                value.is_some(),
                "{dress:?}: {}.{name}",
                class.name
            );
            // What a class only sets anew is told of where it is first.
            if let Some(value) = value
                && class.members.iter().any(|own| own.name == *name)
            {
                assert_eq!(
                    worded(member.value, dress),
                    *value,
                    "{dress:?}: {}.{name}",
                    class.name
                );
            }
        }
        for class in module.classes {
            for member in class.members {
                let is_set = !member.is_attribute || !member.value.is_empty();
                let is_there = found
                    .iter()
                    .any(|(owner, name, _)| *owner == class.name && *name == member.name);
                assert_eq!(is_there, is_set, "{dress:?}: {}.{}", class.name, member.name);
            }
        }
    }
}

/// CPython, where it is at hand, has the same classes with the same bases, names and values.
#[test]
fn entries_are_those_of_cpython() {
    let mut lines = String::from("import socket, socketserver\n");
    for class in WRITTEN[0].classes {
        let path = format!("socketserver.{}", class.name);
        let bases: Vec<_> = class.bases.iter().map(|base| format!("'{base}'")).collect();
        // CPython 3.12 has some that 3.11 has not.
        lines.push_str(&format!("if hasattr(socketserver, '{}'):\n", class.name));
        lines.push_str(&format!(
            " assert [b.__name__ for b in {path}.__bases__ if b is not object] == [{}], {path}\n",
            bases.join(", ")
        ));
        for member in class.members {
            let path = format!("{path}.{}", member.name);
            if !member.is_attribute {
                lines.push_str(&format!(" assert callable({path})\n"));
            } else if !member.value.is_empty() {
                lines.push_str(&format!(" assert {path} == {}, '{path}'\n", member.value));
            }
        }
    }
    let asked = std::process::Command::new("python3")
        .args(["-c", &lines])
        .output();
    let Ok(asked) = asked else { return };
    assert_eq!(String::from_utf8_lossy(&asked.stderr), "");
}

#[test]
fn what_is_written_in_scripts_is_found() {
    let names = |name: &str| {
        let found = find::topics(name);
        let title = |topic| match known::sheet(topic, Dress::Rhai).0.into_iter().next() {
            Some(Block::Title { name, .. }) => name,
            _ => String::new(),
        };
        found.iter().map(title).collect::<Vec<_>>()
    };
    assert_eq!(names("socketserver"), ["socketserver"]);
    assert_eq!(names("socketserver::UDPServer"), ["socketserver::UDPServer"]);
    assert_eq!(names("UDPServer.get_request"), ["TCPServer.get_request"]);
    assert_eq!(names("server:serve_forever"), ["BaseServer.serve_forever"]);
    assert_eq!(names("socketserver.class"), ["socketserver::class"]);
    assert_eq!(names("UDPServer.nothing"), Vec::<String>::new());
    assert_eq!(find::meant("TCPServr").as_deref(), Some("socketserver.TCPServer"));
}
