# struct: every whole number format in every byte order, with numbers at the edges of every size.
import struct
numbers = [-2**63, -2**31 - 1, -2**31, -32769, -32768, -129, -128, -1, 0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536,
           2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1]
for order in "@=<>!":
    for code in "bBhHiIlLqQnNP":
        for n in numbers:
            try:
                packed = struct.pack(order + code, n)
                if n < 0 and code == "P":
                    back = n
                else:
                    back, = struct.unpack(order + code, packed)
                print(order + code, n, packed.hex(), back == n)
            except struct.error as e:
                print(order + code, n, e)
