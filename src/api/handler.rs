//! From values to typed arguments and back: what lets a row hold an ordinary Rust function.

use std::marker::PhantomData;

use crate::error::{Class, Error, Result};

use super::Cx;
use super::argument::{FromArg, Mismatch};
use super::outcome::IntoValue;
use super::value::Value;

/// A typed function behind a row.
pub(crate) trait Handler: Sync {
    /// Runs it on bound arguments: one value for each parameter, the object first where there is one.
    fn run(&self, cx: &Cx<'_>, args: &mut [Value]) -> Result<Value, Failure>;
    /// The kind of each argument, as messages and documentation name it.
    fn kinds(&self) -> &'static [&'static str];
}

/// Why a row's function did not run to its end.
pub(crate) enum Failure {
    /// Argument `place` is not of the kind expected.
    Kind {
        place: usize,
        expected: &'static str,
        given: &'static str,
    },
    /// Argument `place` has no place in the type.
    Range { place: usize, value: String },
    /// Its own error.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A row's function with its argument types.
pub(crate) struct Typed<F, A> {
    function: F,
    arguments: PhantomData<fn(A)>,
}

/// Wraps a typed function for a row.
pub(crate) const fn typed<F: Signature<A>, A>(function: F) -> Typed<F, A> {
    Typed {
        function,
        arguments: PhantomData,
    }
}

/// Functions that can stand behind a row: `fn(&Cx, A, B, …) -> Result<R>`, where each argument is a [`FromArg`] and
/// `R` is an [`IntoValue`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand behind a row of the table",
    label = "expected fn(&Cx<'_>, A, B, ...) -> Result<R>, every argument FromArg and R IntoValue"
)]
pub(crate) trait Signature<A>: Sync {
    const KINDS: &'static [&'static str];
    fn run(&self, cx: &Cx<'_>, args: &mut [Value]) -> Result<Value, Failure>;
}

impl<F: Signature<A>, A> Handler for Typed<F, A> {
    fn run(&self, cx: &Cx<'_>, args: &mut [Value]) -> Result<Value, Failure> {
        self.function.run(cx, args)
    }

    fn kinds(&self) -> &'static [&'static str] {
        F::KINDS
    }
}

macro_rules! handlers {
    ($($name:ident $place:tt),*) => {
        impl<Func, Out, $($name),*> Signature<($($name,)*)> for Func
        where
            Func: Fn(&Cx<'_>, $($name),*) -> Result<Out> + Sync,
            Out: IntoValue,
            $($name: FromArg,)*
        {
            const KINDS: &'static [&'static str] = &[$($name::KIND),*];

            #[allow(unused_variables, non_snake_case, reason = "the macro serves every arity, none included")]
            fn run(&self, cx: &Cx<'_>, args: &mut [Value]) -> Result<Value, Failure> {
                $(let $name = take::<$name>(args, $place)?;)*
                Ok(self(cx, $($name),*)?.into_value())
            }
        }
    };
}

handlers!();
handlers!(A 0);
handlers!(A 0, B 1);
handlers!(A 0, B 1, C 2);
handlers!(A 0, B 1, C 2, D 3);
handlers!(A 0, B 1, C 2, D 3, E 4);
handlers!(A 0, B 1, C 2, D 3, E 4, G 5);
handlers!(A 0, B 1, C 2, D 3, E 4, G 5, H 6);
handlers!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7);
handlers!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8);
handlers!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9);

fn take<T: FromArg>(args: &mut [Value], place: usize) -> Result<T, Failure> {
    let value = args
        .get_mut(place)
        .map_or(Value::None, |slot| std::mem::replace(slot, Value::None));
    if let Value::Absent(constant) = value
        && !T::TAKES_ABSENT
    {
        return Err(Failure::Error(absent(constant)));
    }
    let given = value.kind();
    T::from_arg(value).map_err(|mismatch| match mismatch {
        Mismatch::Kind => Failure::Kind {
            place,
            expected: T::KIND,
            given,
        },
        Mismatch::Range(value) => Failure::Range { place, value },
        Mismatch::Error(error) => Failure::Error(error),
    })
}

/// The error of using a constant this platform does not have.
pub(crate) fn absent(constant: &crate::constants::Constant) -> Error {
    Error::new(
        Class::NotImplementedError,
        format!(
            "socket.{} is not available on this platform (only on {})",
            constant.name, constant.platform
        ),
    )
}
