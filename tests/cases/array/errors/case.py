# array: numbers that do not fit, items that are none, places outside: CPython's texts.
from array import array
numbers = [-1, 128, 256, 32768, 65536, 2**31, 2**32, -2**31 - 1, -2**63, 2**63 - 1]
for code in "bBhHiIlLqQ":
    for n in numbers:
        try:
            print(code, n, array(code, [n])[0] == n)
        except OverflowError as e:
            print(code, n, e)
a = array("i", [1, 2])
m = None
def set_item(i, x):
    a[i] = x
for call in [
    lambda: array("i", b"abc"), lambda: array("h", "ab" if False else b"x"), lambda: array("i", 5),
    lambda: a.frombytes(b"abc"), lambda: a.fromlist((1,) if False else 5), lambda: a.extend(array("h", [1])), lambda: a.extend(5),
    lambda: a.index(9), lambda: a.index(1, 1), lambda: a.remove(9), lambda: a.pop(2), lambda: a.pop(-3), lambda: array("i").pop(),
    lambda: set_item(2, 1), lambda: set_item(-3, 1), lambda: set_item(0, 2**31), lambda: a.append(2**31),
    lambda: a.insert(0, -2**31 - 1), lambda: a.fromlist([1, 2**40]),
]:
    try:
        call()
        print("no error")
    except (TypeError, ValueError, OverflowError, IndexError) as e:
        print(type(e).__name__, e)
print(a)
