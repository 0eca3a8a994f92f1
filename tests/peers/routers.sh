# Makes four networks of our own, one behind the other, and runs a script in the first: traceroute to the last, and to nowhere.
#
#   sh tests/peers/routers.sh WIRESCRIPT TRACEROUTE      (needs root, unshare, nsenter and ip)
#
# The ends are 10.77.1.1 and 10.77.3.2, the routers between them 10.77.1.2 and 10.77.2.2. All is gone when it ends.
PATH=$PATH:/usr/sbin:/sbin
holders=""
trap 'for one in $holders; do kill "$one" 2>/dev/null; done' EXIT
give_up() {
  echo "routers: networks cannot be had: $1" >&2
  exit 3
}
for program in unshare nsenter ip; do
  command -v "$program" >/dev/null || give_up "there is no $program"
done

# A process that holds a network open; its number in $made.
network() {
  unshare -n sleep 60 &
  made=$!
  holders="$holders $made"
  tries=0
  until [ "$(readlink "/proc/$made/ns/net")" != "$(readlink /proc/self/ns/net)" ] && [ -n "$(readlink "/proc/$made/ns/net")" ]; do
    kill -0 "$made" 2>/dev/null || give_up "unshare -n is refused"
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || give_up "unshare -n does not begin"
  done
}
in_net() {
  holder=$1
  shift
  nsenter -t "$holder" -n "$@"
}

network && a=$made
network && b=$made
network && c=$made
network && d=$made
# link FROM TO NUMBER: a cable between two networks, .1 on the one end and .2 on the other.
link() {
  in_net "$1" ip link add "to$3" type veth peer name "from$3" netns "$2" || give_up "no cables (veth)"
  in_net "$1" ip addr add "10.77.$3.1/24" dev "to$3" && in_net "$1" ip link set "to$3" up
  in_net "$2" ip addr add "10.77.$3.2/24" dev "from$3" && in_net "$2" ip link set "from$3" up
}
link "$a" "$b" 1
link "$b" "$c" 2
link "$c" "$d" 3
for router in "$b" "$c"; do
  in_net "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' 2>/dev/null || give_up "forwarding cannot be switched on"
done
in_net "$a" ip route add default via 10.77.1.2
in_net "$b" ip route add 10.77.3.0/24 via 10.77.2.2
in_net "$c" ip route add 10.77.1.0/24 via 10.77.2.1
in_net "$d" ip route add default via 10.77.3.1

in_net "$a" "$1" "$2" --numeric --timeout 5 10.77.3.2 || exit 1
in_net "$a" "$1" "$2" --numeric --timeout 5 --queries 1 10.77.9.9
exit 0
