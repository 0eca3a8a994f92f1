-- Servers in classes, as Python's `socketserver` has them: a server takes connections or datagrams, and for each makes a
-- handler, an object of a class of yours.
--
--   local Echo = socketserver.class(socketserver.StreamRequestHandler)
--   function Echo:handle() for line in self.rfile:lines() do self.wfile:write(line) end end
--   local server <close> = socketserver.ThreadingTCPServer({"", 7000}, Echo)
--   server:serve_forever()
--
-- This page: what a class is, and what becomes of errors. The module is its pages in the order of `script/library.rs`, one
-- chunk that is called with the module's table and fills it.

local module = ...
local socket, task, time, errors, sys = require "socket", require "task", require "time", require "errors", require "sys"
local select, native = require "select", require "_socketserver"
local debug, repr = debug, repr

-- What a class asks for a name it does not have itself: its bases in Python's order, a base after all that derive from it.
local function order(bases)
  local all, seen, result = {}, {}, {}
  for _, base in ipairs(bases) do
    for _, class in ipairs(base.__mro__) do all[#all + 1] = class end
  end
  for i = #all, 1, -1 do
    if not seen[all[i]] then
      seen[all[i]] = true
      table.insert(result, 1, all[i])
    end
  end
  return result
end

-- A new class. Called like a function it makes an object and hands its arguments to the object's __init__.
local function class(...)
  local bases = {...}
  for place, base in ipairs(bases) do
    if type(base) ~= "table" or not rawget(base, "__mro__") then
      error(errors.TypeError(("class() argument %d must be a class, not %s"):format(place, type(base))), 2)
    end
  end
  local new = {}
  local above = order(bases)
  new.__index = new
  new.__name = bases[1] and bases[1].__name or "object"
  new.__mro__ = {new, table.unpack(above)}
  new.__close = function(self) return self:__exit__() end
  -- An object prints as Python's does, unless one of its classes says otherwise.
  new.__tostring = bases[1] and bases[1].__tostring or repr
  local index = above[1]
  if #bases > 1 then
    index = function(_, name)
      for _, base in ipairs(above) do
        local value = rawget(base, name)
        if value ~= nil then return value end
      end
    end
  end
  return setmetatable(new, {
    __index = index,
    __tostring = repr,
    __call = function(_, ...)
      local self = setmetatable({}, new)
      local init = self.__init__
      if init then
        init(self, ...)
      elseif select("#", ...) > 0 then
        error(errors.TypeError(new.__name:match("[^.]*$") .. "() takes no arguments"), 2)
      end
      return self
    end,
  })
end
module.class = class

local function define(name, ...)
  local new = class(...)
  new.__name = "socketserver." .. name
  module[name] = new
  return new
end

-- The arguments of a method, at least `needed` of those it has names for. `level` is as for error().
local function fitting(level, method, names, needed, ...)
  local count, most = select("#", ...), #names
  if count >= needed and count <= most then return ... end
  local text
  if count > most then
    local bound, plural = needed == most and "exactly" or "at most", most == 1 and "" or "s"
    text = ("%s() takes %s %d argument%s (%d given)"):format(method, bound, most, plural, count)
  else
    text = ("%s() missing required argument '%s' (pos %d)"):format(method, names[count + 1], count + 1)
  end
  error(errors.TypeError(text), level + 1)
end

-- The same of a method all of whose parameters must be given.
local function exactly(method, names, ...) return fitting(3, method, names, #names, ...) end

-- A method's arguments by its parameters' names: positions, and keywords in a table at the end.
local function bind(method, names, needed, ...)
  local given, count = {...}, select("#", ...)
  local last, has = given[count], {}
  local is_map = type(last) == "table" and not getmetatable(last) and #last == 0 and type(next(last)) == "string"
  if count > #names + (is_map and 1 or 0) or not is_map then return fitting(3, method, names, needed, ...) end
  for place = 1, count - 1 do has[place] = true end
  given[count] = nil
  for key, value in pairs(last) do
    local place
    for i = 1, #names do
      if names[i] == key then place = i end
    end
    if not place then
      error(errors.TypeError(("'%s' is an invalid keyword argument for %s()"):format(key, method)), 3)
    elseif has[place] then
      error(errors.TypeError(("argument for %s() given by name ('%s') and position (%d)"):format(method, key, place)), 3)
    end
    given[place], has[place] = value, true
  end
  for place = 1, needed do
    if not has[place] then
      error(errors.TypeError(("%s() missing required argument '%s' (pos %d)"):format(method, names[place], place)), 3)
    end
  end
  return table.unpack(given, 1, #names)
end

-- The name of an object's class without its module's.
local function class_name(self) return self.__name:match("[^.]*$") end

-- What hooks take.
local NOTHING, REQUEST, BOTH = {}, {"request"}, {"request", "client_address"}

-- Whether a failure is one that Python's `except Exception` catches: all but the end of the program or of the task.
local function is_exception(e)
  return type(e) ~= "userdata" or errors.Exception == nil or e:is(errors.Exception)
end

-- An error of Lua's own does not know how it came about once it is caught: a pair of it and its traceback does.
local Traced = {}
local function traced(e)
  if type(e) == "userdata" then return e end
  return setmetatable({e, debug and debug.traceback(tostring(e), 2) or tostring(e)}, Traced)
end
local function untraced(e)
  if getmetatable(e) == Traced then return e[1], e[2] end
  local known, places = pcall(function() return e.traceback end)
  return e, known and places ~= "" and ("%s\n%s"):format(e, places) or tostring(e)
end
