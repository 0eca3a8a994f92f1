#!/usr/bin/env bash
# Writes the certificates of the examples and of the cases under tests/cases/tls anew: an authority and what it signed, good for
# a hundred years. Their keys are public: they are good for trying things out on one machine, and for nothing else.
#
#   scripts/certificates.sh      (needs openssl 3)
set -euo pipefail
cd "$(dirname "$0")/.."
ROOM=$(mktemp -d)
trap 'rm -r "$ROOM"' EXIT
LONG=(20200101000000Z 21200101000000Z)

printf '%s\n' '[ca]' 'default_ca = d' '[d]' "database = $ROOM/index.txt" "new_certs_dir = $ROOM" 'default_md = sha256' 'policy = p' \
  'rand_serial = yes' 'unique_subject = no' '[p]' 'commonName = supplied' 'organizationName = optional' >"$ROOM/ca.cnf"
: >"$ROOM/index.txt"

# signed NAME SIGNER SUBJECT BEGIN END EXTENSION…: NAME.pem, the certificate and its key; who signs itself is its own signer
signed() {
  local name=$1 signer=$2 subject=$3 begin=$4 end=$5
  shift 5
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$subject" -keyout "$ROOM/$name.key" \
    -out "$ROOM/$name.csr" 2>/dev/null
  printf '%s\n' subjectKeyIdentifier=hash "$@" >"$ROOM/extensions"
  local by=(-cert "$ROOM/$signer.pem")
  [[ $name != "$signer" ]] || by=(-selfsign)
  openssl ca -batch -config "$ROOM/ca.cnf" "${by[@]}" -keyfile "$ROOM/$signer.key" -in "$ROOM/$name.csr" -notext \
    -startdate "$begin" -enddate "$end" -extfile "$ROOM/extensions" -out "$ROOM/$name.pem" 2>/dev/null
}

# authority NAME SUBJECT
authority() {
  signed "$1" "$1" "$2" "${LONG[@]}" basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign
}

# peer NAME SIGNER SUBJECT BEGIN END EXTENSION…
peer() {
  signed "$@" basicConstraints=critical,CA:FALSE authorityKeyIdentifier=keyid
  cat "$ROOM/$1.key" >>"$ROOM/$1.pem"
}

authority ca "/O=wirescript/CN=wirescript example authority"
authority other "/O=wirescript/CN=another authority"
peer localhost ca /CN=localhost "${LONG[@]}" "subjectAltName=DNS:localhost,DNS:*.example.test,IP:127.0.0.1,IP:::1"
peer client ca "/O=wirescript/CN=a client" "${LONG[@]}" extendedKeyUsage=clientAuth
peer expired ca /CN=localhost 20010101000000Z 20020101000000Z subjectAltName=DNS:localhost
peer stranger other /CN=localhost "${LONG[@]}" subjectAltName=DNS:localhost

mkdir -p tests/certificates examples/certificates
for name in ca other localhost client expired stranger; do
  cp "$ROOM/$name.pem" tests/certificates/
done
cp "$ROOM/ca.pem" "$ROOM/localhost.pem" examples/certificates/
