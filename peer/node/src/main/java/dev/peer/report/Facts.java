package dev.peer.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.find.Delivery;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.Artifact;
import dev.peer.core.store.ResultUse;
import dev.peer.core.trust.CertificateFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** How commands show facts: a line each for people, JSON for programs. */
public final class Facts {

  private static final double MEBIBYTE = 1 << 20;

  private Facts() {}

  /** One line, the values of several below each other; goes on under an empty label. */
  public static String line(String label, String value) {
    return String.format(Locale.ROOT, "%-12s %s", label, value);
  }

  /** A certificate on one line. */
  public static String of(CertificateFacts certificate) {
    return (certificate.subject().isEmpty() ? "(no subject)" : certificate.subject())
        + ", issued by "
        + certificate.issuer()
        + ", serial "
        + certificate.serial()
        + ", valid "
        + certificate.from()
        + " to "
        + certificate.until();
  }

  public static ObjectNode json(CertificateFacts certificate) {
    ObjectNode json = JsonTree.object();
    json.put("subject", certificate.subject());
    json.put("issuer", certificate.issuer());
    json.put("serial", certificate.serial());
    json.put("notBefore", certificate.from().toString());
    json.put("notAfter", certificate.until().toString());
    json.put("digest", certificate.digest().toString());
    return json;
  }

  /** An artifact on one line. */
  public static String of(Artifact artifact) {
    return artifact.shown()
        + ", "
        + (artifact instanceof Artifact.File ? artifact.size() + " bytes, " : "")
        + artifact.description();
  }

  /** Adds artifacts as scripts get them everywhere. */
  public static void addTo(ObjectNode json, List<Artifact> artifacts) {
    ArrayNode array = json.putArray("artifacts");
    artifacts.forEach(artifact -> array.add(json(artifact)));
  }

  private static ObjectNode json(Artifact artifact) {
    ObjectNode json = JsonTree.object().put("path", artifact.path());
    return switch (artifact) {
      case Artifact.File file ->
          json.put("size", file.content().size())
              .put("sha256", file.content().digest().hex())
              .put("mode", file.mode().toString());
      case Artifact.Link link -> json.put("link", link.target());
      case Artifact.Directory directory ->
          json.put("directory", true).put("mode", directory.mode().toString());
    };
  }

  /** Adds how many bytes of a result's bundle are moved, and how many are here. */
  public static void addTo(ObjectNode json, Delivery delivery) {
    json.putObject("bytes").put("moved", delivery.moved()).put("here", delivery.here());
  }

  /**
   * Adds how often a result was taken here instead of a run, how much time that saved, and how
   * often it was sent to another peer.
   */
  public static void addTo(ObjectNode json, ResultUse use) {
    json.put("hits", use.hits().count())
        .put("savedMilliseconds", use.hits().saved().toMillis())
        .put("sent", use.sent());
  }

  /** A number of bytes, in whole mebibytes. */
  public static String mebibytes(long bytes) {
    return (long) (bytes / MEBIBYTE) + " MiB";
  }

  /** A number of bytes for people. */
  public static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
  }

  public static String text(ObjectNode json) {
    return new String(JsonTree.bytes(json), StandardCharsets.UTF_8);
  }
}
