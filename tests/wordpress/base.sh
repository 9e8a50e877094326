# What the scripts here share. Sourced by them, after `here` is set to this folder.

WP_VERSION_DEFAULT=6.1
WP_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/portal-integrations
WAIT_SECONDS_MAX=20

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

core_dir() { printf '%s/wordpress-%s\n' "$WP_CACHE" "$1"; }

# open_site DIR: sets `dir`, and all that `up` wrote down about the site.
open_site() {
    dir=$(realpath -m "${1:?which folder is the site in?}")
    [ -f "$dir/env" ] || fail "$dir holds no site; bring one up with: site up $dir"
    set -a
    source "$dir/env"
    set +a
}

# wait_for WHAT COMMAND…: until the command succeeds, and no longer than the bound.
wait_for() {
    local what=$1 deadline=$((SECONDS + WAIT_SECONDS_MAX))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || fail "$what did not happen within $WAIT_SECONDS_MAX s; see $dir/*.log"
        sleep 0.02
    done
}

# group_alive DIR NAME: is any process left of the group that `up` began and wrote to DIR/NAME.pgid?
# The folder must stand in its command line too: ids are used again, and we end only what is ours.
group_alive() {
    [ -f "$1/$2.pgid" ] && pgrep -g "$(<"$1/$2.pgid")" -f -- "$1/" >/dev/null
}

group_gone() { ! group_alive "$@"; }

# end_group DIR NAME SIGNAL
end_group() {
    if group_alive "$1" "$2"; then
        kill "-$3" -- "-$(<"$1/$2.pgid")"
        wait_for "the end of $2" group_gone "$1" "$2"
    fi
    rm -f "$1/$2.pgid"
}
