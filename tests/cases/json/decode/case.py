# json: text as values.
import json
for text in ["null", "true", "false", "0", "-7", "9223372036854775807", "-9223372036854775808", "1.5", "1e3", "-2.5E-3", "0.1",
             "123456789.123456789", '""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"', "[]", "[1, 2.0, [3]]", "[null, 1, null]",
             ' {"a" : [ {"b": false} ] } ', '{"k":1,"k":2}', '[[[[]]]]']:
    print(repr(json.loads(text)))
value = json.loads('{"name": "caf\\u00e9 \\ud83d\\ude00", "list": [1, null, 3], "none": null, "nested": {"x": -1}}')
print(value["name"] == "café 😀", len(value["list"]), value["list"][2], value.get("none") is None, value["nested"]["x"])
print(json.loads(b'"\xc3\xa9"') == "é", json.loads("[" * 100 + "]" * 100) != None)
