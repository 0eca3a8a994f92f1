# array: numbers of one kind: made, printed, indexed, compared, as bytes.
from array import array
for code in "bBhHiIlLqQfd":
    a = array(code, [1, 2, 100])
    print(repr(a), a.typecode, a.itemsize, len(a), a.tobytes().hex())
print(array("i"), array("d", [0.1, 1e300, -0.0]), array("f", [0.1, 1e300]), array("b", [-128, 127]), array("i", [True]))
print(array("i", b"\1\0\0\0\2\0\0\0"), array("B", bytearray(b"ab")), array("h", array("B", [1, 255])), array("B", memoryview(b"xy")))
a = array("i", [10, 20, 30, 20])
print(a[0], a[-1], a[1:3].tolist(), a.index(20), a.index(20, 2), a.index(20, -1), a.count(20), a.count(20.0), a.count("x"))
a[0] = -5
a[-1] = 7
print(a, a.tolist(), [x for x in a])
print(a == array("h", [-5, 20, 30, 7]), a == array("i", [1]), array("d", [1.0]) == array("b", [1]), array("i") == array("d"))
print(array("Q", [2**63 - 1]), array("q", [-2**63]), array("l", [2**31]))
