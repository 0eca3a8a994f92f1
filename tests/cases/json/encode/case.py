# json: values as text, without blanks and with their keys in order.
import json
def encode(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
for value in [None, True, False, 0, -1, 2**63 - 1, -2**63, 0.5, 1.0, 1e16, -0.0, 1e-7, 0.1, "", "a\"b\\c/d", "\n\t\r\b\f\x00\x1f\x7f", "é世😀",
              [], [1, [2, [3]]], [None, 1, None], {"b": 1, "a": [True, {"z": "y"}]}, {"": 0}, {"é": 1, "e": 2, "f": 3}]:
    print(encode(value))
deep = 1
for i in range(100):
    deep = [deep]
print(len(encode(deep)))
