# Host names are encoded as the codec "idna" does it: empty labels and long ones are errors before anybody is asked.
import socket

for name in ("a..b", ".", ".a", "a" * 64, "a" * 64 + ".b", "\u00e4..b", "\u00e4" * 70, "\u3002", "xn--\u00e4", "\u00ad"):
    for call in (lambda: socket.getaddrinfo(name, 80), lambda: socket.gethostbyname(name),
                 lambda: socket.gethostbyname_ex(name), lambda: socket.gethostbyaddr(name)):
        try:
            call()
            print("found")
        except UnicodeError as e:
            print(e)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for name in ("\u00e4..b", "\u3002"):
    try:
        u.connect((name, 80))
    except TypeError as e:
        print(type(e).__name__, e)
# Full width digits and dots are digits and dots.
u.connect(("\uff11\uff12\uff17\u3002\uff10\u3002\uff10\u3002\uff11", 80))
print(u.getpeername())
print(socket.getaddrinfo("\uff11\uff12\uff17.0.0.1", 80, 0, socket.SOCK_STREAM)[0][4])
u.close()
