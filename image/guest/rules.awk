# Reads what `mk -dp` prints and writes a line for every rule and every prerequisite: KIND FLAGS NAME. KIND is target,
# pattern (a meta-rule with % or &), regexp (a meta-rule with R), need (a prerequisite), require, report or share (a
# prerequisite of required-artifacts, test-reports or shared-caches, once more), or image, the value of CONTAINERIMAGE if it
# is a plain name; FLAGS has r for a rule with a recipe and v for a virtual one, or is -.
# A recipe may hold any text: a line counts as a rule's head only when the rule before it named its address as next.
# Fails when the listing is cut: a rule that another one names is missing, a part of the last, or the variables, which
# mk lists last; with 2 when it has no variables at all, so that mk could not read the mkfile.
function hex(digits,    value, i) {
    for (i = 1; i <= length(digits); i++)
        value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
    return value
}

function bit(number, mask) {
    return int(number / mask) % 2
}

# A rule with neither recipe nor prerequisites does nothing; mk drops it too.
function flush(    kind, flags, words, count, i) {
    if (!open_rule) return
    open_rule = 0
    if (!recipe && needs ~ /^ *$/) return
    kind = bit(attributes, 32) ? "regexp" : bit(attributes, 1) ? "pattern" : "target"
    flags = (recipe ? "r" : "") (bit(attributes, 16) ? "v" : "")
    print kind, flags == "" ? "-" : flags, target
    if (kind != "target") return
    count = split(needs, words, " ")
    for (i = 1; i <= count; i++) {
        print "need", "-", words[i]
        if (target == "required-artifacts") print "require", "-", words[i]
        if (target == "test-reports") print "report", "-", words[i]
        if (target == "shared-caches") print "share", "-", words[i]
    }
}

/^(rules|metarules): start=/ && expected == "" && !seen[$1]++ {
    flush()
    expected = $2
    sub(/^start=/, "", expected)
    next
}

expected != "" && $1 == "Rule" && $2 == expected ":" && /^\tRule / {
    flush()
    rest = $0
    sub(/^.*\] attr=/, "", rest)
    split(rest, field, " ")
    attributes = hex(field[1])
    expected = field[2]
    sub(/^next=/, "", expected)
    if (expected == "0") expected = ""
    open_rule = 1
    recipe = target = ended = ""
    next
}

open_rule && target == "" && /^\ttarget=/ {
    target = $0
    sub(/^\ttarget=/, "", target)
    at = index(target, ": ")
    needs = substr(target, at + 2)
    target = substr(target, 1, at - 1)
    next
}

open_rule && recipe == "" && /^\trecipe@[0-9]+='/ {
    recipe = $0 !~ /^\trecipe@[0-9]+=''$/
}

# A recipe's text ends with a quote.
/^variables:$/ {
    listed = 1
    if (expected == "" && last ~ /'$/) ended = 1
}

# A value may have lines that look like this one: the name counts if there is one such line.
/^\tCONTAINERIMAGE=/ {
    images++
    image = substr($0, 17)
}

{ last = $0 }

END {
    flush()
    if (images == 1 && image ~ /^'[A-Za-z0-9][A-Za-z0-9._:\/@-]*'$/) print "image", "-", substr(image, 2, length(image) - 2)
    exit ended ? 0 : listed ? 1 : 2
}
