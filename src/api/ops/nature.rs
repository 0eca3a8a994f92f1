//! What a file says of itself: its name and mode, what it can do, what it stands on.

use std::rc::Rc;

use crate::api::IntoValue;
use crate::api::handler::typed;
use crate::api::op::{Op, PROPERTY};
use crate::api::{Cx, Record, Value, record};
use crate::error::Result;
use crate::file::{File, Name};

use super::file::{CALL, FILE, text_value};

/// A file's attribute.
const FIELD: Op = Op { on: FILE, ..PROPERTY };

pub(super) const OPS: &[Op] = &[
    Op {
        name: "fileno",
        returns: "int",
        doc: "The descriptor's number. Raises UnsupportedOperation where there are two, ValueError on a closed file.",
        run: &typed(fileno),
        ..CALL
    },
    Op {
        name: "isatty",
        returns: "bool",
        doc: "Whether it is a terminal. Raises ValueError on a closed file.",
        run: &typed(isatty),
        ..CALL
    },
    Op {
        name: "readable",
        returns: "bool",
        doc: "Whether it can be read. Raises ValueError on a closed file.",
        run: &typed(readable),
        ..CALL
    },
    Op {
        name: "writable",
        returns: "bool",
        doc: "Whether it can be written. Raises ValueError on a closed file.",
        run: &typed(writable),
        ..CALL
    },
    Op {
        name: "seekable",
        returns: "bool",
        doc: "Whether its place can be moved. Raises ValueError on a closed file.",
        run: &typed(seekable),
        ..CALL
    },
    Op {
        name: "closed",
        returns: "bool",
        doc: "Whether it is closed.",
        run: &typed(closed),
        ..FIELD
    },
    Op {
        name: "name",
        returns: "str or int",
        doc: "The path it was opened by, or the descriptor's number; -1 for the file of a socket once it is closed.",
        run: &typed(name),
        ..FIELD
    },
    Op {
        name: "mode",
        returns: "str",
        doc: "The mode it was opened in.",
        run: &typed(mode),
        ..FIELD
    },
    Op {
        name: "encoding",
        returns: "str",
        doc: "The encoding of a text file, as it was named.",
        run: &typed(encoding),
        ..FIELD
    },
    Op {
        name: "errors",
        returns: "str",
        doc: "The name of a text file's error handler.",
        run: &typed(errors),
        ..FIELD
    },
    Op {
        name: "newlines",
        returns: "None, str or tuple",
        doc: "The line ends a text file has met so far.",
        run: &typed(newlines),
        ..FIELD
    },
    Op {
        name: "line_buffering",
        returns: "bool",
        doc: "Whether each line written to a text file leaves at once.",
        run: &typed(line_buffering),
        ..FIELD
    },
    Op {
        name: "buffer",
        returns: "file",
        doc: "The file of bytes under a text file.",
        run: &typed(buffer),
        ..FIELD
    },
    Op {
        name: "raw",
        returns: "file",
        doc: "The unbuffered file under a buffered one.",
        run: &typed(raw),
        ..FIELD
    },
];

fn fileno(_: &Cx<'_>, file: Rc<File>) -> Result<i32> {
    file.fileno()
}

fn isatty(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_terminal()
}

fn readable(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_readable()
}

fn writable(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_writable()
}

fn seekable(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_seekable()
}

fn closed(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_closed()
}

fn name(_: &Cx<'_>, file: Rc<File>) -> Result<Value> {
    Ok(match file.name()? {
        Name::Number(number) => Value::Int(number.into()),
        Name::Path(path) => text_value(path),
    })
}

fn mode(_: &Cx<'_>, file: Rc<File>) -> Result<String> {
    file.mode()
}

fn encoding(_: &Cx<'_>, file: Rc<File>) -> Result<String> {
    file.encoding()
}

fn errors(_: &Cx<'_>, file: Rc<File>) -> Result<String> {
    file.errors()
}

fn newlines(_: &Cx<'_>, file: Rc<File>) -> Result<Value> {
    let mut ends: Vec<Value> = file.newlines()?.into_iter().map(Value::text).collect();
    Ok(match ends.len() {
        0 => Value::None,
        1 => ends.remove(0),
        _ => Record {
            kind: &record::NEWLINES,
            items: ends,
        }
        .into_value(),
    })
}

fn line_buffering(_: &Cx<'_>, file: Rc<File>) -> Result<bool> {
    file.is_line_buffered()
}

fn buffer(_: &Cx<'_>, file: Rc<File>) -> Result<Option<Rc<File>>> {
    file.buffer()
}

fn raw(_: &Cx<'_>, file: Rc<File>) -> Result<Option<Rc<File>>> {
    file.raw()
}
