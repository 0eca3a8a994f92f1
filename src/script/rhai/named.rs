//! Modules and their functions as values, which Rhai has not: what `help(socket)` and `help(socket::gethostname)` hand over.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::rc::Rc;

use rhai::{Dynamic, Engine};

use crate::api::{MODULES, Module, Named, Op, Type};

use super::class::Class;
use super::object;
use super::op::{Native, register};
use super::value;

/// A module, as a variable that nobody has set.
type ModuleValue = &'static Module;
/// A function of a module, as a variable of the module.
type OpValue = &'static Op;

/// Both as Rust writes them, and what scripts call them.
fn names() -> [(&'static str, &'static str); 2] {
    [
        (type_name::<ModuleValue>(), "module"),
        (type_name::<OpValue>(), "builtin_function_or_method"),
    ]
}

/// Names both.
pub(super) fn name_types(engine: &mut Engine) {
    for (path, name) in names() {
        engine.register_type_with_name_raw(path, name);
    }
}

/// Whether a type that Rhai tells is that of a module, or of something in one.
pub(super) fn is_of_module(path: &str) -> bool {
    names().iter().any(|(known, _)| *known == path)
}

/// A text of Rhai's with its types as scripts know them: some of its errors tell Rust's names, or three for a text.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    const TEXT: &str = "&str | ImmutableString | String";
    if !text.contains(TEXT) && !text.contains(concat!(env!("CARGO_CRATE_NAME"), "::")) {
        return text.into();
    }
    let kinds = Type::ALL.iter().map(|kind| (object::path_of(*kind), kind.name()));
    let types = kinds.chain(names());
    let known = types.fold(text.replace(TEXT, "string"), |text, (path, name)| {
        text.replace(path, name)
    });
    known.into()
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
