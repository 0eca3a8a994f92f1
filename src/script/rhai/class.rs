//! Classes and their objects, which Rhai has not: a class is a map of closures and values, and the classes it derives
//! from; an object is made by a call of its class. Both are handles, so that several tasks can use one object.
//!
//! What is called on them is `method`'s.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Array, Dynamic, Identifier, Map, NativeCallContext};

use crate::api::Value;
use crate::error::{Class as ErrorClass, Error, Result};
use crate::script::library::Library;

use super::error::{self, Thrown};
use super::method::{Methods, adopt, alive, invoke, shown};
use super::op::Site;
use super::signature::Signature;
use super::{Core, library, value};

/// The method that makes an object ready.
const INIT: &str = "__init__";
/// The method that ends a `with`.
const EXIT: &str = "__exit__";
/// A class's name in its map.
const NAME: &str = "__name__";
/// What may be left out of calls of a library's methods, in a class's map: the names of parameters, each with whether it may be given by name.
const OPTIONAL: &str = "__optional__";

/// A class. One of a library is read with its library, when it is first used.
pub(super) struct Class {
    library: Option<(&'static Library, &'static str)>,
    content: OnceCell<Rc<Content>>,
}

/// What a class has.
pub(super) struct Content {
    name: String,
    attributes: RefCell<BTreeMap<Identifier, Dynamic>>,
    /// The classes it derives from, in Python's order.
    above: Vec<Rc<Self>>,
}

/// An object of a class.
pub(super) struct Instance {
    class: Rc<Content>,
    attributes: RefCell<BTreeMap<Identifier, Dynamic>>,
}

/// Whether a value is a class or an object. A shared value must not be locked.
pub(super) fn is_handle(value: &Dynamic) -> bool {
    value.is::<Rc<Instance>>() || value.is::<Rc<Class>>()
}

impl Class {
    /// The class of this name in a library.
    pub(super) fn of_library(library: &'static Library, name: &'static str) -> Rc<Self> {
        Rc::new(Self {
            library: Some((library, name)),
            content: OnceCell::new(),
        })
    }

    /// Its name with its module's, for which no library has to be read.
    pub(super) fn full_name(&self) -> Option<String> {
        match self.library {
            Some((library, name)) => Some(format!("{}.{name}", library.name)),
            None => self.content.get().map(|content| content.name.clone()),
        }
    }

    /// What it has; reads its library first.
    pub(super) fn content(&self, core: &Core) -> Result<&Rc<Content>, Thrown> {
        if self.content.get().is_none()
            && let Some((library, name)) = self.library
        {
            let read = core.library(library)?;
            if let Some(content) = read.get(name).and_then(|class| {
                let class = class.read_lock::<Rc<Self>>()?;
                class.content.get().cloned()
            }) {
                let _ = self.content.set(content);
            }
        }
        self.content
            .get()
            .ok_or_else(|| "a class that its library does not have".into())
    }
}

impl Content {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn find(&self, name: &str) -> Option<Dynamic> {
        let own = self.attributes.borrow().get(name).cloned();
        own.or_else(|| {
            let mut above = self.above.iter();
            above.find_map(|class| class.attributes.borrow().get(name).cloned())
        })
    }

    /// Every name it has, for a hint.
    fn has_name(&self, close: impl Fn(&str) -> bool) -> bool {
        let classes = std::iter::once(self).chain(self.above.iter().map(Rc::as_ref));
        classes
            .into_iter()
            .any(|class| class.attributes.borrow().keys().any(|name| close(name)))
    }
}

impl Instance {
    pub(super) fn class_name(&self) -> &str {
        &self.class.name
    }

    fn find(&self, name: &str) -> Option<Dynamic> {
        let own = self.attributes.borrow().get(name).cloned();
        own.or_else(|| self.class.find(name))
    }
}

/// A class of these bases (classes, or arrays of them) and, last, a map of what it has.
pub(super) fn define(
    site: &Site,
    context: &NativeCallContext<'_>,
    args: &mut [&mut Dynamic],
) -> Result<Dynamic, Thrown> {
    let core = alive(site)?;
    let mut bases = Vec::new();
    let mut map = Map::new();
    let last = args.len().saturating_sub(1);
    for (place, argument) in args.iter().enumerate() {
        if place == last
            && let Some(given) = argument.read_lock::<Map>()
        {
            map = given.clone();
        } else if let Some(classes) = argument.read_lock::<Array>() {
            for class in classes.iter() {
                bases.push(base(site, &core, context, class)?);
            }
        } else {
            bases.push(base(site, &core, context, argument)?);
        }
    }
    let content = make(context, &bases, map);
    Ok(of_content(content))
}

/// A class of a map alone.
pub(super) fn plain(context: &NativeCallContext<'_>, map: Map) -> Dynamic {
    of_content(make(context, &[], map))
}

fn of_content(content: Content) -> Dynamic {
    Dynamic::from(Rc::new(Class {
        library: None,
        content: OnceCell::from(Rc::new(content)),
    }))
}

fn base(
    site: &Site,
    core: &Core,
    context: &NativeCallContext<'_>,
    value: &Dynamic,
) -> Result<Rc<Content>, Thrown> {
    match value.read_lock::<Rc<Class>>().map(|class| class.clone()) {
        Some(class) => class.content(core).cloned(),
        None => {
            let text = format!(
                "class() takes classes and, last, a map, not {}",
                value::glance(value).kind()
            );
            Err(site.raise(Error::type_error(text), Some(context)))
        }
    }
}

fn make(context: &NativeCallContext<'_>, bases: &[Rc<Content>], mut map: Map) -> Content {
    let name = map.remove(NAME).map(|name| name.to_string());
    let name = name.or_else(|| bases.first().map(|base| base.name.clone()));
    let name = name.unwrap_or_else(|| "object".to_owned());
    let methods = Methods::new(context);
    let attributes = if context.call_source().is_some_and(library::is_of_library) {
        let optional = map.remove(OPTIONAL).and_then(Dynamic::try_cast::<Map>);
        let optional = optional.unwrap_or_default();
        let class = short(&name);
        let keep = |(name, value): (Identifier, Dynamic)| {
            let function = match name.as_str() {
                INIT => class.to_owned(),
                method => format!("{class}.{method}"),
            };
            let value = methods.keep_as(value, |parameters| {
                Some(Signature::new(function, parameters, &optional))
            });
            (name, value)
        };
        map.into_iter().map(keep).collect()
    } else {
        let keep = |(name, value): (Identifier, Dynamic)| (name, methods.keep(value));
        map.into_iter().map(keep).collect()
    };
    Content {
        name,
        attributes: RefCell::new(attributes),
        above: order(bases),
    }
}

/// A class after all that derive from it.
fn order(bases: &[Rc<Content>]) -> Vec<Rc<Content>> {
    let all = bases
        .iter()
        .flat_map(|base| std::iter::once(base).chain(&base.above));
    let mut result: Vec<Rc<Content>> = Vec::new();
    for class in all.collect::<Vec<_>>().into_iter().rev() {
        if !result.iter().any(|known| Rc::ptr_eq(known, class)) {
            result.push(class.clone());
        }
    }
    result.reverse();
    result
}

/// Calls a class: makes an object.
pub(super) fn instantiate(core: &Core, class: &Class, arguments: Vec<Dynamic>) -> Result<Dynamic, Thrown> {
    let content = class.content(core)?;
    let instance = Rc::new(Instance {
        class: content.clone(),
        attributes: RefCell::default(),
    });
    let mut this = Dynamic::from(instance);
    match content.find(INIT) {
        Some(init) => invoke(core, &init, &mut this, arguments).map(drop)?,
        None if arguments.is_empty() => {}
        None => {
            let text = format!("{}() takes no arguments", short(&content.name));
            return Err(error::thrown(Error::type_error(text), rhai::Position::NONE));
        }
    }
    Ok(this)
}

/// `object.name(…)`, where nothing else has that name.
pub(super) fn call<'a>(
    site: &Rc<Site>,
    name: &str,
    args: &mut [&mut Dynamic],
    context: impl FnOnce() -> NativeCallContext<'a>,
) -> Option<Result<Dynamic, Thrown>> {
    let (object, rest) = args.split_first_mut()?;
    let instance = object.read_lock::<Rc<Instance>>().map(|object| object.clone());
    let callee = match &instance {
        Some(instance) => instance.find(name)?,
        None => {
            let class = object.read_lock::<Rc<Class>>()?.clone();
            let core = site.core.upgrade()?;
            class.content(&core).ok()?.find(name)?
        }
    };
    let mut arguments: Vec<Dynamic> = rest.iter_mut().map(|argument| argument.take()).collect();
    adopt(site, context, &mut arguments);
    Some(alive(site).and_then(|core| match instance {
        Some(instance) => invoke(&core, &callee, &mut Dynamic::from(instance), arguments),
        // A class's method is called with the object first.
        None => {
            let mut arguments = arguments.into_iter();
            let mut this = arguments.next().unwrap_or(Dynamic::UNIT);
            invoke(&core, &callee, &mut this, arguments.collect())
        }
    }))
}

/// `object.name`: a value, or a function that remembers the object.
pub(super) fn attribute(site: &Rc<Site>, object: &Dynamic, name: &str) -> Result<Dynamic, Thrown> {
    if let Some(instance) = object.read_lock::<Rc<Instance>>().map(|object| object.clone()) {
        return match instance.find(name) {
            Some(found) => Ok(shown(site, found, name, Some(Dynamic::from(instance)))),
            None => Err(error::thrown(missing(&instance, name), rhai::Position::NONE)),
        };
    }
    let class = object.read_lock::<Rc<Class>>().map(|class| class.clone());
    let core = alive(site)?;
    let content = class.as_ref().map(|class| class.content(&core)).transpose()?;
    match content.and_then(|content| content.find(name)) {
        Some(found) => Ok(shown(site, found, name, None)),
        None => {
            let text = format!(
                "class '{}' has no attribute '{name}'",
                content.map_or("object", |content| content.name())
            );
            Err(error::thrown(
                Error::new(ErrorClass::AttributeError, text),
                rhai::Position::NONE,
            ))
        }
    }
}

/// A class's name without its module's, as in Python's errors.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

fn missing(instance: &Instance, name: &str) -> Error {
    let class = short(instance.class_name());
    let mut text = format!("'{class}' object has no attribute '{name}'");
    if instance.class.has_name(|known| known.eq_ignore_ascii_case(name)) {
        text.push_str(": names are told apart by their case");
    }
    Error::new(ErrorClass::AttributeError, text)
}

/// `object.name = value`.
pub(super) fn set_attribute(
    site: &Site,
    context: &NativeCallContext<'_>,
    object: &Dynamic,
    name: &str,
    value: Dynamic,
) -> Result<(), Thrown> {
    let value = if value.is_fnptr() {
        Methods::new(context).keep(value)
    } else {
        value.flatten()
    };
    if let Some(instance) = object.read_lock::<Rc<Instance>>() {
        instance.attributes.borrow_mut().insert(name.into(), value);
        return Ok(());
    }
    let class = object.read_lock::<Rc<Class>>().map(|class| class.clone());
    if let Some(class) = class {
        let content = class.content(&*alive(site)?)?.clone();
        content.attributes.borrow_mut().insert(name.into(), value);
    }
    Ok(())
}

/// Whether it has an attribute of this name.
pub(super) fn contains(site: &Site, object: &Dynamic, name: &str) -> bool {
    if let Some(instance) = object.read_lock::<Rc<Instance>>() {
        return instance.find(name).is_some();
    }
    let class = object.read_lock::<Rc<Class>>().map(|class| class.clone());
    class.zip(site.core.upgrade()).is_some_and(|(class, core)| {
        class
            .content(&core)
            .is_ok_and(|content| content.find(name).is_some())
    })
}

/// Calls an object's method without arguments; none where there is no such object or method.
pub(super) fn ask(core: &Core, object: &Dynamic, name: &str) -> Option<Result<Dynamic, Thrown>> {
    let instance = object.read_lock::<Rc<Instance>>()?.clone();
    let method = instance.find(name)?;
    Some(invoke(core, &method, &mut Dynamic::from(instance), Vec::new()))
}

/// Whether a `with` can hold it.
pub(super) fn closes(object: &Dynamic) -> bool {
    let instance = object.read_lock::<Rc<Instance>>();
    instance.is_some_and(|instance| instance.find(EXIT).is_some())
}

/// The end of a `with`.
pub(super) fn close(site: &Site, object: &Dynamic) -> Option<Result<(), Thrown>> {
    let instance = object.read_lock::<Rc<Instance>>()?.clone();
    let exit = instance.find(EXIT)?;
    Some(
        alive(site).and_then(|core| invoke(&core, &exit, &mut Dynamic::from(instance), Vec::new()).map(drop)),
    )
}

/// An object as it is printed; none where it is no object of a class.
pub(super) fn read(value: &Dynamic) -> Option<Value> {
    let instance = value.read_lock::<Rc<Instance>>()?;
    Some(instance_of(&instance))
}

fn instance_of(instance: &Rc<Instance>) -> Value {
    Value::Instance {
        class: instance.class_name().to_owned(),
        identity: Rc::as_ptr(instance) as usize,
    }
}

/// How it prints.
pub(super) fn text(site: &Site, object: &Dynamic) -> String {
    if let Some(instance) = object.read_lock::<Rc<Instance>>() {
        return crate::api::repr(&instance_of(&instance));
    }
    let class = object.read_lock::<Rc<Class>>().map(|class| class.clone());
    let name = class.zip(site.core.upgrade()).and_then(|(class, core)| {
        let content = class.content(&core).ok()?;
        Some(content.name().to_owned())
    });
    format!("<class '{}'>", name.unwrap_or_default())
}

/// Whether two are the same object or class.
pub(super) fn is_same(site: &Site, one: &Dynamic, other: &Dynamic) -> bool {
    if let (Some(one), Some(other)) = (one.read_lock::<Rc<Instance>>(), other.read_lock::<Rc<Instance>>()) {
        return Rc::ptr_eq(&one, &other);
    }
    let (Some(one), Some(other)) = (one.read_lock::<Rc<Class>>(), other.read_lock::<Rc<Class>>()) else {
        return false;
    };
    let Some(core) = site.core.upgrade() else {
        return false;
    };
    match (one.content(&core), other.content(&core)) {
        (Ok(one), Ok(other)) => Rc::ptr_eq(one, other),
        _ => false,
    }
}
