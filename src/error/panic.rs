//! Panics as errors that say whose fault they are: ours, or that of the host's own code that we called.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::Error;

/// What a panic of the host's code goes on with, to whoever makes an error of it.
struct HostPanic {
    /// What of the host's it was.
    whose: &'static str,
    text: String,
}

/// Runs code of the host's that can only return; a panic in it goes on as the host's. `whose` is what messages call it.
pub(crate) fn hosted<T>(whose: &'static str, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = text_of(&*panic);
        resume_unwind(Box::new(HostPanic { whose, text }))
    })
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

impl Error {
    /// A panic, as an error that says whose fault it is.
    pub(crate) fn bug(panic: &(dyn Any + Send)) -> Self {
        match panic.downcast_ref::<HostPanic>() {
            Some(HostPanic { whose, text }) => Self::runtime(format!("the host's {whose} panicked: {text}")),
            None => Self::runtime(format!(
                "this is a bug in wirescript, please report it: {}",
                text_of(panic)
            )),
        }
    }

    /// A panic of a function of the host's, or of what else of the host's it has come to by way of a script.
    pub(crate) fn panicked(function: &str, panic: &(dyn Any + Send)) -> Self {
        if panic.is::<HostPanic>() {
            return Self::bug(panic);
        }
        let text = text_of(panic);
        Self::runtime(format!("the host's function '{function}' panicked: {text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_whose_panic_it_was() {
        let text = |run: fn()| {
            let panic = catch_unwind(run).expect_err("it panics");
            Error::bug(&*panic).message().into_owned()
        };
        assert!(text(|| panic!("one")).ends_with("please report it: one"));
        assert_eq!(
            text(|| hosted("audit sink", || panic!("number {}", 2))),
            "the host's audit sink panicked: number 2"
        );
        let panic = catch_unwind(|| hosted("audit sink", || panic!("within"))).expect_err("it panics");
        assert_eq!(
            Error::panicked("f", &*panic).message(),
            "the host's audit sink panicked: within"
        );
    }
}
