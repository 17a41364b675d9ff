# Writes the OCI runtime configuration of the tests' container to stdout: template.json with its @NAMES@ filled in.
# awk -f configure.awk -v directory=... -v bundle=... -v image=... -v passwd=... -v group=... -v tmp=yes|no -v names=...
#     -v repository=... -v network=none|open -v size=ROWS COLUMNS -v options=... -v namespace=... -v seccomp=...
#     -v filter=... -- COMMAND...
# `directory` is this one; `bundle` holds the container's `root` and files of its own; `image` is the file that `prepare`
# wrote of the container image, `passwd` and `group` are the image's own, `tmp` says whether it has a /tmp; `names` lists
# the variables that the container gets: their values are in the environment, so that no command line has one; `size` is
# the terminal's, empty where there is none; `options` is the directory of what the run asks for besides the usual, a file
# each; `namespace` is the network namespace to join of the service for the tests' own containers, or empty; `seccomp` is
# the file of the filter of system calls, `filter` one with the same filter as crun has compiled it, in base64, if it is
# there. Writes who the container runs as, UID:GID, to stderr; fails when the image does not have that user or group.
BEGIN {
    root = bundle "/root"
    read_image()
    find_user()
    read_capabilities()
    value["rlimits"] = limits()
    # tmpfs has a half of the memory where it is given no size.
    if ((shm = option("shm")) != "") value["shm"] = ", \"size=" shm "\""
    for (i = 1; i < ARGC; i++) args = list(args, string(ARGV[i]))
    value["args"] = "[" args "]"
    value["env"] = "[" environment() "]"
    value["root"] = string(root)
    value["repository"] = string(repository)
    value["terminal"] = "false"
    if (split(size, side, " ") == 2) {
        value["terminal"] = "true, \"consoleSize\": {\"height\": " side[1] + 0 ", \"width\": " side[2] + 0 "}"
    }
    if (network == "none") {
        value["network"] = "{\"type\": \"network\"" (namespace == "" ? "" : ", \"path\": " string(namespace)) "},"
    }
    value["mounts"] = own_file("/etc/hosts") own_file("/etc/hostname") own_file("/run/.containerenv")
    if (network == "open") value["mounts"] = value["mounts"] own_file("/etc/resolv.conf")
    # mk keeps its NAME=value arguments in a file in /tmp, which an image made from scratch need not have.
    if (tmp == "no") {
        value["mounts"] = value["mounts"] \
            "{\"destination\": \"/tmp\", \"type\": \"tmpfs\", \"source\": \"tmp\"," \
            " \"options\": [\"nosuid\", \"nodev\", \"mode=1777\"]},"
    }
    if (namespace != "") {
        value["mounts"] = value["mounts"] bind("/var/run/docker.sock", "/run/peer-service/socket/docker.sock")
    }
    while ((getline line < seccomp) > 0) value["seccomp"] = value["seccomp"] line
    if (filter != "" && (getline line < filter) > 0) {
        value["annotations"] = "\"run.oci.seccomp_bpf_data\": " string(line)
    }
    while ((getline line < (directory "/template.json")) > 0) print filled(line)
    print uid ":" gid > "/dev/stderr"
}

# Of the image: the working directory, the user and the variables, a JSON string each.
function read_image(    number, line, at) {
    while ((getline line < image) > 0) {
        number++
        if (number == 2) cwd = line
        if (number == 3) user = line
        if (number > 4 && (at = index(line, "=")) > 2) {
            set(substr(line, 2, at - 2), substr(line, at + 1, length(line) - at - 1))
        }
    }
    if (cwd == "" || cwd == "/") cwd = repository
    value["cwd"] = string(cwd)
}

# The user as the image names it: a name or number, after a colon perhaps a group's.
function find_user(    parts, field, line, groups) {
    split(user, parts, ":")
    if (parts[1] == "" || parts[1] == "root") parts[1] = "0"
    uid = number(parts[1])
    gid = parts[2] == "" ? 0 : number(parts[2])
    home = uid == 0 ? "/root" : "/"
    while ((getline line < passwd) > 0) {
        if (split(line, field, ":") >= 6 && (field[1] == parts[1] || field[3] == parts[1])) {
            name = field[1]
            uid = field[3] + 0
            if (parts[2] == "") gid = field[4] + 0
            home = field[6]
            break
        }
    }
    while ((getline line < group) > 0) {
        if (split(line, field, ":") < 3) continue
        if (field[1] == parts[2]) gid = field[3] + 0
        if (parts[2] == "" && name != "" && index("," field[4] ",", "," name ",")) groups = list(groups, field[3] + 0)
    }
    if (uid < 0 || gid < 0) exit 1
    value["user"] = "{\"uid\": " uid ", \"gid\": " gid ", \"umask\": 18, \"additionalGids\": [" groups "]}"
}

# The number that a user or group is named by; -1 for a name.
function number(text) {
    return text ~ /^[0-9]+$/ ? text + 0 : -1
}

# To a user who is not root the set is only what programs with the setuid bit can have.
function read_capabilities(    line, all, more, count, i) {
    while ((getline line < (directory "/capabilities")) > 0) all = list(all, string(line))
    count = split(option("capabilities"), more, " ")
    for (i = 1; i <= count; i++) all = list(all, string("CAP_" more[i]))
    value["capabilities"] = "[" all "]"
    value["held"] = uid == 0 ? value["capabilities"] : "[]"
}

# What the run asks for by this name; empty where it asks for nothing.
function option(name,    line) {
    getline line < (options "/" name)
    return line
}

# Limits of each process: ours, unless the run asks for another, which it may not exceed.
function limits(    all, asked, count, i, pair) {
    count = split(option("resources"), asked, " ")
    for (i = 1; i <= count; i++) {
        split(asked[i], pair, "=")
        all = list(all, "{\"type\": \"RLIMIT_" toupper(pair[1]) "\", \"soft\": " pair[2] ", \"hard\": " pair[2] "}")
    }
    if (all !~ /RLIMIT_NOFILE/) all = list(all, "{\"type\": \"RLIMIT_NOFILE\", \"soft\": 1024, \"hard\": 524288}")
    return all
}

# The image's variables, ours, then those that the run names.
function environment(    name, all, i) {
    if (!("HOME" in variable)) set("HOME", escaped(home))
    if (!("PATH" in variable)) set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    set("PATH", variable["PATH"] ":/usr/lib/plan9/bin")
    set("TERM", size != "" ? escaped(ENVIRON["TERM"]) : "xterm")
    set("HOSTNAME", "peer")
    set("container", "oci")
    set("CI", "true")
    if (namespace != "") name_service()
    while ((getline name < names) > 0) set(name, escaped(ENVIRON[name]))
    for (i = 1; i <= variables; i++) all = list(all, "\"" order[i] "=" variable[order[i]] "\"")
    return all
}

# Where clients find the service, and what Testcontainers would ask of it in vain or does not need: its own container that
# removes the others needs an image, and the machine's end removes them too.
function name_service() {
    set("DOCKER_HOST", "unix:///var/run/docker.sock")
    set("CONTAINER_HOST", "unix:///var/run/docker.sock")
    set("TESTCONTAINERS_HOST_OVERRIDE", "localhost")
    if (!("TESTCONTAINERS_RYUK_DISABLED" in variable)) set("TESTCONTAINERS_RYUK_DISABLED", "true")
}

# Sets a variable to a text that is escaped as in a JSON string.
function set(name, text) {
    if (!(name in variable)) order[++variables] = name
    variable[name] = text
}

# A file of the container's own in place of the image's.
function own_file(path,    name) {
    name = path
    sub(/.*\//, "", name)
    return bind(path, bundle "/" name)
}

function bind(path, source) {
    return "{\"destination\": " string(path) ", \"type\": \"bind\", \"source\": " string(source) \
        ", \"options\": [\"bind\", \"rprivate\"]},\n    "
}

function list(all, more) {
    return all == "" ? more : all ", " more
}

# The line with each @NAME@ replaced by its value.
function filled(line,    done, name) {
    while (match(line, /@[a-z]+@/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2)
        done = done substr(line, 1, RSTART - 1) value[name]
        line = substr(line, RSTART + RLENGTH)
    }
    return done line
}

# The text as a JSON string.
function string(text) {
    return "\"" escaped(text) "\""
}

function escaped(text,    done, i, c) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    if (text !~ /[\001-\037]/) return text
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        done = done (c ~ /[\001-\037]/ ? control(c) : c)
    }
    return done
}

function control(c,    code) {
    for (code = 1; code < 32; code++) if (c == sprintf("%c", code)) return sprintf("\\u%04x", code)
}
