-- repr of tables with keys of any kind, and of what is within itself.
print(repr({[10]="x"}) .. " " .. repr({1, 2, a=3}) .. " " .. repr({a=1, b="y"}))
print(repr({[-1]=false, [0.5]=true, [7]="z", k=1.0}))
print(repr({["\xff"]=1}) .. " " .. repr({{[3]={"c"}}}) .. " " .. repr({[true]={q=1}}))
local d = {}
d.x = d
print(repr(d))
local a = {1}
a[2] = a
print(repr(a) .. " " .. repr({a}))
local m = {[2]=0}
m[3] = m
print(repr(m))
local b = {[4]=5}
print(repr({b, b}))
