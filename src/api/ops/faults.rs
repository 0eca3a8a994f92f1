//! Faults made on purpose, under the sockets of this runtime.

use crate::api::argument::Data;
use crate::api::handler::typed;
use crate::api::op::{Default, FUNCTION, Op, Python, with};
use crate::api::{Cx, Value};
use crate::error::{Error, Result};
use crate::net::FaultPlan;

pub(super) const OPS: &[Op] = &[Op {
    name: "faults",
    params: &[with(
        "plan",
        Default::None,
        "what goes wrong: a map of settings, or a text as `--faults` takes it; None for nothing any more",
    )],
    doc: "Have what sockets do go wrong as on a bad network: those made from now on, in this program and in workers it starts \
          later. Of what arrives: latency, jitter (seconds), rate (bytes a second, both ways), short_reads, short_writes \
          (shares from 0 to 1 of the pieces of a stream that are a few bytes), interrupts, stalls (how likely a call is \
          interrupted, or finds nothing, first), reset, half_close (bytes after which a stream breaks, or can send no more), \
          drop, duplicate, reorder (shares of datagrams), resolver (seconds a name takes to be found), seed (the same seed \
          gives the same faults at the same bytes). sendmsg and recvmsg pass by, and so does what is under TLS. Raises \
          ValueError for what is no setting, TypeError.",
    python: Python::Nothing,
    run: &typed(faults),
    ..FUNCTION
}];

fn faults(cx: &Cx<'_>, plan: Option<Data>) -> Result<()> {
    let plan = match plan.map(|Data(value)| value) {
        None | Some(Value::None) => None,
        Some(Value::Map(settings)) => {
            let mut plan = FaultPlan::default();
            for (name, value) in settings {
                plan.set(&name, &setting(&name, &value)?)?;
            }
            Some(plan)
        }
        Some(Value::String(text) | Value::Bytes(text)) => {
            let text = text.into_vec();
            Some(FaultPlan::parse(&String::from_utf8_lossy(&text))?)
        }
        Some(Value::Text(text)) => Some(FaultPlan::parse(&text)?),
        Some(Value::List(items)) if items.is_empty() => Some(FaultPlan::default()),
        Some(other) => {
            return Err(Error::type_error(format!(
                "faults() argument 'plan' must be a map of settings or str, not {}",
                other.kind()
            )));
        }
    };
    cx.net.set_faults(plan);
    Ok(())
}

/// A setting's value as the command line writes it.
fn setting(name: &str, value: &Value) -> Result<String> {
    Ok(match value {
        Value::Bool(flag) => i32::from(*flag).to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::String(text) | Value::Bytes(text) => {
            text.with(|text| String::from_utf8_lossy(text).into_owned())
        }
        other => {
            return Err(Error::type_error(format!(
                "fault '{name}' must be a number or str, not {}",
                other.kind()
            )));
        }
    })
}
