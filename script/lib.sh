# shellcheck shell=bash disable=SC2034 # the scripts that source this use what it sets
# Shared by the scripts in this folder; meant to be sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${EWELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ewelink-dev}
venv=$root/.venv
cd "$root"

say() { printf '\033[1m→\033[0m %s\n' "$*"; }
fail() {
  printf '✗ %s\n' "$*" >&2
  exit 1
}

# python3.14 wants a version that Home Assistant 2026.10 runs on.
good_python() {
  "$1" -c 'import sys; sys.exit(not (3, 14, 2) <= sys.version_info[:3] < (3, 15))' 2>/dev/null
}

# Set up what is missing, then put .venv first on the path.
use_venv() {
  "$root/script/setup" "$@"
  export PATH=$venv/bin:$PATH VIRTUAL_ENV=$venv
}
