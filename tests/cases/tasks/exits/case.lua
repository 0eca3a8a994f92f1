-- A task that calls sys.exit ends itself and nothing else; its join is told of no failure.
local order = {}

local function leave()
    order[#order + 1] = 1
    sys.exit(3)
end

local thread = task.spawn(leave)
print(repr((thread:join())))
print(repr((thread:join())))
print(repr(order))

local ok, e = pcall(sys.exit, 4)
print(e.name .. " " .. e.message)

local inner = task.spawn(function() sys.exit("unseen") end)
print(repr((inner:join())))
print("goes on")
