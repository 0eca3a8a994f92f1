//! What a function of a library takes: its parameters by name, as Python's have them. A closure of Rhai's has no defaults and no
//! keywords, and a method of a script's own is called with whatever there is; a library's is called as an operation is.

use rhai::{Dynamic, ImmutableString, Map};

use crate::error::{Error, Result};

/// A function of a library, as Python's `__qualname__` names it, and its parameters.
#[derive(Debug)]
pub(super) struct Signature {
    function: String,
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    name: ImmutableString,
    must_be_given: bool,
    by_name: bool,
    by_place: bool,
}

impl Signature {
    /// `optional` has the parameters that may be left out, each with whether it may be given by its name then, or with a text where it
    /// may be given in no other way. Such stand behind the others.
    pub(super) fn new(function: String, parameters: &[ImmutableString], optional: &Map) -> Self {
        let parameter = |name: &ImmutableString| {
            let found = optional.get(name.as_str());
            Parameter {
                name: name.clone(),
                must_be_given: found.is_none(),
                by_name: found.is_some_and(|by_name| by_name.is_string() || by_name.as_bool() == Ok(true)),
                by_place: !found.is_some_and(Dynamic::is_string),
            }
        };
        Self {
            function,
            parameters: parameters.iter().map(parameter).collect(),
        }
    }

    /// A call's arguments, one for each parameter: what is left out is `()`.
    ///
    /// # Errors
    /// `TypeError` for too few, too many and unknown ones.
    pub(super) fn bind(&self, mut arguments: Vec<Dynamic>) -> Result<Vec<Dynamic>> {
        let keywords = if arguments
            .last()
            .is_some_and(|last| self.names(last, arguments.len() - 1))
        {
            arguments.pop().and_then(Dynamic::try_cast::<Map>)
        } else {
            None
        };
        let (count, most) = (arguments.len(), self.parameters.len());
        if count > self.by_place().count() {
            return Err(self.too_many(count));
        }
        let mut is_given = vec![true; count];
        is_given.resize(most, false);
        arguments.resize(most, Dynamic::UNIT);
        for (name, value) in keywords.unwrap_or_default() {
            let Some(place) = self.place(&name) else {
                return Err(Error::type_error(format!(
                    "'{name}' is an invalid keyword argument for {}()",
                    self.function
                )));
            };
            if is_given[place] {
                return Err(Error::type_error(format!(
                    "argument for {}() given by name ('{name}') and position ({})",
                    self.function,
                    place + 1
                )));
            }
            (arguments[place], is_given[place]) = (value, true);
        }
        let mut places = self.parameters.iter().zip(is_given).enumerate();
        match places.find(|(_, (parameter, is_given))| parameter.must_be_given && !is_given) {
            None => Ok(arguments),
            Some((place, (parameter, _))) => Err(Error::type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                self.function,
                parameter.name,
                place + 1
            ))),
        }
    }

    fn by_place(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.by_place)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.parameters
            .iter()
            .position(|parameter| parameter.name == name)
    }

    /// Whether the argument at this place, the last, is a map that gives arguments by name: where one stands that may be given so, or
    /// where each of its names is a parameter's.
    fn names(&self, last: &Dynamic, place: usize) -> bool {
        let Some(map) = last.read_lock::<Map>().filter(|map| !map.is_empty()) else {
            return false;
        };
        self.parameters
            .get(place)
            .is_some_and(|parameter| parameter.by_name)
            || map.keys().all(|name| self.place(name).is_some())
    }

    #[cold]
    fn too_many(&self, given: usize) -> Error {
        let most = self.by_place().count();
        let bound = match self.by_place().all(|parameter| parameter.must_be_given) {
            true => "exactly",
            false => "at most",
        };
        let plural = if most == 1 { "" } else { "s" };
        Error::type_error(format!(
            "{}() takes {bound} {most} argument{plural} ({given} given)",
            self.function
        ))
    }
}
