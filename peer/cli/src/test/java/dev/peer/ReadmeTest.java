package dev.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.config.Setting;
import dev.peer.report.ExitCode;
import dev.peer.report.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents say what the code does. */
class ReadmeTest {

  private static final List<String> MODULES =
      List.of(
          "core",
          "vm",
          "pki-tools",
          "peer/net",
          "peer/pages",
          "peer/rendezvous",
          "peer/node",
          "peer/cli",
          "peer/runtime");

  private static final String BEGIN = "<!-- settings -->\n";
  private static final String END = "<!-- /settings -->";
  private static final Path DETAILS = Path.of("..", "..", "docs", "security-details.md");
  private static final String PROMISES = "\n## Promises\n";
  private static final Pattern CLAIM = Pattern.compile("- [*]{2}[^*]{10,110}[.][*]{2}");
  private static final Pattern PROMISE =
      Pattern.compile("(?m)^- [*]{2}.*\n(?:  (?!Tests: ).*\n)*  Tests: `\\w+(?:Test|IT|Contract)`");
  private static final Pattern EXIT_CODES = Pattern.compile("(?m)^[|] (\\d+(?:, \\d+)*) [|]");
  private static final Pattern CLASS = Pattern.compile("`((?:[A-Z][a-z]+){2,})[`.]");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

  @Test
  void hasTheTableOfSettings() throws Exception {
    String readme = Files.readString(Path.of("..", "..", "README.md"));
    String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));

    assertThat(table).isEqualTo(Setting.markdownTable());
  }

  @Test
  void hasEachExitCode() throws Exception {
    String readme = Files.readString(Path.of("..", "..", "README.md"));
    String section = readme.substring(readme.indexOf("\n## Exit codes\n"));
    String table = section.substring(0, section.indexOf("\n## ", 1));

    List<Integer> codes =
        EXIT_CODES
            .matcher(table)
            .results()
            .flatMap(row -> Stream.of(row.group(1).split(", ")))
            .map(Integer::valueOf)
            .toList();

    // SIGTERM has a code of its own, which the shell's way of counting gives.
    List<Integer> expected =
        Stream.concat(Stream.of(ExitCode.values()).map(ExitCode::number), Stream.of(143)).toList();
    assertThat(codes).isEqualTo(expected);
  }

  @Test
  void theChangelogBeginsWithTheVersionThatIsNextOrBuilt() throws Exception {
    String changelog = Files.readString(Path.of("..", "..", "CHANGELOG.md"));
    String version = Version.text().replaceFirst("-SNAPSHOT$", "");

    assertThat(changelog.lines().filter(line -> line.startsWith("## ")).findFirst())
        .hasValue("## " + version);
  }

  @Test
  void everyPromiseIsAClaimOfOneLineWithItsTests() throws Exception {
    String details = Files.readString(DETAILS);
    int begin = details.indexOf(PROMISES);
    String promises = details.substring(begin, details.indexOf("\n## ", begin + 1));

    assertThat(promises.lines().filter(line -> line.startsWith("- ")))
        .hasSizeGreaterThan(70)
        .allMatch(line -> CLAIM.matcher(line).matches());
    assertThat(PROMISE.matcher(promises).results())
        .as("a claim, its detail if it needs one, and a last line of tests")
        .hasSize(Math.toIntExact(promises.lines().filter(line -> line.startsWith("- ")).count()));
  }

  @Test
  void everyTestThatADocumentNamesIsThere() throws Exception {
    Set<String> classes = classes();

    for (String name : List.of("security-details.md", "verdict.md", "trust.md")) {
      assertThat(testsIn(Files.readString(DETAILS.resolveSibling(name)))).isSubsetOf(classes);
    }
  }

  @Test
  void everyClassThatTheArchitectureNamesIsThere() throws Exception {
    String architecture = Files.readString(DETAILS.resolveSibling("architecture.md"));

    assertThat(names(CLASS, architecture)).hasSizeGreaterThan(25).isSubsetOf(classes());
  }

  @Test
  void everyLinkOfADocumentLeadsSomewhere() throws Exception {
    List<Path> documents = Links.documents(Path.of("..", ".."));

    assertThat(documents).hasSizeGreaterThan(8);
    assertThat(Links.broken(documents)).isEmpty();
  }

  private static Set<String> testsIn(String text) {
    return names(TEST, text);
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> classes() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", "..", module, "src"))) {
        files.map(file -> file.getFileName().toString().replace(".java", "")).forEach(names::add);
      }
    }
    return names;
  }
}
