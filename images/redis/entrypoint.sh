#!/bin/sh
# Does what the published image's entry point does: gives bare options to redis-server, and runs redis-server as the
# user `redis` without protected mode.
set -e
case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "${1:-}" = redis-server ]; then
  shift
  # A configuration file must stay the first argument, and what it says about protected mode must win.
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
