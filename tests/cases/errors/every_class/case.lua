-- Every exception class, and its ancestors.
local errors = require "errors"
local socket = require "socket"

local NAMES = [[
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning Exception
ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit
ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError
NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError
TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
]]
for name in NAMES:gmatch("%a+") do
  local parents = {}
  local class = errors[name]
  while class do
    parents[#parents + 1] = class.name
    class = class.parent
  end
  print(table.concat(parents, " < "))
end
for _, pair in ipairs({{errors.ConnectionResetError, errors.OSError}, {errors.OSError, errors.ConnectionResetError},
    {socket.timeout, errors.OSError}, {errors.ValueError, errors.ValueError},
    {errors.UnicodeDecodeError, errors.ValueError}, {errors.ExceptionGroup, errors.BaseExceptionGroup}}) do
  print(pair[1].name .. " " .. pair[2].name .. " " .. repr(pair[1]:is(pair[2])))
end
