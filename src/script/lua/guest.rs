//! The modules in a machine of the host's own.

use std::rc::Rc;

use mlua::Lua;

use crate::error::{Error, Result};
use crate::net::Net;

use super::trampoline;

/// Puts `socket` and the other modules into a Lua machine of your own: as globals, and for `require`. Names that are there
/// stay what they are.
///
/// There is no [`Runtime`](crate::Runtime): a call that waits blocks the thread, a script's coroutine or not, and
/// `task.spawn`, `task.timeout` and `task.group` raise a `RuntimeError` that says so. What scripts may do is the network's
/// policy; the machine's own libraries are your affair. Errors are the same objects, but `mlua` keeps only their text when one
/// reaches Rust: [`error_of`] has the error itself. The modules live as long as the machine.
///
/// The machine must be used on one thread: with `mlua`'s feature `send` this does not compile.
///
/// # Errors
/// `ValueError` when the machine has the modules already; `MemoryError`.
///
/// ```
/// use wirescript::{Net, Policy};
///
/// let lua = mlua::Lua::new();
/// let net = Net::standalone(Policy::allow_all());
/// wirescript::lua::register(&lua, &net)?;
/// let text: String = lua
///     .load("local a, b = socket.socketpair() a:sendall('hello') a:close() return b:recv(10)")
///     .eval()
///     .expect("a pair of sockets");
/// assert_eq!(text, "hello");
/// # Ok::<(), wirescript::Error>(())
/// ```
pub fn register(lua: &Lua, net: &Rc<Net>) -> Result<()> {
    let () = <Lua as MluaMustBeBuiltWithoutItsFeatureSend<_>>::CHECK;
    trampoline::install_guest(lua, net)
}

/// The error of the modules' that a call of this machine has just failed with: its class, number, address and place, of which
/// `mlua` keeps the text alone. None where it is another's, or no longer the last.
///
/// ```
/// use wirescript::{Class, Net, Policy};
///
/// let lua = mlua::Lua::new();
/// wirescript::lua::register(&lua, &Net::standalone(Policy::allow_all()))?;
/// let thrown = lua.load("socket.create_connection({'127.0.0.1', 1})").exec().expect_err("nobody listens there");
/// let error = wirescript::lua::error_of(&lua, &thrown).expect("an error of the modules'");
/// assert_eq!((error.class(), error.code()), (Class::ConnectionRefusedError, Some("ECONNREFUSED")));
/// # Ok::<(), wirescript::Error>(())
/// ```
pub fn error_of(lua: &Lua, thrown: &mlua::Error) -> Option<Error> {
    if let Some(error) = thrown.downcast_ref::<Error>() {
        return Some(error.clone());
    }
    let text = match thrown {
        mlua::Error::RuntimeError(text) => text,
        mlua::Error::CallbackError { cause, .. } | mlua::Error::WithContext { cause, .. } => {
            return error_of(lua, cause);
        }
        _ => return None,
    };
    // Lua's traceback follows the error's own text.
    let told = trampoline::last_told(lua)?;
    let rest = text.strip_prefix(&told.to_string())?;
    (rest.is_empty() || rest.starts_with('\n')).then(|| Error::clone(&told))
}

/// Ambiguous for what is `Send`: then the line above does not compile.
trait MluaMustBeBuiltWithoutItsFeatureSend<A> {
    const CHECK: () = ();
}

impl<T> MluaMustBeBuiltWithoutItsFeatureSend<()> for T {}

/// What only `Send` types have in common.
struct Sendable;

impl<T: Send> MluaMustBeBuiltWithoutItsFeatureSend<Sendable> for T {}
