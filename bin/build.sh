# shellcheck shell=sh disable=SC2034,SC2154
# The part of bin/subquad that a checkout needs and a bundle does not: finds a JDK and Maven, and builds.
# Read by bin/subquad, which knows $root, $sdk, $sdk_version, $api and the options of Java.

# Sets $major to the version of the JDK in folder $1, or to 0 where there is none.
read_major() {
    major=0
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                major=${line#JAVA_VERSION=\"}
                major=${major%%[!0-9]*}
                major=${major:-0}
                ;;
        esac
    done < "$1/release"
}

# Sets $jdk to folder $1 if its JDK is new enough and the oldest such so far: 25 is what the build knows.
consider() {
    read_major "$1"
    if [ "$major" -ge 25 ] && { [ -z "$jdk" ] || [ "$major" -lt "$jdk_major" ]; }; then
        jdk=$1
        jdk_major=$major
    fi
}

find_jdk() {
    jdk=
    jdk_major=0
    if [ -n "${SUBQUAD_JAVA:-}" ]; then
        consider "${SUBQUAD_JAVA%/bin/java}"
        [ -n "$jdk" ] || fail "SUBQUAD_JAVA=$SUBQUAD_JAVA is not a JDK 25 or newer."
        return
    fi
    consider "${JAVA_HOME:-}"
    [ -z "$jdk" ] || return 0
    for folder in /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* "${HOME:-}"/.jdks/*; do
        consider "$folder"
    done
    if [ -z "$jdk" ] && [ -x /usr/libexec/java_home ]; then
        consider "$(/usr/libexec/java_home -v 25+ 2> /dev/null || :)"
    fi
    if [ -z "$jdk" ] && java=$(command -v java); then
        java=$(resolve "$java")
        consider "${java%/bin/java}"
    fi
    [ -n "$jdk" ] || fail "no JDK 25 or newer found. Install one, for example Temurin 25 from https://adoptium.net," \
        "and if it is still not found, set SUBQUAD_JAVA to its folder."
}

find_maven() {
    for mvn in "$(command -v mvn || :)" "${MAVEN_HOME:+$MAVEN_HOME/bin/mvn}" \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}/candidates/maven/current/bin/mvn" /opt/*maven*/bin/mvn; do
        [ ! -x "$mvn" ] || return 0
    done
    fail "Maven is needed to build, and there is no mvn on the PATH." \
        "Install Maven 3.8.6 or newer, for example by 'apt install maven' or from https://maven.apache.org."
}

# Where the build is: one with the device engine, for the SDK in $sdk, lies beside the plain one.
choose_build() {
    target=$root/target${sdk:+/tornado}
    jar=$target/subquad-$version.jar
    class_path="$jar:$target/lib/*"
}

# Whether file $1 is newer than all that it was made from.
is_current() {
    [ -f "$1" ] || return 1
    if [ -n "$sdk" ]; then
        set -- "$1" "$root/src/tornado/java" "$root/tornado-argfile" "$api"
        read -r made_for < "$target/made-for" && [ "$made_for" = "$sdk_version $sdk" ] || return 1
    fi
    made=$1
    shift
    [ -z "$(find "$root/pom.xml" "$root/src/main" "$@" -newer "$made" | head -n 1)" ]
}

# A build for TornadoVM that failed is not tried again until something changes.
up_to_date() {
    { is_current "$jar" && [ -d "$target/lib" ]; } || { [ -n "$sdk" ] && is_current "$target/failed"; }
}

# Locks folder $1, where file $2 is to be made: what a builder that was killed left may be half a file. The
# lock is a symbolic link to the number of the process that builds: made whole or not at all.
take_lock() {
    lock=$1/build.lock
    product=$2
    mkdir -p "$1"
    until ln -s "$$" "$lock" 2> /dev/null; do
        builder=$(readlink "$lock") || [ -w "$1" ] || fail "cannot write to $1."
        if [ -z "$builder" ] || kill -0 "$builder" 2> /dev/null; then
            sleep 1
        else
            rm -f "$lock" "$product"
        fi
    done
    trap 'rm -f "$lock" "$product"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

release_lock() {
    trap - EXIT HUP INT TERM
    rm -f "$lock"
}

build() {
    find_maven
    printf 'subquad: building %s, which takes a moment\n' "$jar" >&2
    log=$target/build.log
    rm -rf "$jar" "${target:?}/lib" "$target/failed"
    : > "$log"
    : > "$target/build-started"
    if run_maven && starts_java; then
        made=$jar
    else
        [ -n "$sdk" ] || fail_with_log
        printf '%s\n' "$sdk_version $sdk" > "$target/made-for"
        made=$target/failed
        rm -f "$jar"
        : > "$made"
    fi
    # A source that changed while Maven ran is newer than this and makes the next start build again.
    touch -r "$target/build-started" "$made"
}

run_maven() {
    if [ -n "$sdk" ]; then
        set -- -Ptornado -Dtornado.version="$sdk_version"
        export TORNADOVM_HOME="$sdk"
    else
        set -- '-P!tornado'
    fi
    maven -f "$root/pom.xml" -Denforcer.skip -Djacoco.skip package "$@"
}

# Runs Maven on the JDK found, without tests; what it prints goes to the file $log.
maven() {
    JAVA_HOME=$jdk MAVEN_OPTS="$native_access $unsafe_access ${MAVEN_OPTS:-}" \
        "$mvn" -B -q -Dstyle.color=never -Djdk.range='[25,)' -Dmaven.test.skip=true \
        -Dmaven.compiler.failOnWarning=false "$@" > "$log" 2>&1 < /dev/null
}

fail_with_log() {
    cat "$log" >&2
    fail "the build failed; the lines above are in $log too."
}

# Whether Java starts with TornadoVM's options, which an SDK for another Java would not let it.
starts_java() {
    [ -n "$sdk" ] || return 0
    tornado_options
    eval "\"\$jdk/bin/java\" $options -cp \"\$class_path\" io.github.subquad.cli.Main --version" >> "$log" 2>&1
}

# Builds what is missing or old: for TornadoVM if that can be, else without it.
ensure_built() {
    choose_build
    if [ -L "$target/build.lock" ] || ! up_to_date; then
        take_lock "$target" "$jar"
        up_to_date || build
        release_lock
    fi
    if [ ! -f "$jar" ]; then
        tornado="$tornado is not used, since the build for it failed: $target/build.log tells why"
        sdk=
        ensure_built
    fi
}

# Puts the peers of bench/ behind the library on the class path, built first if they are missing or old.
ensure_peers_built() {
    peers=$root/bench/target
    if [ -L "$peers/build.lock" ] || ! peers_up_to_date; then
        take_lock "$peers" "$peers/class-path.txt"
        peers_up_to_date || build_peers
        release_lock
    fi
    class_path="$class_path:$peers/classes:$(cat "$peers/class-path.txt")"
}

# The file that names their libraries is made last; the local repository may have lost some since.
peers_up_to_date() {
    [ -f "$peers/class-path.txt" ] || return 1
    newer=$(find "$root/bench/pom.xml" "$root/bench/src/main" "$jar" -newer "$peers/class-path.txt" | head -n 1)
    [ -z "$newer" ] || return 1
    tr ':' '\n' < "$peers/class-path.txt" | while IFS= read -r library || [ -n "$library" ]; do
        [ -f "$library" ] || exit 1
    done
}

build_peers() {
    find_maven
    printf 'subquad: building the peers in %s; the first time, their libraries are fetched\n' "$root/bench" >&2
    log=$peers/build.log
    rm -f "$peers/class-path.txt"
    : > "$log"
    : > "$peers/build-started"
    maven -f "$root/bench/pom.xml" -Dsubquad.jar="$jar" process-classes || fail_with_log
    touch -r "$peers/build-started" "$peers/class-path.txt"
}
