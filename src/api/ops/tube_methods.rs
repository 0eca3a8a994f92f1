//! What conversations can do: receiving by lengths, delimiters, lines and patterns, sending, expecting, ending.

use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use crate::api::argument::{Any, FromArg, Seconds, Text, Truth};
use crate::api::handler::typed;
use crate::api::op::{Default, METHOD, Op, Owner, Param, Python, need, with};
use crate::api::value::Type;
use crate::api::{Cx, Value};
use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::file::File;
use crate::sched::now;
use crate::sys::flag::SHUT_WR;
use crate::tools::{Expected, Groups, Pattern, Tube};

use super::tube::{CONVERSATION, MASKS};

/// What a conversation's method leaves unsaid.
const CALL: Op = Op {
    on: Owner::Type(Type::Tube),
    python: Python::Nothing,
    ..METHOD
};

const TIMEOUT: Param = with("timeout", Default::None, "seconds this may take; the tube's own");
const DATA: &str = "what to send";
const NOW: Param = with(
    "timeout",
    Default::None,
    "seconds, which are not needed: this does not wait",
);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "recv",
        params: &[
            with("size", Default::None, "most bytes to return; all that is there"),
            TIMEOUT,
        ],
        returns: "bytes",
        doc: "What comes next, at least one byte; over UDP a datagram. An empty result means that the peer has ended. Raises \
              timeout, OSError.",
        run: &typed(recv),
        ..CALL
    },
    Op {
        name: "recv_exactly",
        params: &[need("n", "bytes to return, no fewer and no more"), TIMEOUT],
        returns: "bytes",
        doc: "So many bytes. Raises timeout and EOFError, whose `partial` is what is there and stays readable; ValueError for \
              more than the tube's limit.",
        run: &typed(recv_exactly),
        ..CALL
    },
    Op {
        name: "recv_until",
        params: &[
            need("delim", "the bytes to wait for"),
            with(
                "drop",
                Default::Bool(false),
                "whether to leave the delimiter out of the result",
            ),
            TIMEOUT,
        ],
        returns: "bytes",
        doc: "Everything up to a delimiter, and the delimiter. Raises timeout and EOFError, whose `partial` is what is there \
              and stays readable; LimitError when as much lies unread as may.",
        run: &typed(recv_until),
        ..CALL
    },
    Op {
        name: "recv_line",
        params: &[
            with(
                "drop",
                Default::Bool(true),
                "whether to leave the line's end out of the result",
            ),
            TIMEOUT,
        ],
        returns: "bytes",
        doc: "A line, without its end. Raises as recv_until, EOFError also for a last line without an end.",
        run: &typed(recv_line),
        ..CALL
    },
    Op {
        name: "recv_lines",
        params: &[
            need("n", "how many"),
            with(
                "drop",
                Default::Bool(true),
                "whether to leave the lines' ends out",
            ),
            TIMEOUT,
        ],
        returns: "list of bytes",
        doc: "So many lines, or none when they do not all come. Raises as recv_line.",
        run: &typed(recv_lines),
        ..CALL
    },
    Op {
        name: "recv_regex",
        params: &[
            need(
                "pattern",
                "str or pattern: a regular expression over bytes, as tube.pattern takes it",
            ),
            with(
                "capture",
                Default::Bool(false),
                "whether to return the match and its groups instead",
            ),
            TIMEOUT,
        ],
        returns: "bytes or list of bytes",
        doc: "Everything up to the end of the first match; with `capture` the list of the match and its groups. It counts as soon \
              as it is there, so a pattern has to say what it ends with. Raises as recv_until, ValueError for what is no pattern.",
        run: &typed(recv_regex),
        ..CALL
    },
    Op {
        name: "recv_all",
        params: &[TIMEOUT],
        returns: "bytes",
        doc: "Everything until the peer ends. Raises timeout, whose `partial` is what is there and stays readable; LimitError.",
        run: &typed(recv_all),
        ..CALL
    },
    Op {
        name: "send",
        params: &[need("data", DATA), TIMEOUT],
        doc: "Send everything; over UDP a datagram. Raises timeout and OSError, whose `sent` says how much left.",
        run: &typed(send),
        ..CALL
    },
    Op {
        name: "send_line",
        params: &[need("data", "the line, without its end"), TIMEOUT],
        doc: "Send a line with an end: the tube's newline. Raises as send.",
        run: &typed(send_line),
        ..CALL
    },
    Op {
        name: "send_after",
        params: &[
            need("delim", "the bytes to wait for"),
            need("data", DATA),
            TIMEOUT,
        ],
        returns: "bytes",
        doc: "Receive up to a delimiter, then send. Returns what was received. Raises as recv_until and send.",
        run: &typed(send_after),
        ..CALL
    },
    Op {
        name: "expect",
        params: &[
            need("what", "bytes or pattern or list of these: what must come next"),
            TIMEOUT,
        ],
        returns: "bytes, int",
        doc: "Take what must come next, from the next byte on: these bytes, a match of tube.pattern(…), or of several the first in \
              the list that is there whole. Returns the bytes; of several, also its place in the list. Raises \
              AssertionError as soon as it cannot come any more, with what was expected and what came as one aligned dump; \
              timeout. `partial` is what is there and stays readable.",
        run: &typed(expect),
        ..CALL
    },
    Op {
        name: "unrecv",
        params: &[need("data", "bytes that are to be read next"), NOW],
        doc: "Put bytes back in front of what comes. Raises LimitError when more would lie unread than may.",
        run: &typed(unrecv),
        ..CALL
    },
    Op {
        name: "shutdown",
        params: &[
            with(
                "how",
                Default::Int(SHUT_WR as i64),
                "SHUT_WR: nothing more is sent; SHUT_RD or SHUT_RDWR",
            ),
            NOW,
        ],
        doc: "End one direction of the conversation: a peer that reads on reads the end. Raises OSError (ENOTCONN).",
        run: &typed(shutdown),
        ..CALL
    },
    Op {
        name: "close",
        params: &[with(
            "timeout",
            Default::None,
            "seconds a program may take to end when it is asked to, before it is killed; 2",
        )],
        doc: "End the conversation; one that has ended is left alone. A program is asked to end (SIGTERM), then killed, with \
              what it has started. Raises OSError.",
        run: &typed(close),
        ..CALL
    },
    Op {
        name: "wait",
        params: &[TIMEOUT],
        returns: "int",
        doc: "Wait until the program has ended: its exit status, or the signal that ended it as a negative number. What it \
              has started ends too. Raises timeout, ValueError where there is no program.",
        python: Python::Named("subprocess.Popen.wait"),
        run: &typed(wait),
        ..CALL
    },
    Op {
        name: "replay",
        params: &[
            need(
                "file",
                "path of a recording: what `wirescript record` wrote, or any trace",
            ),
            MASKS,
            CONVERSATION,
            TIMEOUT,
        ],
        doc: "Play the server of a recorded conversation to the peer, which has to say what the client said then, however it is \
              cut into pieces; then end what goes to it and wait for its end. Raises AssertionError where it says something else, \
              with both as one aligned dump; timeout, for each of its turns; as tube.replay.",
        event: Some("open"),
        run: &typed(replay),
        ..CALL
    },
    Op {
        name: "interact",
        params: &[with(
            "timeout",
            Default::None,
            "seconds this may take; without end",
        )],
        doc: "Let a person take over: standard input goes to the peer and what it says to standard output, until the peer ends. \
              Raises timeout, OSError, PermissionError where the policy does not allow reading standard input.",
        run: &typed(interact),
        ..CALL
    },
];

type Timeout = Option<Seconds>;

fn time(timeout: Timeout) -> Option<Duration> {
    timeout.map(|Seconds(duration)| duration)
}

/// A number of bytes or lines.
fn count(number: i64, name: &str) -> Result<usize> {
    usize::try_from(number).map_err(|_| Error::value(format!("{name} must be 0 or more, not {number}")))
}

fn recv(_: &Cx<'_>, tube: Rc<Tube>, size: Option<i64>, timeout: Timeout) -> Result<Vec<u8>> {
    let size = size.map(|size| count(size, "size")).transpose()?;
    tube.recv(size, time(timeout))
}

fn recv_exactly(_: &Cx<'_>, tube: Rc<Tube>, n: i64, timeout: Timeout) -> Result<Vec<u8>> {
    tube.recv_exactly(count(n, "n")?, time(timeout))
}

fn recv_until(_: &Cx<'_>, tube: Rc<Tube>, delim: Bytes, drop: Truth, timeout: Timeout) -> Result<Vec<u8>> {
    tube.recv_until("recv_until", &delim.into_vec(), drop.0, time(timeout))
}

fn recv_line(_: &Cx<'_>, tube: Rc<Tube>, drop: Truth, timeout: Timeout) -> Result<Vec<u8>> {
    tube.recv_line(drop.0, time(timeout))
}

fn recv_lines(_: &Cx<'_>, tube: Rc<Tube>, n: i64, drop: Truth, timeout: Timeout) -> Result<Vec<Vec<u8>>> {
    tube.recv_lines(count(n, "n")?, drop.0, time(timeout))
}

/// A pattern, or the text of one.
pub(super) fn pattern_of(cx: &Cx<'_>, value: Value, name: &str) -> Result<Rc<Pattern>> {
    match value {
        Value::Pattern(pattern) => Ok(pattern),
        value => {
            let kind = value.kind();
            let text = Text::from_arg(value).map_err(|_| {
                Error::type_error(format!("argument '{name}' must be str or pattern, not {kind}"))
            })?;
            Ok(Rc::new(Pattern::new(cx.net, &text.0)?))
        }
    }
}

fn recv_regex(cx: &Cx<'_>, tube: Rc<Tube>, pattern: Any, capture: Truth, timeout: Timeout) -> Result<Value> {
    let pattern = pattern_of(cx, pattern.0, "pattern")?;
    // One group may lie in another, and each is a copy.
    let afford = |groups: &Groups| {
        let sizes = groups.iter().flatten().map(ExactSizeIterator::len);
        cx.net.afford_together(sizes.sum(), "the groups of a match")
    };
    let (data, groups) = tube.recv_regex(&pattern, time(timeout), |groups| match capture.0 {
        true => afford(groups),
        false => Ok(()),
    })?;
    Ok(if capture.0 {
        let group = |group: Option<Range<usize>>| match group {
            Some(range) => Value::bytes(&data[range]),
            None => Value::Null,
        };
        Value::List(groups.into_iter().map(group).collect())
    } else {
        Value::bytes(data)
    })
}

fn recv_all(_: &Cx<'_>, tube: Rc<Tube>, timeout: Timeout) -> Result<Vec<u8>> {
    tube.recv_all(time(timeout))
}

fn send(_: &Cx<'_>, tube: Rc<Tube>, data: Bytes, timeout: Timeout) -> Result<()> {
    tube.send("send", &data, time(timeout))
}

fn send_line(_: &Cx<'_>, tube: Rc<Tube>, data: Bytes, timeout: Timeout) -> Result<()> {
    tube.send_line(&data, time(timeout))
}

fn send_after(_: &Cx<'_>, tube: Rc<Tube>, delim: Bytes, data: Bytes, timeout: Timeout) -> Result<Vec<u8>> {
    let begun = now();
    let received = tube.recv_until("send_after", &delim.into_vec(), false, time(timeout))?;
    let left = time(timeout)
        .unwrap_or(tube.settings().timeout)
        .saturating_sub(now().saturating_duration_since(begun));
    tube.send("send_after", &data, Some(left))
        .map_err(|error| error.with_partial(received.clone()))?;
    Ok(received)
}

/// One thing that may come.
fn expected(value: Value) -> Result<Expected> {
    let kind = value.kind();
    match value {
        Value::Pattern(pattern) => Ok(Expected::Pattern(pattern)),
        value => match Bytes::from_arg(value) {
            Ok(bytes) if bytes.is_empty() => {
                Err(Error::value("tube.expect(): nothing is expected: it is empty"))
            }
            Ok(bytes) => Ok(Expected::Bytes(bytes.into_vec())),
            Err(_) => Err(Error::type_error(format!(
                "tube.expect() argument 'what' must be bytes, pattern or a list of these, not {kind}"
            ))),
        },
    }
}

fn expect(cx: &Cx<'_>, tube: Rc<Tube>, what: Any, timeout: Timeout) -> Result<Value> {
    let timeout = time(timeout);
    match what.0 {
        Value::List(items) => {
            let alternatives: Vec<_> = items.into_iter().map(expected).collect::<Result<_>>()?;
            let (data, place) = tube.expect(&alternatives, timeout)?;
            let place = place + cx.environment.first_place;
            let place = i64::try_from(place).unwrap_or(i64::MAX);
            Ok(Value::Several(vec![Value::bytes(data), Value::Int(place)]))
        }
        value => {
            let (data, _) = tube.expect(&[expected(value)?], timeout)?;
            Ok(Value::bytes(data))
        }
    }
}

fn unrecv(_: &Cx<'_>, tube: Rc<Tube>, data: Bytes, _: Timeout) -> Result<()> {
    tube.unrecv(&data.into_vec())
}

fn shutdown(_: &Cx<'_>, tube: Rc<Tube>, how: i32, _: Timeout) -> Result<()> {
    tube.shutdown(how)
}

fn close(_: &Cx<'_>, tube: Rc<Tube>, timeout: Timeout) -> Result<()> {
    tube.close(time(timeout))
}

fn wait(_: &Cx<'_>, tube: Rc<Tube>, timeout: Timeout) -> Result<i32> {
    tube.wait(time(timeout))
}

fn replay(
    cx: &Cx<'_>,
    tube: Rc<Tube>,
    file: Text,
    masks: Any,
    conversation: i64,
    timeout: Timeout,
) -> Result<()> {
    let recording = super::tube::recording(cx, &file, masks, conversation)?;
    tube.play(&recording, time(timeout))
}

fn interact(cx: &Cx<'_>, tube: Rc<Tube>, timeout: Timeout) -> Result<()> {
    let bytes_of = |file: Rc<File>| -> Result<Rc<File>> {
        file.buffer()?
            .ok_or_else(|| Error::value("the standard streams are detached"))
    };
    let input = bytes_of(cx.environment.streams.input(cx.net)?)?;
    let output = bytes_of(cx.environment.streams.output(cx.net)?)?;
    tube.interact(&input, &output, time(timeout))
}
