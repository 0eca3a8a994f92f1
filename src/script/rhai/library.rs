//! The modules that are written in Rhai, and how scripts reach classes and objects: `socketserver::TCPServer(…)`,
//! `server.serve_forever()`, `this.request`. A library is read when one of its classes is first used.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, Module, Scope};

use crate::script::library::{Library, RHAI};

use super::Core;
use super::class::{self, Class, Instance};
use super::error::{self, Failure, Thrown};
use super::op::{Native, Site, register};
use super::{method, nested};

/// Arguments a class may be called with.
const MOST_ARGUMENTS: usize = 8;
/// What makes a class.
pub(super) const DEFINE: &str = "class";
/// Where a plain value was thrown: for the libraries alone.
const THROWN_AT: &str = "_thrown_at";
/// What makes an object of a class in a variable.
pub(super) const MAKE: &str = "new";

/// Whether a script is a library's.
pub(super) fn is_of_library(source: &str) -> bool {
    RHAI.iter().any(|library| library.name == source)
}

/// The names that scripts may write, reserved by Rhai or not.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let names = RHAI.iter().map(|library| library.name);
    names
        .chain(RHAI.iter().flat_map(|library| library.classes.iter().copied()))
        .chain([DEFINE, MAKE])
}

/// Names classes and objects.
pub(super) fn name_types(engine: &mut Engine) {
    engine.register_type_with_name::<Rc<Instance>>("object");
    engine.register_type_with_name::<Rc<Class>>("class");
}

/// The module of a library: it knows its classes, and reads the library when one is used.
pub(super) fn module(library: &'static Library, site: &Rc<Site>) -> Module {
    let mut module = Module::new();
    for name in library.classes {
        let class = Class::of_library(library, name);
        module.set_var(*name, Dynamic::from(class.clone()));
        register_calls(&mut module, name, &[], &maker(site, Some(class)));
    }
    let inner = site.clone();
    let define: Native = Rc::new(move |context, args| match context {
        Some(context) => class::define(&inner, &context, args),
        None => Ok(Dynamic::UNIT),
    });
    register_calls(&mut module, DEFINE, &[], &define);
    let inner = site.clone();
    let place: Native = Rc::new(move |_, args| {
        let core = method::alive(&inner)?;
        let text = args.first().map_or_else(String::new, ToString::to_string);
        Ok(core.place_of_thrown(&text).into())
    });
    register(&mut module, THROWN_AT, &[TypeId::of::<ImmutableString>()], &place);
    module.build_index();
    module
}

/// Registers what classes and objects answer to.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    let (object, class) = (TypeId::of::<Rc<Instance>>(), TypeId::of::<Rc<Class>>());
    register_calls(functions, MAKE, &[class], &maker(site, None));
    for kind in [object, class] {
        members(functions, kind, site);
    }
}

fn register_calls(module: &mut Module, name: &str, first: &[TypeId], native: &Native) {
    for count in 0..=MOST_ARGUMENTS {
        let mut types = first.to_vec();
        types.extend(std::iter::repeat_n(TypeId::of::<Dynamic>(), count));
        register(module, name, &types, native);
    }
}

/// Makes an object: of a class that is known, or of the first argument.
fn maker(site: &Rc<Site>, known: Option<Rc<Class>>) -> Native {
    let site = site.clone();
    Rc::new(move |context, args| {
        let mut arguments = method::taken(args);
        if let Some(context) = context {
            method::adopt(&site, || context, &mut arguments);
        }
        let mut arguments = arguments.into_iter();
        let class = known
            .clone()
            .or_else(|| arguments.next()?.try_cast::<Rc<Class>>());
        match (site.core.upgrade(), class) {
            (Some(core), Some(class)) => class::instantiate(&core, &class, arguments.collect()),
            _ => Ok(Dynamic::UNIT),
        }
    })
}

/// Attributes, printing and comparison.
fn members(functions: &mut Module, kind: TypeId, site: &Rc<Site>) {
    let text = TypeId::of::<ImmutableString>();
    let inner = site.clone();
    let read: Native = Rc::new(move |_, args| match args {
        [object, name] => class::attribute(&inner, object, &name.to_string()),
        _ => Ok(Dynamic::UNIT),
    });
    register(functions, "index$get$", &[kind, text], &read);
    let inner = site.clone();
    let write: Native = Rc::new(move |context, args| {
        if let ([object, name, value], Some(context)) = (args, context) {
            class::set_attribute(&inner, &context, object, &name.to_string(), value.take())?;
        }
        Ok(Dynamic::UNIT)
    });
    register(
        functions,
        "index$set$",
        &[kind, text, TypeId::of::<Dynamic>()],
        &write,
    );
    let inner = site.clone();
    let contains: Native = Rc::new(move |_, args| match args {
        [object, name] => Ok(class::contains(&inner, object, &name.to_string()).into()),
        _ => Ok(Dynamic::UNIT),
    });
    register(functions, "contains", &[kind, text], &contains);
    let inner = site.clone();
    let show: Native = Rc::new(move |_, args| match args {
        [object] => Ok(class::text(&inner, object).into()),
        _ => Ok(Dynamic::UNIT),
    });
    for name in ["to_string", "print", "to_debug", "debug"] {
        register(functions, name, &[kind], &show);
    }
    for (operator, wanted) in [("==", true), ("!=", false)] {
        let inner = site.clone();
        let compare: Native = Rc::new(move |_, args| match args {
            [one, other] => Ok((class::is_same(&inner, one, other) == wanted).into()),
            _ => Ok(Dynamic::UNIT),
        });
        register(functions, operator, &[kind; 2], &compare);
    }
}

impl Core {
    /// Notes where a method of a script's threw a plain value; a library only passes it on.
    pub(super) fn note_thrown(&self, thrown: &EvalAltResult, source: &str) {
        let failure = Failure::new(thrown, source);
        let place = failure.error.place();
        if let Some(place) = place.filter(|place| !is_of_library(&place.source())) {
            let noted = (nested::text_of(&failure.value), place.to_string());
            *self.thrown.borrow_mut() = Some(noted);
        }
    }

    /// Where the plain value with this text was thrown; nothing where that is not known.
    fn place_of_thrown(&self, text: &str) -> String {
        let noted = self.thrown.borrow();
        let noted = noted.as_ref().filter(|(value, _)| value == text);
        noted.map_or_else(String::new, |(_, place)| format!("{place}: "))
    }

    /// A library's classes by name; reads it when that was not done.
    pub(super) fn library(&self, library: &'static Library) -> Result<Map, Thrown> {
        if let Some(classes) = self.libraries.borrow().get(library.name) {
            return Ok(classes.clone());
        }
        let refuse = |error| error::thrown(error, rhai::Position::NONE);
        let ast = self
            .compile(library.name, library.source.as_bytes())
            .map_err(refuse)?;
        let engine = self.engine().map_err(refuse)?;
        let classes: Map = engine.eval_ast_with_scope(&mut Scope::new(), &ast)?;
        self.libraries.borrow_mut().insert(library.name, classes.clone());
        Ok(classes)
    }
}
