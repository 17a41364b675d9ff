#!/bin/sh
# Tests of what the guest's scripts read out of a mkfile, and of the container that they configure, without a machine.
# Needs the Debian packages 9base, busybox-static and erofs-utils.
#   image/test/scripts.sh IMAGE
set -eu
# shellcheck disable=SC1007 # CDPATH is emptied on purpose
image=$(CDPATH= cd "$(dirname "$0")/.." && pwd)
# shellcheck source=lib.sh
. "$image/test/lib.sh"
use_mk "${1:-}"
# shellcheck source=../guest/lib.sh
. "$image/guest/lib.sh"
# shellcheck source=../guest/rules.sh
. "$image/guest/rules.sh"
lib=$image/guest
run=$work/run
system_mkfile=$image/guest/mkfile
mkdir "$run" "$work/repository"
cd "$work/repository"

# Reads the mkfile on stdin in.
mkfile() {
    rm -rf ./*
    cat >mkfile
    read_rules
}

# reason COMMAND...: why it failed, or "none".
reason() {
    rm -f "$run/report"
    if ("$@") >/dev/null 2>&1; then echo none; else tr '\0' '\n' <"$run/report" | sed -n 2p; fi
}

mkfile <<'END'
test:V: unit lint
unit:V:
	true
lint:V:
	true
plain: unit
	true
nothing:V:
%.o: %.c
	cc -c $stem.c
check-&:V:
	true
'v[0-9]+':VR:
	true
END
expect "a virtual rule of prerequisites alone is a rule" none "$(reason check_target test)"
expect "a rule without recipe and prerequisites is no rule" no-target "$(reason check_target nothing)"
expect "an unknown target has no rule" no-target "$(reason check_target nosuch)"
expect "a plain target has a rule" none "$(reason check_target plain)"
expect "a target of % has a rule" none "$(reason check_target main.o)"
expect "a target of & has a rule" none "$(reason check_target check-all)"
expect "a target of a regular expression has a rule" none "$(reason check_target v12)"
expect "a flag is not a target" no-target "$(reason check_target -n)"
expect "an assignment is not a target" no-target "$(reason check_target A=b)"
expect "the empty name is not a target" no-target "$(reason check_target '')"
expect "arguments may be targets and assignments" none "$(reason check_targets test lint A=b)"
expect "an argument that names no target is refused" no-target "$(reason check_targets test nosuch)"
expect "an argument that is a flag is refused" no-target "$(reason check_targets test -k)"
touch plain nosuch test main.o check-all
expect "a plain target that exists as a file is refused" no-target "$(reason check_target plain)"
expect "a file without a rule is no target" no-target "$(reason check_target nosuch)"
expect "a file without a rule is no target in an argument" no-target "$(reason check_targets test nosuch)"
expect "an argument's plain target that exists as a file is refused" no-target "$(reason check_targets test plain)"
expect "a virtual target can exist as a file" none "$(reason check_target test)"
expect "a target of % that exists as a file is refused" no-target "$(reason check_target main.o)"
expect "a virtual target of & can exist as a file" none "$(reason check_target check-all)"

mkfile <<'END'
all:V: /var/run/ci/artifacts/b /var/run/ci/artifacts/a
	echo /var/run/ci/artifacts/not-this
/var/run/ci/artifacts/dir/c /var/run/ci/artifacts/a:
	true
/var/run/ci/artifacts/%:
	true
%.x: /var/run/ci/artifacts/of-a-pattern
	true
/var/run/ci/cache/deps:
	true
END
expect "only artifacts that are spelled out count" "/var/run/ci/artifacts/a
/var/run/ci/artifacts/b
/var/run/ci/artifacts/dir/c" "$(cat "$run/artifacts")"
expect "only caches that are spelled out count" /var/run/ci/cache/deps "$(cat "$run/caches")"

bytes=$(printf '\360\237\216\211\360\240\256\267\377')
mkfile <<END
'$bytes'test:V: /var/run/ci/artifacts/$bytes
	true
/var/run/ci/artifacts/$bytes:
	true
/var/run/ci/cache/$bytes:
	true
END
expect "names beyond U+FFFF, or of invalid UTF-8, are names" none "$(reason check_target "${bytes}test")"
expect "two such names differ" no-target "$(reason check_target "$(printf '\360\237\216\210')test")"
expect "an artifact's name keeps its bytes" "/var/run/ci/artifacts/$bytes" "$(cat "$run/artifacts")"
expect "a cache's name keeps its bytes" "/var/run/ci/cache/$bytes" "$(cat "$run/caches")"

# The recipe's first column of blanks is mk's, the second one it keeps: the text then looks like mk's own listing.
mkfile <<'END'
test:V:
	true
	rules: start=1 shelltype=sh shellcmd=sh
		Rule 1: mkfile[1] attr=10 next=0 chain=0 alltarget='fake'
		target=fake: /var/run/ci/artifacts/fake
		recipe@1='x'
END
expect "a recipe cannot pass for a rule" no-target "$(reason check_target fake)"
expect "a recipe cannot name an artifact" "" "$(cat "$run/artifacts")"

mkfile <<'END'
test:V: unit
	cat <<EOF
	variables:
	EOF
%.o: %.c
	true
END
whole=$(grep -n '^variables:$' "$run/rules.dump" | tail -n 1 | cut -d : -f 1)
taken=
length=0
while [ "$length" -le "$whole" ]; do
    if head -n "$length" "$run/rules.dump" | busybox awk -f "$lib/rules.awk" >/dev/null; then taken="$taken $length"; fi
    length=$((length + 1))
done
expect "a truncated list of mk's rules is refused, wherever it is cut" " $whole" "$taken"

mkfile <<'END'
test:V:
	true
END
expect "targets that the mkfile omits get default recipes" "base-image:VQ:
	:
post-test:VQ:
	:
/var/run/ci/env/CONTAINERIMAGE:Q: base-image
	echo \$CONTAINERIMAGE >\$target" "$(cat "$run/defaults.mk")"
expect "prepare-runtime has a default" "" "$(run_mk prepare-runtime 2>&1)"

# known MKFILE: the container image's name, if mk has to run nothing for it.
known() {
    printf '%b' "$1" | mkfile
    cat "$run/image.name"
}
test='test:V:\n\ttrue\n'

# later MKFILE: the stages after the test for which it has something.
later() {
    printf '%b' "$1" | mkfile
    tr '\n' ' ' <"$run/stages"
}
expect "a mkfile with tests alone has nothing for later stages" "" "$(later "$test")"
expect "a rule for post-test is for its stage" "post-test " "$(later "${test}post-test:V:\n\ttrue\n")"
expect "prerequisites of post-test are for its stage" "post-test " "$(later "${test}post-test:V: test\n")"
expect "a meta-rule may be for post-test" "post-test " "$(later "$test%-test:V:\n\ttrue\n")"
expect "an artifact is for its stage" "artifacts " "$(later "$test/var/run/ci/artifacts/a:\n\ttrue\n")"
expect "a required artifact is for its stage" "artifacts " "$(later "${test}required-artifacts:V: /var/run/ci/artifacts/a\n")"
expect "a pattern of artifacts is for its stage" "artifacts post-test " "$(later "$test/var/run/ci/artifacts/%:\n\ttrue\n")"

expect "the image of a mkfile with tests alone is known" localhost/ci-base "$(known "$test")"
expect "the image that a mkfile names is known" example.com:5000/Image_1@sha256:0a "$(known "CONTAINERIMAGE=example.com:5000/Image_1@sha256:0a\n$test")"
expect "a name of several words is the shell's to read" "" "$(known "CONTAINERIMAGE=a b\n$test")"
expect "a name that echo would read is echo's" "" "$(known "CONTAINERIMAGE=-n\n$test")"
expect "a value with lines does not pass for the name" "" "$(OTHER=$(printf "x\n\tCONTAINERIMAGE='fake'\n") && export OTHER && known "$test")"
for rule in 'base-image:V:\n\ttrue' 'base-image:V: mkfile' 'prepare-runtime:V: test' 'prepare-runtime:V:\n\ttrue' \
    '/var/run/ci/env/CONTAINERIMAGE:\n\ttrue' '/var/run/ci/env/CONTAINERIMAGE: mkfile' '%-image:V:\n\ttrue' "'base.*':VR:\n\ttrue"; do
    expect "mk makes what the preparation needs: $rule" "" "$(known "$test$rule\n")"
done

mkfile <<'END'
base-image:V: Containerfile
	echo building
prepare-runtime:V: tools
	echo preparing
tools:V:
	echo tools
post-test:V: base-image
	echo after
/var/run/ci/env/CONTAINERIMAGE: base-image tools
	echo name
END
touch Containerfile
expect "a target with a recipe gets no default" "" "$(cat "$run/defaults.mk")"
expect "the user's recipes run, once each" "building
preparing
tools" "$(run_mk prepare-runtime 2>&1 | grep -v ^echo | sort)"

mkfile <<'END'
base-image:V: Containerfile
test:V:
	true
END
expect "a target with prerequisites alone keeps the default recipe" "base-image:VQ:" "$(head -n 1 "$run/defaults.mk")"

echo 'test:V' >mkfile
expect "a syntax error is reported" mkfile "$(reason read_rules)"
rm mkfile
expect "a missing mkfile is reported" mkfile "$(reason read_rules)"

# configure USER NETWORK COMMAND...: configures the container of an image with this user into $work/config.json; fails as
# the script does.
configure() {
    printf '%s\n' id "${workdir-/app}" "$1" layers '"PATH=/opt/bin"' '"QUOTED=a\"b\\c"' '"LONG=c\nd"' "$image_variable" \
        >"$work/image"
    network=$2
    shift 2
    busybox awk -f "$image/guest/container/configure.awk" -v directory="$work/container" -v bundle="$work/bundle" \
        -v image="$work/image" -v passwd="$work/bundle/root/etc/passwd" -v group="$work/bundle/root/etc/group" \
        -v tmp="${tmp-yes}" -v names="$work/names" -v repository=/work -v network="$network" -v size="${size-}" \
        -v options="$work/options" -v namespace="${namespace-}" -v seccomp="$work/container/seccomp.json" \
        -v filter="$work/filter" -- "$@" >"$work/config.json" 2>"$work/owner"
}

# field PATH: a part of the configuration, as Perl names it.
field() {
    perl -MJSON::PP -e '
        local $/;
        my $config = JSON::PP->new->canonical->allow_nonref;
        my $part = $config->decode(<STDIN>);
        for (split m{/}, shift) { $part = ref $part eq "ARRAY" ? $part->[$_] : $part->{$_} }
        print $config->encode($part), "\n"' "$1" <"$work/config.json"
}

# variable NAME: the container's variable, from its `=` on.
variable() {
    field process/env | tr '\t' ' ' | sed -n "s/.*\"$1\(=[^,]*\)\".*/\1/p"
}

mkdir -p "$work/container" "$work/bundle/root/etc"
cp "$image"/guest/container/* "$work/container/"
echo '{"defaultAction":"SCMP_ACT_ERRNO"}' >"$work/container/seccomp.json"
printf 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n' >"$work/bundle/root/etc/passwd"
printf 'root:x:0:\nann:x:1001:\nvideo:x:44:bob,ann\naudio:x:29:ann2\n' >"$work/bundle/root/etc/group"
printf 'SECRET\nLINES\n' >"$work/names"
SECRET=$(printf '@root@ \042\134\303\274\tx')
LINES=$(printf 'a\nb')
export SECRET LINES
image_variable='"EMPTY="'

configure '' none /bin/mk -f mkfile 'A=b\n"' -- -v
expect "an image without a user runs as root" '{"additionalGids":[],"gid":0,"uid":0,"umask":18}' "$(field process/user)"
expect "root owns the files it gets" 0:0 "$(cat "$work/owner")"
expect "root holds the capabilities" "$(field process/capabilities/bounding)" "$(field process/capabilities/effective)"
expect "root's capabilities are those of the list" 8 "$(field process/capabilities/bounding | tr , '\n' | grep -c CAP_)"
expect "the command is not changed" '["/bin/mk","-f","mkfile","A=b\\n\"","--","-v"]' "$(field process/args)"
expect "a value is never taken for a name in the template" "=@root@ \\\"\\\\ü\\tx" "$(variable SECRET)"
expect "a value can have several lines" '=a\nb' "$(variable LINES)"
expect "the image's variables come first, ours follow its PATH" '=/opt/bin:/usr/lib/plan9/bin' "$(variable PATH)"
expect "an image's variable is quoted" '=a\"b\\c' "$(variable QUOTED)"
expect "an image's variable can have several lines" '=c\nd' "$(variable LONG)"
expect "an image's variable can be empty" '=' "$(variable EMPTY)"
expect "root gets its home" =/root "$(variable HOME)"
expect "the image's working directory counts" '"/app"' "$(field process/cwd)"
expect "the repository is mounted" '"/app"' "$(field mounts/10/destination)"
expect "there is no terminal unless asked for" false "$(field process/terminal)"
expect "there is no network unless asked for" 1 "$(field linux/namespaces | grep -c '"network"')"
expect "there is no name server without a network" 0 "$(field mounts | grep -c resolv.conf)"
expect "an image's /tmp stays" 0 "$(field mounts | grep -c '"/tmp"')"
expect "the seccomp filter is set" '"SCMP_ACT_ERRNO"' "$(field linux/seccomp/defaultAction)"
expect "crun compiles the filter where it has not" '{}' "$(field annotations)"
printf 'AAA=' >"$work/filter"
configure '' none true
expect "crun takes the filter that it has compiled" '"AAA="' "$(field annotations/run.oci.seccomp_bpf_data)"
rm "$work/filter"
image_variable='"HOME=/elsewhere"'
configure ann open true
expect "a user named by name gets its groups" '{"additionalGids":[44],"gid":1001,"uid":1000,"umask":18}' "$(field process/user)"
expect "a user's files are made its own" 1000:1001 "$(cat "$work/owner")"
expect "a user who is not root holds no capability" '[]' "$(field process/capabilities/effective)"
expect "the image's own HOME counts" =/elsewhere "$(variable HOME)"
expect "the container can use the guest's network" 0 "$(field linux/namespaces | grep -c '"network"')"
expect "there is a name server with a network" 1 "$(field mounts | grep -c resolv.conf)"
size='33 101' configure 1000:video none true
expect "there is a terminal when asked for" true "$(field process/terminal)"
expect "a terminal has the size asked for" '{"height":33,"width":101}' "$(field process/consoleSize)"
expect "a group can be named by name" '{"additionalGids":[],"gid":44,"uid":1000,"umask":18}' "$(field process/user)"
configure 77:5 none true
expect "a user and group can be numbers of no file" '{"additionalGids":[],"gid":5,"uid":77,"umask":18}' "$(field process/user)"
expect "an unknown user is refused" failed "$(configure nobody none true || echo failed)"
expect "an unknown group is refused" failed "$(configure ann:nobody none true || echo failed)"
workdir=''
tmp=no
configure '' none true
expect "an image without /tmp gets one" 1 "$(field mounts | grep -c '"/tmp"')"
expect "an image without a working directory gets the repository's" '"/work"' "$(field process/cwd)"


expect "/dev/shm has the size that tmpfs has by itself" '["nosuid","noexec","nodev","mode=1777"]' "$(field mounts/6/options)"
expect "a process gets the guest's limits" '[{"hard":524288,"soft":1024,"type":"RLIMIT_NOFILE"}]' "$(field process/rlimits)"
mkdir "$work/options"
printf 1048576 >"$work/options/shm"
printf 'core=0 nofile=4096' >"$work/options/resources"
printf 'NET_RAW SYS_PTRACE' >"$work/options/capabilities"
configure '' none true
expect "/dev/shm has the size that the run asks for" '["nosuid","noexec","nodev","mode=1777","size=1048576"]' \
    "$(field mounts/6/options)"
expect "a process gets the limits that the run asks for" \
    '[{"hard":0,"soft":0,"type":"RLIMIT_CORE"},{"hard":4096,"soft":4096,"type":"RLIMIT_NOFILE"}]' "$(field process/rlimits)"
expect "the capabilities that the run asks for are added" '"CAP_NET_RAW" "CAP_SYS_PTRACE"' \
    "$(field process/capabilities/effective | tr -d '[]' | tr , '\n' | tail -n 2 | tr '\n' ' ' | sed 's/ $//')"

expect "there is no socket for containers unless asked for" "0 " \
    "$(field mounts | grep -c docker.sock || true) $(variable DOCKER_HOST)"
namespace=/proc/7/ns/net
image_variable='"TESTCONTAINERS_RYUK_DISABLED=false"'
configure '' none true
expect "a container that may start others is in their network" '{"path":"/proc/7/ns/net","type":"network"}' \
    "$(field linux/namespaces/0)"
expect "it has their socket" 1 "$(field mounts | grep -c '"destination":"/var/run/docker.sock"')"
expect "a variable names the socket" =unix:///var/run/docker.sock "$(variable DOCKER_HOST)"
expect "the image's word about Ryuk counts" =false "$(variable TESTCONTAINERS_RYUK_DISABLED)"
namespace=
image_variable=

mkdir "$work/disk" "$work/secrets"
touch -d '1 minute ago' "$work/since"
printf 'key of a/b+c d\nshort\n  and a second line\n' >"$work/secrets/KEY"
printf 'the-t0ken' >"$work/secrets/TOKEN"
# found CONTENT: which secret a file of this content and name holds.
found() {
    rm -rf "$work/disk"/*
    mkdir "$work/disk/a b"
    printf '\0%s\0' "$1" >"$work/disk/a b/file"
    "$lib/credentials/find" "$work/disk" "${since:-$work/since}" "$work/secrets" "$work/forms" | sed "s,$work/disk/,,"
}
expect "a file without a secret holds none" "" "$(found 'the-t0kem short key of a/b+c')"
expect "a value is found in a file" "TOKEN a b/file" "$(found 'x=the-t0ken')"
expect "a line of a value is found" "KEY a b/file" "$(found 'xand a second line')"
for before in '' x xy; do
    expect "a value is found in base64 after '$before'" "TOKEN a b/file" \
        "$(found "$(printf '%sthe-t0ken:' "$before" | base64)")"
done
expect "a value is found in the other alphabet" "KEY a b/file" \
    "$(found "$(printf 'key of a/b+c d' | base64 | tr +/ -_)")"
expect "a value is found percent-encoded" "KEY a b/file" "$(found 'key%20of%20a%2Fb%2Bc%20d')"
expect "a value is found in lower case of escapes" "KEY a b/file" "$(found 'key%20of%20a%2fb%2bc%20d')"
expect "a value is found as forms have it" "KEY a b/file" "$(found 'key+of+a%2Fb%2Bc+d')"
expect "a value in a file from before is not this run's" "" \
    "$(touch -d '1 hour' "$work/later" && since=$work/later found the-t0ken)"

conclude
