-- What Lua's coroutine library says, word for word: runs in stock `lua5.4` (which wrote coroutine.expected.txt) and in
-- wirescript, where `pause()` really waits and another task runs meanwhile.
local pause = function() end
if task then
    function pause()
        local a, b = socket.socketpair()
        task.spawn(function() b:send("x") end)
        assert(a:recv(1) == "x")
        a:close()
        b:close()
    end
end

local function show(...)
    local out = {}
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        local kind = type(v)
        out[i] = (kind == "table" or kind == "function" or kind == "thread") and kind or tostring(v)
    end
    print(table.concat(out, " "))
end

local function all()
    local main, ismain = coroutine.running()
    show("running", main, ismain, coroutine.isyieldable(), coroutine.isyieldable(main), coroutine.status(main))
    show("yield outside", pcall(coroutine.yield, 1))
    show("resume itself", coroutine.resume(main))
    show("close itself", pcall(coroutine.close, main))

    -- Values both ways, untouched.
    local co = coroutine.create(function(...)
        show("in", ...)
        pause()
        show("again", coroutine.yield(1, nil, 3, nil))
        pause()
        show("none", select("#", coroutine.yield()))
        return nil, nil
    end)
    show(coroutine.status(co), coroutine.isyieldable(co))
    show("out", select("#", coroutine.resume(co, "a", nil, "c")), coroutine.status(co))
    pause()
    show("out", coroutine.resume(co, "d", nil))
    show("out", select("#", coroutine.resume(co)), coroutine.status(co))
    show("dead", coroutine.resume(co))
    show("closed", coroutine.close(co), coroutine.status(co))

    -- Who sees whom how.
    local outer, inner
    outer = coroutine.create(function()
        local me, first = coroutine.running()
        show(me == outer, first, coroutine.isyieldable(), coroutine.status(me))
        inner = coroutine.create(function()
            pause()
            show(coroutine.status(outer), coroutine.status(main), coroutine.status(inner))
            show(coroutine.resume(outer))
            show(coroutine.resume(main))
            show(pcall(coroutine.close, outer))
            show(pcall(coroutine.close, inner))
            show(coroutine.resume(inner))
            coroutine.yield("yielded")
        end)
        show(coroutine.resume(inner))
        show(coroutine.status(inner))
        return "returned"
    end)
    show(coroutine.resume(outer))
    show(coroutine.close(inner), coroutine.status(inner), coroutine.resume(inner))

    -- Errors.
    local value = {}
    co = coroutine.create(function() pause() error(value) end)
    local ok, e = coroutine.resume(co)
    show(ok, e == value, coroutine.status(co), coroutine.close(co))
    co = coroutine.create(function() pause() error("text") end)
    show(coroutine.resume(co))
    show(coroutine.close(co))
    ok, e = coroutine.resume(coroutine.create(function() pause() error() end))
    show(ok, tostring(e) == (_VERSION == "Lua 5.4" and "nil" or "<no error object>"))
    show(pcall(coroutine.wrap(function() pause() error("wrapped") end)))
    show(pcall(coroutine.wrap(function() pause() error("bare", 0) end)))
    show(pcall(coroutine.wrap(function() pause() error(value) end)))
    show(pcall(coroutine.wrap(function() pause() local x = nil .. "x" end)))
    local dead = coroutine.wrap(pause)
    show(select("#", dead()))
    show(pcall(dead))
    local self
    self = coroutine.wrap(function() return self() end)
    show(pcall(self))

    -- Closing.
    local function closing(result)
        return setmetatable({}, { __close = function(_, e)
            pause()
            show("closing", e)
            if result then error(result, 0) end
        end })
    end
    co = coroutine.create(function() local x <close> = closing() coroutine.yield() end)
    coroutine.resume(co)
    show(coroutine.close(co))
    co = coroutine.create(function() local x <close> = closing("bad") coroutine.yield() end)
    coroutine.resume(co)
    show(coroutine.close(co))
    show(coroutine.close(co), coroutine.status(co))
    co = coroutine.create(function() local x <close> = closing() error("first", 0) end)
    show(coroutine.resume(co))
    show(coroutine.status(co), coroutine.close(co))
    show(pcall(coroutine.wrap(function() local x <close> = closing("second") error("first", 0) end)))
    show(coroutine.close(coroutine.create(pause)))

    -- Where a yield cannot pass.
    show(coroutine.resume(coroutine.create(function() table.sort({ 2, 1 }, coroutine.yield) end)))
    show(coroutine.resume(coroutine.create(function() return ("x"):gsub("x", coroutine.yield) end)))
    show(coroutine.resume(coroutine.create(function() return load(coroutine.yield) end)))
    local able
    coroutine.wrap(function() ("x"):gsub("x", function() pause() able = coroutine.isyieldable() end) end)()
    show("in gsub", able)
    -- Where it can.
    co = coroutine.wrap(function()
        pause()
        local _, a = pcall(coroutine.yield, "pcall")
        pause()
        local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end })
        local b = t.index
        local c = setmetatable({}, { __lt = function() return coroutine.yield("lt") end }) < t
        for i in coroutine.yield, "iterator" do pause() if i > 1 then break end end
        do local x <close> = setmetatable({}, { __close = function() pause() coroutine.yield("close") end }) end
        return a, b, c
    end)
    show(co()) show(co("A")) show(co("B")) show(co(true)) show(co(1)) show(co(2)) show(co())

    -- Wrong arguments.
    for _, name in ipairs { "create", "wrap", "resume", "status", "close", "isyieldable", "running" } do
        show(name, pcall(coroutine[name]))
        show(name, pcall(coroutine[name], 1))
        show(name, pcall(coroutine[name], print, 2))
    end
    show(coroutine.resume(coroutine.create(string.upper), "c function"))

    local names = {}
    for name in pairs(coroutine) do names[#names + 1] = name end
    table.sort(names)
    show(table.concat(names, " "))
    show(select("#", coroutine.resume(coroutine.create(function(...) return ... end), table.unpack({}, 1, 200))))
    show((select(2, coroutine.resume(coroutine.create(function() return debug.traceback("trace") end)))))
end

all()
if task then
    local lines = {}
    local function keep(text) lines[#lines + 1] = text end
    -- A task's base is to its script what the main chunk is: the same text again.
    print = keep
    task.spawn(all):join()
    io.write("== task\n", table.concat(lines, "\n"), "\n")
else
    io.write("== task\n")
    all()
end
