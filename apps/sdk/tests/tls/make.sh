#!/bin/sh
# Makes the certificates of the TLS tests again: an authority, and four servers it vouches for or not.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -subj "/CN=test authority" -days 36500 -out "$work/ca.pem"
openssl x509 -in "$work/ca.pem" -outform DER -out ca.der
key "$work/server.key"
openssl pkcs8 -topk8 -nocrypt -in "$work/server.key" -outform DER -out server.key.der
signed() { # file, name, notBefore, notAfter
  openssl req -new -key "$work/server.key" -subj "/CN=$2" -out "$work/csr"
  printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' "$2" >"$work/ext"
  : >"$work/index.txt"; echo 01 >"$work/serial"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' "$work" "$work" "$work" >"$work/cnf"
  openssl ca -batch -notext -config "$work/cnf" -cert "$work/ca.pem" -keyfile "$work/ca.key" -in "$work/csr" \
    -startdate "$3" -enddate "$4" -extfile "$work/ext" -out "$work/out.pem" 2>/dev/null
  openssl x509 -in "$work/out.pem" -outform DER -out "$1"
}
signed good.der site.test 20200101000000Z 21200101000000Z
signed expired.der site.test 20200101000000Z 20200201000000Z
signed other-name.der other.test 20200101000000Z 21200101000000Z
openssl req -x509 -new -key "$work/server.key" -subj "/CN=site.test" -addext "subjectAltName=DNS:site.test" -days 36500 -out "$work/self.pem"
openssl x509 -in "$work/self.pem" -outform DER -out self-signed.der
