//! Modules and their functions as values, which Rhai has not: what `help(socket)` and `help(socket::gethostname)` hand over.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Dynamic, Engine};

use crate::api::{MODULES, Module, Named, Op};

use super::class::Class;
use super::op::{Native, register};
use super::value;

/// A module, as a variable that nobody has set.
type ModuleValue = &'static Module;
/// A function of a module, as a variable of the module.
type OpValue = &'static Op;

/// Names both.
pub(super) fn name_types(engine: &mut Engine) {
    engine.register_type_with_name::<ModuleValue>("module");
    engine.register_type_with_name::<OpValue>("builtin_function_or_method");
}

/// Lets both print as Python prints them.
pub(super) fn install(functions: &mut rhai::Module) {
    for kind in [TypeId::of::<ModuleValue>(), TypeId::of::<OpValue>()] {
        let native: Native =
            Rc::new(|_, args| Ok(args.first().map_or_else(String::new, |value| shown(value)).into()));
        for name in ["to_string", "print", "to_debug", "debug"] {
            register(functions, name, &[kind], &native);
        }
    }
}

fn shown(value: &Dynamic) -> String {
    read(value, 0, 0).shown().unwrap_or_default()
}

/// The module of this name, as a value.
pub(super) fn module(name: &str) -> Option<Dynamic> {
    let module: ModuleValue = MODULES.iter().find(|module| module.name == name)?;
    Some(Dynamic::from(module))
}

/// A function of a module, as a value.
pub(super) fn function(op: OpValue) -> Dynamic {
    Dynamic::from(op)
}

/// What an argument is; `most` is as in [`value::read`].
pub(super) fn read(argument: &Dynamic, place: usize, most: usize) -> Named {
    if let Some(module) = value::with(argument, |module: &ModuleValue| *module) {
        return Named::Module(module);
    }
    if let Some(name) = value::with(argument, |class: &Rc<Class>| class.full_name()).flatten() {
        return Named::Written { name, is_class: true };
    }
    match value::with(argument, |op: &OpValue| *op) {
        Some(op) => Named::Op(op),
        None => Named::Value(value::read(argument, place, most)),
    }
}
