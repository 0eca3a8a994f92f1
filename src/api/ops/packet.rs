//! Module `packet`, and what schemas do.

use crate::api::argument::{Data, Text, Truth};
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, METHOD, Op, Owner, PROPERTY, Python, need, with};
use crate::api::packet::{Declaration, Fields, datum, value};
use crate::api::value::Type;
use crate::api::{Cx, Steps, Value};
use crate::bytes::Bytes;
use crate::error::{Class, Error, Result};
use crate::wire::packet::{Cases, Datum, Reading, Schema};

/// What a method of a schema leaves unsaid.
const OF_SCHEMA: Op = Op {
    on: Owner::Type(Type::Schema),
    python: Python::Nothing,
    ..METHOD
};

/// Stack that the deepest declaration or packet may need.
const STACK: usize = 400 * 1024;

pub(super) const OPS: &[Op] = &[
    Op {
        name: "schema",
        on: Owner::Module("packet"),
        python: Python::Nothing,
        params: &[
            need("name", "what it is called in messages"),
            need(
                "fields",
                "a list of fields, each [name, type, options]; docs/packet.md has the types and options",
            ),
            with(
                "options",
                Default::None,
                "a map: endian (\"big\", \"little\", \"native\"), types and enums by name, origin",
            ),
        ],
        returns: "Schema",
        doc: "Declare packets: their fields in order. Raises packet.Error, a ValueError, which names the field and what it may \
              say.",
        run: &typed(schema),
        ..FUNCTION
    },
    Op {
        name: "pack",
        params: &[with("values", Default::None, "the values of fields, by name")],
        returns: "bytes",
        doc: "Pack values into bytes. Lengths, counts and checksums that are not given are computed; given ones are packed as \
              they are. `rest` comes at the end. Raises packet.Error, a ValueError, with the field; MemoryError.",
        run: &typed(pack),
        ..OF_SCHEMA
    },
    Op {
        name: "dissect",
        params: &[
            need("data", "bytes of a packet"),
            with(
                "verify",
                Default::Bool(true),
                "whether a wrong checksum is an error",
            ),
            with(
                "names",
                Default::Bool(false),
                "whether numbers that have names are given by name",
            ),
        ],
        returns: "map",
        doc: "Read a packet: the values of its fields by name, and as `rest` the bytes that are left over. Raises packet.Error, \
              a ValueError, with the field, the offset and what was expected; OverflowError for a number that a script's \
              integers cannot hold; MemoryError.",
        run: &typed(dissect),
        ..OF_SCHEMA
    },
    Op {
        name: "show",
        params: &[need("data", "bytes of a packet")],
        returns: "str",
        doc: "Write a packet as a tree: a line a field, with its offset, its name, its value and what that is called. A damaged \
              packet is written as far as it can be read; the last line says why no further. Never fails.",
        run: &typed(show),
        ..OF_SCHEMA
    },
    Op {
        name: "fuzz",
        params: &[
            with("seed", Default::Int(1), "the same seed makes the same cases"),
            with("count", Default::Int(100), "how many cases"),
            with("values", Default::None, "values that are not made up, by name"),
        ],
        returns: "iterator of bytes, str",
        doc: "Make cases to test a peer with: packets as the schema has them, most with one thing changed (a number at the end of \
              its range, a wrong length, a name that points at itself, a packet cut off …), and what it was. Raises \
              packet.Error, a ValueError, where no packet can be made of the values.",
        run: &typed(fuzz),
        ..OF_SCHEMA
    },
    Op {
        name: "name",
        returns: "str",
        doc: "What the schema is called.",
        run: &typed(name),
        ..FIELD
    },
    Op {
        name: "fields",
        returns: "list of str",
        doc: "The names of its fields, in order.",
        run: &typed(fields),
        ..FIELD
    },
];

/// What an attribute of a schema leaves unsaid.
const FIELD: Op = Op {
    on: Owner::Type(Type::Schema),
    python: Python::Nothing,
    ..PROPERTY
};

fn need_stack(cx: &Cx<'_>) -> Result<()> {
    match cx.net.sched().remaining_stack() {
        Some(left) if left < STACK => Err(Error::new(Class::RecursionError, "stack overflow")),
        _ => Ok(()),
    }
}

fn schema(cx: &Cx<'_>, name: Text, fields: Declaration, options: Declaration) -> Result<Schema> {
    need_stack(cx)?;
    let options = match options.0 {
        Datum::None => Datum::Map(Vec::new()),
        options => options,
    };
    let first = i128::try_from(cx.environment.first_place).unwrap_or(1);
    Schema::declare(&name.utf8("name")?, &fields.0, &options, first)
}

fn pack(cx: &Cx<'_>, schema: Schema, values: Data) -> Result<Vec<u8>> {
    need_stack(cx)?;
    schema.pack(&datum(values.0), cx.net.left(), cx.environment.first_place)
}

fn reading(cx: &Cx<'_>, verify: bool, names: bool) -> Reading {
    Reading {
        verify,
        names,
        memory: cx.net.left(),
        first: cx.environment.first_place,
    }
}

fn dissect(cx: &Cx<'_>, schema: Schema, data: Bytes, verify: Truth, names: Truth) -> Result<Value> {
    need_stack(cx)?;
    let read = data.with(|data| schema.dissect(data, reading(cx, verify.0, names.0)))?;
    value(&schema, read)
}

fn show(cx: &Cx<'_>, schema: Schema, data: Bytes) -> Result<String> {
    need_stack(cx)?;
    Ok(data.with(|data| schema.show(data, reading(cx, false, false))))
}

fn fuzz(cx: &Cx<'_>, schema: Schema, seed: i64, count: usize, values: Option<Fields>) -> Result<Steps> {
    need_stack(cx)?;
    let values = values.map_or(Datum::Map(Vec::new()), |values| values.0);
    let first = cx.environment.first_place;
    let mut cases = Cases::new(schema, seed.cast_unsigned(), count, values, cx.net.left(), first);
    Ok(Steps::new(move || {
        let case = cases.next()?;
        Ok(case.map(|(data, what)| Value::Several(vec![Value::bytes(data), Value::text(what)])))
    }))
}

fn name(_: &Cx<'_>, schema: Schema) -> Result<String> {
    Ok(schema.name().to_owned())
}

fn fields(_: &Cx<'_>, schema: Schema) -> Result<Vec<String>> {
    Ok(schema.fields().map(str::to_owned).collect())
}
