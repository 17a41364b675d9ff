package dev.peer.cli.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a repository is built and tested, as the files at its root tell.
 *
 * <p>Each kind gives a mkfile whose {@code base-image} takes its tools from Debian, and what the
 * repository's manifest names from the registry of the language, while there is a network; and
 * whose {@code test} needs none. A project that has a language's files and a {@code Makefile} is of
 * that language: its tools are known then.
 */
public enum ProjectKind {
  MAVEN("pom.xml"),
  GRADLE("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"),
  NPM("package.json"),
  CARGO("Cargo.toml"),
  GO("go.mod"),
  PYTHON("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "tox.ini"),
  MAKE("GNUmakefile", "makefile", "Makefile");

  private static final Pattern TEST = Pattern.compile("(?m)^test[ \\t]*:(?!=)");
  private static final Pattern CHECK = Pattern.compile("(?m)^check[ \\t]*:(?!=)");
  private static final String DEPENDENCIES = "/opt/dependencies";

  private final List<String> signs;

  ProjectKind(String... signs) {
    this.signs = List.of(signs);
  }

  /**
   * What is visible of a repository.
   *
   * @param files the names of the files at its root
   * @param makefile the text of its makefile; empty if it has none
   */
  public record ProjectFiles(Set<String> files, String makefile) {

    /** Copies the names. */
    public ProjectFiles {
      files = Set.copyOf(files);
    }

    private boolean has(String file) {
      return files.contains(file);
    }

    /** Those of the files that there are. */
    private List<String> these(String... names) {
      return List.of(names).stream().filter(this::has).toList();
    }
  }

  /** The kinds whose files are there, the first being the one to take. */
  public static List<ProjectKind> of(Set<String> files) {
    List<ProjectKind> kinds = new ArrayList<>();
    for (ProjectKind kind : values()) {
      if (kind.signs.stream().anyMatch(files::contains)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** Takes the name in lower case. */
  public static ProjectKind parse(String name) {
    for (ProjectKind kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("not a kind of project (" + names() + "): " + name);
  }

  /** All names. */
  public static String names() {
    return List.of(values()).stream().map(ProjectKind::toString).collect(Collectors.joining(", "));
  }

  /** The files that a project of this kind has one of, the first being the one that make reads. */
  public List<String> signs() {
    return signs;
  }

  /** The mkfile. */
  public String mkfile(ProjectFiles seen) {
    return switch (this) {
      case MAVEN -> maven(seen);
      case GRADLE -> gradle();
      case NPM -> npm(seen);
      case CARGO -> cargo(seen);
      case GO -> go(seen);
      case PYTHON -> python(seen);
      case MAKE -> make(seen);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String make(ProjectFiles seen) {
    String target = "";
    if (TEST.matcher(seen.makefile()).find()) {
      target = " test";
    } else if (CHECK.matcher(seen.makefile()).find()) {
      target = " check";
    }
    return whole("", "gcc g++ libc6-dev make", List.of(), "make" + target);
  }

  private static String maven(ProjectFiles seen) {
    return whole(
        """
        # The plugins and dependencies of pom.xml are got with the image: name the pom.xml of each module in a COPY of its
        # own, where there are modules.
        """,
        "default-jdk-headless maven",
        List.of(
            copy(seen.these("pom.xml")),
            "RUN cd "
                + DEPENDENCIES
                + " && mvn -B -q -Dmaven.repo.local="
                + DEPENDENCIES
                + "/m2 dependency:go-offline"),
        "mvn -B -o -Dmaven.repo.local=" + DEPENDENCIES + "/m2 verify");
  }

  private static String gradle() {
    return whole(
        """
        # Debian's gradle runs the build, and not the wrapper's. Dependencies are got with the image, by a build of the whole
        # repository: copy less of it where that is enough, so that fewer changes make the image anew.
        """,
        "default-jdk-headless gradle",
        List.of(
            "ENV GRADLE_USER_HOME=" + DEPENDENCIES + "/gradle",
            "COPY . " + DEPENDENCIES + "/source/",
            "RUN cd " + DEPENDENCIES + "/source && gradle --no-daemon testClasses"),
        "gradle --no-daemon --offline test");
  }

  private static String npm(ProjectFiles seen) {
    List<String> steps = new ArrayList<>();
    boolean locked = seen.has("package-lock.json") || seen.has("npm-shrinkwrap.json");
    steps.add(
        copy(seen.these("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc")));
    steps.add("RUN cd " + DEPENDENCIES + " && npm " + (locked ? "ci" : "install"));
    return whole(
        """
        # What package.json names is got with the image. Debian's npm comes in hundreds of packages: the first time takes
        # minutes where the machine is emulated. An image that has npm may stand in FROM instead.
        """,
        "nodejs npm",
        steps,
        "if [ -d "
            + DEPENDENCIES
            + "/node_modules ]; then ln -sfn "
            + DEPENDENCIES
            + "/node_modules node_modules; fi",
        "npm test");
  }

  private static String cargo(ProjectFiles seen) {
    List<String> steps = new ArrayList<>();
    steps.add("ENV CARGO_HOME=" + DEPENDENCIES + "/cargo");
    steps.add(copy(seen.these("Cargo.toml", "Cargo.lock")));
    steps.add(
        "RUN cd "
            + DEPENDENCIES
            + " && mkdir -p src && touch src/lib.rs && echo 'fn main() {}' >src/main.rs && cargo"
            + " fetch");
    return whole(
        """
        # The crates of Cargo.toml are got with the image. Of a workspace, copy each member's Cargo.toml too, with a src/lib.rs.
        """,
        "cargo gcc libc6-dev",
        steps,
        "cargo test --offline");
  }

  private static String go(ProjectFiles seen) {
    return whole(
        "# The modules of go.mod are got with the image.\n",
        "ca-certificates gcc git golang-go libc6-dev",
        List.of(
            "ENV GOMODCACHE=" + DEPENDENCIES + "/go GOFLAGS=-buildvcs=false",
            copy(seen.these("go.mod", "go.sum")),
            "RUN cd " + DEPENDENCIES + " && go mod download"),
        "GOPROXY=off go test ./...");
  }

  private static String python(ProjectFiles seen) {
    String environment = DEPENDENCIES + "/venv";
    List<String> steps = new ArrayList<>();
    steps.add("RUN python3 -m venv --system-site-packages " + environment);
    if (seen.has("requirements.txt")) {
      steps.add(copy(List.of("requirements.txt")));
      steps.add(
          "RUN cd " + DEPENDENCIES + " && " + environment + "/bin/pip install -r requirements.txt");
    }
    return whole(
        "# pytest is Debian's. What requirements.txt names is got with the image, into a virtual"
            + " environment.\n",
        "python3-pip python3-pytest python3-setuptools python3-venv python3-wheel",
        steps,
        environment + "/bin/python -m pytest");
  }

  private static String copy(List<String> files) {
    return "COPY " + String.join(" ", files) + " " + DEPENDENCIES + "/";
  }

  /**
   * A whole mkfile.
   *
   * @param about comment lines about this kind
   * @param packages of Debian
   * @param steps further lines of the image's recipe
   * @param test the lines of the test's recipe
   */
  private static String whole(String about, String packages, List<String> steps, String... test) {
    return """
    # What peer runs of this repository; for Plan 9's mk, which runs each recipe as one script of the shell.

    CONTAINERIMAGE=localhost/project

    # In the guest, with the network up, before the tests: the container that they run in. podman keeps the layers, so this
    # costs time when a line of it or a copied file has changed.
    """
        + about
        + """
        base-image:V:
        \tpodman build --tag $CONTAINERIMAGE --file - . <<-'END'
        \tFROM localhost/ci-base
        \tARG DEBIAN_FRONTEND=noninteractive
        \tRUN apt-get update -qq \\
        \t    && apt-get install -qq --no-install-recommends %s \\
        \t    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
        """
            .formatted(packages)
        + lines(steps)
        + """
        \tEND

        # In the container, without a network. `peer run lint` would run a target `lint:VQ:` of the same form.
        test:VQ:
        """
        + lines(List.of(test))
        + """

        # In the guest, after the tests have passed: what is kept with the result. `peer run --artifacts DIR` copies it.
        #/var/run/ci/artifacts/report.txt:
        #\tcp build/report.txt $target
        """;
  }

  private static String lines(List<String> lines) {
    return lines.stream().map(line -> "\t" + line + "\n").collect(Collectors.joining());
  }
}
