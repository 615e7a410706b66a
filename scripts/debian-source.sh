# To be sourced by the scripts that fetch from Debian's suite trixie: with an apt configuration of its own, so that the
# machine's apt is left as it is. The scripts define fail().
#
#   debian_open WHAT    to fetch that; makes the folder $work, which goes when the script ends, and reads the lists of packages
#   apt_own COMMAND...  apt-get on them, in $work

debian_open() {
    command -v apt-get >/dev/null || fail "$1 is missing and there is no apt-get to fetch it"
    command -v dpkg-source >/dev/null || fail "dpkg-source is missing (Debian package dpkg-dev)"
    # The mirror that this machine uses for Debian itself.
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
             awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
    [ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
             awk '$1 ~ /debian\/?$/ { print $1; exit }')
    [ -n "$mirror" ] || fail "no Debian mirror in this machine's apt sources to fetch $1 from"
    work=$(mktemp -d deps-fetch.XXXXXX)
    trap 'rm -rf "$work"' EXIT INT TERM
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
    printf 'deb %s trixie main\ndeb-src %s trixie main\n' "$mirror" "$mirror" >"$work/sources.list"
    top=$PWD
    (cd "$work" && apt_own update) >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; fail "apt could not read the mirror's lists"; }
}

apt_own() {
    apt-get -q -o Dir::Etc::sourcelist="$top/$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State="$top/$work/state" -o Dir::Cache="$top/$work/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}
