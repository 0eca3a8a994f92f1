# Views of a bytearray: items, windows of windows, comparing; while one lives, the array keeps its length.
b = bytearray(b"0123456789")
v = memoryview(b)[2:9]
print(len(v), v[0], v[-1], bytes(v))
v[0] = 65
v[-1] = 90
print(b)
w = v[1:4]
w[1] = 42
print(bytes(w), bytes(v[-2:]), bytes(v[5:100]), bytes(v[4:2]), b)
print(v == memoryview(b)[2:9], v == b, w == memoryview(b"3*5"))
print([x for x in w])
for change in [lambda: b.append(1), lambda: b.extend(b"x"), lambda: b.clear()]:
    try:
        change()
        print("no error")
    except BufferError as e:
        print(type(e).__name__, e)
for value in [256, -1, "x", 1.5, None]:
    try:
        v[0] = value
        print("no error")
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
try:
    v[7] = 1
except IndexError as e:
    print(type(e).__name__)
