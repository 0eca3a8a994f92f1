//! `import "name" as x;`: scripts load their neighbours.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

use rhai::{AST, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

use crate::error::{Error, Result};
use crate::file::{self, LARGEST_SCRIPT};
use crate::policy::Request;

use super::Core;
use super::error::{self, Thrown};

/// Finds scripts beside the one that imports them, and runs each once.
pub(super) struct Neighbours {
    core: Weak<Core>,
    /// Where scripts lie whose name is no path.
    folder: RefCell<PathBuf>,
    loaded: RefCell<HashMap<PathBuf, Shared<Module>>>,
    /// What the program has given, by name.
    given: RefCell<HashMap<String, Given>>,
}

/// A script that the program has given, and what has become of it once it was asked for.
struct Given {
    ast: Rc<AST>,
    module: Option<Shared<Module>>,
}

impl Neighbours {
    pub(super) fn new(core: Weak<Core>) -> Self {
        Self {
            core,
            folder: RefCell::default(),
            loaded: RefCell::default(),
            given: RefCell::default(),
        }
    }

    /// Imports begin at `folder`.
    pub(super) fn set_folder(&self, folder: &Path) {
        folder.clone_into(&mut self.folder.borrow_mut());
    }

    /// Imports of this name have this script.
    pub(super) fn give(&self, name: &str, ast: Rc<AST>) {
        let given = Given { ast, module: None };
        self.given.borrow_mut().insert(name.to_owned(), given);
    }

    /// What the program has given under a name.
    fn find_given(&self, engine: &Engine, name: &str) -> Option<Result<Shared<Module>, Thrown>> {
        let ast = match self.given.borrow().get(name)? {
            Given {
                module: Some(known), ..
            } => return Some(Ok(known.clone())),
            Given { ast, .. } => ast.clone(),
        };
        let made = Module::eval_ast_as_new(Scope::new(), &ast, engine).map(Shared::new);
        if let (Ok(module), Some(given)) = (&made, self.given.borrow_mut().get_mut(name))
            && Rc::ptr_eq(&given.ast, &ast)
        {
            given.module = Some(module.clone());
        }
        Some(made)
    }

    fn path(&self, source: Option<&str>, name: &str) -> PathBuf {
        let beside = source
            .and_then(|source| Path::new(source).parent())
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut path = match beside {
            Some(folder) => folder.join(name),
            None => self.folder.borrow().join(name),
        };
        if path.extension().is_none() {
            path.set_extension("rhai");
        }
        path
    }

    fn load(&self, engine: &Engine, path: &Path) -> Result<Module, Thrown> {
        let refuse = |error: Error| error::thrown(error, Position::NONE);
        let core = self.core.upgrade().ok_or("the program is ending")?;
        let request = Request::Open { path, write: false };
        core.site.net.guard(&request).map_err(refuse)?;
        let is_own = |name: &&Path| name.to_str().is_some_and(crate::api::is_module);
        let text = file::whole(&core.site.net, path, LARGEST_SCRIPT).map_err(|error| {
            let own = path.file_stem().map(Path::new).filter(is_own);
            let hint = own.map(|name| format!("Nothing has to be imported: {}:: is there", name.display()));
            refuse(error.hinting(hint.filter(|_| !path.exists())))
        })?;
        let name = path.to_string_lossy();
        let ast = core.compile(&name, &text).map_err(refuse)?;
        Module::eval_ast_as_new(Scope::new(), &ast, engine)
    }
}

/// The resolver as the engine holds it.
pub(super) struct Resolver(pub(super) Rc<Neighbours>);

impl ModuleResolver for Resolver {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        name: &str,
        position: Position,
    ) -> Result<Shared<Module>, Thrown> {
        let failed = |inner| EvalAltResult::ErrorInModule(name.to_owned(), inner, position);
        if let Some(given) = self.0.find_given(engine, name) {
            return Ok(given.map_err(failed)?);
        }
        let path = self.0.path(source, name);
        if let Some(module) = self.0.loaded.borrow().get(&path) {
            return Ok(module.clone());
        }
        let module = self.0.load(engine, &path).map_err(failed)?;
        let module = Shared::new(module);
        self.0.loaded.borrow_mut().insert(path, module.clone());
        Ok(module)
    }
}
