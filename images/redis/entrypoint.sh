#!/bin/sh
# What the published image's entry point does: bare options mean redis-server, which runs as `redis` and without protected mode.
set -e
case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "${1:-}" = redis-server ]; then
  shift
  # A configuration file has to stay the first argument, and the last word.
  case "${1:-}" in
    '' | -*) set -- redis-server --protected-mode no "$@" ;;
    *) grep -q '^protected-mode' "$1" && set -- redis-server "$@" || set -- redis-server "$@" --protected-mode no ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    set -- setpriv --reuid=redis --regid=redis --clear-groups "$@"
  fi
  umask 0077
fi
exec "$@"
