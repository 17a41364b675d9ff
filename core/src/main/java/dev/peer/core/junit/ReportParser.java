package dev.peer.core.junit;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads one report. Of its counts and dialects it needs little: a test is a {@code testcase} at any
 * depth below {@code testsuites} or {@code testsuite}, of any namespace, and its children and
 * attributes say how it ended.
 */
final class ReportParser {

  private static final int DEEPEST = 100;
  private static final int LONGEST_MESSAGE = 1 << 16;
  private static final Set<String> ROOTS = Set.of("testsuites", "testsuite");
  private static final Set<String> FAILURES = Set.of("failure", "error");
  private static final Set<String> SKIPS = Set.of("skipped", "disabled", "ignored");

  /** The values of {@code status} of CTest, and of {@code result} of GoogleTest. */
  private static final Set<String> NOT_RUN =
      Set.of("skipped", "disabled", "notrun", "ignored", "suppressed");

  private static final Set<String> FAILED = Set.of("fail", "failed", "failure", "error");

  private final XMLStreamReader xml;
  private final int most;
  private final Deque<String> suites = new ArrayDeque<>();
  private final List<TestCase> tests = new ArrayList<>();
  private int depth;

  private ReportParser(XMLStreamReader xml, int most) {
    this.xml = xml;
    this.most = most;
  }

  /**
   * Reads a file to its end.
   *
   * @param fits whether the file may be read whole, asked if it is a report
   * @param most the most tests it may name
   * @return its tests; empty if it is no report
   * @throws UnreadableException if it is one and cannot be read
   */
  static Optional<List<TestCase>> read(InputStream in, boolean fits, int most)
      throws IOException, UnreadableException {
    ReportParser parser = null;
    try {
      XMLStreamReader xml = XmlText.open(in);
      boolean hasType = false;
      while (xml.next() != XMLStreamConstants.START_ELEMENT) {
        hasType |= xml.getEventType() == XMLStreamConstants.DTD;
      }
      if (!ROOTS.contains(xml.getLocalName())) {
        return Optional.empty();
      }
      parser = new ReportParser(xml, most);
      require(!hasType, "has a document type");
      require(fits, "is too large");
      parser.readAll();
      return Optional.of(parser.tests);
    } catch (XMLStreamException | RuntimeException e) {
      if (parser == null) {
        return Optional.empty();
      }
      throw new UnreadableException("is not well-formed");
    }
  }

  private void readAll() throws XMLStreamException, UnreadableException {
    open();
    while (xml.hasNext()) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> open();
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          if (ROOTS.contains(xml.getLocalName())) {
            suites.pop();
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new UnreadableException("refers to an entity");
        default -> {}
      }
    }
  }

  /** At the begin of an element; a test is read to its end. */
  private void open() throws XMLStreamException, UnreadableException {
    if (xml.getLocalName().equals("testcase")) {
      require(tests.size() < most, "has too many tests");
      tests.add(readTest());
      return;
    }
    depth++;
    require(depth <= DEEPEST, "has more than " + DEEPEST + " levels");
    if (ROOTS.contains(xml.getLocalName())) {
      suites.push(attribute("name"));
    }
  }

  private TestCase readTest() throws XMLStreamException, UnreadableException {
    String name = attribute("name");
    String group = attribute("classname");
    Outcome outcome = ofAttributes();
    String message = "";
    while (xml.next() != XMLStreamConstants.END_ELEMENT) {
      if (xml.getEventType() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      boolean failure = FAILURES.contains(xml.getLocalName());
      if (SKIPS.contains(xml.getLocalName())) {
        outcome = outcome.worse(Outcome.SKIPPED);
      }
      String said = failure ? attribute("message") : "";
      String text = textToEnd(failure && said.isBlank());
      if (failure) {
        outcome = Outcome.FAILED;
        message = message.isBlank() ? said.isBlank() ? text : said : message;
      }
    }
    return new TestCase(group.isBlank() ? suite() : group, name, outcome, message);
  }

  private Outcome ofAttributes() {
    String status = attribute("status").toLowerCase(Locale.ROOT);
    if (FAILED.contains(status)) {
      return Outcome.FAILED;
    }
    return NOT_RUN.contains(status)
            || NOT_RUN.contains(attribute("result").toLowerCase(Locale.ROOT))
            || isSet("skipped")
            || isSet("disabled")
        ? Outcome.SKIPPED
        : Outcome.PASSED;
  }

  private boolean isSet(String attribute) {
    return !Set.of("", "0", "false").contains(attribute(attribute).toLowerCase(Locale.ROOT));
  }

  /** Reads an element to its end; returns the begin of its own text, if it is wanted. */
  private String textToEnd(boolean wanted) throws XMLStreamException, UnreadableException {
    StringBuilder text = new StringBuilder();
    int inner = 1;
    while (inner > 0) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          inner++;
          require(inner <= DEEPEST, "has more than " + DEEPEST + " levels");
        }
        case XMLStreamConstants.END_ELEMENT -> inner--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (wanted && text.length() < LONGEST_MESSAGE) {
            text.append(xml.getText());
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new UnreadableException("refers to an entity");
        default -> {}
      }
    }
    return text.toString();
  }

  private String suite() {
    return suites.stream().filter(name -> !name.isBlank()).findFirst().orElse("");
  }

  /** The value of an attribute without a namespace; empty if it is not there. */
  private String attribute(String name) {
    return Objects.requireNonNullElse(xml.getAttributeValue("", name), "");
  }

  private static void require(boolean holds, String otherwise) throws UnreadableException {
    if (!holds) {
      throw new UnreadableException(otherwise);
    }
  }
}
