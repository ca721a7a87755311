# The steps of ./exo before the exo program itself: packages, third-party sources, build. Sourced, not run.
# Every step is skipped when its stamp is newer than what it depends on, so that a start with nothing to do costs
# little more than one run of ninja. All messages go to stderr: stdout belongs to the program that will run.

say() { printf 'exo: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# Reads "PERCENT TEXT" lines and shows them as one bar on a terminal, or nothing elsewhere.
progress_bar() {
    local percent text filled bar='##############################' blank='                              '
    [[ -t 2 ]] || { cat >/dev/null; return; }
    while read -r percent text; do
        filled=$((percent * 30 / 100))
        printf '\r[%s%s] %3d%% %-44.44s' "${bar:0:filled}" "${blank:filled}" "$percent" "$text" >&2
    done
    printf '\r%-84s\r' '' >&2
}

# Turns apt's status lines (dlstatus:N:PERCENT:TEXT, pmstatus:PACKAGE:PERCENT:TEXT) into "PERCENT TEXT".
apt_progress() {
    local kind subject percent text
    while IFS=: read -r kind subject percent text; do
        [[ $kind == dlstatus || $kind == pmstatus ]] && printf '%s %s\n' "${percent%%.*}" "$text"
    done | progress_bar
}

# The first words of a list file's lines, comments left out.
list_names() {
    local name rest
    while read -r name rest; do
        [[ -n $name && $name != \#* ]] && printf '%s\n' "$name"
    done <"$1"
    return 0
}

missing_packages() {
    local -A installed=()
    local name status
    while read -r name status; do
        [[ $status == installed ]] && installed[$name]=1
    done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $(list_names "$1") 2>/dev/null)
    for name in $(list_names "$1"); do
        [[ -n ${installed[$name]:-} ]] || printf '%s ' "$name"
    done
}

# Runs apt-get with its chatter in build/setup/apt.log and its progress as a bar.
quiet_apt() {
    local log=build/setup/apt.log
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -y -o APT::Status-Fd=3 "$@" 3> >(apt_progress) >>"$log" 2>&1 </dev/null
}

ensure_packages() {
    local list=tools/setup/packages.txt stamp=build/setup/packages.stamp
    [[ $stamp -nt $list && $stamp -nt /var/lib/dpkg/status ]] && return
    command -v dpkg-query apt-get >/dev/null || die "this needs Debian 12: there is no apt here to provide the packages in $list."
    local missing as_root=
    missing=$(missing_packages "$list")
    missing=${missing% }
    if [[ -n $missing ]]; then
        local command="apt-get install --no-install-recommends $missing"
        if [[ $no_install == 1 ]]; then
            die "packages are missing and --no-install was given; this installs them: $command"
        elif ((EUID != 0)); then
            sudo -n true 2>/dev/null || die "packages are missing and only root can install them: sudo $command"
            as_root='sudo -n --preserve-env=DEBIAN_FRONTEND'
        fi
        say "installing what the build needs (reasons in $list): $missing"
        : >build/setup/apt.log
        quiet_apt -o APT::Update::Error-Mode=any update ||
            say "the package lists could not be refreshed; trying with those that are here."
        quiet_apt install --no-install-recommends $missing ||
            die "could not install $missing: without a network they cannot be fetched; details in build/setup/apt.log."
    fi
    : >"$stamp"
}

# Prints "URI SUITE" for each Debian entry of the user's apt configuration, both file formats.
debian_entries() {
    local file line uri suite uris= suites= entry='^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+([^[:space:]]+)[[:space:]]'
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [[ -r $file ]] || continue
        while IFS= read -r line || [[ -n $line ]]; do
            if [[ $line =~ $entry ]]; then
                printf '%s %s\n' "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
            elif [[ $line == URIs:* ]]; then
                uris=${line#*:}
            elif [[ $line == Suites:* ]]; then
                suites=${line#*:}
                for uri in $uris; do
                    for suite in $suites; do printf '%s %s\n' "$uri" "$suite"; done
                done
            fi
        done <"$file"
    done
}

# A source list of our own, from the same mirrors; the user's apt configuration stays as it is.
write_source_list() {
    local codename uri suite found=0 keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
    [[ -r $keyring ]] && options="[signed-by=$keyring] "
    while read -r uri suite; do
        [[ $uri == *debian* && $suite =~ ^$codename(-updates|-security)?$ ]] || continue
        printf 'deb-src %s%s %s main\n' "$options" "$uri" "$suite"
        found=1
    done < <(debian_entries | sort -u)
    ((found)) || printf 'deb-src %shttp://deb.debian.org/debian %s main\n' "$options" "$codename"
}

# apt-get on lists, caches and configuration of our own under build/setup/apt. Needs no root.
private_apt() {
    local home=$project_root/build/setup/apt
    apt-get -o "Dir::Etc::SourceList=$home/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$home/lists" \
        -o "Dir::Cache=$home/cache" -o APT::Sandbox::User=root -o APT::Status-Fd=3 \
        -o Acquire::Retries=2 -o Acquire::http::Timeout=20 "$@" \
        3> >(apt_progress) >>"$project_root/build/setup/apt.log" 2>&1 </dev/null
}

fetch_source() {
    local name=$1 work
    work=build/third-party/.fetch-$name
    rm -rf "$work" && mkdir -p "$work"
    (cd "$work" && private_apt source --download-only "$name") || return 1
    dpkg-source -x "$work"/*.dsc "$work/tree" >>build/setup/apt.log 2>&1 || return 1
    rm -rf "build/third-party/$name"
    mv "$work/tree" "build/third-party/$name"
    rm -rf "$work"
}

# Ends the start when the build needs a source that is not there. $1: how it came to be missing.
ensure_needed_sources() {
    local name need rest
    while read -r name need rest; do
        [[ $need == needed && ! -d build/third-party/$name ]] &&
            die "$1, and nothing can be built without the source of $name ($rest): ./exo setup fetches it once there is a network."
    done <tools/setup/sources.txt
    return 0
}

ensure_sources() {
    local list=tools/setup/sources.txt stamp=build/setup/sources.stamp failed=build/setup/sources.failed name wanted=()
    [[ $stamp -nt $list ]] && return
    for name in $(list_names "$list"); do
        [[ -d build/third-party/$name ]] || wanted+=("$name")
    done
    if ((${#wanted[@]})); then
        # After a failure the next attempt is an hour later, or at ./exo setup, so that work without a network is not slow.
        if [[ $1 != setup && -n $(find "$failed" -mmin -60 2>/dev/null) ]]; then
            ensure_needed_sources "third-party sources could not be fetched a while ago"
            return
        fi
        say "fetching third-party sources into build/third-party (reasons in $list): ${wanted[*]}"
        mkdir -p build/setup/apt/lists/partial build/setup/apt/cache/archives/partial build/third-party
        write_source_list >build/setup/apt/sources.list
        if ! private_apt update; then
            : >"$failed"
            ensure_needed_sources "third-party sources could not be fetched"
            say "the sources of ${wanted[*]} could not be fetched: is there a network? Going on without them."
            return
        fi
        for name in "${wanted[@]}"; do
            fetch_source "$name" && continue
            : >"$failed"
            ensure_needed_sources "the source of $name could not be fetched or unpacked (details in build/setup/apt.log)"
            say "the source of $name could not be fetched or unpacked: is there a network? Going on without it (details in build/setup/apt.log)."
            return
        done
    fi
    rm -f "$failed"
    : >"$stamp"
}

# "@DONE/TOTAL text" lines of ninja become the bar; everything else, such as a compiler's message, is shown as it is.
ninja_progress() {
    local line
    while IFS= read -r line; do
        if [[ $line =~ ^@([0-9]+)/([0-9]+)\ (.*)$ ]]; then
            printf '%d %s\n' $((BASH_REMATCH[1] * 100 / BASH_REMATCH[2])) "${BASH_REMATCH[3]}"
        elif [[ $line != 'ninja: no work to do.' ]]; then
            printf '%s\n' "$line" >&2
        fi
    done | progress_bar
}

build_targets() {
    local targets=()
    case $1 in
    test) targets=(exo-test-set) ;;
    setup) ;; # everything
    bench) targets=(exo-bench-set) ;;
    kv) targets=(exo-run-set build/libos-kv/kv) ;;
    *) targets=(exo-run-set) ;;
    esac
    NINJA_STATUS='@%f/%t ' ninja "${targets[@]}" 2>&1 | ninja_progress || die "the build failed; the messages are above."
}

# ROOT NO_INSTALL COMMAND: leaves with the working directory as it found it.
ensure_ready() {
    local project_root=$1 no_install=$2 command=$3 before=$PWD
    cd "$project_root"
    mkdir -p build/setup
    exec 9>build/setup/lock
    flock 9 # two starts at once set up and build one after the other
    ensure_packages
    ensure_sources "$command"
    build_targets "$command"
    exec 9>&-
    cd "$before"
}
