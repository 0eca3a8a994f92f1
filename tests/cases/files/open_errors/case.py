# What open refuses, and in which words.
with open("file", "w") as f:
    f.write("x")

def refused(*arguments, **options):
    try:
        open(*arguments, **options).close()
        print("fine")
    except Exception as e:
        print(type(e).__name__, e, sep="\t")

refused("missing")
refused("missing/too", "w")
refused("file/below", "rb")
refused("/")
refused("/", "w")
refused("file", "x")
for mode in ["", "q", "rw", "rbt", "rr", "b", "+", "r+w", "rt", "r+t"]:
    refused("file", mode)
refused("file", "r", 0)
refused("file", "rb", encoding="utf-8")
refused("file", "rb", errors="strict")
refused("file", "rb", newline="\n")
refused("file", "r", newline="x")
refused("file", "r", encoding="klingon")
refused("file", "r", closefd=False)
refused(-1)
refused(98765)
refused(3.5)
refused([])
refused("fi\0le")
try:
    open("missing")
except OSError as e:
    print(e.errno, e.strerror, e.filename)
