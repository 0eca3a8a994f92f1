//! The modules in an engine of the host's own.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use rhai::{Engine, EvalAltResult, Module};

use crate::api::MODULES;
use crate::error::{Error, Result};
use crate::net::Net;

use super::error::Failure;
use super::host::Host;
use super::op::Site;
use super::places::Places;
use super::watch::Watch;
use super::{buffer, lines, module, named, nested, object, own, syntax, wide, with};

/// Puts `socket` and the other modules into a Rhai engine of your own, with the functions and types they need.
///
/// There is no [`Runtime`](crate::Runtime): a call that waits blocks the thread, and `task::spawn`, `task::timeout`,
/// `task::group` and audit hooks raise a `RuntimeError` that says so. What scripts may do is the network's policy; limits,
/// modules and output of the engine stay yours. Two of its hooks are taken: `on_parse_token`, which frees words that Rhai
/// reserves and the modules use, and `on_missing_function`. A thrown error is the same object as elsewhere; Rhai shows only the
/// name of its type when one reaches Rust, and [`error_of`] has the error itself. `with` needs a `Runtime`.
///
/// # Errors
/// A value of a module cannot be had.
///
/// ```
/// use wirescript::{Net, Policy};
///
/// let mut engine = rhai::Engine::new();
/// let net = Net::standalone(Policy::allow_all());
/// wirescript::rhai::register(&mut engine, &net)?;
/// let text: rhai::Blob = engine
///     .eval("let p = socket::socketpair(); p[0].sendall(\"hello\"); p[1].recv(10)")
///     .expect("a pair of sockets");
/// assert_eq!(text, b"hello");
/// # Ok::<(), wirescript::Error>(())
/// ```
pub fn register(engine: &mut Engine, net: &Rc<Net>) -> Result<()> {
    let site = Rc::new(Site {
        net: net.clone(),
        environment: Rc::default(),
        watch: Watch::new(net.sched().clone()),
        core: Weak::new(),
        host: Host::default(),
        reads_marks: Cell::new(false),
        exchanged: wide::Exchanged::default(),
        held: with::Held::default(),
    });
    let mut functions = Module::new();
    object::install(&mut functions, &site);
    object::attend(engine, &site, &Rc::new(Places::default()));
    buffer::install(&mut functions, &site);
    lines::install(&mut functions, &site);
    lines::name_types(engine);
    own::install(&mut functions);
    named::install(&mut functions);
    nested::install(&mut functions, &site);
    named::name_types(engine);
    engine.register_global_module(functions.into());
    syntax::install(engine, &site);
    for description in MODULES {
        engine.register_static_module(description.name, module::build(description, &site)?.into());
    }
    Ok(())
}

/// What an evaluation failed with as an error of ours: one that the modules raised with its number, address and place, one
/// of Rhai's own with the class that is closest to it.
///
/// ```
/// use wirescript::{Class, Net, Policy};
///
/// let mut engine = rhai::Engine::new();
/// wirescript::rhai::register(&mut engine, &Net::standalone(Policy::allow_all()))?;
/// let thrown = engine.run("socket::create_connection([\"127.0.0.1\", 1])").expect_err("nobody listens there");
/// let error = wirescript::rhai::error_of(&thrown);
/// assert_eq!((error.class(), error.errno()), (Class::ConnectionRefusedError, Some(111)));
/// assert_eq!(error.headline(), "ConnectionRefusedError: [Errno 111] Connection refused");
/// # Ok::<(), wirescript::Error>(())
/// ```
pub fn error_of(thrown: &EvalAltResult) -> Error {
    Failure::new(thrown, "").error
}
