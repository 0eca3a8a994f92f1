//! Places a script can try from: tasks, their groups and times, hooks, metamethods, workers. Each lives under the policy of
//! whoever started it.

use super::*;

attempts! { a_place, not_here(),
    a_task: "", "task.spawn(function() socket.socket():connect({'127.0.0.1', 9}) end):join()";
        "", "task::spawn(|| socket::socket().connect([\"127.0.0.1\", 9])).join()";
    a_task_of_a_task: "", "task.spawn(function() return task.spawn(function() socket.socket():connect({'127.0.0.1', 9}) end):join() end):join()";
        "", "task::spawn(|| task::spawn(|| socket::socket().connect([\"127.0.0.1\", 9])).join()).join()";
    a_group: "", "task.group(function() task.spawn(function() socket.socket():connect({'127.0.0.1', 9}) end) end)";
        "", "task::group(|| { task::spawn(|| socket::socket().connect([\"127.0.0.1\", 9])); })";
    a_timeout: "", "task.timeout(10, function() socket.socket():connect({'127.0.0.1', 9}) end)";
        "", "task::timeout(10, || socket::socket().connect([\"127.0.0.1\", 9]))";
    a_timeout_that_is_over: "", "pcall(task.timeout, 0, task.sleep, 1) task.timeout(9, function() pcall(task.timeout, 0, task.sleep, 1) socket.socket():connect({'127.0.0.1', 9}) end)";
        "", "task::timeout(9, || { try { task::timeout(0, || task::sleep(1)); } catch {} socket::socket().connect([\"127.0.0.1\", 9]) })";
    a_task_that_is_cancelled: "local went local t = task.spawn(function() pcall(task.sleep, 10) went = {pcall(function() socket.socket():connect({'127.0.0.1', 9}) end)} end) task.sleep(0) t:cancel() pcall(t.join, t)",
            "error(went[2])";
        "let went = [()]; let t = task::spawn(|| { try { task::sleep(10); } catch {} try { socket::socket().connect([\"127.0.0.1\", 9]); } catch (e) { went[0] = e; } }); task::sleep(0); t.cancel(); try { t.join(); } catch {}",
            "throw went[0]";
    a_hook: "local inside sys.addaudithook(function() if not inside then inside = true socket.socket():connect({'127.0.0.1', 9}) end end)", "socket.socket()";
        "sys::addaudithook(|event, args| { if event == \"socket.bind\" { socket::socket().connect([\"127.0.0.1\", 9]); } }); let s = socket::socket();", "s.bind([\"127.0.0.1\", 0])";
    a_hook_that_says_yes: "sys.addaudithook(function() return true end)", "socket.socket():connect({'127.0.0.1', 9})";
        "sys::addaudithook(|event, args| true);", "socket::socket().connect([\"127.0.0.1\", 9])";
    nonblocking: "local s = socket.socket() s:setblocking(false)", "s:connect({'127.0.0.1', 9})"; "let s = socket::socket(); s.setblocking(false);", "s.connect([\"127.0.0.1\", 9])";
    after_a_refusal: "local s = socket.socket() for _ = 1, 99 do pcall(s.connect, s, {'127.0.0.1', 9}) end", "s:connect({'127.0.0.1', 9})";
        "let s = socket::socket(); for i in 0..99 { try { s.connect([\"127.0.0.1\", 9]); } catch {} }", "s.connect([\"127.0.0.1\", 9])";
    called_indirectly: "local f = socket.socket().connect", "f(socket.socket(), {'127.0.0.1', 9})"; "let f = Fn(\"connect\");", "f.call(socket::socket(), [\"127.0.0.1\", 9])";
    by_keywords: "", "socket.create_connection{address = {'127.0.0.1', 9}}"; "", "socket::create_connection(#{address: [\"127.0.0.1\", 9]})";
}

/// Lua's own places.
#[cfg(feature = "lua")]
mod in_lua {
    use super::*;

    macro_rules! from {
        ($($name:ident: $attempt:expr;)*) => {
            $(
                #[test]
                fn $name() {
                    let setup = "local function go() socket.socket():connect({'127.0.0.1', 9}) end";
                    refused(Speech::Lua, not_here(), setup, $attempt);
                }
            )*
        };
    }

    from! {
        a_coroutine: "local ok, e = coroutine.resume(coroutine.create(go)) error(e)";
        a_wrapped_coroutine: "coroutine.wrap(go)()";
        a_message_handler: "local ok, e = xpcall(error, function() local ok, e = pcall(go) return e end) error(e)";
        a_closing_variable: "local x <close> = setmetatable({}, {__close = go})";
        an_index: "return setmetatable({}, {__index = go}).x";
        a_comparator: "table.sort({2, 1}, go)";
        a_substitution: "return (('x'):gsub('x', go))";
        a_loaded_text: "load(\"socket.socket():connect({'127.0.0.1', 9})\")()";
        an_environment_of_its_own: "load(\"s.socket():connect({'127.0.0.1', 9})\", 'x', 't', {s = socket})()";
    }
}

/// Attempts of a worker, which the audit of whoever started it hears of.
fn from_workers() -> Policy {
    not_here().allow_worker()
}

attempts! { a_worker, from_workers(),
    its_main_chunk: "", "worker.spawn([[socket.socket():connect({'127.0.0.1', 9})]]):join()";
        "", "worker::spawn(\"socket::socket().connect([`127.0.0.1`, 9])\").join()";
    its_task: "", "worker.spawn([[task.spawn(function() socket.socket():connect({'127.0.0.1', 9}) end):join()]]):join()";
        "", "worker::spawn(\"task::spawn(|| socket::socket().connect([`127.0.0.1`, 9])).join()\").join()";
    its_worker: "", "worker.spawn([[worker.spawn('socket.socket():connect({\"127.0.0.1\", 9})'):join()]]):join()";
        "", "worker::spawn(\"worker::spawn(`socket::socket().connect([\\\"127.0.0.1\\\", 9])`).join()\").join()";
    a_file: "", "worker.spawn([[open('/etc/hostname')]]):join()"; "", "worker::spawn(\"open(`/etc/hostname`)\").join()";
    a_program: "", "worker.spawn([[tube.spawn({'true'})]]):join()"; "", "worker::spawn(\"tube::spawn([`true`])\").join()";
    a_script_that_may_not_be_read: "", "worker.spawn('/etc/hostname.lua'):join()"; "", "worker::spawn(\"/etc/hostname.rhai\").join()";
}

attempts! { a_worker_that_is_not_granted, not_here(),
    of_a_text: "", "worker.spawn('return 1')"; "", "worker::spawn(\"1\")";
    of_a_function: "", "worker.spawn(function() end)"; "", "worker::spawn(\"|| 1\")";
    of_a_file: "", "worker.spawn('/etc/hostname.lua')"; "", "worker::spawn(\"/etc/hostname.rhai\")";
}
