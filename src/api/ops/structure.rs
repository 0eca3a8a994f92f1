//! Objects of `struct.Struct`: the functions of module `struct`, on a format that is read already.

use std::rc::Rc;

use crate::api::argument::Values;
use crate::api::handler::typed;
use crate::api::op::{METHOD, Op, Owner, PROPERTY, Python};
use crate::api::value::Type;
use crate::api::{Cx, Steps, Value};
use crate::bytes::{Bytes, Pinned};
use crate::error::Result;
use crate::wire::Struct;

use super::packing::{
    BEGIN, PIECES, PLACE, SOURCE, TARGET, VALUES, WHOLE, packed, put_into, take_all, take_each, take_from,
};

const STRUCT: Owner = Owner::Type(Type::Struct);

pub(super) const OPS: &[Op] = &[
    Op {
        name: "pack",
        on: STRUCT,
        params: &[VALUES],
        returns: "bytes",
        doc: "Pack values into bytes. Raises as pack.",
        python: Python::Named("struct.Struct.pack"),
        run: &typed(|cx: &Cx<'_>, by: Rc<Struct>, values: Values| packed(cx, "pack", &by.layout, values.0)),
        ..METHOD
    },
    Op {
        name: "pack_into",
        on: STRUCT,
        params: &[TARGET, PLACE, VALUES],
        doc: "Pack values into a buffer. Raises struct.error.",
        python: Python::Named("struct.Struct.pack_into"),
        run: &typed(pack_into),
        ..METHOD
    },
    Op {
        name: "unpack",
        on: STRUCT,
        params: &[WHOLE],
        returns: "tuple",
        doc: "Unpack bytes: a result for each item. Raises as unpack.",
        python: Python::Named("struct.Struct.unpack"),
        run: &typed(|cx: &Cx<'_>, by: Rc<Struct>, buffer: Bytes| take_all(cx, &by.layout, &buffer)),
        ..METHOD
    },
    Op {
        name: "unpack_from",
        on: STRUCT,
        params: &[SOURCE, BEGIN],
        returns: "tuple",
        doc: "Unpack bytes at a place of a buffer. Raises as unpack.",
        python: Python::Named("struct.Struct.unpack_from"),
        run: &typed(unpack_from),
        ..METHOD
    },
    Op {
        name: "iter_unpack",
        on: STRUCT,
        params: &[PIECES],
        returns: "iterator",
        doc: "Unpack a buffer piece by piece, in a `for`. Raises as unpack.",
        python: Python::Named("struct.Struct.iter_unpack"),
        run: &typed(iter_unpack),
        ..METHOD
    },
    Op {
        name: "format",
        on: STRUCT,
        returns: "str",
        doc: "The format, as it was given.",
        python: Python::Named("struct.Struct.format"),
        run: &typed(|_: &Cx<'_>, by: Rc<Struct>| Ok(by.format.clone())),
        ..PROPERTY
    },
    Op {
        name: "size",
        on: STRUCT,
        returns: "int",
        doc: "Bytes the format packs into.",
        python: Python::Named("struct.Struct.size"),
        run: &typed(|_: &Cx<'_>, by: Rc<Struct>| Ok(by.layout.size)),
        ..PROPERTY
    },
];

fn pack_into(cx: &Cx<'_>, by: Rc<Struct>, buffer: Pinned, offset: i64, values: Values) -> Result<()> {
    put_into(cx, &by.layout, &buffer, offset, values.0)
}

fn unpack_from(cx: &Cx<'_>, by: Rc<Struct>, buffer: Bytes, offset: i64) -> Result<Value> {
    take_from(cx, &by.layout, &buffer, offset)
}

fn iter_unpack(cx: &Cx<'_>, by: Rc<Struct>, buffer: Bytes) -> Result<Steps> {
    take_each(cx, by.layout.clone(), buffer)
}
