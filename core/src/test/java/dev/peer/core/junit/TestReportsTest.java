package dev.peer.core.junit;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.TestCounts;
import dev.peer.core.record.TestReport;
import dev.peer.core.record.TestReport.FailedTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestReportsTest {

  private static final String ONE = "<testsuite><testcase classname='a' name='b'/></testsuite>";

  @TempDir private Path directory;
  private RunFiles run;
  private UnaryOperator<String> mask = UnaryOperator.identity();
  private final List<Artifact> artifacts = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void makeRun() {
    run = new RunFiles(directory);
  }

  @Test
  void readsSurefire() throws Exception {
    addResource("surefire.xml");

    hasCounts(6, 2, 1);
    hasFailures(
        "com.example.AppTest.subtracts: expected: <1> but was: <2>",
        "com.example.AppTest.divides: java.lang.ArithmeticException: / by zero");
  }

  @Test
  void readsPytest() throws Exception {
    addResource("pytest.xml");

    hasCounts(5, 2, 2);
    hasFailures(
        "tests.test_app.TestApp.test_subtracts: AssertionError: assert 1 == 2",
        "pytest.tests.test_broken: collection failure");
  }

  @Test
  void readsGotestsum() throws Exception {
    addResource("gotestsum.xml");

    hasCounts(4, 1, 1);
    hasFailures("example.com/app.TestSubtracts: Failed");
  }

  @Test
  void readsJest() throws Exception {
    addResource("jest.xml");

    hasCounts(4, 2, 1);
    hasFailures(
        "app subtracts: Error: expect(received).toBe(expected) // Object.is equality",
        "Test suite failed to run.broken.test.js: Cannot find module './lost' from"
            + " 'broken.test.js'");
  }

  @Test
  void readsCtest() throws Exception {
    addResource("ctest.xml");

    hasCounts(4, 1, 2);
    hasFailures("subtracts: Failed");
  }

  @Test
  void readsGoogleTest() throws Exception {
    addResource("googletest.xml");

    hasCounts(4, 1, 2);
    hasFailures("App.Subtracts: app_test.cc:4");
  }

  @Test
  void countsTestsOfNestedSuitesInANamespaceWhateverTheAttributesCount() throws Exception {
    addResource("nested.xml");

    hasCounts(6, 2, 1);
    hasFailures("inner.fails: boom", "outer.both: in the text");
  }

  @Test
  void countsATestOfTwoReportsOnceAndTheWorseOfBoth() throws Exception {
    add("a.xml", suite("<testcase classname='c' name='one'/><testcase classname='c' name='two'/>"));
    add(
        "b.xml",
        suite(
            "<testcase classname='c' name='two'><failure message='late'/></testcase>"
                + "<testcase classname='d' name='two'><skipped/></testcase>"));

    hasCounts(3, 1, 1);
    hasFailures("c.two: late");
    assertThat(read().orElseThrow().counts().reports()).isEqualTo(2);
  }

  @Test
  void countsACopyOfAReportOnceAndATestThatAReportNamesTwiceTwice() throws Exception {
    String twice = suite("<testcase name='same'/><testcase name='same'/>");
    add("a.xml", twice);
    add("copy/a.XML", twice);

    assertThat(read().orElseThrow().counts()).isEqualTo(new TestCounts(2, 0, 0, 1, 0));
  }

  @Test
  void readsWhateverEncodingTheBytesHave() throws Exception {
    String name = "<testsuite><testcase name='na\u00EFve'><failure/></testcase></testsuite>";
    add("mark.xml", "\uFEFF" + declared("UTF-8") + name, UTF_8);
    add("utf-16le.xml", "\uFEFF" + declared("UTF-16") + name, UTF_16LE);
    add("utf-16be.xml", "\uFEFF" + declared("UTF-16") + name, UTF_16BE);
    add("declared-only.xml", declared("utf-16") + name, UTF_8);
    add("marked-and-declared.xml", "\uFEFF" + declared("UTF-16") + name, UTF_8);
    add("latin-1.xml", declared("ISO-8859-1") + name, Charset.forName("ISO-8859-1"));

    assertThat(read().orElseThrow().counts()).isEqualTo(new TestCounts(1, 1, 0, 6, 0));
    hasFailures("na\u00EFve");
  }

  @Test
  void takesNoOtherFileForAReport() throws Exception {
    add("coverage.xml", "<coverage><testcase name='no test'/></coverage>");
    add("broken.xml", "<coverage");
    add("empty.xml", "");
    add("report.txt", ONE);
    add("page.xml", "<!DOCTYPE html><html/>");
    artifacts.add(new Artifact.Link("link.xml", "lost.xml"));

    assertThat(read()).isEmpty();
    assertThat(notes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<testsuite><testcase name='a'/><testcase name='b'>",
        "<testsuite><testcase name='a'/></testsuites>",
        "<testsuite><testcase name='a'/>\u0001</testsuite>",
        "<testsuite><testcase name='&x;'/></testsuite>",
        "<testsuite><testcase name='a'/>&x;</testsuite>",
        "<testsuite><testcase name='a'><failure>&x;</failure></testcase></testsuite>",
        "<testsuite><testcase name='a'/></testsuite><testsuite/>",
        "<!DOCTYPE testsuite [<!ENTITY x 'y'>]><testsuite><testcase name='&x;'/></testsuite>",
        "<!DOCTYPE testsuite SYSTEM 'http://127.0.0.1:1/x.dtd'><testsuite/>",
      })
  void countsNothingOfAReportThatItCannotReadWhole(String broken) throws Exception {
    add("good.xml", ONE);
    add("broken.xml", broken);

    assertThat(read().orElseThrow().counts()).isEqualTo(new TestCounts(1, 0, 0, 1, 1));
    assertThat(notes).hasSize(1);
    assertThat(notes.getFirst()).startsWith("the test report broken.xml is not counted: it ");
  }

  @Test
  void readsNoFileThatAnEntityNames() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "hidden");
    add(
        "a.xml",
        "<!DOCTYPE testsuite [<!ENTITY x SYSTEM '"
            + secret.toUri()
            + "'>]><testsuite><testcase name='a'><failure>&x;</failure></testcase></testsuite>");

    assertThat(read().orElseThrow()).isEqualTo(report(new TestCounts(0, 0, 0, 0, 1)));
    assertThat(notes)
        .containsExactly("the test report a.xml is not counted: it has a document type");
  }

  @Test
  void doesNotExpandEntitiesOfEntities() throws Exception {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE testsuite [<!ENTITY a0 'ha'>");
    for (int i = 1; i < 30; i++) {
      laughs.append("<!ENTITY a%d '%s'>".formatted(i, "&a%d;".formatted(i - 1).repeat(10)));
    }
    add("a.xml", laughs + "]><testsuite name='&a29;'><testcase name='&a29;'/></testsuite>");

    assertThat(read().map(TestReport::counts).map(TestCounts::tests).orElse(0)).isZero();
  }

  @Test
  void refusesAReportThatIsTooDeepTooLargeOrHasTooManyTests() throws Exception {
    add("deep.xml", "<testsuite>".repeat(101) + "</testsuite>".repeat(101));
    add(
        "deep-in-a-test.xml",
        suite(
            "<testcase><system-out>"
                + "<a>".repeat(101)
                + "</a>".repeat(101)
                + "</system-out></testcase>"));
    add("large.xml", suite("<!--" + " ".repeat(32 << 20) + "-->"));
    add("many.xml", suite("<testcase/>".repeat(200_001)));

    assertThat(read().orElseThrow()).isEqualTo(report(new TestCounts(0, 0, 0, 0, 4)));
  }

  @Test
  void readsAReportWhoseTestsPrintedMuch() throws Exception {
    String line = "&lt;line&gt; &#10;";
    add(
        "a.xml",
        suite(
            "<testcase name='a'><failure message='"
                + line.repeat(100_000)
                + "'/><system-out>"
                + line.repeat(200_000)
                + "</system-out></testcase>"));

    hasCounts(1, 1, 0);
    hasFailures("a: <line>");
  }

  @Test
  void namesTheFirstFailuresShortAndWithoutControlCharacters() throws Exception {
    StringBuilder tests = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      tests.append(
          "<testcase name='%d&#10;&#x202e;name'><failure message='%s'/></testcase>"
              .formatted(i, "x".repeat(5000)));
    }
    add(
        "a.xml",
        "<?xml version='1.1'?>" + suite(tests + "<testcase name='&#27;[2J'><error/></testcase>"));

    TestReport report = read().orElseThrow();

    assertThat(report.counts()).isEqualTo(new TestCounts(13, 13, 0, 1, 0));
    assertThat(report.failures()).hasSize(10);
    assertThat(report.failures().getFirst())
        .isEqualTo(new FailedTest("0??name", "x".repeat(200) + "..."));
    assertThat(report.failureLines()).hasSize(11).endsWith("3 more failed");
  }

  @Test
  void masksSecretsBeforeItCutsATextToALine() throws Exception {
    mask = text -> text.replace("long\nsecret", "***");
    add("a.xml", suite("<testcase name='a'><failure>is long\nsecret</failure></testcase>"));

    hasFailures("a: is ***");
  }

  private void addResource(String name) throws IOException {
    try (InputStream in = TestReportsTest.class.getResourceAsStream(name)) {
      add(name, in.readAllBytes());
    }
  }

  private void add(String path, String text) throws IOException {
    add(path, text, UTF_8);
  }

  private void add(String path, String text, Charset charset) throws IOException {
    add(path, text.getBytes(charset));
  }

  private void add(String path, byte[] bytes) throws IOException {
    Path file = run.artifacts().resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    artifacts.add(Artifact.file(path, false, new Content(bytes.length, Digest.of(bytes))));
  }

  private Optional<TestReport> read() throws IOException {
    notes.clear();
    return TestReports.read(run, artifacts, mask, notes::add);
  }

  private void hasCounts(int tests, int failed, int skipped) throws IOException {
    assertThat(read().orElseThrow().counts())
        .isEqualTo(new TestCounts(tests, failed, skipped, artifacts.size(), 0));
  }

  private void hasFailures(String... failures) throws IOException {
    assertThat(read().orElseThrow().failures()).map(FailedTest::toString).containsExactly(failures);
  }

  private static TestReport report(TestCounts counts) {
    return new TestReport(counts, List.of());
  }

  private static String suite(String tests) {
    return "<testsuite>" + tests + "</testsuite>";
  }

  private static String declared(String encoding) {
    return "<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>";
  }
}
