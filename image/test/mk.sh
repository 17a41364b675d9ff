#!/bin/sh
# Tests of mk, as our patches make it: what each test says fails with Debian's own mk, but where it says "still".
# Needs the Debian packages 9base, busybox-static and erofs-utils, and bash.
#   image/test/mk.sh IMAGE
# shellcheck disable=SC1003,SC2016 # what stands in quotes is for mk and its shells
set -eu
# shellcheck disable=SC1007 # CDPATH is emptied on purpose
image=$(CDPATH= cd "$(dirname "$0")/.." && pwd)
# shellcheck source=lib.sh
. "$image/test/lib.sh"
use_mk "${1:-}"
mkdir "$work/repository"
cd "$work/repository"
party=$(printf '\360\237\216\211')
house=$(printf '\360\240\256\267')
torn=$(printf '\377\360\237')

# mkfile FORMAT: writes it. In a format a backslash and t begin a line of a recipe.
mkfile() {
    # shellcheck disable=SC2059 # the format is all there is
    printf "$1" >mkfile
}

# said ARGUMENT...: all that mk says, then its exit code.
said() {
    code=0
    mk "$@" 2>&1 </dev/null || code=$?
    echo "[$code]"
}

# passes ARGUMENT...: whether mk does.
passes() {
    if mk "$@" >/dev/null 2>&1 </dev/null; then echo yes; else echo no; fi
}

# longest NUMBER: so many bytes, in one word.
longest() {
    head -c "$1" /dev/zero | tr '\0' x
}

for shell in sh bash 'busybox sh' 'env sh' /usr/lib/plan9/bin/rc; do
    mkfile "MKSHELL=$shell\ntest:VQ:\n\tcat\n\techo this must run\n\tfalse\n\techo not this\n"
    expect "a command that reads its input does not eat the recipe of $shell" "this must run
[1]" "$(said test | grep -v '^mk: ')"
    {
        printf 'MKSHELL=%s\ntest:VQ:\n\tcat\n' "$shell"
        seq -f '	true %0200.0f' 1000
        printf '\techo this must run\n\tfalse\n\techo not this\n'
    } >mkfile
    expect "a command that reads its input does not eat a recipe longer than an argument of $shell" "this must run
[1]" "$(said test | grep -v '^mk: \|^true\|^echo\|^false\|^cat\|^ :')"
    mkfile "MKSHELL=$shell\ntest:VQ:\n\techo one\n\t)\n\techo two\n"
    expect "still: a syntax error in $shell fails" no "$(passes test)"
    mkfile "MKSHELL=$shell\ntest:VQ:\n\texit 0\n\tfalse\n"
    expect "still: a recipe can end itself in $shell" yes "$(passes test)"
done
mkfile 'test:VQ:\n\treadlink /proc/self/fd/0\n'
expect "the input of a recipe is empty" "/dev/null
[0]" "$(said test)"
mkfile 'T=`{cat; readlink /proc/self/fd/0}\n<|cat; readlink /proc/self/fd/0 | sed s/^/U=/\ntest:VQ:\n\techo $T $U\n'
expect "the input of backquoted and included commands is empty" "/dev/null /dev/null" "$(echo U=input | mk test)"
mkfile 'test:VQ:\n\t-n not an option || echo $0 $#\n'
expect "still: a recipe is never taken for an option" "sh 0
[0]" "$(said test 2>&1 | grep -v 'not found')"
mkfile 'test:VQ:\n\tkill -9 $$\n'
expect "still: a killed shell fails" "mk: kill -9 \$\$  : exit status=signal 9
[1]" "$(said test)"
mkfile 'test:VQ:\n\texit 255\n'
expect "still: the largest exit code fails" no "$(passes test)"
mkfile 'test:VQE:\n\tfalse\n\techo on\n'
expect "still: errors do not end a recipe with E" "on
[0]" "$(said test)"
mkfile 'MKSHELL=/nowhere/sh\ntest:VQ:\n\techo on\n'
expect "a missing shell is named" "mk: /nowhere/sh: No such file or directory
[1]" "$(said test | grep -v 'exit status')"

mkfile 'MKSHELL=/usr/bin/ssh host sh\ntest:VQ:\n\tfalse\n\techo on\n'
expect "a program that joins its arguments is refused as a shell" "mk: mkfile:1: syntax error; ssh cannot run recipes: call it in a recipe
[1]" "$(said test)"

mkfile 'T=`{seq 20000}\ntest:VQ:\n\tset -- $T; echo $# ${#T}\n'
expect "a long variable is not cut" "20000 108893
[0]" "$(said test)"
mkfile 'T=`{seq 30000}\ntest:VQ:\n\tfor i in $T; do :; done\n'
expect "a variable that is too long for the kernel is named" "mk: \$T is too long for the environment of a recipe: 168896 \
bytes of at most 131072; write it to a file, or keep it out: T=U=...
[1]" "$(said test | grep -v 'exit status\|^ :')"
mkfile 'T=U=`{seq -f %%0200.0f 1000}\ntest:VQ: $T\n\techo on\n$T:VQ:\n\t:\n'
expect "a list of targets that is too long is named" '$target is too long' "$(said test | grep -o '.target is too long')"
mkfile 'T=U=`{seq -f %%050.0f 1000}\ntest:VQ: $T\n\tset -- $prereq; echo $#; set -- $newprereq; echo $#\n$T:VQ:\n\tset -- $alltarget; echo $#\n'
expect "a long list of prerequisites is not cut" "1000
1000
1000
[0]" "$(said test)"
{
    for i in $(seq 100001 100040); do printf 'V%s=`{head -c %s /dev/zero | tr "\\\\0" x}\n' "$i" "$i"; done
    printf 'test:VQ:\n\techo on\n'
} >mkfile
expect "of variables that are too long together, the longest is named" 'the longest is $V' \
    "$(said test | grep -o 'the longest is $V')"
long=$(longest 30000)
mkfile "$long.r:VQ: $long.s\n\techo \${#target} \${#prereq}\n%%.s:VQ: %%.t\n\techo \${#stem} \${#prereq}\n"
printf "'(.*)\\.t':RVQ:\n\techo \${#stem1}\n" >>mkfile
expect "long names are not cut, in every kind of rule" "30000
30000 30002
30002 30002
[0]" "$(said "$long.r")"
long=$(longest 200)
path=$long/$long/$long/$long/$long/$long/$long/$long/$long
mkdir -p "$path"
touch -d '2001-01-01' "$path/a" "$path/b"
touch "$path/c"
printf 'test:V: %s/a %s/b\n%s/a:Ptest -f: %s/c\n\tcp $prereq $target\n%s/b:Ptest ! -f: %s/c\n\techo made b\n' \
    "$path" "$path" "$path" "$path" "$path" "$path" >mkfile
printf 'exec test -f "$1"\n' >yes
printf 'exec test ! -f "$1"\n' >no
sed -i 's/Ptest -f/Psh yes/; s/Ptest ! -f/Psh no/' mkfile
expect "a program that compares targets gets whole names" "made b
[0]" "$(said test | grep -v '^echo')"
rm -rf "$long" yes no
word=$(longest 5000)
mkfile "A=$word\nB=\$A\"$word\"\$A'$word'y\ntest:VQ:\n\techo \${#B}; echo \$B | tr -d 'xy\\\\n' | wc -c\n"
expect "a long word joined from parts is not cut" "20001
0
[0]" "$(said test)"
mkfile 'test:VQ:\n\techo "$A"\n'
expect "a # in an argument starts no comment" "a#b # c
[0]" "$(said 'A=a#b # c' test)"
expect "an argument of two lines is an error" no "$(passes 'A=a
B=b' test)"
mkfile 'test:VQ:\n\techo "$A" "$B"\n'
expect "an argument that ends in a backslash does not swallow the next one" no "$(passes 'A=a\' B=b test)"
expect "still: an escaped backslash is a backslash" 'a\ b' "$(mk 'A=a\\' B=b test)"
for shift in 1 2 3 4; do
    { printf 'test:VQ:\n\tprintf %%s '; longest $shift; for i in $(seq 4000); do printf %s "$party"; done; } >mkfile
    expect "a long recipe of long characters is not cut ($shift)" "$((16000 + shift))" "$(mk test | wc -c)"
done
mkfile 'test:VQ:\n\techo on\n\techo \0\n\tfalse\n'
expect "a NUL byte does not end a recipe" "mk: mkfile:3: syntax error; the line has a NUL byte
[1]" "$(said test)"
mkfile "T=\`{printf 'a\\\\000b'}\ntest:VQ:\n\techo on\n"
expect "a NUL byte does not end a command's output" "mk: mkfile:1: syntax error; the output of a backquoted command has a \
NUL byte
[1]" "$(said test)"
mkfile "test:V: a1\n'([a-z])[$(seq -s '' 100 300)]':RV:\n\techo \$stem1\n"
expect "still: an expression with too many ranges is an error" no "$(passes a1)"
mkdir directory
expect "a mkfile that cannot be read is an error" "mk: cannot read directory: Is a directory
[1]" "$(said -f directory -f mkfile test)"

VALUE=$party$torn
export VALUE
mkfile "A=$party$house\ntest:VQ: $party.dep\n\tprintf '%%s|' '$house' \$A \"\$VALUE\" \$B \$target \$prereq $torn; echo\n"
printf "%%.dep:VQ:\n\techo \$stem\n'(.)=\\.r':RVQ:\n\techo \$stem1\n" >>mkfile
expect "invalid UTF-8 is passed on unchanged" "$party
$house|$party$house|$party$torn|$house$torn|test|$party.dep|$torn|
[0]" "$(said "B=$house$torn" test)"
mkfile "'([$party])x':RVQ:\n\techo \$stem1\n"
expect "a regular expression matches a character beyond U+FFFF" "$party
[0]" "$(said "${party}x")"
expect "a regular expression does not match another character beyond U+FFFF" no "$(passes "${house}x")"
mkfile "test$party:V:\n\techo $house$torn\n"
expect "a recipe is printed unchanged" "echo $house$torn
$house$torn
[0]" "$(said "test$party")"
printf 'test:VQ:\n\tprintf %s' "$torn" >mkfile
expect "the last bytes of a mkfile count, whole character or not" "$torn" "$(mk test)"
mkfile "A=a\rb\ntest:VQ:\n\techo \"\$A\" c\rd\n"
expect "a CR inside a line stays" "$(printf 'a\rb c\rd')" "$(mk test)"

mkfile 'A=1\n\ntest:V:\n\techo on\n\n\tB=2 false\n'
expect "a blank line that would end a recipe is an error" "mk: mkfile:6: syntax error; the line is in no recipe: a blank line before \
it ends the rule of line 3; in a recipe, begin blank lines with white space
[1]" "$(said test)"
mkfile 'test:V:\n\techo on\n\n# about it\n\tB=2 false\n'
expect "a comment that would end a recipe is an error" no "$(passes test)"
mkfile 'A=1\n \t \n\t B=2\ntest:VQ:\n\techo $A\n\t\n# here\n\techo $B\n\n# end\n\nC=3\n'
expect "blank lines and indented lines are fine elsewhere" "1
2
[0]" "$(said test)"
crlf='syntax error; the line ends in CR LF, as on Windows; mkfiles have lines that end in LF
[1]'
mkfile 'test:V:\r\n\techo on\r\n'
expect "a line that ends in CR LF is named" "mk: mkfile:1: $crlf" "$(said test)"
mkfile 'A=1\ntest:V:\n\techo on\n\r\n\tfalse\n'
expect "a blank line that ends in CR LF is named" "mk: mkfile:4: $crlf" "$(said test)"
mkfile '# about\r\ntest:V:\n\techo on\n'
expect "a comment that ends in CR LF is named" "mk: mkfile:1: $crlf" "$(said test)"
mkfile '\nA=1 \\\r\n 2\ntest:V:\n\techo on\n'
expect "a continued line that ends in CR LF is named" "mk: mkfile:2: $crlf" "$(said test)"
mkfile 'A=1\n\nB=2 \\\n 3\nC\n'
expect "an error names its own line" "mk: mkfile:5: syntax error; expected one of :<=
[1]" "$(said test)"

mkfile 'T=`{ls nosuch}\ntest:VQ:\n\tfor i in $T; do false; done\n'
expect "a backquoted command that fails is named" "mk: mkfile:1: the backquoted command failed; if it may, end it with || \
true: ls nosuch
[1]" "$(said test | grep -v ^ls:)"
mkfile 'T=`{ls nosuch || true}\ntest:VQ:\n\techo on\n'
expect "still: a backquoted command can be allowed to fail" on "$(mk test 2>/dev/null)"
mkfile '\n<|echo test:V: unit; false\n'
expect "an include command that fails is named" "mk: mkfile:2: the program to include from failed: echo test:V: unit; \
false
[1]" "$(said test)"
mkfile 'test:VQ: $(UNITS)\n\techo on\n'
expect "make's form of a variable is refused" "mk: mkfile:1: syntax error; missing variable name <(UNITS)>
[1]" "$(said test)"
mkfile 'NPROC=2\ntest:VQ: a b\n\techo on\na:VQ:\n\tfalse\nb:VQ:\n\techo b\n'
expect "mk -k goes on and fails" "b
[1]" "$(said -k test | grep -v 'exit status')"
expect "still: one failure of several parallel targets fails mk" no "$(passes test)"

mkfile 'test:VQ:\n\techo on\nall:V: test mkfile\nfile:\n\tfalse\nnothing:V: file $UNITS\nflags:VQ:\n\techo "($MKFLAGS)"\n'
: >file
expect "with -r, a target that ran passes" "on
[0]" "$(said -r all)"
nothing='all that it depends on is there already, and up to date
[1]'
expect "with -r, a target whose prerequisites are files is named" "mk: 'nothing' is up to date
mk: nothing was run for 'nothing': $nothing" "$(said -r nothing)"
expect "with -r, a target that is a file is named" "mk: 'file' is up to date
mk: nothing was run for 'file': $nothing" "$(said -r file)"
expect "with -r, a file beside other targets is named" "on
mk: nothing was run for 'nothing': $nothing" "$(said -r test nothing all)"
expect "still: without -r a file that is up to date is no error" yes "$(passes nothing)"
expect "an mk that a recipe calls does not inherit -r" "(-f mkfile)" "$(mk -r -f mkfile flags)"

conclude
