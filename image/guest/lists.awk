# Writes what the stages ask of the mkfile's rules, which rules.awk has listed, to files in a directory. Each is there, and
# empty where the mkfile has nothing of its kind; names are a line each, and may be there twice.
# awk -v directory=/run/peer -f lists.awk RULES
#     defaults.mk  a recipe for what must have one and got none: a second recipe would be an error to mk
#     caches, artifacts  the names below these directories that the mkfile spells out, as target or as prerequisite
#     patterns  those that meta-rules make artifacts of
#     reports   the artifacts that are made after a failed test too: XML, and what test-reports names
#     required, shared.named  the prerequisites of required-artifacts, as they are named below there, and of shared-caches
#     stages    those after the test for which the mkfile has something
#     image.name  the container image, if the preparation has nothing to make but the file that names it
BEGIN {
    cache = "/var/run/ci/cache/"
    artifact = "/var/run/ci/artifacts/"
    file = "/var/run/ci/env/CONTAINERIMAGE"
    count = split("defaults.mk caches artifacts patterns reports required shared.named stages image.name", lists, " ")
    for (i = 1; i <= count; i++) printf "" > (directory "/" lists[i])
}

function put(list, text) {
    print text > (directory "/" list)
    has[list] = 1
}

function below(parent) {
    return index(name, parent) == 1 && length(name) > length(parent)
}

{ name = substr($0, length($1) + length($2) + 3) }

$1 == "target" { rules[name]++ }

$1 == "target" && $2 ~ /^r/ { made[name] }

$1 == "pattern" || $1 == "regexp" { meta = 1 }

$1 == "pattern" && $2 ~ /^r/ && index(name, artifact) == 1 { put("patterns", name) }

($1 == "target" || $1 == "need") && name !~ /[%&]/ {
    if (below(cache)) put("caches", name)
    if (below(artifact)) {
        put("artifacts", name)
        if (name ~ /\.[Xx][Mm][Ll]$/) put("reports", name)
    }
}

$1 == "report" && index(name, artifact) == 1 { put("reports", name) }

$1 == "require" && index(name, artifact) == 1 { put("required", substr(name, length(artifact) + 1)) }

$1 == "share" { put("shared.named", name) }

$1 == "image" { image = name }

END {
    if (!("base-image" in made)) put("defaults.mk", "base-image:VQ:\n\t:")
    if (!("post-test" in made)) put("defaults.mk", "post-test:VQ:\n\t:")
    if (!(file in made)) put("defaults.mk", file ":Q: base-image\n\techo $CONTAINERIMAGE >$target")
    if (has["artifacts"] || has["patterns"] || has["required"]) put("stages", "artifacts")
    if (meta || rules["post-test"]) put("stages", "post-test")
    # The system mkfile has one rule for each of the first two, without a recipe.
    if (!meta && rules["prepare-runtime"] == 1 && rules[file] == 1 && !rules["base-image"] && image != "") {
        put("image.name", image)
    }
}
