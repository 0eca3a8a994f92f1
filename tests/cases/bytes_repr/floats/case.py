# Floats print with the fewest digits that lead back, the even ones where two are equally near.
for n in [0.1, 0.2, 0.1 + 0.2, 1 / 3, 2.0**-25, -2.0**-25, 2.0**-24, 1e15, 1e16, 123456789012345680.0, 9007199254740993.0, 5e-324,
          1.7976931348623157e308, 2.2250738585072014e-308, 1e-4, 1e-5, 0.00012345, 100.0, 1e22, 1e23, -0.0, 4.35, 0.5, 1e100]:
    print(n)
for power in range(-60, 61, 3):
    print(2.0**power, 3.0 * 2.0**power, 1 / 2.0**power)
