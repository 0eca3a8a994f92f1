# struct: floats of three sizes: rounding to the nearest, ties to even, infinities, what is too large.
import struct
inf = float("inf")
numbers = [0.0, -0.0, 1.0, -2.5, 0.1, 1 / 3, 2.0**-24, 2.0**-25, 2.0**-25 * 1.001, 6e-8, 1e-45, 7e-46, 1e-40, 5e-324, 65504.0,
           65519.0, 65520.0, -65520.0, 2049.0, 2051.0, 3.4028234663852886e38, 3.4028235677973366e38, 1e300, -1e300, inf, -inf, 3]
for order in "@=<>!":
    for code in "efd":
        for n in numbers:
            try:
                packed = struct.pack(order + code, n)
                print(order + code, repr(float(n)), packed.hex(), repr(struct.unpack(order + code, packed)[0]))
            except OverflowError as e:
                print(order + code, repr(float(n)), e)
        nan, = struct.unpack(order + code, struct.pack(order + code, float("nan")))
        print(order + code, nan)
for code in "efd":
    for bad in (None, "1", b"1", [1]):
        try:
            struct.pack(code, bad)
        except struct.error as e:
            print(code, e)
