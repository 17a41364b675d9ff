package dev.peer.cli.setup;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a repository is built and tested, as the files at its root tell.
 *
 * <p>Each kind gives a mkfile whose {@code base-image} takes its tools from Debian, and what the
 * repository's manifest names from the registry of the language, while there is a network; and
 * whose {@code test} needs none. A project that has a language's files and a {@code Makefile} is of
 * that language: its tools are known then. Of what builds C, the one that writes the others' files
 * comes first.
 */
public enum ProjectKind {
  MAVEN(JavaRecipes::maven, "pom.xml"),
  GRADLE(
      JavaRecipes::gradle,
      "build.gradle",
      "build.gradle.kts",
      "settings.gradle",
      "settings.gradle.kts"),
  NPM(NodeRecipe::npm, "package.json"),
  CARGO(NativeRecipes::cargo, "Cargo.toml"),
  GO(NativeRecipes::go, "go.mod"),
  PYTHON(
      PythonRecipe::python,
      "pyproject.toml",
      "setup.py",
      "setup.cfg",
      "requirements.txt",
      "tox.ini"),
  CMAKE(NativeRecipes::cmake, "CMakeLists.txt"),
  AUTOTOOLS(NativeRecipes::autotools, "configure", "configure.ac", "configure.in"),
  MAKE(NativeRecipes::make, "GNUmakefile", "makefile", "Makefile");

  private final Author author;
  private final List<String> signs;

  ProjectKind(Author author, String... signs) {
    this.author = author;
    this.signs = List.of(signs);
  }

  /** Writes the recipe for a repository of one kind. */
  @FunctionalInterface
  private interface Author {
    Recipe write(ProjectFiles seen) throws IOException;
  }

  /** The kinds whose files are there, the first being the one to take. */
  public static List<ProjectKind> of(ProjectFiles seen) {
    return Stream.of(values()).filter(kind -> kind.signs.stream().anyMatch(seen::has)).toList();
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
    return Stream.of(values()).map(ProjectKind::toString).collect(Collectors.joining(", "));
  }

  /** The files that a project of this kind has one of. */
  public List<String> signs() {
    return signs;
  }

  /** How a repository of this kind is tested. */
  public Recipe recipe(ProjectFiles seen) throws IOException {
    return author.write(seen);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
