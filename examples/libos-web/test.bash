#!/usr/bin/env bash
# libos-web as browsers meet it: documents of all sizes, byte for byte; heads; conditions; requests that are none; a site that
# was laid out before; damage. A line a check.
# usage: test.bash, from the repository root.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/examples/test/libos-web"
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
server=
finish_server() {
    [[ -z $server ]] || { kill -INT "$server" 2>/dev/null || :; wait "$server" 2>/dev/null || :; }
    server=
}
trap finish_server EXIT
machine=(run --memory 192M --manifest "machine log" --net "user,hostfwd=tcp:127.0.0.1:$port-:80")
ask() { curl --silent --max-time 30 "$@"; }
# serve ARGS...: a machine in the background, until it answers.
serve() {
    "$exo" "${machine[@]}" --timeout 280 "$@" >"$scratch/server" 2>&1 </dev/null &
    server=$!
    for ((tries = 0; tries < 100; tries++)); do
        ask --output "$scratch/first" --max-time 2 "$url/" && return
        kill -0 $server 2>/dev/null || break
        sleep 0.2
    done
    cat "$scratch/server"
}
status_of() { ask --output "$scratch/got" --write-out '%{http_code}' "$@" || :; }

# Sizes about where a head and a first slot, and slots, end; and one that is larger than the cache's read-ahead.
mkdir -p "$scratch/site/folder"
files=()
for size in 1 100 1000 1200 1240 1248 1256 1447 1448 1449 2690 2696 2704 10000 100000 3000000; do
    head -c $size /dev/urandom >"$scratch/site/$size.bin"
done
echo '<h1>hello</h1>' >"$scratch/site/index.html"
echo 'in a folder' >"$scratch/site/folder/index.html"
echo 'a path with a blank' >"$scratch/site/a b.txt"
printf 'MARKED%.0s' {1..400} >"$scratch/site/marked.txt"
: >"$scratch/site/empty.txt"
while IFS= read -r file; do files+=(--file "$file=www/${file#"$scratch/site/"}"); done < <(find "$scratch/site" -type f)

serve --disk "$scratch/image,size=32M" "${files[@]}" build/examples/libos-web
for file in "$scratch"/site/*.bin "$scratch"/site/marked.txt "$scratch"/site/empty.txt; do
    code=$(status_of "$url/${file##*/}")
    check "${file##*/}: 200, not $code" test "$code" = 200
    check "${file##*/}: octet for octet" cmp "$file" "$scratch/got"
done
check "/ is index.html" cmp "$scratch/site/index.html" "$scratch/first"
ask --output "$scratch/got" "$url/folder/?query"
check "a folder's index, whatever the query" cmp "$scratch/site/folder/index.html" "$scratch/got"
ask --output "$scratch/got" "$url/a%20b.txt"
check "an escaped path" cmp "$scratch/site/a b.txt" "$scratch/got"

ask --head --output "$scratch/head" "$url/1000.bin"
check "a head: length" grep -q $'^Content-Length: 1000\r$' "$scratch/head"
check "a head: type" grep -q $'^Content-Type: application/octet-stream\r$' "$scratch/head"
check "a head: date" grep -qE $'^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} GMT\r$' "$scratch/head"
now=$(date -u +%s)
said=$(date -u -d "$(sed -n 's/^Date: \(.*\)\r$/\1/p' "$scratch/head")" +%s)
check "a head: the date is now, within $((now - said)) s" test $((now - said)) -lt 30 -a $((said - now)) -lt 30
tag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$scratch/head")
date=$(sed -n 's/^Last-Modified: \(.*\)\r$/\1/p' "$scratch/head")
code=$(status_of --header "If-None-Match: $tag" "$url/1000.bin")
check "what the client has: 304, not $code" test "$code" = 304
code=$(status_of --header 'If-None-Match: "00000000"' "$url/1000.bin")
check "what it has is another one: 200, not $code" test "$code" = 200
code=$(status_of --header "If-Modified-Since: $date" "$url/1000.bin")
check "not modified since: 304, not $code" test "$code" = 304
code=$(status_of --header "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT" "$url/1000.bin")
check "modified since: 200, not $code" test "$code" = 200

for request in "none.bin 404" "../index.html 404" "%zz 400" "%00 400" "$(printf 'x%.0s' {1..300}) 404"; do
    code=$(status_of --path-as-is "$url/${request% *}")
    check "${request:0:20}: ${request##* }, not $code" test "$code" = "${request##* }"
done
code=$(status_of --data body "$url/1000.bin")
check "POST: 405, not $code" test "$code" = 405
code=$(status_of --header "Filling: $(printf 'y%.0s' {1..5000})" "$url/")
check "a head of 5,000 octets: 431, not $code" test "$code" = 431
# raw TEXT: what comes back for these octets, until the server closes.
raw() { { printf "$1" >&9; timeout 10 cat <&9; } 9<>/dev/tcp/127.0.0.1/$port; }
check "no request at all: 400" grep -q '^HTTP/1.1 400' <(raw 'hello\r\n\r\n')
check "another version: 505" grep -q '^HTTP/1.1 505' <(raw 'GET / HTTP/2.0\r\n\r\n')
check "HTTP/1.0: the server closes" grep -q 'hello' <(raw 'GET / HTTP/1.0\r\n\r\n')
raw 'GET /1.bin HTTP/1.1\r\nHost: x\r\n\r\nGET /folder/ HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nConnection: close\r\n\r\n' >"$scratch/got"
check "three requests at once: three responses" test "$(grep -ao 'HTTP/1.1 200 OK' "$scratch/got" | wc -l)" = 3
check "three requests at once: in order" grep -aq 'in a folder' "$scratch/got"
connects=$(ask --write-out '%{num_connects}' --output "$scratch/got" "$url/100.bin" --output "$scratch/got" "$url/1.bin")
check "two requests on one connection: 10, not $connects" test "$connects" = 10

# Many at once; a part of them go away in the middle.
fetch() { curl --silent --max-time 60 "$1/$3.bin" | cmp - "$2/site/$3.bin"; }
export -f fetch
for ((i = 0; i < 96; i++)); do echo $((i % 3 == 0 ? 100000 : i % 3 == 1 ? 10000 : 1000)); done >"$scratch/wanted"
(for ((i = 0; i < 8; i++)); do curl --silent --max-time 0.3 --output /dev/null "$url/3000000.bin"; done || :) &
check "96 documents to 16 clients at once" xargs -P 16 -I @ bash -c "fetch $url '$scratch' @" <"$scratch/wanted"
wait $! || :
ask --output "$scratch/got" "$url/3000000.bin"
check "clients that went away leave the server whole" cmp "$scratch/site/3000000.bin" "$scratch/got"
finish_server

# The site is there without the files; damage is noticed, and does not reach a client as if it were whole.
place=$(LC_ALL=C grep -abo -m 1 MARKEDMARKED "$scratch/image" | sed -n '1s/:.*//p')
printf X | dd of="$scratch/image" bs=1 seek=$((place + 900)) conv=notrunc status=none
serve --disk "$scratch/image" build/examples/libos-web
check "served again from the disk" cmp "$scratch/site/index.html" "$scratch/first"
status=0
ask --output "$scratch/got" "$url/marked.txt" || status=$?
# By the server, at once: without its check the peer would find wrong sums, and wait until its patience ends (28).
check "a damaged document: the connection is broken, status 52 or 56, not $status" test "$status" = 52 -o "$status" = 56
ask --output "$scratch/got" "$url/100000.bin"
check "the others are whole" cmp "$scratch/site/100000.bin" "$scratch/got"
finish_server

# ends NAME TEXT ARGS...: the server ends with status 1 and says why.
ends() {
    run_exo "${machine[@]}" --timeout 60 "${@:3}"
    check "$1: status 1, not $status" test "$status" = 1
    check "$1: says why" says "libos-web: $2"
}
ends "no disk" "there is no disk" build/examples/libos-web
head -c 8M /dev/zero >"$scratch/blank"
ends "nothing to lay out" "the boot archive has no documents to lay out" --disk "$scratch/blank" build/examples/libos-web
check "nothing to lay out: the disk is untouched" cmp -n 8388608 "$scratch/blank" /dev/zero
"$exo" disk create "$scratch/other" --size=32M >"$scratch/stdout"
cp "$scratch/other" "$scratch/kept"
ends "something else" "the disk holds something else than a site" --disk "$scratch/other" "${files[@]}" build/examples/libos-web
check "something else: the disk is untouched" cmp "$scratch/other" "$scratch/kept"
head -c 1M /dev/zero >"$scratch/small"
ends "a disk that is too small" "the disk is too small for the documents" --disk "$scratch/small" "${files[@]}" build/examples/libos-web
printf X | dd of="$scratch/image" bs=1 seek=20 conv=notrunc status=none
ends "a damaged first page" "the site's first page is damaged" --disk "$scratch/image" build/examples/libos-web
finish
