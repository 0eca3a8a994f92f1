//! What engines are put together from, each part made when the first script needs it.
//!
//! The modules have thousands of names, and an engine cannot be added to once scripts run on it. So the first engine gets the
//! modules that the first script names, and a script that names others gets a second engine, which has them all. What runs on
//! the first stays there: it names nothing that is not in it. Functions and types are common to both.

use std::any::type_name;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::packages::{Package, StandardPackage};
use rhai::{Array, Blob, Engine, FnPtr, INT, ImmutableString, Map, Module, OptimizationLevel, Shared};

use crate::api::MODULES;
use crate::error::Result;
use crate::script::library::RHAI;

use super::import::Resolver;
use super::{
    Core, bounded, buffer, direct, library, limits, lines, module, named, nested, object, own, sorting,
    syntax, variable, wide,
};

/// Words by which a script can come to run text that nobody has seen.
const UNSEEN: [&str; 2] = ["import", "eval"];

/// The parts that have been made.
#[derive(Default)]
pub(super) struct Stock {
    engine: RefCell<Option<Rc<Engine>>>,
    /// Rhai's own functions, and the table's.
    functions: OnceCell<[Shared<Module>; 2]>,
    modules: RefCell<BTreeMap<&'static str, Shared<Module>>>,
}

impl Core {
    /// The engine that scripts run on.
    ///
    /// # Errors
    /// A value of a module cannot be had.
    pub(super) fn engine(&self) -> Result<Rc<Engine>> {
        if let Some(engine) = &*self.stock.engine.borrow() {
            return Ok(engine.clone());
        }
        self.engine_with(&every_name())
    }

    /// The engine for a script: it has all modules that the text names.
    ///
    /// # Errors
    /// As [`Self::engine`].
    pub(super) fn engine_for(&self, text: &str) -> Result<Rc<Engine>> {
        let needed = named_in(text);
        let known = self.stock.engine.borrow().clone();
        let Some(engine) = known else {
            return self.engine_with(&needed);
        };
        let has_all = {
            let modules = self.stock.modules.borrow();
            needed.iter().all(|name| modules.contains_key(name))
        };
        if has_all {
            return Ok(engine);
        }
        self.engine_with(&every_name())
    }

    /// Puts an engine together, and makes the modules it lacks.
    fn engine_with(&self, names: &[&'static str]) -> Result<Rc<Engine>> {
        for name in names {
            if !self.stock.modules.borrow().contains_key(name) {
                let made = self.module(name)?;
                self.stock.modules.borrow_mut().insert(name, made.into());
            }
        }
        let mut engine = Engine::new_raw();
        limits(&mut engine, &self.site.watch);
        // It takes time with the square of what it works on, in which nobody can end it, and leaves out imports that nothing uses.
        engine.set_optimization_level(OptimizationLevel::None);
        engine.set_module_resolver(Resolver(self.neighbours.clone()));
        for functions in self.stock.functions.get_or_init(|| self.functions()) {
            engine.register_global_module(functions.clone());
        }
        bounded::limit(&mut engine, &self.site);
        own::output(&mut engine, &self.site.net);
        name_own_types(&mut engine);
        object::attend(&mut engine, &self.site, &self.places);
        named::name_types(&mut engine);
        lines::name_types(&mut engine);
        library::name_types(&mut engine);
        syntax::install(&mut engine, &self.site);
        direct::install(&mut engine, &self.site);
        wide::install(&mut engine, &self.site);
        variable::install(&mut engine, self.places.clone(), self.site.clone());
        for (name, module) in self.stock.modules.borrow().iter() {
            engine.register_static_module(*name, module.clone());
        }
        let engine = Rc::new(engine);
        *self.stock.engine.borrow_mut() = Some(engine.clone());
        Ok(engine)
    }

    fn functions(&self) -> [Shared<Module>; 2] {
        let mut functions = Module::new();
        object::install(&mut functions, &self.site);
        buffer::install(&mut functions, &self.site);
        lines::install(&mut functions, &self.site);
        own::install(&mut functions);
        sorting::install(&mut functions);
        bounded::install(&mut functions, &self.site);
        named::install(&mut functions);
        nested::install(&mut functions, &self.site);
        library::install(&mut functions, &self.site);
        [StandardPackage::new().as_shared_module(), functions.into()]
    }

    fn module(&self, name: &str) -> Result<Module> {
        if let Some(written) = RHAI.iter().find(|library| library.name == name) {
            return Ok(library::module(written, &self.site));
        }
        match MODULES.iter().find(|description| description.name == name) {
            Some(description) => module::build(description, &self.site),
            None => Ok(Module::new()),
        }
    }
}

/// At each call of a method Rhai looks for the name of the object's type, in every module, and for those of its own types last.
/// Here they stand where it begins, by the names they have anyway.
fn name_own_types(engine: &mut Engine) {
    let types = [
        type_name::<Blob>(),
        type_name::<Array>(),
        type_name::<Map>(),
        type_name::<ImmutableString>(),
        type_name::<FnPtr>(),
        type_name::<INT>(),
    ];
    for path in types {
        let name = engine.map_type_name(path).to_owned();
        engine.register_type_with_name_raw(path, name);
    }
}

fn every_name() -> Vec<&'static str> {
    let written = RHAI.iter().map(|library| library.name);
    MODULES.iter().map(|module| module.name).chain(written).collect()
}

/// The modules whose names stand in a text, in whatever role, and those that the libraries among them name.
fn named_in(text: &str) -> Vec<&'static str> {
    if UNSEEN.iter().any(|word| text.contains(word)) {
        return every_name();
    }
    let mut found: Vec<&'static str> = Vec::new();
    let libraries = RHAI.iter().filter(|library| text.contains(library.name));
    let texts = std::iter::once(text).chain(libraries.map(|library| library.source));
    for text in texts {
        for name in every_name() {
            if !found.contains(&name) && text.contains(name) {
                found.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::Room;
    use crate::script::Language;

    #[test]
    fn later_scripts_find_modules_wherever_they_name_them() {
        let room = Room::new();
        for source in [
            "1",
            "let f = || time::monotonic() > 0.0; if !f.call() { throw 1; }",
            "let f = || || json::encode([1]); if f.call().call() != \"[1]\" { throw 2; }",
            "let f = || task::spawn(|| errno::EPERM).join(); if f.call() != 1 { throw 3; }",
            "fn g(x) { x.map(|y| select::POLLIN + y) } let f = || g([0]); if f.call() != [1] { throw 4; }",
            "let f = || { let m = #{ h: |y| bytes::hex(y) }; m.h(blob(1)) }; if f.call() != \"00\" { throw 5; }",
        ] {
            let main = room.run(source);
            assert!(main.failure().is_none(), "{source}: {}", room.rhai.report(&main));
        }
    }
}
