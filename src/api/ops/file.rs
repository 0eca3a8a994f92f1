//! Reading, writing and placing files.

use std::rc::Rc;

use crate::api::IntoValue;
use crate::api::argument::{Any, FromArg as _};
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, Owner, Param, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Value};
use crate::bytes::{Bytes, Pinned};
use crate::error::{Error, Result};
use crate::file::{Data, File};

pub(super) const FILE: Owner = Owner::Type(Type::File);

/// A file's method.
pub(super) const CALL: Op = Op { on: FILE, ..METHOD };

const SIZE: Param = with(
    "size",
    Default::Int(-1),
    "most bytes, or characters of text; None or negative is all",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "read",
        params: &[SIZE],
        returns: "bytes or str",
        doc: "Read so many bytes or characters, or all to the end; fewer only at the end. An unbuffered file returns what \
              one read brings, and None where it must not wait and nothing is there. Raises timeout, after which \
              nothing is lost, ConnectionResetError, UnicodeDecodeError, UnsupportedOperation, ValueError on a closed \
              file.",
        run: &typed(read),
        ..CALL
    },
    Op {
        name: "readline",
        params: &[SIZE],
        returns: "bytes or str",
        doc: "Read a line with its end, or `size` of it; what is left at the end of the stream, and empty after that. The \
              whole line must come within the timeout. Raises as read; the error's `partial` is what has come.",
        run: &typed(readline),
        ..CALL
    },
    Op {
        name: "readlines",
        params: &[with(
            "hint",
            Default::Int(-1),
            "stop after the line with which more bytes or characters than this have come",
        )],
        returns: "list",
        doc: "Read all lines to the end, ends included. Raises as read.",
        run: &typed(readlines),
        ..CALL
    },
    Op {
        name: "lines",
        returns: "iterator",
        doc: "Iterate over the lines, ends included: `for line in f:lines() do` in Lua, `for line in f.lines()` in Rhai, \
              `for line in f` in Python. Raises as readline.",
        run: &typed(lines),
        ..CALL
    },
    Op {
        name: "readinto",
        params: &[need("buffer", "bytearray or view to fill")],
        returns: "int",
        doc: "Fill a buffer and return how many bytes came: fewer than it holds only at the end. Raises as read.",
        run: &typed(readinto),
        ..CALL
    },
    Op {
        name: "readinto1",
        params: &[need("buffer", "bytearray or view to fill")],
        returns: "int",
        doc: "Fill a buffer with what one read brings at most. Raises as read.",
        run: &typed(readinto1),
        ..CALL
    },
    Op {
        name: "read1",
        params: &[with(
            "size",
            Default::Int(-1),
            "most bytes; negative is a buffer's size",
        )],
        returns: "bytes",
        doc: "What is read ahead, or what one read brings. Raises as read.",
        run: &typed(read1),
        ..CALL
    },
    Op {
        name: "readall",
        returns: "bytes",
        doc: "Read an unbuffered file to its end. Raises as read.",
        run: &typed(readall),
        ..CALL
    },
    Op {
        name: "peek",
        params: &[with(
            "size",
            Default::Int(0),
            "bytes wanted, which is ignored, as in Python",
        )],
        returns: "bytes",
        doc: "What is read ahead, or what one read brings, without taking it. Raises as read.",
        run: &typed(peek),
        ..CALL
    },
    Op {
        name: "write",
        params: &[need("data", "bytes, or text for a text file")],
        returns: "int",
        doc: "Write all of it, to the buffer where there is room, and return its length in bytes or characters. An \
              unbuffered file returns what was taken at once, None where it must not wait. Raises timeout and \
              BlockingIOError, whose `sent` says how much was taken, BrokenPipeError, UnicodeEncodeError, \
              UnsupportedOperation, ValueError on a closed file.",
        run: &typed(write),
        ..CALL
    },
    Op {
        name: "writelines",
        params: &[need("lines", "a list of bytes or texts; no ends are added")],
        doc: "Write each of them. Raises as write.",
        run: &typed(writelines),
        ..CALL
    },
    Op {
        name: "flush",
        doc: "Send or store what the buffer holds. Raises as write.",
        run: &typed(flush),
        ..CALL
    },
    Op {
        name: "close",
        doc: "Flush and close; a closed file is left alone. The socket of a makefile stays open if it is. Raises as write; \
              closed it is all the same.",
        run: &typed(close),
        ..CALL
    },
    Op {
        name: "detach",
        returns: "file",
        doc: "Give away the file this one stands on; this one is of no use then. Raises UnsupportedOperation, ValueError.",
        run: &typed(detach),
        ..CALL
    },
    Op {
        name: "seek",
        params: &[
            need("offset", "bytes; for text 0, or what tell returned"),
            with(
                "whence",
                Default::Int(0),
                "0 from the beginning, 1 from the present place, 2 from the end",
            ),
        ],
        returns: "int",
        doc: "Move the place of the next read or write, and return it. Raises UnsupportedOperation on sockets and pipes, \
              OSError, ValueError. See lseek(2).",
        run: &typed(seek),
        ..CALL
    },
    Op {
        name: "tell",
        returns: "int",
        doc: "The place of the next read or write, in bytes. Raises UnsupportedOperation on sockets and pipes, OSError in \
              the middle of an iteration over text.",
        run: &typed(tell),
        ..CALL
    },
    Op {
        name: "truncate",
        params: &[with(
            "size",
            Default::None,
            "length in bytes; None is the present place",
        )],
        returns: "int",
        doc: "Cut the file, or fill it up with zeros, and return its length; its place stays. Raises UnsupportedOperation, \
              OSError.",
        run: &typed(truncate),
        ..CALL
    },
];

/// The value a script gets for text. What no text of the language can hold comes as bytes.
pub(super) fn text_value(text: Vec<u8>) -> Value {
    match String::from_utf8(text) {
        Ok(text) => Value::text(text),
        Err(error) => Value::String(Bytes::Owned(error.into_bytes())),
    }
}

impl IntoValue for Data {
    fn into_value(self) -> Value {
        match self {
            Self::Bytes(bytes) => Value::bytes(bytes),
            Self::Text(text) => text_value(text),
        }
    }
}

/// An iteration over a file's lines.
struct Lines(Rc<File>);

impl IntoValue for Lines {
    fn into_value(self) -> Value {
        Value::Lines(self.0)
    }
}

/// A size a script gave: `None` is without bound.
fn bound(size: Option<i64>) -> Option<usize> {
    usize::try_from(size?).ok()
}

fn read(_: &Cx<'_>, file: Rc<File>, size: Option<i64>) -> Result<Option<Data>> {
    if file.is_buffered() && size.is_some_and(|size| size < -1) {
        return Err(Error::value("read length must be non-negative or -1"));
    }
    file.read(bound(size))
}

fn readline(_: &Cx<'_>, file: Rc<File>, size: Option<i64>) -> Result<Data> {
    file.read_line(bound(size))
}

fn readlines(_: &Cx<'_>, file: Rc<File>, hint: Option<i64>) -> Result<Value> {
    file.check_open()?;
    let hint = bound(hint).filter(|hint| *hint > 0);
    let mut lines = Vec::new();
    let mut total = 0;
    while hint.is_none_or(|hint| total <= hint) {
        let Some(line) = file.next_line()? else { break };
        total += line.length();
        // A line costs its place in the list too.
        file.net()
            .afford(total + lines.len() * size_of::<Value>(), "the lines of a file")?;
        lines.push(line.into_value());
    }
    Ok(Value::List(lines))
}

fn lines(_: &Cx<'_>, file: Rc<File>) -> Result<Lines> {
    file.check_open()?;
    Ok(Lines(file))
}

fn readinto(_: &Cx<'_>, file: Rc<File>, buffer: Pinned) -> Result<Option<usize>> {
    file.read_into(&buffer, false)
}

fn readinto1(_: &Cx<'_>, file: Rc<File>, buffer: Pinned) -> Result<Option<usize>> {
    file.read_into(&buffer, true)
}

fn read1(_: &Cx<'_>, file: Rc<File>, size: i64) -> Result<Vec<u8>> {
    file.read_some(usize::try_from(size).ok())
}

fn readall(_: &Cx<'_>, file: Rc<File>) -> Result<Option<Data>> {
    file.read_all()
}

fn peek(_: &Cx<'_>, file: Rc<File>, _size: i64) -> Result<Vec<u8>> {
    file.peek()
}

fn write(_: &Cx<'_>, file: Rc<File>, data: Any) -> Result<Option<usize>> {
    put(&file, data.0)
}

/// Writes a value, if it is of the kind the file takes.
fn put(file: &File, value: Value) -> Result<Option<usize>> {
    let given = value.kind();
    let data = match value {
        Value::Text(text) => Bytes::Owned(text.into_owned().into_bytes()),
        Value::String(bytes) => bytes,
        Value::Bytes(bytes) if !file.is_text() => bytes,
        buffer @ (Value::Array(_) | Value::View(_) | Value::Numbers(_)) if !file.is_text() => {
            Bytes::Array(pinned(buffer)?)
        }
        _ if file.is_text() => {
            return Err(Error::type_error(format!(
                "write() argument must be str, not {given}"
            )));
        }
        // What cannot be written to at all says so first.
        _ if !file.is_writable().unwrap_or(true) => Bytes::Owned(Vec::new()),
        _ => {
            return Err(Error::type_error(format!(
                "a bytes-like object is required, not '{given}'"
            )));
        }
    };
    file.write(&data)
}

/// The bytes of a buffer.
fn pinned(buffer: Value) -> Result<Pinned> {
    let given = buffer.kind();
    Pinned::from_arg(buffer)
        .map_err(|_| Error::type_error(format!("a bytes-like object is required, not '{given}'")))
}

fn writelines(_: &Cx<'_>, file: Rc<File>, lines: Any) -> Result<()> {
    file.check_open()?;
    let lines = match lines.0 {
        Value::List(lines) | Value::Several(lines) => lines,
        Value::Record(record) => record.items,
        other => {
            return Err(Error::type_error(format!(
                "'{}' object is not iterable",
                other.kind()
            )));
        }
    };
    for line in lines {
        put(&file, line)?;
    }
    Ok(())
}

fn flush(_: &Cx<'_>, file: Rc<File>) -> Result<()> {
    file.flush()
}

fn close(_: &Cx<'_>, file: Rc<File>) -> Result<()> {
    file.close()
}

fn detach(_: &Cx<'_>, file: Rc<File>) -> Result<Rc<File>> {
    file.detach()
}

fn seek(_: &Cx<'_>, file: Rc<File>, offset: i64, whence: i32) -> Result<i64> {
    file.seek(offset, whence)
}

fn tell(_: &Cx<'_>, file: Rc<File>) -> Result<i64> {
    file.tell()
}

fn truncate(_: &Cx<'_>, file: Rc<File>, size: Option<i64>) -> Result<i64> {
    file.truncate(size)
}
