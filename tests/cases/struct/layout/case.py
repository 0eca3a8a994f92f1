# struct: the size of every pair of formats in every byte order, with counts between: alignment, and none.
import struct
letters = "xcbB?hHiIlLqQefdspnNP"
for order in ["", "@", "=", "<", ">", "!"]:
    for one in letters:
        sizes = []
        for other in letters:
            for count in ["", "0", "3"]:
                try:
                    sizes.append(struct.calcsize(order + one + count + other))
                except struct.error:
                    sizes.append(-1)
        print(order + one, " ".join(map(str, sizes)))
for format in ["b h i q", "q i h b", "b0i", "b0q b0q", "3s0l", "\t2h\n3B\r 4x", "10s 5p x", "c2xh", "hhl", "hlh", "lhh0l", "?3?i"]:
    print(repr(format), struct.calcsize(format), struct.calcsize("<" + format))
