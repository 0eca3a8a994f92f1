# bytearray: made from a size or from bytes, printed with its name.
print(repr(bytearray(4)))
print(repr(bytearray(0)))
print(repr(bytearray(b"----")))
print(repr(bytearray(b"it's \x00 \xff")))
b = bytearray(b"0123456789")
print(len(b), len(memoryview(b)[2:9]), sep="\t")
print(b)
for bad in (-1, 1.5, None):
    try:
        bytearray(bad)
        print("no error")
    except (TypeError, ValueError) as e:
        print(type(e).__name__)
