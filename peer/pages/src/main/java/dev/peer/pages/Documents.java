package dev.peer.pages;

import dev.peer.core.id.Digest;
import dev.peer.wire.RendezvousStatus;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes documents of the templates, whose classes are loaded with the first. */
final class Documents {

  /** Allows a page nothing but its own style and images, and its forms this server. */
  static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  /** Allows the page of a run also its script, and what this server sends to that. */
  static final String LIVE_POLICY =
      POLICY.replace("style-src", "script-src 'self'; connect-src 'self'; style-src");

  private static final TemplateEngine ENGINE =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Documents.class.getClassLoader(), "dev.peer.pages.template");

  private static final String STYLE = read("style.css");

  private Documents() {}

  /** A document that is a single file and opens anywhere. */
  static PageFrame file() {
    byte[] digest =
        HexFormat.of().parseHex(Digest.of(STYLE.getBytes(StandardCharsets.UTF_8)).hex());
    return new PageFrame(
        STYLE,
        "default-src 'none'; style-src 'sha256-"
            + Base64.getEncoder().encodeToString(digest)
            + "'; base-uri 'none'; form-action 'none'",
        "");
  }

  /** The style sheet of all pages. */
  static byte[] style() {
    return STYLE.getBytes(StandardCharsets.UTF_8);
  }

  /** The script of the page of a run in progress. */
  static byte[] script() {
    return read("run.js").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The list of results.
   *
   * @param runs the runs in progress
   * @param daemon whether there is a daemon's page
   */
  static byte[] list(ListView view, List<RunView.About> runs, boolean daemon) {
    return render("list.jte", Map.of("view", view, "runs", runs, "daemon", daemon));
  }

  /**
   * The page of a daemon.
   *
   * @param runs the runs in progress
   */
  static byte[] daemon(DaemonView view, List<RunView.About> runs, String reader) {
    return render("daemon.jte", Map.of("view", view, "runs", runs, "reader", reader));
  }

  static byte[] run(RunView view) {
    return render("run.jte", Map.of("view", view));
  }

  /** The part of a run's page that says how far it is. */
  static String state(LiveState state) {
    return text("state.jte", Map.of("state", state));
  }

  /** Lines of the stages before and after the test, as part of a page. */
  static String stageLines(LogLines lines) {
    return text("lines.jte", Map.of("lines", lines, "prefix", "S"));
  }

  /** Lines of the test, as part of a page. */
  static String outputLines(LogLines lines) {
    return text("lines.jte", Map.of("lines", lines, "prefix", "L"));
  }

  static byte[] result(ResultView view, PageFrame frame) {
    return render("result.jte", Map.of("view", view, "frame", frame));
  }

  static byte[] rendezvous(RendezvousStatus status) {
    return render("rendezvous.jte", Map.of("status", status));
  }

  static byte[] announcements(AnnouncementView view) {
    return render("announcements.jte", Map.of("view", view));
  }

  static byte[] relay(RelayView view) {
    return render("relay.jte", Map.of("view", view));
  }

  /**
   * A page that says why there is no other.
   *
   * @param detail one line for people
   */
  static byte[] problem(PageFrame frame, int status, String detail) {
    return render("problem.jte", Map.of("frame", frame, "status", status, "detail", detail));
  }

  private static byte[] render(String template, Map<String, Object> parameters) {
    return text(template, parameters).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(String template, Map<String, Object> parameters) {
    StringOutput output = new StringOutput();
    ENGINE.render(template, parameters, output);
    return output.toString();
  }

  private static String read(String name) {
    try (InputStream in = Objects.requireNonNull(Documents.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
