# Reads what `mk -dp` prints and writes a line for every rule and every prerequisite: KIND RECIPE NAME. KIND is file,
# virtual, pattern (a meta-rule with % or &), regexp (a meta-rule with R) or need (a prerequisite); RECIPE is r or -.
# A recipe may hold any text: a line counts as a rule's head only when the rule before it named its address as next.
function hex(digits,    value, i) {
    for (i = 1; i <= length(digits); i++)
        value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
    return value
}

function bit(number, mask) {
    return int(number / mask) % 2
}

# A rule with neither recipe nor prerequisites does nothing; mk drops it too.
function flush(    words, count, i, kind) {
    if (!open_rule) return
    open_rule = 0
    kind = bit(attributes, 32) ? "regexp" : bit(attributes, 1) ? "pattern" : bit(attributes, 16) ? "virtual" : "file"
    if (recipe == "-" && needs ~ /^ *$/) return
    print kind, recipe, target
    if (kind == "regexp" || kind == "pattern") return
    count = split(needs, words, " ")
    for (i = 1; i <= count; i++) print "need", "-", words[i]
}

/^(rules|metarules): start=/ && expected == "" {
    flush()
    expected = $2
    sub(/^start=/, "", expected)
    next
}

/^variables:$/ && expected == "" { exit }

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
    recipe = "-"
    target = ""
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

open_rule && /^\trecipe@[0-9]+='/ {
    if ($0 !~ /^\trecipe@[0-9]+=''$/) recipe = "r"
}

END { flush() }
