-- A calculation: calls, tables, arithmetic. It runs in Lua as it is and in wirescript, and prints the seconds of the processor it took.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end

local function sieve(limit)
  local composite, count = {}, 0
  for n = 2, limit do
    if not composite[n] then
      count = count + 1
      for multiple = n * n, limit, n do composite[multiple] = true end
    end
  end
  return count
end

collectgarbage("generational")
local start = os.clock()
local x = 0
for i = 1, 10000000 do x = (x * 31 + i) & 0xffffffff end
assert(fib(27) == 196418 and sieve(1000000) == 78498)
print(os.clock() - start)
