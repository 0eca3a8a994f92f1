"""What calls are given: numbers, texts, bytes, addresses and options, mostly sound and now and then not.

What the languages cannot tell apart is never made: text where Python wants bytes and the other way round, a list where it
wants a tuple, a whole float where it wants an int (docs/differences.md says so).
"""

from program import call, const, either, helper, slot

NUMBERS = [-1, 0, 1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 41, 100, 255, 256, 1000, 1024, 4096, 65535, 65536]
BIG = [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40, 2**62, 2**63 - 1, -2, -100, -(2**31), -(2**31) - 1, -(2**40), -(2**62)]
ODD = [None, True, False, 1.5, -0.5, [], [1], "x", float("inf"), float("nan")]
FAMILIES = ["AF_INET", "AF_INET6", "AF_UNIX"]
KINDS = ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET", "SOCK_RDM"]
TIMEOUTS = [None, 0, 0.0, 0.001, 0.004, 1, 2.5, 0.1, 1e-9, 1e-12, 1e9, -1, -0.001, 1e10, 1e300, 2**40, 2**62]
FLAGS = ["MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_OOB", "MSG_NOSIGNAL", "MSG_ERRQUEUE", "MSG_CTRUNC", "MSG_EOR"]
# More flags for sending; they mean little to receivers.
SENDING = ["MSG_DONTROUTE", "MSG_CONFIRM", "MSG_DONTWAIT", "MSG_NOSIGNAL", "MSG_OOB", "MSG_EOR"]

SOCKET_OPTIONS = [
    "SO_DEBUG", "SO_REUSEADDR", "SO_TYPE", "SO_ERROR", "SO_DONTROUTE", "SO_BROADCAST", "SO_SNDBUF", "SO_RCVBUF",
    "SO_KEEPALIVE", "SO_OOBINLINE", "SO_LINGER", "SO_REUSEPORT", "SO_RCVLOWAT", "SO_SNDLOWAT", "SO_RCVTIMEO",
    "SO_SNDTIMEO", "SO_ACCEPTCONN", "SO_PROTOCOL", "SO_DOMAIN", "SO_MARK", "SO_PRIORITY", "SO_BINDTODEVICE", "SO_PEERSEC",
]  # fmt: skip
IP_OPTIONS = ["IP_TOS", "IP_TTL", "IP_OPTIONS", "IP_RECVOPTS", "IP_MULTICAST_IF", "IP_MULTICAST_TTL", "IP_MULTICAST_LOOP",
              "IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "IP_TRANSPARENT", "IP_RECVTOS", "IP_BIND_ADDRESS_NO_PORT"]  # fmt: skip
IPV6_OPTIONS = ["IPV6_V6ONLY", "IPV6_UNICAST_HOPS", "IPV6_MULTICAST_HOPS", "IPV6_MULTICAST_LOOP", "IPV6_MULTICAST_IF", "IPV6_TCLASS",
                "IPV6_RECVPKTINFO", "IPV6_RECVHOPLIMIT", "IPV6_RECVTCLASS", "IPV6_JOIN_GROUP", "IPV6_DONTFRAG"]  # fmt: skip
TCP_OPTIONS = ["TCP_NODELAY", "TCP_MAXSEG", "TCP_CORK", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_SYNCNT", "TCP_LINGER2",
               "TCP_DEFER_ACCEPT", "TCP_WINDOW_CLAMP", "TCP_QUICKACK", "TCP_CONGESTION", "TCP_USER_TIMEOUT", "TCP_NOTSENT_LOWAT"]  # fmt: skip
LEVELS = {"SOL_SOCKET": SOCKET_OPTIONS, "IPPROTO_IP": IP_OPTIONS, "IPPROTO_IPV6": IPV6_OPTIONS, "IPPROTO_TCP": TCP_OPTIONS}
# Their values tell of time, of the process or of the kernel's mood.
UNSTABLE = {"TCP_QUICKACK", "TCP_WINDOW_CLAMP", "SO_PEERSEC"}

HOSTS4 = ["127.0.0.1", "127.0.0.2", "0.0.0.0", "", "localhost", "<broadcast>", "127.1", "0x7f.1", "0", "::1", b"127.0.0.1", "127.0.0.1 ",
          "127.0.0.1\0", "\0", "a\0b"]  # fmt: skip
HOSTS6 = ["::1", "::", "", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1", "::1%lo", "::1%1", b"::1", "\0::1"]
NUMERIC = ["127.0.0.1", "::1", "0", "1", "127.1", "0x7f000001", "0177.0.0.1", "1.2.3.4", "255.255.255.255", "::", "::ffff:1.2.3.4",
           "fe80::1%lo", "fe80::1%1", "fe80::1", "2001:db8::1", "localhost"]  # fmt: skip
SHAPED = ["256.1.1.1", "1.2.3.4.5", "", "a b", ":::", "::g", "1::2::3", "fe80::1%nosuch", "x" * 300, "é", "\0", "127.0.0.1\0x", " 1"]
PORTS = [80, "80", "http", None, "", 0, 65535, "0", "65535", b"80", "domain", "00080"]
BAD_PORTS = ["nosuch", -1, 65536, 70000, 2**31, 2**40, 2**63 - 1, "80x", "-1", "65536", 1.5, "http\0", [], "\0", " 80", "+80", "http "]
# Stands in abstract names for what no two processes share.
TAG = "QQQQQQQQ"
LETTERS = "0123456789.:xXabcdefABCDEF%/ \t-g"


class Values:
    """Draws values from one source of chance."""

    def __init__(self, rng):
        self.rng = rng

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def pick(self, items):
        return self.rng.choice(items)

    def number(self):
        return self.pick(NUMBERS if self.chance(75) else BIG)

    def odd(self):
        """Any value at all."""
        return self.pick(ODD) if self.chance(60) else self.number()

    def few(self):
        """A number of bytes to ask for."""
        return self.pick(NUMBERS[1:]) if self.chance(94) else self.pick([-1, -5, 2**31 - 1, 70000, 2**63 - 1, -(2**31), -(2**40)])

    def data(self):
        if self.chance(6):
            return helper("fill", self.pick([b"a", b"\xff", b"Z"]), self.pick([0, 1, 500, 5000, 30000, 65507, 65508]))
        return bytes(self.rng.randrange(256) for _ in range(self.pick([0, 1, 2, 3, 5, 8, 13, 21, 40])))

    def flags(self, names=FLAGS):
        if self.chance(4):
            return self.pick(BIG + [1 << 20, 1 << 25, -1])
        if self.chance(25):
            return either(*self.rng.sample(names, 2))
        return const(self.pick(names))

    def text(self):
        """A text that may be an address."""
        if self.chance(60):
            text = list(self.pick([each for each in NUMERIC + HOSTS6 + SHAPED if isinstance(each, str) and len(each) < 60]))
            for _ in range(self.pick([0, 1, 1, 2])):
                place = self.rng.randrange(len(text) + 1)
                change = self.pick(["put", "drop", "swap"])
                if change == "put" or place == len(text):
                    text.insert(place, self.pick(LETTERS))
                elif change == "drop":
                    del text[place]
                else:
                    text[place] = self.pick(LETTERS)
            return "".join(text)
        return "".join(self.pick(LETTERS) for _ in range(self.pick([0, 1, 3, 7, 12])))

    def packed(self):
        size = self.pick([4, 4, 4, 16, 16, 16, 0, 1, 3, 5, 8, 15, 17])
        data = bytes(self.rng.choice([0, 0, 0, 1, 127, 255, self.rng.randrange(256)]) for _ in range(size))
        return b"\0" * 10 + b"\xff\xff" + data[:4] if size == 16 and self.chance(15) else data

    def option(self, family=None):
        """A level, a name, and whether its value says the same every time."""
        if self.chance(12):
            return self.pick([0, 1, 6, 17, 41, 58, 255, 999, -1, 2**31]), self.pick([0, 1, 2, 3, 9, 50, 999, -1, 2**31, 2**40])
        likely = {"AF_INET": ["SOL_SOCKET", "IPPROTO_IP", "IPPROTO_TCP"], "AF_INET6": ["SOL_SOCKET", "IPPROTO_IPV6", "IPPROTO_TCP"]}
        level = self.pick(likely.get(family, ["SOL_SOCKET"])) if self.chance(90) else self.pick(list(LEVELS))
        return const(level), const(self.pick(LEVELS[level]))

    def option_value(self):
        if self.chance(60):
            return self.pick([0, 1, 2, 5, 64, 255, 1000, 4096, 70000, -1, True, False, 2**31 - 1, -(2**31)])
        if self.chance(12):
            return self.pick([2**31, 2**40, -(2**31) - 1, 1.5, [], "x"][:4])
        return self.pick([
            b"", b"\1", b"\1\0", b"\1\0\0\0", b"\0\0\0\0", b"\1\0\0\0\2\0\0\0", b"\0\0\0\0\0\0\0\0", b"cubic", b"reno\0", b"nosuch", b"lo", b"lo\0",
            b"\0\0\0\0\0\0\0\0\x10\x27\0\0\0\0\0\0", b"\x7f\0\0\1", b"\xe0\0\0\xfb\x7f\0\0\1", b"\xff" * 40, b"x" * 300, helper("bytearray", 4),
            b"\xff\x02" + b"\0" * 13 + b"\1" + b"\1\0\0\0",
        ])  # fmt: skip

    def inet(self, family, closed=True):
        """An address of a family of the internet, as a literal; ports are the kernel's to choose, or `closed` ones."""
        hosts = HOSTS4 if family == "AF_INET" else HOSTS6
        host = hosts[0] if self.chance(70) else self.pick(hosts)
        port = self.pick([0, 0, 0, 1, 1] if closed else [0]) if self.chance(85) else self.pick([-1, 65536, 2**31, 2**40, 2**63 - 1, None, "0", 1.5, False, b"1"])
        parts = [host, port]
        if family == "AF_INET6" and self.chance(40):
            parts += self.rng.choice([[0], [0, 0], [5, 0], [0, 1], [2**20 - 1, 0], [2**20, 0], [-1, 0], [0, -1], [0, 2**32], [0, 99], ["x", 0],
                                      [0, 0, 0]])  # fmt: skip
        if self.chance(6):
            parts = self.pick([[], [host], [host, 0, 0], [0, 0], [None, 0], [5, 0], [host, []], [1.5, 0], [host, 0, 0, 0, 0]])
        return ("tuple", parts)

    def unix(self, n):
        """A Unix address that only sequence `n` has."""
        if self.chance(75):
            return self.pick([f"p{n}a", f"p{n}b", f"\0w{TAG}{n}a", f"\0w{TAG}{n}b", f"p{n}a".encode(), f"\0w{TAG}{n}a".encode()])
        return self.pick(["", b"", "nowhere/x", ".", "/", "x" * 107, "x" * 108, f"\0{TAG}" + "y" * 99, f"\0{TAG}" + "y" * 100, f"p{n}\0b", f"p{n}é",
                          b"p\xff", 5, None, 1.5, ("tuple", [f"p{n}a", 0]), ("tuple", []), True])  # fmt: skip

    def address(self, family, n, names, closed=True):
        """An address for a socket of `family`: another socket's, or written out."""
        if names and self.chance(70):
            other = slot(self.pick(names))
            return call(other, self.pick(["getsockname", "getsockname", "getsockname", "getpeername"]))
        if self.chance(4):
            return self.pick([None, 5, "x", b"x", [], 1.5, ("tuple", ["127.0.0.1"])])
        return self.unix(n) if family == "AF_UNIX" else self.inet(family, closed)
