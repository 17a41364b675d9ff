package dev.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The Java of all modules is formatted as google-java-format does. This test is the first of the
 * first module.
 */
@Order(1)
class FormatTest {

  private static final String MENDED_BY = "mvn -q test -pl core -Dtest=FormatTest -Dformat.apply";

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final List<String> MODULES =
      List.of(
          "core",
          "vm",
          "pki-tools",
          "peer/net",
          "peer/testkit",
          "peer/pages",
          "peer/rendezvous",
          "peer/node",
          "peer/cli",
          "peer/runtime");

  @Test
  void everyFileIsFormatted() throws Exception {
    boolean apply = System.getProperty("format.apply") != null;
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    List<Path> files = javaFiles();
    assertThat(files).hasSizeGreaterThan(100);
    for (Path file : files) {
      String source = Files.readString(file);
      String formatted =
          formatter.formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(source));
      if (!formatted.equals(source)) {
        unformatted.add(ROOT.relativize(file));
        if (apply) {
          Files.writeString(file, formatted);
        }
      }
    }
    assertThat(unformatted)
        .as(apply ? "formatted now: run it again" : "format them with: " + MENDED_BY)
        .isEmpty();
  }

  private static List<Path> javaFiles() throws Exception {
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(module).resolve("src"))) {
        walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    return files;
  }
}
