//! `for line in f.lines()`, and Python's `for line in f`: an iteration over a file's lines.

use std::rc::Rc;

use rhai::{Dynamic, Engine, Module};

use crate::api::{IntoValue as _, Type};
use crate::file::File;

use super::error::Thrown;
use super::op::Site;
use super::value::{self, Lines, type_id};

/// Names what `lines()` returns.
pub(super) fn name_types(engine: &mut Engine) {
    engine.register_type_with_name::<Lines>("iterator");
}

/// Registers both.
pub(super) fn install(functions: &mut Module, site: &Rc<Site>) {
    for id in [type_id(Type::File), std::any::TypeId::of::<Lines>()] {
        let site = site.clone();
        functions.set_iter_result(id, move |object| {
            let file = value::with(&object, |lines: &Lines| lines.0.clone())
                .or_else(|| value::with(&object, Rc::<File>::clone));
            Box::new(Iteration {
                file,
                site: site.clone(),
            })
        });
    }
}

struct Iteration {
    /// None once it has ended.
    file: Option<Rc<File>>,
    site: Rc<Site>,
}

impl Iterator for Iteration {
    type Item = Result<Dynamic, Thrown>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.file.as_ref()?.next_line() {
            Ok(Some(line)) => Some(Ok(value::give(line.into_value()))),
            Ok(None) => {
                self.file = None;
                None
            }
            Err(error) => {
                self.file = None;
                Some(Err(self.site.raise(error, None)))
            }
        }
    }
}
