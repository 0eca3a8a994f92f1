//! Errors that reach Rust from an engine of the host's own.

use wirescript::{Class, Net, Place, Policy};

#[cfg(feature = "lua")]
#[test]
fn lua_s_last_error_is_known_and_no_other() {
    let lua = mlua::Lua::new();
    wirescript::lua::register(&lua, &Net::standalone(Policy::allow_all())).expect("a fresh machine");
    let fail = |text: &str| lua.load(text).set_name("=mine").exec().expect_err("it fails");
    let refused = fail("\nsocket.create_connection({'127.0.0.1', 1})");
    let error = wirescript::lua::error_of(&lua, &refused).expect("it is the last");
    assert_eq!(
        (error.class(), error.errno()),
        (Class::ConnectionRefusedError, Some(111))
    );
    assert_eq!(error.place().map(Place::line), Some(2));
    let own = fail("error('of my own')");
    assert!(wirescript::lua::error_of(&lua, &own).is_none());
    fail("errno.no_such_name()");
    fail("socket.socket():recv(1)");
    assert!(
        wirescript::lua::error_of(&lua, &refused).is_none(),
        "another came after it"
    );
    let carried = mlua::Error::external(error);
    let carried = wirescript::lua::error_of(&lua, &carried).expect("what carries one");
    assert_eq!(carried.errno(), Some(111));
}

#[cfg(feature = "rhai")]
#[test]
fn rhai_s_errors_are_errors_of_ours() {
    let mut engine = rhai::Engine::new();
    wirescript::rhai::register(&mut engine, &Net::standalone(Policy::allow_all())).expect("a fresh engine");
    let fail = |text: &str| wirescript::rhai::error_of(&engine.run(text).expect_err("it fails"));
    let error = fail("fn dial() {\nsocket::create_connection([\"127.0.0.1\", 1]) } dial()");
    assert_eq!(
        (error.class(), error.errno()),
        (Class::ConnectionRefusedError, Some(111))
    );
    assert_eq!(error.place().map(Place::line), Some(2));
    assert_eq!(fail("[1][7]").class(), Class::IndexError);
    assert_eq!(fail("throw \"of my own\"").headline(), "RuntimeError: of my own");
}
