package dev.peer.cli.setup;

import static dev.peer.cli.setup.Recipe.DEPENDENCIES;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Projects of C, Go and Rust. */
final class NativeRecipes {

  private static final Pattern GO_VERSION = Pattern.compile("(?m)^go[ \\t]+1\\.(\\d{1,4})");
  private static final Pattern GO_REQUIREMENT = Pattern.compile("(?m)^require\\b");
  private static final int GO_OF_DEBIAN = 19;

  private NativeRecipes() {}

  static Recipe cmake(ProjectFiles seen) {
    return new Recipe(
        List.of(),
        Recipe.debian("cmake", "gcc", "g++", "libc6-dev", "make"),
        List.of(
            "cmake -S . -B build",
            "cmake --build build --parallel",
            "ctest --test-dir build --output-on-failure --no-tests=error"),
        "");
  }

  static Recipe autotools(ProjectFiles seen) {
    boolean made = seen.has("configure");
    List<String> test = new ArrayList<>();
    if (!made) {
      test.add("autoreconf --force --install");
    }
    test.addAll(List.of("./configure", "make", "make check"));
    return new Recipe(
        List.of(),
        made
            ? Recipe.debian("gcc", "g++", "libc6-dev", "make")
            : Recipe.debian(
                "autoconf", "automake", "gcc", "g++", "libc6-dev", "libtool", "make", "pkg-config"),
        test,
        "");
  }

  static Recipe make(ProjectFiles seen) throws IOException {
    List<String> image = debianForC(Set.of());
    for (String makefile : seen.these("GNUmakefile", "makefile", "Makefile")) {
      String text = seen.text(makefile);
      image = debianForC(CalledTools.packages(text));
      for (String target : List.of("test", "check", "tests")) {
        if (hasTarget(text, target)) {
          return new Recipe(List.of(), image, List.of("make " + target), "");
        }
      }
    }
    return new Recipe(
        List.of(),
        image,
        List.of("make"),
        "the makefile has no target test or check, so `test` of the mkfile only builds: add your"
            + " tests' command");
  }

  private static List<String> debianForC(Set<String> more) {
    return Recipe.debian(
        Stream.concat(Stream.of("gcc", "g++", "libc6-dev", "make"), more.stream())
            .toArray(String[]::new));
  }

  /** Whether a rule has the target, alone or among others. */
  private static boolean hasTarget(String makefile, String target) {
    return Pattern.compile(
            "(?m)^(?:[^\\s#:=]++[ \\t]+)*?" + target + "(?:[ \\t]+[^\\s#:=]++)*+[ \\t]*::?(?![:=])")
        .matcher(makefile)
        .find();
  }

  static Recipe cargo(ProjectFiles seen) {
    List<String> image = new ArrayList<>(Recipe.debian("cargo", "gcc", "libc6-dev"));
    image.add("ENV CARGO_HOME=" + DEPENDENCIES + "/cargo");
    image.add(Recipe.copy(seen, "Cargo.toml", "Cargo.lock"));
    image.add(
        "RUN cd "
            + DEPENDENCIES
            + " && mkdir src && touch src/lib.rs && echo 'fn main() {}' >src/main.rs && cargo"
            + " fetch");
    return new Recipe(
        List.of(
            "cargo fetches the crates of Cargo.toml. Of a workspace, copy each member's Cargo.toml"
                + " too, with a src/lib.rs."),
        image,
        List.of("cargo test --offline"),
        "");
  }

  /**
   * Debian's Go cannot read the {@code go.mod} of a newer one; that of its backports can, and
   * fetches a newer toolchain where {@code go.mod} asks for one.
   */
  static Recipe go(ProjectFiles seen) throws IOException {
    String module = seen.text("go.mod");
    String[] packages = {"ca-certificates", "gcc", "git", "golang-go", "libc6-dev"};
    List<String> image =
        new ArrayList<>(
            goMinor(module) > GO_OF_DEBIAN ? Recipe.backports(packages) : Recipe.debian(packages));
    image.add("ENV GOMODCACHE=" + DEPENDENCIES + "/go GOFLAGS=-buildvcs=false GOTOOLCHAIN=auto");
    if (!seen.has("vendor/modules.txt") && GO_REQUIREMENT.matcher(module).find()) {
      image.add(Recipe.copy(seen, "go.mod", "go.sum"));
      image.add("RUN cd " + DEPENDENCIES + " && go mod download");
    }
    return new Recipe(
        List.of("go fetches the modules of go.mod, unless the repository has them in vendor."),
        image,
        List.of("GOPROXY=off go test ./..."),
        "");
  }

  private static int goMinor(String module) {
    Matcher version = GO_VERSION.matcher(module);
    return version.find() ? Integer.parseInt(version.group(1)) : 0;
  }
}
