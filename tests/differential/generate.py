"""Makes sequences of calls, the same ones from the same seed.

A sequence opens a few sockets that know each other, and then does many things to them, sound and unsound. Nothing may
block for ever: every socket has a timeout from the start, and where one is taken away it is given back in the same group.
"""

import random

from functions import Functions
from program import Sequence, Step, attribute, call, const, helper, slot
from values import FAMILIES, FLAGS, KINDS, SENDING, TAG, TIMEOUTS, UNSTABLE, Values

LOOPBACK = {"AF_INET": "127.0.0.1", "AF_INET6": "::1"}


class Maker:
    """Makes one sequence."""

    def __init__(self, seed, n):
        self.rng = random.Random(f"{seed} {n}")
        self.n = n
        self.values = Values(self.rng)
        self.functions = Functions(self.values)
        self.groups = []
        self.count = 0
        # name: (family, kind)
        self.sockets = {}
        self.buffers = []

    def sequence(self):
        chance, pick = self.values.chance, self.values.pick
        timeout = 0.004 if chance(80) else 0
        company = chance(40)
        if chance(12):
            for _ in range(pick([5, 10, 15])):
                self.groups.append([self.functions.any()])
            return Sequence(timeout, self.groups, company)
        pick(self.scenes())()
        for _ in range(pick([3, 6, 9, 12, 15])):
            if chance(4):
                self.groups.append([self.functions.any()])
            elif chance(5):
                pick(self.scenes())()
            else:
                pick(self.deeds())()
        return Sequence(timeout, self.groups, company)

    # -- what groups are made of

    def name(self, letter):
        self.count += 1
        return f"{letter}{self.count}"

    def make(self, family, kind, step, letter="s"):
        """A group's step that makes a socket; its name."""
        name = self.name(letter)
        step.outs = (name,)
        self.sockets[name] = (family, kind)
        return name

    def open(self, family, kind):
        name = self.name("s")
        self.groups.append([Step(call(None, "socket", const(family), const(kind)), (name,))])
        self.sockets[name] = (family, kind)
        return name

    def do(self, name, method, *args, form="", outs=(), **keywords):
        """One step, a group of its own; now and then with something wrong about its arguments."""
        self.groups.append([self.step(name, method, *args, form=form, outs=outs, **keywords)])

    def step(self, name, method, *args, form="", outs=(), **keywords):
        target = slot(name) if name else None
        return Step(call(target, method, *self.functions.spoil(list(args), method), **keywords), outs, form)

    def one(self):
        """The name of a socket."""
        if not self.sockets:
            self.lone()
        return self.values.pick(list(self.sockets))

    def address(self, name, closed=True):
        family = self.sockets[name][0]
        names = [other for other, (also, _) in self.sockets.items() if also == family]
        return self.values.address(family, self.n, names, closed)

    # -- scenes: sockets that know each other

    def scenes(self):
        return [self.stream, self.stream, self.stream, self.datagrams, self.datagrams, self.unix, self.unix, self.pair, self.pair,
                self.pair, self.lone, self.lone, self.made, self.servers, self.adopted, self.patience, self.descriptors, self.kernel_timeout]  # fmt: skip

    def stream(self):
        family = self.values.pick(["AF_INET", "AF_INET", "AF_INET6"])
        server, client = self.open(family, "SOCK_STREAM"), self.open(family, "SOCK_STREAM")
        self.do(server, "bind", ("tuple", [LOOPBACK[family], 0]))
        self.do(server, "listen", *self.values.pick([[], [1], [5], [0], [-1]]))
        self.do(client, self.values.pick(["connect", "connect", "connect_ex"]), call(slot(server), "getsockname"))
        self.accept(server)

    def accept(self, server):
        name, address = self.name("s"), self.name("a")
        self.groups.append([self.step(server, "accept", outs=(name, address))])
        self.sockets[name] = self.sockets[server]

    def datagrams(self):
        family = self.values.pick(["AF_INET", "AF_INET", "AF_INET6"])
        one, other = self.open(family, "SOCK_DGRAM"), self.open(family, "SOCK_DGRAM")
        for name in (one, other):
            if self.values.chance(85):
                self.do(name, "bind", ("tuple", [LOOPBACK[family], 0]))
        if self.values.chance(50):
            self.do(other, "connect", call(slot(one), "getsockname"))
        if self.values.chance(25):
            self.do(one, "connect", call(slot(other), "getsockname"))

    def unix(self):
        kind = self.values.pick(["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"])
        one, other = self.open("AF_UNIX", kind), self.open("AF_UNIX", kind)
        self.do(one, "bind", self.values.pick([f"p{self.n}a", f"\0w{TAG}{self.n}a", f"p{self.n}a".encode()]))
        if kind != "SOCK_DGRAM":
            self.do(one, "listen", 3)
        elif self.values.chance(60):
            self.do(other, "bind", self.values.pick([f"p{self.n}c", f"\0w{TAG}{self.n}c", ""]))
        self.do(other, "connect", call(slot(one), "getsockname"))
        if kind != "SOCK_DGRAM":
            self.accept(one)

    def pair(self):
        kind = self.values.pick(["SOCK_STREAM", "SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"])
        names = (self.name("s"), self.name("s"))
        args = [] if kind == "SOCK_STREAM" and self.values.chance(50) else [const("AF_UNIX"), const(kind)]
        self.groups.append([Step(call(None, "socketpair", *args), names)])
        for name in names:
            self.sockets[name] = ("AF_UNIX", kind)

    def lone(self):
        self.open(self.values.pick(FAMILIES), self.values.pick(KINDS[:2]))

    def made(self):
        """Sockets of any kind, most of which cannot be."""
        values = self.values
        family = const(values.pick(FAMILIES)) if values.chance(60) else values.pick([*range(46), 99, -1, 2**31, 2**40, None, 1.5, "x"])
        kind = const(values.pick(KINDS)) if values.chance(70) else values.pick([0, 6, 10, 99, -1, 1 | 1 << 11, 2 | 1 << 19, 2**31, 2**40, None])
        proto = values.pick([0, 0, 0, 1, 6, 17, 58, 132, 255, 256, -1, 2**31, 2**40, 1.5, None])
        args = [family, kind, proto][: values.pick([1, 2, 3, 3])]
        # What a raw socket hears is everybody's traffic.
        if isinstance(family, tuple) and kind not in (10, const("SOCK_RAW")):
            known = (family[1], kind[1] if isinstance(kind, tuple) else "SOCK_DGRAM")
            name = self.name("s")
            self.groups.append([Step(call(None, "socket", *args), (name,))])
            self.sockets[name] = known
        else:
            name = self.name("x")
            self.groups.append([
                Step(call(None, "socket", *args), (name,), "made"),
                *(Step(attribute(slot(name), each)) for each in ("family", "type", "proto")),
            ])  # fmt: skip
        if values.chance(30):
            names = (self.name("x"), self.name("x"))
            self.groups.append([Step(call(None, "socketpair", *args), names, "made")])

    def servers(self):
        """create_server and create_connection."""
        values = self.values
        family = values.pick(["AF_INET", "AF_INET", "AF_INET6"])
        server, client = self.name("s"), self.name("s")
        address = ("tuple", [LOOPBACK[family], 0]) if values.chance(75) else values.inet(family, closed=False)
        keywords = {"family": const(family)}
        if values.chance(15):
            keywords["family"] = values.pick([const("AF_UNIX"), 99, 0])
        for name, some in (("backlog", [1, 5, 0, -1]), ("reuse_port", [True, False, 1]), ("dualstack_ipv6", [True, False])):
            if values.chance(15):
                keywords[name] = values.pick(some)
        self.groups.append([Step(call(None, "create_server", address, **keywords), (server,))])
        self.sockets[server] = (family, "SOCK_STREAM")
        keywords = {}
        if values.chance(60):
            keywords["timeout"] = values.pick([0.5, 1, 0.2, 0, -1, "x"])
        if values.chance(20):
            keywords["source_address"] = values.pick([("tuple", [LOOPBACK[family], 0]), ("tuple", ["", 0]), ("tuple", ["127.0.0.1"]), 5])
        if values.chance(20):
            keywords["all_errors"] = values.pick([True, False])
        address = ("tuple", [LOOPBACK[family], values.pick([1, 0])]) if values.chance(20) else call(slot(server), "getsockname")
        if family == "AF_INET6" and address[0] == "call":
            address = ("tuple", ["::1", helper("port", address)])
        # Whatever timeout it has now is taken back.
        patient = Step(call(slot(client), "settimeout", 0.004))
        self.groups.append([Step(call(None, "create_connection", address, **keywords), (client,)), patient])
        self.sockets[client] = (family, "SOCK_STREAM")
        self.accept(server)

    def adopted(self):
        """Sockets from descriptors."""
        values = self.values
        name, other = self.lone_or_any(), self.name("s")
        fd = self.name("f")
        family, kind = self.sockets[name]
        if values.chance(50):
            outcome = Step(call(slot(name), "detach"), (fd,), "fd")
            if values.chance(50):
                self.groups.append([outcome, Step(call(None, "socket", fileno=slot(fd)), (other,))])
            else:
                self.groups.append([outcome, Step(call(None, "close", slot(fd)))])
                return
        else:
            self.groups.append([Step(call(None, "fromfd", call(slot(name), "fileno"), const(family), const(kind)), (other,))])
        self.sockets[other] = (family, kind)
        if values.chance(30):
            fd = values.pick([-1, 1_000_000, -2, 2**31, 2**40 - 1, None, 1.5, "x", [], 0])
            self.groups.append([Step(values.pick([
                call(None, "socket", fileno=fd) if fd is not None else call(None, "close", -1),
                call(None, "fromfd", fd, const(family), const(kind)),
                call(None, "dup", fd) if fd != 0 else call(None, "dup", -1),
                call(None, "close", fd) if fd != 0 else call(None, "close", -1),
            ]), (self.name("x"),))])  # fmt: skip

    def lone_or_any(self):
        if not self.sockets or self.values.chance(40):
            self.lone()
        return self.one()

    def patience(self):
        """Timeouts that would block or never end: each is asked for and taken back at once."""
        name = self.lone_or_any()
        values = self.values
        change = values.pick([("settimeout", values.pick(TIMEOUTS)), ("setblocking", values.pick([True, False, 0, 1, None, "", "x", 2, []]))])
        steps = [self.step(name, *change)]
        steps += [Step(call(slot(name), each)) for each in ("gettimeout", "getblocking")]
        steps += [Step(attribute(slot(name), "timeout")), Step(attribute(slot(name), "type"))]
        self.groups.append([*steps, Step(call(slot(name), "settimeout", 0.004))])
        if values.chance(40):
            made = self.name("s")
            self.groups.append([
                Step(call(None, "setdefaulttimeout", values.pick(TIMEOUTS + ["x"]))),
                Step(call(None, "getdefaulttimeout")),
                Step(call(None, "socket"), (made,)),
                Step(call(slot(made), "gettimeout")),
                Step(call(slot(made), "settimeout", 0.004)),
                Step(call(None, "setdefaulttimeout", 0.004)),
            ])  # fmt: skip
            self.sockets[made] = ("AF_INET", "SOCK_STREAM")

    def kernel_timeout(self):
        """A blocking socket for which the kernel keeps the time."""
        name = self.one()
        receive = self.values.pick([("recv", 10), ("recvfrom", 10), ("recvmsg", 10), ("accept",)])
        form = "message" if receive[0] == "recvmsg" else ""
        outs = (self.name("s"), self.name("a")) if receive[0] == "accept" else ()
        self.groups.append([
            Step(call(slot(name), "settimeout", None)),
            Step(call(slot(name), "setsockopt", const("SOL_SOCKET"), const("SO_RCVTIMEO"), b"\0" * 8 + b"\x88\x13" + b"\0" * 6)),
            Step(call(slot(name), *receive), outs, form),
            Step(call(slot(name), "settimeout", 0.004)),
        ])  # fmt: skip
        if outs:
            self.sockets[outs[0]] = self.sockets[name]
            self.groups[-1].append(Step(call(slot(outs[0]), "settimeout", 0.004)))

    def descriptors(self):
        """Descriptors passed over a Unix socket and used on the other side."""
        values = self.values
        self.pair()
        one, other = list(self.sockets)[-2:]
        passed = [call(slot(self.one()), "fileno") for _ in range(values.pick([0, 1, 1, 1, 2, 3]))]
        if values.chance(50):
            fds = passed if values.chance(90) else values.pick([[-1], [1_000_000], ["x"], 5, None, [2**31], [1.5]])
            data = [values.data() or b"x"] if values.chance(85) or fds is not passed else values.pick([[], [b""], [b"a", b"bc"], b"abc", 5])
            self.groups.append([Step(call(None, "send_fds", slot(one), data, fds))])
        else:
            control = [("tuple", [const("SOL_SOCKET"), const("SCM_RIGHTS"), helper("rights", *passed)])]
            self.do(one, "sendmsg", [values.data()], control)
        maxfds = values.pick([0, 1, 2, 3, 5, 253, 300, -1, 2**31])
        if values.chance(50):
            self.groups.append([Step(call(None, "recv_fds", slot(other), values.few(), maxfds), (), "fds")])
        else:
            self.do(other, "recvmsg", values.few(), call(None, "CMSG_SPACE", values.pick([0, 2, 4, 5, 8, 12, 40])), form="message")

    # -- deeds: what is done to them

    def deeds(self):
        return [self.send, self.send, self.send, self.send, self.receive, self.receive, self.receive, self.receive, self.message, self.message,
                self.names, self.names, self.option, self.option, self.option, self.life, self.life, self.patience, self.ways, self.ways,
                self.buffer, self.look, self.unknown]  # fmt: skip

    def flags(self, names=FLAGS):
        return [] if self.values.chance(65) else [self.values.flags(names)]

    def send(self):
        name, values = self.one(), self.values
        flags = self.flags(SENDING)
        method = values.pick(["send", "send", "sendall", "sendto", "sendto", "sendmsg"])
        data = helper("bytearray", values.data()) if values.chance(10) else values.data()
        if method == "sendto":
            self.do(name, method, data, *flags, self.address(name))
        elif method == "sendmsg":
            parts = [values.data() for _ in range(values.pick([0, 1, 2, 2, 3]))]
            more = [[], *(flags or [0]), self.address(name)] if values.chance(30) else []
            self.do(name, method, parts, *more)
        else:
            self.do(name, method, data, *flags)

    def receive(self):
        name, values = self.one(), self.values
        method = values.pick(["recv", "recv", "recvfrom", "recv_into", "recvfrom_into"])
        if method.endswith("_into"):
            buffer = self.new_buffer() if not self.buffers or values.chance(50) else values.pick(self.buffers)
            into = slot(buffer) if values.chance(75) else helper("view", slot(buffer), *values.pick([(0, 3), (2, 5), (1, 1), (0, 100)]))
            flags = self.flags([*FLAGS, "MSG_TRUNC"])
            nbytes = [] if values.chance(50) and not flags else [values.few() if values.chance(30) else values.pick([0, 1, 2, 4, 5])]
            if values.chance(15):
                keywords = {key: value for key, value in zip(("nbytes", "flags"), [*nbytes, *flags])}
                self.groups.append([self.step(name, method, into, **keywords)])
            else:
                self.do(name, method, into, *nbytes, *flags)
            self.groups[-1].append(Step(helper("repr", slot(buffer)), (), "raw"))
        else:
            self.do(name, method, values.few(), *self.flags())

    def new_buffer(self):
        name = self.name("b")
        self.groups.append([Step(helper("bytearray", self.values.pick([0, 1, 4, 5, 10, 100])), (name,))])
        self.buffers.append(name)
        return name

    def message(self):
        name, values = self.one(), self.values
        if values.chance(45):
            control = []
            for _ in range(values.pick([0, 0, 1, 1, 2])):
                level, kind = values.pick([(const("SOL_SOCKET"), const("SCM_RIGHTS")), (const("IPPROTO_IP"), const("IP_TTL")),
                                           (const("IPPROTO_IP"), const("IP_TOS")), (const("IPPROTO_IPV6"), 52), (0, 0), (99, 99), values.option()])  # fmt: skip
                data = values.pick([b"", b"\1\0\0\0", b"\x40\0\0\0", b"\1", b"\xff" * 4, b"\xff" * 5, b"\0" * 40,
                                    helper("rights", call(slot(self.one()), "fileno"))])  # fmt: skip
                item = ("tuple", [level, kind, data])
                if values.chance(5):
                    item = values.pick([("tuple", [1, 2]), 5, ("tuple", ["x", 1, b""]), ("tuple", [1, 2, 3]), ("tuple", [2**40, 1, b""])])
                control.append(item)
            more = [self.values.flags(SENDING)] if values.chance(20) else []
            if values.chance(15):
                more = [0, self.address(name)]
            parts = [values.data() for _ in range(values.pick([0, 1, 1, 2]))]
            if values.chance(4):
                parts = values.pick([5, None, [5], [b"a", 1.5]])
            self.do(name, "sendmsg", parts, control, *more)
        elif values.chance(70):
            more = [] if values.chance(40) else [values.pick([0, 1, 12, 16, 20, 24, 50, 100, 1000, -1, 2**31, 2**40])]
            self.do(name, "recvmsg", values.few(), *more, *(self.flags() if more else []), form="message")
        else:
            buffers = [self.new_buffer() for _ in range(values.pick([0, 1, 1, 2]))]
            more = [] if values.chance(60) else [values.pick([0, 16, 24, 100, -1])]
            into = [slot(each) for each in buffers]
            if values.chance(5):
                into = values.pick([5, None, [5], [b"x"], []])
            self.do(name, "recvmsg_into", into, *more, *(self.flags() if more else []), form="message")
            self.groups[-1] += [Step(helper("repr", slot(each)), (), "raw") for each in buffers]

    def names(self):
        name = self.one()
        self.do(name, self.values.pick(["getsockname", "getpeername"]))

    def option(self):
        name, values = self.one(), self.values
        level, option = values.option(self.sockets[name][0])
        if values.chance(50):
            value = values.option_value()
            self.do(name, "setsockopt", level, option, *([None, values.pick([0, 4, 8, 16, 2**32, -1])] if values.chance(4) else [value]))
        else:
            size = [] if values.chance(60) else [values.pick([0, 1, 2, 4, 8, 16, 100, 1024, 1025, -1, 2**31])]
            unstable = isinstance(option, tuple) and option[1] in UNSTABLE
            self.do(name, "getsockopt", level, option, *size, form="size" if unstable and size else "")

    def life(self):
        name, values = self.one(), self.values
        deed = values.pick(["close", "close", "dup", "detach", "shutdown", "shutdown", "shutdown", "adopted", "set_inheritable"])
        if deed == "dup":
            copy = self.name("s")
            self.groups.append([Step(call(slot(name), "dup"), (copy,))])
            self.sockets[copy] = self.sockets[name]
        elif deed == "detach":
            fd = self.name("f")
            self.groups.append([Step(call(slot(name), "detach"), (fd,), "fd"), Step(call(None, "close", slot(fd)))])
        elif deed == "shutdown":
            how = const(values.pick(["SHUT_RD", "SHUT_WR", "SHUT_RDWR"])) if values.chance(85) else values.pick([-1, 3, 99, 2**31, 2**40, True])
            self.do(name, "shutdown", how)
        elif deed == "adopted":
            self.adopted()
        elif deed == "set_inheritable":
            self.do(name, deed, values.pick([True, False, 0, 1, 2, -1, 2**31, 2**40, None, "x", 1.5]))
            self.do(name, "get_inheritable")
        else:
            self.do(name, "close")

    def ways(self):
        """bind, connect, listen, accept on whatever it is."""
        name, values = self.one(), self.values
        method = values.pick(["bind", "connect", "connect_ex", "listen", "accept"])
        if method == "listen":
            self.do(name, method, *values.pick([[], [0], [1], [128], [-1], [2**31 - 1], [2**31], [2**40], [True], [None]]))
        elif method == "accept":
            self.accept(name)
        else:
            self.do(name, method, self.address(name, closed=method != "bind"))

    def buffer(self):
        self.new_buffer()

    def look(self):
        name, values = self.one(), self.values
        deed = values.pick(["fileno", "repr", "family", "type", "proto", "timeout", "gettimeout", "getblocking", "get_inheritable"])
        if deed == "repr":
            self.groups.append([Step(helper("repr", slot(name)), (), "raw")])
        elif deed in ("family", "type", "proto", "timeout"):
            self.groups.append([Step(attribute(slot(name), deed))])
        else:
            self.do(name, deed, form="fd" if deed == "fileno" else "")

    def unknown(self):
        """Names nothing has."""
        name = self.one()
        method = self.values.pick(["recvform", "setsockeopt", "nosuch", "Close", "read"])
        self.groups.append([Step(self.values.pick([call(slot(name), method, 1), attribute(slot(name), method)]))])


def generate(seed, first, count):
    """Sequences `first` to `first + count`, by number."""
    return {n: Maker(seed, n).sequence() for n in range(first, first + count)}
