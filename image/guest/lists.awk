# Writes what the stages ask of the mkfile's rules, which rules.awk has listed, to files in a directory. Each is there, and
# empty where the mkfile has nothing of its kind; names are a line each, and may be there twice.
# awk -v directory=/run/peer -f lists.awk RULES
#     defaults.mk  a recipe for what must have one and got none: a second recipe would be an error to mk
#     caches, artifacts  the names below these directories that the mkfile spells out, as target or as prerequisite
#     patterns  those that meta-rules make artifacts of
#     reports   the artifacts that are made after a failed test too: XML, and what test-reports names
#     required, shared.named  the prerequisites of required-artifacts, as they are named below there, and of shared-caches
#     image.name  the container image, if the preparation has nothing to make but the file that names it
BEGIN {
    cache = "/var/run/ci/cache/"
    artifact = "/var/run/ci/artifacts/"
    file = "/var/run/ci/env/CONTAINERIMAGE"
    count = split("defaults.mk caches artifacts patterns reports required shared.named image.name", lists, " ")
    for (i = 1; i <= count; i++) printf "" > at(lists[i])
}

function at(list) {
    return directory "/" list
}

function below(parent) {
    return index(name, parent) == 1 && length(name) > length(parent)
}

{ name = substr($0, length($1) + length($2) + 3) }

$1 == "target" { rules[name]++ }

$1 == "target" && $2 ~ /^r/ { made[name] }

$1 == "pattern" || $1 == "regexp" { meta = 1 }

$1 == "pattern" && $2 ~ /^r/ && index(name, artifact) == 1 { print name > at("patterns") }

($1 == "target" || $1 == "need") && name !~ /[%&]/ {
    if (below(cache)) print name > at("caches")
    if (below(artifact)) {
        print name > at("artifacts")
        if (name ~ /\.[Xx][Mm][Ll]$/) print name > at("reports")
    }
}

$1 == "report" && index(name, artifact) == 1 { print name > at("reports") }

$1 == "require" && index(name, artifact) == 1 { print substr(name, length(artifact) + 1) > at("required") }

$1 == "share" { print name > at("shared.named") }

$1 == "image" { image = name }

END {
    if (!("base-image" in made)) print "base-image:VQ:\n\t:" > at("defaults.mk")
    if (!("post-test" in made)) print "post-test:VQ:\n\t:" > at("defaults.mk")
    if (!(file in made)) print file ":Q: base-image\n\techo $CONTAINERIMAGE >$target" > at("defaults.mk")
    # The system mkfile has one rule for each of the first two, without a recipe.
    if (!meta && rules["prepare-runtime"] == 1 && rules[file] == 1 && !rules["base-image"] && image != "") {
        print image > at("image.name")
    }
}
