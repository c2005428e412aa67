import type { Reach } from './domain/index.js';

export type ProbeOrder = Readonly<{
  /** Where the report is sent to. */
  url: string;
  token: string;
  endpoints: readonly Pick<Reach, 'host' | 'port'>[];
}>;

/**
 * The user data of a probe's machine. It needs a POSIX shell and one of bash, python3, curl or nc to open connections; one of
 * curl, wget or python3 to report, or bash for an address without TLS. Not a byte is sent to what it tries, and all are
 * tried at once, so that a firewall that swallows everything costs seconds.
 */
export function probeScript({ url, token, endpoints }: ProbeOrder): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return [
    '#!/bin/sh',
    '# Springtide: opens connections, says which were taken, and does nothing else. The machine is taken back afterwards.',
    'export LC_ALL=C',
    `url=${quoted(url)}`,
    // For shells that must speak HTTP by themselves; TLS they cannot.
    `plain=${protocol === 'http:' ? 'yes' : 'no'}`,
    `server=${quoted(hostname.replaceAll(/[[\]]/g, ''))}`,
    `port=${port === '' ? 80 : port}`,
    `path=${quoted(pathname)}`,
    `token=${quoted(token)}`,
    `last=${endpoints.length - 1}`,
    TOOLS,
    ...endpoints.map(
      (one, n) => `( try ${quoted(one.host)} ${one.port} >"$folder/${n}" 2>/dev/null </dev/null ) &`,
    ),
    'wait',
    REPORT,
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll(`'`, `'\\''`)}'`;
}

const TOOLS = String.raw`
have() { command -v "$1" >/dev/null 2>&1; }
folder=$(mktemp -d 2>/dev/null || { mkdir -p "/tmp/probe.$$" && echo "/tmp/probe.$$"; })

# within SECONDS COMMAND...: the command, ended when it takes longer. Not every image has timeout.
within() {
  limit=$1
  shift
  "$@" &
  run=$!
  ( sleep "$limit"; kill "$run" ) >/dev/null 2>&1 &
  guard=$!
  wait "$run"
  code=$?
  kill "$guard" 2>/dev/null
  return "$code"
}

# They take the place of the shell that begins them, so that ending it ends them.
dial_bash() { exec bash -c ': <"/dev/tcp/$0/$1"' "$1" "$2"; }
dial_python() {
  exec python3 -c 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5).close()' "$1" "$2"
}
dial_curl() {
  case $1 in *:*) at="[$1]" ;; *) at=$1 ;; esac
  said=$(curl -sv --connect-timeout 5 --max-time 6 "telnet://$at:$2" </dev/null 2>&1)
  case $said in *[Cc]onnected\ to*) return 0 ;; esac
  echo "$said"
  return 1
}
dial_nc() { exec nc -z -w 5 "$1" "$2"; }

# try HOST PORT: one word for what came of it.
try() {
  if have bash; then dial=dial_bash
  elif have python3; then dial=dial_python
  elif have curl; then dial=dial_curl
  elif have nc; then dial=dial_nc
  else
    echo untried
    return
  fi
  if said=$(within 8 "$dial" "$1" "$2" 2>&1); then
    echo open
    return
  fi
  case $said in
    *[Rr]efused*) echo refused ;;
    *"not known"*|*"not resolve"*|*"failure in name"*|*"bad address"*|*"o address associated"*) echo unnamed ;;
    *) echo silent ;;
  esac
}
`;

const REPORT = String.raw`
answers=
comma=
n=0
while [ "$n" -le "$last" ]; do
  word=$(cat "$folder/$n" 2>/dev/null)
  [ -n "$word" ] || word=untried
  answers="$answers$comma{\"n\":$n,\"answer\":\"$word\"}"
  comma=,
  n=$((n + 1))
done
rm -rf "$folder"
body="{\"token\":\"$token\",\"answers\":[$answers]}"
type='content-type: application/json'

by_curl() { have curl && printf %s "$body" | curl -sS -f --max-time 20 -o /dev/null -H "$type" --data-binary @- "$url"; }
by_wget() { have wget && wget -q -T 20 -O /dev/null --header="$type" --post-data="$body" "$url"; }
by_python() {
  have python3 && printf %s "$body" | python3 -c '
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], sys.stdin.buffer.read(), {"content-type": "application/json"})
urllib.request.urlopen(request, None, 20)' "$url"
}
by_bash() {
  have bash && [ "$plain" = yes ] || return 1
  length=$(printf %s "$body" | wc -c | tr -d ' ')
  request=$(printf 'POST %s HTTP/1.0\r\nhost: %s\r\n%s\r\ncontent-length: %s\r\n\r\n%s' \
    "$path" "$server" "$type" "$length" "$body")
  within 20 bash -c '
exec 3<>"/dev/tcp/$0/$1" && printf %s "$2" >&3 && IFS=" " read -r version status rest <&3 && [ "$status" = 204 ]' \
    "$server" "$port" "$request"
}

for pause in 0 2 5 10 15 30 60 60 60 60; do
  sleep "$pause"
  by_curl || by_wget || by_python || by_bash || continue
  exit 0
done
exit 1`;
