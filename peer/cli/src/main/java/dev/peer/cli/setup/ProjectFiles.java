package dev.peer.cli.setup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code peer init} sees of a repository: names at its root, and the text of its manifests.
 */
public final class ProjectFiles {

  private static final int LARGEST_TEXT = 1 << 20;
  private static final int MOST_MODULES = 100;
  private static final Pattern MODULE = Pattern.compile("<module>\\s*([^<]*[^<\\s])\\s*</module>");

  /** Directories of configuration, by the conventions of Maven and of many projects. */
  private static final List<String> CONFIGURATION =
      List.of(
          "config/checkstyle",
          "src/assembly",
          "src/checkstyle",
          "src/conf",
          "src/config",
          "src/etc",
          "src/license",
          "src/site");

  private final Path root;

  private ProjectFiles(Path root) {
    this.root = root;
  }

  /**
   * The files of a work tree, as they are when they are asked for.
   *
   * @param root an absolute path without links
   */
  public static ProjectFiles of(Path root) {
    return new ProjectFiles(root);
  }

  boolean has(String name) {
    return Files.isRegularFile(root.resolve(name));
  }

  boolean hasDirectory(String name) {
    return Files.isDirectory(root.resolve(name));
  }

  /** Those of the files that are there. */
  List<String> these(String... names) {
    return Stream.of(names).filter(this::has).toList();
  }

  /** The beginning of a file, up to 1 MiB; nothing if it is not there. */
  String text(String name) throws IOException {
    if (!has(name)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(root.resolve(name))) {
      return new String(in.readNBytes(LARGEST_TEXT), StandardCharsets.UTF_8);
    }
  }

  /**
   * The directories below the root that a {@code pom.xml} names as modules, and those that theirs
   * name: relative paths, each with a {@code pom.xml} of its own.
   */
  List<String> mavenModules() throws IOException {
    Set<String> modules = new LinkedHashSet<>();
    List<String> unread = new ArrayList<>(List.of(""));
    while (!unread.isEmpty() && modules.size() < MOST_MODULES) {
      String parent = unread.removeFirst();
      for (String module : named(parent)) {
        if (modules.add(module)) {
          unread.add(module);
        }
      }
    }
    return List.copyOf(modules);
  }

  /** The directories, of the root and the modules, that hold what plugins are configured with. */
  List<String> mavenConfiguration() throws IOException {
    List<String> modules = new ArrayList<>(mavenModules());
    modules.addFirst("");
    return modules.stream()
        .flatMap(module -> CONFIGURATION.stream().map(name -> Path.of(module, name).toString()))
        .filter(this::hasDirectory)
        .toList();
  }

  private List<String> named(String parent) throws IOException {
    List<String> modules = new ArrayList<>();
    for (String name :
        MODULE
            .matcher(text(Path.of(parent, "pom.xml").toString()))
            .results()
            .map(found -> found.group(1))
            .toList()) {
      Path directory = root.resolve(parent).resolve(name).normalize();
      if (directory.startsWith(root)
          && !directory.equals(root)
          && Files.isRegularFile(directory.resolve("pom.xml"))) {
        modules.add(root.relativize(directory).toString());
      }
    }
    return modules;
  }
}
