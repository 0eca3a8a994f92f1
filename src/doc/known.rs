//! The sheets of all that is no operation: the overview, modules, types, constants, error classes, values.

use crate::api::{Form, MODULES, Module, Op, Owner, Type, Value, repr};
use crate::constants::{self, Constant};
use crate::error::Class;

use super::entry;
use super::find::{Topic, members};
use super::note;
use super::sheet::{Block, Sheet};
use super::signature::{self, Dress};
use super::written::{self, WRITTEN};

/// What is known of a topic.
pub(super) fn sheet(topic: &Topic, dress: Dress) -> Sheet {
    match topic {
        Topic::Overview => overview(dress),
        Topic::Module(module) => of_module(module, dress),
        Topic::Globals => globals(dress),
        Topic::Type(kind) => of_type(*kind, dress),
        Topic::Op(op) => entry::sheet(op, dress),
        Topic::Constant(constant) => of_constant(constant, dress),
        Topic::Class(class) => of_class(*class, dress),
        Topic::Written(part) => written::sheet(*part, dress),
        Topic::Value(module, name) => of_value(module, name, dress),
    }
}

/// What a value of each type is.
pub(super) fn meaning(kind: Type) -> &'static str {
    match kind.name() {
        "socket" => "An open socket, made by socket.socket and its kin, or by accept.",
        "SSLSocket" => {
            "A socket that speaks TLS, made by wrap_socket: it has all that a socket has, and this."
        }
        "SSLContext" => "Settings of TLS, made by ssl.create_default_context and ssl.SSLContext.",
        "Task" => "A function that runs beside the others, made by task.spawn.",
        "channel" => "Carries values from tasks that send to tasks that receive, made by task.channel.",
        "Worker" => "A thread with a machine of its own, made by worker.spawn.",
        "WorkerChannel" => "Carries values and sockets between threads, made by worker.channel.",
        "tube" => "A conversation with a peer, made by tube.connect, listen, wrap and spawn.",
        "TubeListener" => "A place where peers begin conversations, made by tube.listen.",
        "pattern" => "A compiled regular expression over bytes, made by tube.pattern.",
        "Test" => "A test that runs: what its function is handed as t.",
        "file" => "A file object, made by open and makefile, and the program's own streams.",
        "bytearray" => "Bytes that can be changed, made by bytearray.",
        "memoryview" => "A window of a buffer, made by view: what goes into it goes into the buffer.",
        "array" => "Numbers of one kind side by side, made by array.",
        "Schema" => {
            "A declaration of packets, made by packet.schema: it packs, dissects, shows and makes cases."
        }
        "Struct" => "A format of struct that is read once, made by struct.Struct: it packs and unpacks.",
        "iterator" => "Something to walk through once, in a for.",
        "error" => "What was raised: caught by pcall in Lua, by catch in Rhai.",
        "type" => "A class of errors: called, it makes one; e:is(class) asks for it.",
        "constant" => {
            "A constant of another platform: it prints, and raises when used or compared with a number. Only Lua's `==` cannot \
             raise: between it and a number that is false."
        }
        _ => "",
    }
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

fn overview(dress: Dress) -> Sheet {
    let mut sheet = Sheet::new("wirescript", format!("the network for {} scripts", dress.name()));
    sheet.text("Calls block the script as in Python, and never the program. Parameters have Python's names and order.");
    sheet.rows("Modules", modules());
    sheet.names(
        "Every script has",
        members(Owner::Module("")).map(|op| op.name.to_owned()).collect(),
    );
    sheet.names("Objects", kinds().map(|kind| kind.name().to_owned()).collect());
    let (module, named) = match dress {
        Dress::Rhai => ("help(socket)", "help(socket::getaddrinfo)"),
        Dress::Lua | Dress::Python => ("help(socket)", "help(socket.getaddrinfo)"),
    };
    sheet.rows(
        "More",
        vec![
            (module.to_owned(), "what a module has".to_owned()),
            (
                named.to_owned(),
                "how a function is called, with an example".to_owned(),
            ),
            (
                "help(\"socket.recv\")".to_owned(),
                "the same by name: methods, constants, errors too".to_owned(),
            ),
            (
                "help(s)".to_owned(),
                "what an object, as a socket, can do".to_owned(),
            ),
        ],
    );
    sheet
}

/// Everything there is.
#[cfg(feature = "cli")]
pub(super) fn contents() -> Sheet {
    let mut sheet = Sheet::new("wirescript", "what scripts can call");
    for module in MODULES {
        let mut names: Vec<_> = module.ops().map(|op| op.name.to_owned()).collect();
        match module.name {
            "socket" => names.push(format!("and {} constants", constants::all().count())),
            _ => names.extend(module.value_names().into_iter().map(str::to_owned)),
        }
        sheet.names(format!("{}: {}", module.name, module.doc), names);
    }
    for written in WRITTEN {
        let classes = written.classes.iter().map(|class| class.name.to_owned());
        sheet.names(format!("{}: {}", written.name, written.doc), classes.collect());
    }
    sheet.names(
        "Every script has",
        members(Owner::Module("")).map(|op| op.name.to_owned()).collect(),
    );
    for kind in kinds() {
        sheet.names(
            format!("{} objects", kind.name()),
            members(Owner::Type(kind)).map(|op| op.name.to_owned()).collect(),
        );
    }
    sheet.text(
        "wirescript doc NAME tells of one of them: wirescript doc socket.recv, recv, AF_INET, ConnectionResetError.",
    );
    sheet
}

/// Every module and what it is for.
fn modules() -> Vec<(String, String)> {
    MODULES
        .iter()
        .map(|module| (module.name, module.doc))
        .chain(WRITTEN.iter().map(|written| (written.name, written.doc)))
        .map(|(name, doc)| (name.to_owned(), doc.to_owned()))
        .collect()
}

/// The types that have members.
pub(super) fn kinds() -> impl Iterator<Item = Type> {
    Type::ALL
        .into_iter()
        .filter(|kind| members(Owner::Type(*kind)).next().is_some())
}

/// Each operation's signature and what it does.
fn operations(ops: impl Iterator<Item = &'static Op>, dress: Dress) -> Vec<(String, String)> {
    ops.map(|op| {
        let text = entry::Text::of(op).does;
        (signature::call(op, dress), first_sentence(&text).to_owned())
    })
    .collect()
}

fn of_module(module: &'static Module, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(module.name, "module");
    sheet.text(module.doc);
    let is = |form: Form| move |op: &&Op| (op.form == Form::Property) == (form == Form::Property);
    sheet.rows(
        "Functions",
        operations(module.ops().filter(is(Form::Function)), dress),
    );
    sheet.rows(
        "Values",
        operations(module.ops().filter(is(Form::Property)), dress),
    );
    if module.name == "socket" {
        let methods = members(Owner::Type(Type::Socket)).map(|op| op.name.to_owned());
        sheet.names("Methods and attributes of sockets", methods.collect());
        sheet.rows("Constants", note::groups());
        let classes = module
            .value_names()
            .into_iter()
            .filter(|name| matches!(module.value(name), Some(Value::Class(_))));
        sheet.names("Errors", classes.map(str::to_owned).collect());
    } else {
        sheet.names(
            "Names",
            module.value_names().into_iter().map(str::to_owned).collect(),
        );
    }
    sheet
}

fn globals(dress: Dress) -> Sheet {
    let mut sheet = Sheet::new("globals", "what every script has at hand");
    sheet.rows("Functions", operations(members(Owner::Module("")), dress));
    sheet.rows("Modules", modules());
    sheet
}

fn of_type(kind: Type, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(kind.name(), "type of objects");
    sheet.text(meaning(kind));
    let of =
        |property: bool| members(Owner::Type(kind)).filter(move |op| (op.form == Form::Property) == property);
    sheet.rows("Methods", operations(of(false), dress));
    sheet.rows("Attributes", operations(of(true), dress));
    sheet
}

fn of_constant(constant: &'static Constant, dress: Dress) -> Sheet {
    let separator = if dress == Dress::Rhai { "::" } else { "." };
    let (group, _) = note::group(constant.group);
    let mut sheet = Sheet::new(format!("socket{separator}{}", constant.name), group);
    sheet.text(note::of(constant));
    let mut rows = vec![("Value".to_owned(), value(constant))];
    rows.push(("Platforms".to_owned(), constant.platform.to_string()));
    let used = note::group(constant.group).1;
    if !used.is_empty() {
        rows.push(("Used in".to_owned(), used.to_owned()));
    }
    sheet.rows("", rows);
    let near: Vec<_> = constants::all()
        .filter(|other| other.group == constant.group)
        .collect();
    let here = near
        .iter()
        .position(|other| std::ptr::eq(*other, constant))
        .unwrap_or(0);
    let others = near
        .iter()
        .skip(here.saturating_sub(3))
        .take(7)
        .filter(|other| !std::ptr::eq(**other, constant));
    sheet.names("See also", others.map(|other| other.name.to_owned()).collect());
    sheet
}

/// A constant's value, as a script and as a header writes it.
pub(super) fn value(constant: &Constant) -> String {
    match constant.value {
        constants::Value::Int(number) => format!("{number} ({number:#x})"),
        constants::Value::Bool(flag) => flag.to_string(),
        constants::Value::Str(text) => format!("'{text}'"),
        constants::Value::Absent => {
            "not available on this platform: it prints, and raises when used".to_owned()
        }
    }
}

fn of_class(class: Class, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(class.name(), "class of errors");
    let module = if dress == Dress::Rhai {
        "errors::"
    } else {
        "errors."
    };
    sheet.text(class.meaning());
    let mut lines = Vec::new();
    let mut above = Vec::new();
    let mut parent = class.parent();
    while let Some(class) = parent {
        above.push(class);
        parent = class.parent();
    }
    for ancestor in above.iter().rev() {
        lines.push(ancestor.name().to_owned());
    }
    let own = lines.len();
    lines.push(format!("{}  ←", class.name()));
    let mut text: String = lines
        .iter()
        .enumerate()
        .map(|(depth, line)| format!("{:1$}{line}\n", "", depth * 2))
        .collect();
    below(&mut text, class, own + 1);
    sheet.0.push(Block::Code {
        heading: "Tree",
        language: "text",
        text,
    });
    let caught = match dress {
        Dress::Rhai => format!(
            "try {{ … }} catch (e) {{ if e.is({module}{}) {{ … }} }}",
            class.name()
        ),
        Dress::Lua | Dress::Python => format!(
            "local ok, e = pcall(f)\nif not ok and e:is({module}{}) then … end",
            class.name()
        ),
    };
    sheet.0.push(Block::Code {
        heading: "Caught so",
        language: if dress == Dress::Rhai { "rhai" } else { "lua" },
        text: caught,
    });
    let raising = crate::api::ops().filter(|op| raises(op, class));
    sheet.names("Raised by", raising.map(Op::full_name).collect());
    sheet
}

/// The classes below one, as a tree.
fn below(text: &mut String, class: Class, depth: usize) {
    for child in Class::ALL.iter().filter(|child| child.parent() == Some(class)) {
        text.push_str(&format!("{:1$}{2}\n", "", depth * 2, child.name()));
        below(text, *child, depth + 1);
    }
}

/// Whether a row says that it raises this very class.
fn raises(op: &Op, class: Class) -> bool {
    entry::Text::of(op).raises.is_some_and(|raises| {
        raises
            .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '.')
            .filter_map(|word| Class::by_name(word.trim_matches('.')))
            .any(|raised| raised == class)
    })
}

fn of_value(module: &'static Module, name: &'static str, dress: Dress) -> Sheet {
    let separator = if dress == Dress::Rhai { "::" } else { "." };
    let mut sheet = Sheet::new(
        format!("{}{separator}{name}", module.name),
        format!("value of module {}", module.name),
    );
    let value = module.value(name);
    let mut rows = Vec::new();
    if let Some(Value::Int(number)) = value {
        rows.push(("Value".to_owned(), format!("{number} ({number:#x})")));
        if module.name == "errno" {
            let error = crate::error::Error::os(i32::try_from(number).unwrap_or(0));
            if let Some(text) = error.strerror() {
                rows.push(("Means".to_owned(), text.into_owned()));
            }
            rows.push(("Raised as".to_owned(), error.class().name().to_owned()));
        }
    } else if let Some(value) = value {
        let text = repr(&value);
        if text.len() < 200 {
            rows.push(("Value".to_owned(), text));
        }
    }
    sheet.rows("", rows);
    sheet.text(note::of_value(module.name, name));
    sheet.rows("Fields", note::fields(module.name, name));
    sheet
}
