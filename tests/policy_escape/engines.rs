//! What the languages bring themselves: modules, compiled code, `io`, `os`, `debug`, `eval`, `import`.

use super::*;

#[cfg(feature = "lua")]
mod lua {
    use super::*;

    /// The policies that leave most else to a script.
    fn policies() -> [Policy; 4] {
        [
            Policy::deny_all(),
            not_here(),
            built(Policy::allow_all().deny_net("10.0.0.0/8")),
            built(
                Policy::deny_all()
                    .allow_read("/")
                    .and_then(|policy| policy.allow_write("/")),
            ),
        ]
    }

    macro_rules! refusals {
        ($($name:ident: $attempt:expr;)*) => {
            $(
                #[test]
                fn $name() {
                    for policy in policies() {
                        refused(Speech::Lua, policy, "local code = string.dump(function() return 1 end)", $attempt);
                    }
                }
            )*
        };
    }

    refusals! {
        require_io: "require 'io'";
        require_os: "require 'os'";
        require_debug: "require 'debug'";
        require_package: "require 'package'";
        require_a_file: "require './x'";
        require_an_absolute_path: "require '/etc/passwd'";
        require_native_code: "require 'socket.core'";
        io_popen: "io.popen('true')";
        io_popen_to_write: "io.popen('cat', 'w')";
        io_tmpfile: "io.tmpfile()";
        io_read: "io.read('a')";
        io_lines_of_standard_input: "for line in io.lines() do end";
        io_input: "io.input()";
        io_input_of_a_file: "io.input('/etc/passwd')";
        io_output: "io.output()";
        io_output_to_a_file: "io.output('/tmp/wirescript-escape')";
        io_close_of_what_print_writes_to: "io.close()";
        io_stdin: "io.stdin:read('a')";
        io_stdout: "io.stdout:seek('set', 0)";
        io_stderr: "io.stderr:close()";
        os_execute: "os.execute('true')";
        os_execute_asking_for_a_shell: "os.execute()";
        os_getenv: "os.getenv('HOME')";
        os_remove: "os.remove('/tmp/wirescript-escape')";
        os_rename: "os.rename('/tmp/wirescript-escape', '/tmp/x')";
        os_tmpname: "os.tmpname()";
        os_setlocale: "os.setlocale('C')";
        debug_getinfo: "debug.getinfo(1)";
        debug_getlocal: "debug.getlocal(1, 1)";
        debug_getupvalue: "debug.getupvalue(print, 1)";
        debug_setupvalue: "debug.setupvalue(pcall, 1, nil)";
        debug_upvaluejoin: "debug.upvaluejoin(load, 1, load, 1)";
        debug_getregistry: "debug.getregistry()";
        debug_getmetatable: "debug.getmetatable('')";
        debug_setmetatable: "debug.setmetatable('', {})";
        debug_getuservalue: "debug.getuservalue(io, 1)";
        debug_sethook: "debug.sethook(print, 'c')";
        debug_gethook: "debug.gethook()";
        debug_of_another_thread: "debug.traceback(coroutine.create(print))";
        debug_debug: "debug.debug()";
        package_loadlib: "package.loadlib('libc.so.6', '*')";
        package_path: "local path = package.path";
        package_cpath: "local path = package.cpath";
        package_loaded: "package.loaded.io = nil";
        package_preload: "package.preload.x = print";
        package_searchers: "package.searchers[1] = print";
        package_searchpath: "package.searchpath('x', './?.lua')";
        a_file_run: "dofile('/etc/passwd')";
        a_file_run_from_standard_input: "dofile()";
        a_file_loaded: "loadfile('/etc/passwd')";
        through_a_coroutine: "coroutine.wrap(function() io.popen('true') end)()";
        through_a_task: "task.spawn(function() os.execute('true') end):join()";
        through_a_message_handler: "local r = table.pack(xpcall(error, function() return select(2, pcall(os.getenv, 'HOME')) end)) error(r[2], 0)";
        compiled_code: "assert(load(code))";
        compiled_code_as_such: "assert(load(code, 'x', 'b'))";
        compiled_code_as_text: "assert(load(code, 'x', 't'))";
        compiled_code_with_an_environment: "assert(load(code, 'x', 'bt', {}))";
        compiled_code_in_pieces: "local at = 0 assert(load(function() at = at + 1 return code:sub(at, at) end))";
        compiled_code_after_nothing: "assert(load('\\27'))";
        compiled_code_in_a_task: "task.spawn(function() assert(load(code, 'x', 'b')) end):join()";
        compiled_code_in_a_coroutine: "coroutine.wrap(function() assert(load(code, 'x', 'b')) end)()";
    }

    #[test]
    fn there_is_no_way_to_the_system_or_into_the_machine() {
        for policy in policies() {
            let mut runtime = Runtime::builder()
                .lua()
                .policy(policy)
                .build()
                .expect("a runtime");
            let code = r#"
                for _, name in ipairs {"ffi", "posix", "lfs"} do assert(_G[name] == nil, name) end
                assert(io.nothing == nil and os.nothing == nil and debug.nothing == nil and package.nothing == nil)
                for _, library in ipairs {io, os, debug, package} do
                    assert(getmetatable(library) == false and not pcall(setmetatable, library, {}))
                end
                assert(os.time() > 1e9 and os.clock() >= 0 and os.date("!%Y", 0) == "1970" and os.difftime(3, 1) == 2)
                assert(io.type(print) == nil and io.write() == true and io.flush() == true)
                assert(debug.traceback("text", 1):find("^text\nstack traceback:\n.*attempt:%d+"), debug.traceback("text", 1))
                assert(debug.traceback():find("^stack traceback:") and debug.traceback(io) == io)
                local code = string.dump(function() return 1 end)
                for _, mode in ipairs {"b", "bt", "t"} do assert(load(code, "x", mode) == nil) end
                assert(load(function() local piece = code code = nil return piece end, "x", "b") == nil)
                assert(not pcall(setmetatable, {}, {__gc = function() end}))
                assert(getmetatable("").__index == string and not pcall(setmetatable, "", {}))
                local s = errors.OSError(1, "x")
                assert(getmetatable(s) == false and not pcall(setmetatable, s, {}))
                assert(not pcall(load, "x", "x", {}) and coroutine.running() ~= nil)
            "#;
            if let Err(error) = runtime.run("attempt", code) {
                panic!("{error}");
            }
        }
    }
}

#[cfg(feature = "rhai")]
mod rhai {
    use super::*;

    macro_rules! refusals {
        ($($name:ident: $setup:expr, $attempt:expr;)*) => {
            $(
                #[test]
                fn $name() {
                    for policy in [Policy::deny_all(), not_here()] {
                        refused(Speech::Rhai, policy, $setup, $attempt);
                    }
                }
            )*
        };
    }

    // The optimizer leaves out an import that nothing is used of.
    refusals! {
        import_a_file: "", "import \"/etc/hostname\" as x; x::f()";
        import_a_script: "", "import \"/tmp/x.rhai\" as x; x::f()";
        import_a_neighbour: "", "import \"x\" as x; x::f()";
        import_what_is_not_there: "", "import \"../../nowhere/x\" as x; x::f()";
        import_in_an_evaluated_text: "", "eval(\"import `/etc/hostname` as x;\")";
        import_in_a_task: "", "task::spawn(|| { import \"/etc/hostname\" as x; }).join()";
        an_evaluated_text: "", "eval(\"open(`/etc/hostname`)\")";
        a_text_evaluated_twice: "", "eval(\"eval(`open(\\\"/etc/hostname\\\")`)\")";
        a_function_by_its_name: "let f = Fn(\"open\");", "f.call(\"/etc/hostname\")";
        a_curried_function: "let f = Fn(\"open\").curry(\"/etc/hostname\");", "f.call()";
        a_function_of_a_closure: "let f = |path| open(path);", "f.call(\"/etc/hostname\")";
        a_method_of_a_map: "let m = #{ run: |path| open(path) };", "m.run(\"/etc/hostname\")";
        a_mapped_list: "", "[\"/etc/hostname\"].map(|path| open(path))";
    }

    #[test]
    fn there_is_no_way_to_the_system() {
        let mut runtime = Runtime::builder().rhai().build().expect("a runtime");
        for code in [
            "open_file(\"/etc/hostname\")",
            "path(\"/etc\")",
            "cwd()",
            "exec(\"true\")",
            "system(\"true\")",
            "getenv(\"HOME\")",
            "os::getenv(\"HOME\")",
            "io::open(\"/etc/hostname\")",
        ] {
            runtime
                .run("attempt", code)
                .expect_err("there is no such function");
        }
    }
}
