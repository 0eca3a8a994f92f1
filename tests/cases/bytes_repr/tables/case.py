# repr of tables with keys of any kind, and of what is within itself.
print(repr({10: b"x"}), repr({1: 1, 2: 2, "a": 3}), repr({"a": 1, "b": b"y"}))
print(repr({-1: False, 0.5: True, 7: b"z", "k": 1.0}))
print(repr({b"\xff": 1}), repr([{3: [b"c"]}]), repr({True: {"q": 1}}))
d = {}
d["x"] = d
print(repr(d))
a = [1]
a.append(a)
print(repr(a), repr([a]))
m = {2: 0}
m[3] = m
print(repr(m))
b = {4: 5}
print(repr([b, b]))
