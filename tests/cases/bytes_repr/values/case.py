# repr of what is not bytes.
print(repr(None), repr(True), repr(False))
print(repr(0), repr(-1), repr(2**63 - 1), repr(-(2**63)))
print(repr(5.0), repr(0.1), repr(-2.5), repr(1e16), repr(1e15), repr(1e-5), repr(0.0001), repr(1e100))
print(repr(float("inf")), repr(float("-inf")), repr(-0.0))
print(repr(1 / 3), repr(123456789.125))
