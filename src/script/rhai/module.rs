//! The modules scripts see as `socket::…`: operations and values of the table.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Dynamic, Module};

use crate::api::{Form, Module as Description, Value, construct};
use crate::error::{Class, Result};

use super::op::{self, Native, Site, arities, register};
use super::{bounded, error, named, value};

/// Makes a module of the table.
///
/// # Errors
/// A value of it cannot be had.
pub(super) fn build(description: &'static Description, site: &Rc<Site>) -> Result<Module> {
    let mut module = Module::new();
    for name in description.value_names() {
        if let Some(value) = description.value(name) {
            if let Value::Class(class) = value {
                set_function(&mut module, name, 0..=MOST_ARGUMENTS, &maker(site, class));
            }
            module.set_var(name, value::give(from_one(value)));
        }
    }
    for op in description.ops() {
        match op.form {
            Form::Property => {
                module.set_var(op.name, value::give(site.run_alone(op, None)?));
            }
            Form::Function | Form::Method => {
                // Rhai asks nobody about a module's missing function: one more than the longest says so itself.
                let arities = 0..=arities(op).end() + 1;
                set_function(&mut module, op.name, arities, &op::native(site, op));
                // A class has its value already.
                if !module.contains_var(op.name) {
                    module.set_var(op.name, named::function(op));
                }
            }
        }
    }
    module.build_index();
    Ok(module)
}

/// The table counts a module's lists from 1: here an empty place comes first, so that numbers stay what they are.
fn from_one(value: Value) -> Value {
    match value {
        Value::List(mut items) => {
            items.insert(0, Value::None);
            Value::List(items)
        }
        value => value,
    }
}

fn set_function(module: &mut Module, name: &str, arities: std::ops::RangeInclusive<usize>, native: &Native) {
    for arity in arities {
        register(module, name, &vec![TypeId::of::<Dynamic>(); arity], native);
    }
}

/// Arguments an error may be made with.
const MOST_ARGUMENTS: usize = 6;

/// `errors::OSError(number, text)`: an error to throw.
fn maker(site: &Rc<Site>, class: Class) -> Native {
    let site = site.clone();
    Rc::new(move |context, args| {
        let most = bounded::share(&site.net);
        let values: Vec<_> = args
            .iter()
            .map(|argument| value::read(argument, 0, most))
            .collect();
        let mut error = construct(class, &values).map_err(|error| site.raise(error, context.as_ref()))?;
        if let Some(context) = &context {
            error::place(&mut error, context);
        }
        Ok(value::give(Value::Error(Rc::new(error))))
    })
}
