//! What is known of the modules that are written in the scripts' own languages (the folder `stdlib`): their classes, hooks and
//! attributes, as no row of the table has them. `socketserver` is the one there is; a test holds its entries to both sources.

use super::kind;
use super::sheet::{Block, Sheet};
use super::signature::Dress;
use super::socketserver::SOCKETSERVER;

/// Every such module.
pub(super) const WRITTEN: &[&Written] = &[&SOCKETSERVER];

/// A module.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    /// How it is used, in Lua and in Rhai.
    pub(super) examples: [&'static str; 2],
    pub(super) functions: &'static [Member],
    /// Bases before what derives from them.
    pub(super) classes: &'static [Class],
}

/// A class.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) bases: &'static [&'static str],
    pub(super) doc: &'static str,
    /// What its constructor takes; none where the base's serves.
    pub(super) params: &'static [Param],
    /// What it has that its bases have not.
    pub(super) members: &'static [Member],
}

/// A hook, method or function; an attribute where it takes no arguments at all.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) is_attribute: bool,
    pub(super) params: &'static [Param],
    /// Python's word for the type: of an attribute, of a result.
    pub(super) kind: &'static str,
    /// What an attribute is in the class, in Python's words; nothing where only an object has it.
    pub(super) value: &'static str,
    pub(super) doc: &'static str,
}

/// A parameter.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: &'static str,
    /// In Python's words; nothing where it must be given.
    pub(super) default: &'static str,
    pub(super) doc: &'static str,
}

/// One of them, or a part of one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Whole(&'static Written),
    Class(&'static Written, &'static Class),
    Function(&'static Written, &'static Member),
    Member(&'static Written, &'static Class, &'static Member),
}

impl Written {
    pub(super) fn class(&self, name: &str) -> Option<&'static Class> {
        self.classes.iter().find(|class| class.name == name)
    }

    /// A class and those it derives from, in the order they are asked.
    pub(super) fn line(&self, class: &'static Class) -> Vec<&'static Class> {
        let mut line = vec![class];
        for base in class.bases.iter().filter_map(|base| self.class(base)) {
            line.extend(self.line(base));
        }
        // A base comes after all that derive from it.
        let mut kept: Vec<&'static Class> = Vec::new();
        for class in line.into_iter().rev() {
            if !kept.iter().any(|known| known.name == class.name) {
                kept.insert(0, class);
            }
        }
        kept
    }

    /// The member of this name that objects of a class have, and the class that has it.
    pub(super) fn member(
        &self,
        class: &'static Class,
        name: &str,
    ) -> Option<(&'static Class, &'static Member)> {
        self.line(class).into_iter().find_map(|class| {
            let member = class.members.iter().find(|member| member.name == name)?;
            Some((class, member))
        })
    }
}

/// What a name stands for: `socketserver`, `socketserver.TCPServer`, `TCPServer.get_request`, `serve_forever`.
pub(super) fn parts(name: &str) -> Vec<Part> {
    let mut found = Vec::new();
    for written in WRITTEN {
        let inner = match name.strip_prefix(written.name) {
            Some("") => {
                found.push(Part::Whole(written));
                continue;
            }
            Some(inner) => inner.strip_prefix('.').unwrap_or(name),
            None => name,
        };
        let is_qualified = inner != name;
        let (first, last) = inner.split_once('.').unwrap_or((inner, ""));
        match written.class(first) {
            Some(class) if last.is_empty() => found.push(Part::Class(written, class)),
            Some(class) => {
                let member = written.member(class, last);
                found.extend(member.map(|(class, member)| Part::Member(written, class, member)));
            }
            None if is_qualified => {
                let function = written.functions.iter().find(|function| function.name == inner);
                found.extend(function.map(|function| Part::Function(written, function)));
            }
            None => {}
        }
    }
    found
}

/// The members that have a name, whatever their class.
pub(super) fn members_called(name: &str) -> Vec<Part> {
    let mut found = Vec::new();
    for written in WRITTEN {
        for class in written.classes {
            let members = class.members.iter().filter(|member| member.name == name);
            found.extend(members.map(|member| Part::Member(written, class, member)));
        }
    }
    found
}

/// The path of everything there is an entry of.
pub(super) fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for written in WRITTEN {
        paths.push(written.name.to_owned());
        let functions = written.functions.iter();
        paths.extend(functions.map(|function| format!("{}.{}", written.name, function.name)));
        for class in written.classes {
            let path = format!("{}.{}", written.name, class.name);
            let members = class
                .members
                .iter()
                .map(|member| format!("{path}.{}", member.name));
            paths.extend(std::iter::once(path.clone()).chain(members));
        }
    }
    paths
}

/// What is known of it.
pub(super) fn sheet(part: Part, dress: Dress) -> Sheet {
    match part {
        Part::Whole(written) => of_module(written, dress),
        Part::Class(written, class) => of_class(written, class, dress),
        Part::Function(written, function) => {
            let path = format!("{}{}{}", written.name, separator(dress), function.name);
            of_member(
                function,
                &path,
                format!("function of module {}", written.name),
                dress,
            )
        }
        Part::Member(written, class, member) => {
            let what = if member.is_attribute {
                "attribute"
            } else {
                "method"
            };
            let mut sheet = of_member(
                member,
                &member_path(class, member, dress),
                format!("{what} of {}.{}", written.name, class.name),
                dress,
            );
            let others = class.members.iter().filter(|other| other.name != member.name);
            sheet.names(
                "See also",
                others
                    .map(|other| format!("{}.{}", class.name, other.name))
                    .collect(),
            );
            sheet
        }
    }
}

const fn separator(dress: Dress) -> &'static str {
    match dress {
        Dress::Rhai => "::",
        Dress::Lua | Dress::Python => ".",
    }
}

fn member_path(class: &Class, member: &Member, dress: Dress) -> String {
    let between = if dress == Dress::Lua && !member.is_attribute {
        ":"
    } else {
        "."
    };
    format!("{}{between}{}", class.name, member.name)
}

fn of_module(written: &'static Written, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(written.name, "module");
    sheet.text(written.doc);
    sheet.rows(
        "Functions",
        written
            .functions
            .iter()
            .map(|function| {
                let call = format!("{}{}{}", written.name, separator(dress), function.name);
                (
                    called(&call, function.params, dress),
                    first_sentence(function.doc),
                )
            })
            .collect(),
    );
    sheet.rows(
        "Classes",
        written
            .classes
            .iter()
            .map(|class| (class.name.to_owned(), first_sentence(class.doc)))
            .collect(),
    );
    let [lua, rhai] = written.examples;
    let (language, text) = if dress == Dress::Rhai {
        ("rhai", rhai)
    } else {
        ("lua", lua)
    };
    sheet.0.push(Block::Code {
        heading: "Example",
        language,
        text: text.to_owned(),
    });
    sheet
}

fn of_class(written: &'static Written, class: &'static Class, dress: Dress) -> Sheet {
    let line = written.line(class);
    let path = format!("{}{}{}", written.name, separator(dress), class.name);
    let mut sheet = Sheet::new(path, "class");
    let params = params(written, class);
    if !params.is_empty() {
        let call = |dress| {
            let path = format!("{}{}{}", written.name, separator(dress), class.name);
            (dress.name(), called(&path, params, dress))
        };
        sheet.0.push(Block::Calls(
            [Dress::Lua, Dress::Rhai, Dress::Python].map(call).into(),
        ));
    }
    sheet.text(class.doc);
    sheet.rows("Parameters", parameters(params, dress));
    let own = |attribute: bool| {
        let members = class
            .members
            .iter()
            .filter(move |member| member.is_attribute == attribute);
        members
            .map(|member| {
                let shown = if attribute {
                    match member.value {
                        "" => member.name.to_owned(),
                        value => format!("{} = {}", member.name, worded(value, dress)),
                    }
                } else {
                    called(member.name, member.params, dress)
                };
                (shown, first_sentence(member.doc))
            })
            .collect()
    };
    sheet.rows("Methods", own(false));
    sheet.rows("Attributes", own(true));
    for base in &line[1..] {
        if !base.members.is_empty() {
            sheet.names(
                format!("Of {}", base.name),
                base.members.iter().map(|member| member.name.to_owned()).collect(),
            );
        }
    }
    sheet
}

/// What a class's constructor takes: its own, or the next base's that takes something.
pub(super) fn params(written: &Written, class: &'static Class) -> &'static [Param] {
    let line = written.line(class);
    line.iter()
        .map(|class| class.params)
        .find(|params| !params.is_empty())
        .unwrap_or_default()
}

fn of_member(member: &Member, path: &str, what: String, dress: Dress) -> Sheet {
    let mut sheet = Sheet::new(path, what);
    let kind = kind::kind(member.kind, dress);
    if member.is_attribute {
        sheet.text(member.doc);
        let mut rows = vec![("Type".to_owned(), kind)];
        if !member.value.is_empty() {
            rows.push(("Default".to_owned(), worded(member.value, dress)));
        }
        sheet.rows("", rows);
        return sheet;
    }
    let result = if member.kind == "None" {
        String::new()
    } else {
        format!(" -> {kind}")
    };
    let call = format!("{}{result}", called(path, member.params, dress));
    sheet.0.push(Block::Calls(vec![(dress.name(), call)]));
    sheet.text(member.doc);
    sheet.rows("Parameters", parameters(member.params, dress));
    sheet
}

fn parameters(params: &[Param], dress: Dress) -> Vec<(String, String)> {
    let told = |param: &Param| match param.default {
        "" => param.doc.to_owned(),
        default => format!("default {}: {}", worded(default, dress), param.doc),
    };
    params
        .iter()
        .map(|param| (param.name.to_owned(), told(param)))
        .collect()
}

/// `path(a, b=5)`.
fn called(path: &str, params: &[Param], dress: Dress) -> String {
    let each = |param: &Param| match param.default {
        "" => param.name.to_owned(),
        default => format!("{}={}", param.name, worded(default, dress)),
    };
    let listed: Vec<_> = params.iter().map(each).collect();
    format!("{path}({})", listed.join(", "))
}

/// A value as the language writes it.
pub(super) fn worded(value: &str, dress: Dress) -> String {
    match (value, dress) {
        (_, Dress::Python) => value.to_owned(),
        ("None", _) => kind::nothing(dress).to_owned(),
        ("True", _) => "true".to_owned(),
        ("False", _) => "false".to_owned(),
        (_, Dress::Rhai) => value.replace('.', "::"),
        (_, Dress::Lua) => value.to_owned(),
    }
}

fn first_sentence(text: &str) -> String {
    super::known::first_sentence(text).to_owned()
}
