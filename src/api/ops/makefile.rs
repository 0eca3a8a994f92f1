//! Making files, sending them, and the program's own: `open`, `makefile`, `sendfile`, `sys.stdin` and its kin, `input`.

use std::rc::Rc;

use crate::api::argument::{Any, FromArg, Mismatch, Text, Truth, whole};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Form, METHOD, Op, Owner, Param, need, with};
use crate::api::{Cx, Value, repr};
use crate::error::{Error, Result};
use crate::file::{self, File, Manner, What};
use crate::net::Socket;
use crate::text::str_repr;

use super::file::text_value;

const GLOBAL: Owner = Owner::Module("");

/// One of the program's own streams.
const STREAM: Op = Op {
    on: Owner::Module("sys"),
    form: Form::Property,
    returns: "file",
    ..FUNCTION
};

const ENCODING: Param = with(
    "encoding",
    Default::None,
    "of text: Python's names of encodings; UTF-8",
);
const ERRORS: Param = with(
    "errors",
    Default::None,
    "of text: what becomes of what cannot be converted, by Python's name of the handler; 'strict'",
);
const NEWLINE: Param = with(
    "newline",
    Default::None,
    "of text: None reads every line end as \\n, the empty text leaves all as they are; '\\n', '\\r' or '\\r\\n' is the \
     only one",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "makefile",
        params: &[
            with(
                "mode",
                Default::Text("r"),
                "'r', 'w' or both, and 'b' for bytes instead of text",
            ),
            with(
                "buffering",
                Default::None,
                "bytes to hold; 0 holds none (bytes only), None as many as is best; text is held until there are 8 KiB of it",
            ),
            ENCODING,
            ERRORS,
            NEWLINE,
        ],
        by_place: 2,
        returns: "file",
        doc: "A file object that reads from and writes to the socket, as Python's io has it. The socket stays open until it \
              and all its files are closed. After a timeout the file stays usable and what was read is not lost (in \
              Python it refuses from then on). A line must come within the socket's timeout; other calls wait that long \
              for each receive. What a text file has read ahead stays when it is written to (Python discards it). Raises \
              ValueError for a bad mode, LookupError for an encoding nobody knows.",
        run: &typed(makefile),
        ..METHOD
    },
    Op {
        name: "sendfile",
        params: &[
            need("file", "a file opened for reading bytes (open, or Lua's io.open)"),
            with(
                "offset",
                Default::Int(0),
                "bytes from the file's beginning to start at",
            ),
            with("count", Default::None, "most bytes to send; None is all"),
        ],
        returns: "int",
        doc: "Send a file and return how many bytes left. A regular file goes by sendfile(2) where the system has it as \
              Linux does, anything else is read and sent. Afterwards the file's place is behind what was sent, also when \
              it fails; then the error's `sent` says how much that was. Raises ValueError for a text file, a non-blocking \
              socket and one that is no stream; else as sendall.",
        event: Some("socket.sendfile"),
        run: &typed(sendfile),
        ..METHOD
    },
    Op {
        name: "open",
        on: GLOBAL,
        params: &[
            need("file", "a path, or the number of an open descriptor"),
            with(
                "mode",
                Default::Text("r"),
                "'r', 'w' (emptied), 'a' (at its end) or 'x' (must not exist); '+' for both directions; 'b' for bytes",
            ),
            with(
                "buffering",
                Default::Int(-1),
                "bytes to hold; 0 holds none (bytes only), 1 is a line (text only), -1 as many as is best",
            ),
            ENCODING,
            ERRORS,
            NEWLINE,
            with(
                "closefd",
                Default::Bool(true),
                "whether closing the file closes a descriptor given by number",
            ),
        ],
        returns: "file",
        doc: "Open a file, as Python's open. Raises FileNotFoundError and the like with the name in their text, ValueError \
              for a bad mode, PermissionError where the policy allows no files. Opening a pipe waits for its other end. \
              Files on disk are read and written where the call is made: the other tasks do not run meanwhile.",
        event: Some("open"),
        run: &typed(open),
        ..FUNCTION
    },
    Op {
        name: "stdin",
        doc: "Standard input as text; `sys.stdin.buffer` reads bytes. Reading shows first what was printed. Raises \
              PermissionError where the policy does not allow it.",
        run: &typed(stdin),
        ..STREAM
    },
    Op {
        name: "stdout",
        doc: "Standard output as text, with the same buffer as print; `sys.stdout.buffer` writes bytes.",
        run: &typed(stdout),
        ..STREAM
    },
    Op {
        name: "stderr",
        doc: "Standard error as text, without a buffer.",
        run: &typed(stderr),
        ..STREAM
    },
    Op {
        name: "input",
        on: GLOBAL,
        params: &[with("prompt", Default::Text(""), "text to show before")],
        returns: "str",
        doc: "Show the prompt and read a line of standard input, without its end. Other tasks run meanwhile. Raises \
              EOFError at the end of the input.",
        event: Some("builtins.input"),
        run: &typed(input),
        ..FUNCTION
    },
];

/// The parameters that both kinds of file have.
fn manner(
    mode: Text,
    buffering: Option<i64>,
    encoding: Option<Text>,
    errors: Option<Text>,
    newline: Option<Text>,
) -> Result<Manner> {
    let text = |given: Option<Text>, what| given.map(|text| text.utf8(what)).transpose();
    Ok(Manner {
        mode: mode.utf8("mode")?,
        buffering: buffering.unwrap_or(-1),
        encoding: text(encoding, "encoding")?,
        errors: text(errors, "errors")?,
        newline: text(newline, "newline")?,
    })
}

fn makefile(
    _: &Cx<'_>,
    socket: Rc<Socket>,
    mode: Text,
    buffering: Option<i64>,
    encoding: Option<Text>,
    errors: Option<Text>,
    newline: Option<Text>,
) -> Result<Rc<File>> {
    file::make_file(&socket, &manner(mode, buffering, encoding, errors, newline)?)
}

#[allow(clippy::too_many_arguments, reason = "open has seven parameters")]
fn open(
    cx: &Cx<'_>,
    file: Any,
    mode: Text,
    buffering: i64,
    encoding: Option<Text>,
    errors: Option<Text>,
    newline: Option<Text>,
    closefd: Truth,
) -> Result<Rc<File>> {
    let what = match file.0 {
        Value::Text(path) => What::Path(path.into_owned().into_bytes()),
        Value::String(path) | Value::Bytes(path) => What::Path(path.into_vec()),
        value => match whole(&value).map(i32::try_from) {
            Some(Ok(fd)) => What::Descriptor(fd),
            Some(Err(_)) => return Err(Error::overflow("a descriptor's number does not fit in 32 bits")),
            None => {
                return Err(Error::type_error(format!(
                    "expected str, bytes or os.PathLike object, not {}",
                    value.kind()
                )));
            }
        },
    };
    let manner = manner(mode, Some(buffering), encoding, errors, newline)?;
    file::open(cx.net, what, &manner, closefd.0)
}

/// How many bytes to send; none is all.
struct Count(Option<i64>);

impl FromArg for Count {
    const KIND: &'static str = "int";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        if matches!(value, Value::None) {
            return Ok(Self(None));
        }
        whole(&value).map(|count| Self(Some(count))).ok_or_else(|| {
            let given = match value {
                Value::String(text) => text.with(|text| str_repr(&String::from_utf8_lossy(text))),
                other => repr(&other),
            };
            Mismatch::Error(Error::type_error(format!(
                "count must be a positive integer (got {given})"
            )))
        })
    }
}

fn sendfile(_: &Cx<'_>, socket: Rc<Socket>, file: Any, offset: i64, Count(count): Count) -> Result<i64> {
    let sent = match file.0 {
        Value::File(file) => file::send_file(&socket, &*file, offset, count),
        Value::Foreign(file) => file::send_file(&socket, &*file, offset, count),
        other => Err(Error::type_error(format!(
            "socket.sendfile() argument 'file' must be a file opened for reading bytes, not {}",
            other.kind()
        ))),
    };
    Ok(i64::try_from(sent?).unwrap_or(i64::MAX))
}

fn stdin(cx: &Cx<'_>) -> Result<Rc<File>> {
    cx.environment.streams.input(cx.net)
}

fn stdout(cx: &Cx<'_>) -> Result<Rc<File>> {
    cx.environment.streams.output(cx.net)
}

fn stderr(cx: &Cx<'_>) -> Result<Rc<File>> {
    cx.environment.streams.complaints(cx.net)
}

fn input(cx: &Cx<'_>, prompt: Any) -> Result<Value> {
    let prompt = match prompt.0 {
        Value::Text(text) => text.into_owned().into_bytes(),
        Value::String(bytes) => bytes.into_vec(),
        other => repr(&other).into_bytes(),
    };
    file::input(&cx.environment.streams, cx.net, &prompt).map(text_value)
}
