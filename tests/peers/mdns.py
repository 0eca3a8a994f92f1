"""A real mDNS responder: `zeroconf` on the loopback interface, with a service of type _wirescript._tcp. It prints its port when it
answers."""
import socket
import time

from zeroconf import ServiceInfo, Zeroconf

zeroconf = Zeroconf(interfaces=["127.0.0.1"])
zeroconf.register_service(ServiceInfo(
    "_wirescript._tcp.local.", "tester._wirescript._tcp.local.", addresses=[socket.inet_aton("127.0.0.1")], port=4711,
    properties={"kind": "test"}, server="tester.local."))
print(5353, flush=True)
while True:
    time.sleep(3600)
