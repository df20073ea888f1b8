# shellcheck shell=bash disable=SC2034 # the scripts that source this use what it sets
# Shared by the scripts in this folder; meant to be sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${EWELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ewelink-dev}
cd "$root"

# Which Home Assistant: the oldest that is promised; with --newest in front the newest one that was tried, both
# pinned; with --latest whatever the index has today. Each lives in an environment of its own.
release=oldest
case ${1:-} in
  --newest | --latest)
    release=${1#--}
    shift
    ;;
esac
suffix=
[ "$release" = oldest ] || suffix=-$release
venv=$root/.venv$suffix

say() { printf '\033[1m→\033[0m %s\n' "$*"; }
fail() {
  printf '✗ %s\n' "$*" >&2
  exit 1
}

# python3.14 wants a version that Home Assistant 2026.10 runs on.
good_python() {
  "$1" -c 'import sys; sys.exit(not (3, 14, 2) <= sys.version_info[:3] < (3, 15))' 2>/dev/null
}

# Set up what is missing, then put the environment first on the path.
use_venv() {
  [ "$release" = oldest ] || set -- "--$release" "$@"
  "$root/script/setup" "$@"
  export PATH=$venv/bin:$PATH VIRTUAL_ENV=$venv
}
