//! What scripts print, in the host's hands.

use std::sync::Arc;

use crate::error::hosted;
use crate::net::Outlets;

use super::builder::Builder;

impl Builder {
    /// Who takes what scripts print, in place of standard output: `print`, `io.write`, `sys.stdout`, `help`, the prompt of
    /// `input`. Each call's bytes come at once, a line of `print` with its end; they need not be text. Workers print here as
    /// well, each on its own thread. What programs print that scripts start goes to standard output as ever.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use wirescript::Runtime;
    ///
    /// let printed = Arc::new(Mutex::new(Vec::new()));
    /// let taken = printed.clone();
    /// let builder = Runtime::builder().on_output(move |bytes: &[u8]| {
    ///     taken.lock().expect("nobody panics holding it").extend_from_slice(bytes);
    /// });
    /// builder.build()?.run("hello", "print('hello')".replace('\'', "\""))?;
    /// assert_eq!(*printed.lock().expect("nobody panicked"), b"hello\n");
    /// # Ok::<(), wirescript::Error>(())
    /// ```
    pub fn on_output(mut self, take: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        self.outlets.output = Some(Arc::new(move |bytes: &[u8]| hosted("on_output", || take(bytes))));
        self
    }

    /// As [`Builder::on_output`], in place of standard error: `sys.stderr`, Lua's `io.stderr` and `warn`, Rhai's `debug`; and
    /// warnings, unless [`Builder::on_warning`] has them.
    pub fn on_error_output(mut self, take: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        self.outlets.errors = Some(Arc::new(move |bytes: &[u8]| {
            hosted("on_error_output", || take(bytes));
        }));
        self
    }

    /// What it is printed to, as the one's who started this worker.
    pub(super) fn outlets(mut self, outlets: Outlets) -> Self {
        self.outlets = outlets;
        self
    }
}
