# open: modes, places, truncation, both directions, appending, unbuffered, text over it all.
def show(*values):
    print(*[repr(value.encode() if isinstance(value, str) else value) for value in values])

with open("file", "wb") as f:
    show(f, f.mode, f.name, f.tell(), f.write(b"0123456789"), f.tell(), f.seek(2), f.write(b"ab"), f.tell(), f.seek(-1, 2), f.write(b"z"))
    show(f.raw, f.raw.mode, f.readable(), f.writable(), f.seekable())
with open("file", "rb") as f:
    show(f, f.read(3), f.tell(), f.seek(1, 1), f.read(2), f.seek(-2, 2), f.read(), f.tell(), f.seek(0), f.readline(), f.seek(100), f.read())
with open("file", "r+b") as f:
    show(f, f.mode, f.read(2), f.write(b"XY"), f.tell(), f.read(2), f.seek(0), f.read(), f.truncate(5), f.tell(), f.seek(0), f.read())
with open("file", "ab") as f:
    show(f.mode, f.tell(), f.write(b"end"), f.tell())
with open("file", "a+b") as f:
    show(f.mode, f.tell(), f.read(), f.seek(0), f.read(2), f.write(b"!"))
with open("file", "w+b", 0) as f:
    show(f, f.mode, f.write(b"raw"), f.seek(0), f.read(2), f.read(), f.read(), f.truncate(1), f.seek(0), f.readall())
try:
    open("file", "xb")
except FileExistsError as e:
    show(e.errno, str(e))
with open("new", "x+b") as f:
    show(f.mode, f.write(b"content"))
with open("new", "rb", 3) as f:
    show(f.read(1), f.peek(), f.read(), f.seek(2), f.read(2))
with open("text", "w", encoding="utf-8") as f:
    show(f.write("äb\nc€\nlast"), f.tell(), f.writelines(["\n", "x\n"]), f.tell())
with open("text", "r", encoding="utf-8") as f:
    show(f.read(1) == "ä", f.tell(), f.readline(), f.tell(), f.readline() == "c€\n")
    place = f.tell()
    show(place, f.read(), f.seek(place), f.readline(), f.seek(0), f.read(1) == "ä", f.seek(0, 2), f.read())
with open("text", "r+", encoding="utf-8") as f:
    show(f.readline() == "äb\n", f.seek(0, 2) > 0, f.write("more"), f.seek(0), len(f.read()))
with open("text", "r", encoding="utf-8", newline="") as f:
    f.readline()
    show(f.tell(), f.newlines)
with open("text", "a", encoding="utf-8") as f:
    show(f.tell(), f.write("\n"))
with open("text", "r", encoding="utf-8") as f:
    count = 0
    for line in f:
        count += 1
        if count == 1:
            try:
                f.tell()
            except OSError as e:
                show(str(e))
    show(count, f.tell())
with open("wide", "w", encoding="utf-16") as f:
    f.write("ab\nc")
with open("wide", "a", encoding="utf-16") as f:
    f.write("d")
with open("wide", "r", encoding="utf-16") as f:
    show(f.read(1), f.readline(), f.read())
with open("file", "rb") as f:
    g = open(f.fileno(), "rb", closefd=False)
    show(g.name == f.fileno(), g.read(1))
    g.close()
    show(f.closed, f.seek(0), f.read(1))
