package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * The statement that the builder of a guest image signs: an in-toto statement (v1) with a predicate
 * of our own about the image's manifest. The manifest names architecture, versions, packages and
 * each file's digest, so the statement repeats none of them.
 *
 * <p>Reading refuses other predicates, other versions of this one, and fields that are not known
 * here.
 *
 * @param image the digest of the image's manifest
 * @param signedAt when it was signed
 * @param signerCertificate the digest of the signer's certificate
 */
record ImageStatement(Digest image, Instant signedAt, Digest signerCertificate) {

  static final String PREDICATE_TYPE = "urn:peer:image:v1";

  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String SUBJECT = "guest-image";

  /** The bytes to be signed. */
  byte[] write() {
    ObjectNode json = StrictJson.object();
    json.put("_type", TYPE);
    ObjectNode subject = json.putArray("subject").addObject();
    subject.put("name", SUBJECT);
    subject.putObject("digest").put("sha256", image.hex());
    json.put("predicateType", PREDICATE_TYPE);
    json.putObject("predicate")
        .put("signedAt", signedAt.toString())
        .put("signerCertSha256", signerCertificate.hex());
    return StrictJson.bytes(json);
  }

  /** Reads signed bytes. */
  static ImageStatement read(byte[] payload) throws MalformedException {
    StrictJson json = StrictJson.parse("statement", payload);
    requireText(json, "_type", TYPE);
    String predicateType = json.text("predicateType");
    if (!predicateType.equals(PREDICATE_TYPE)) {
      throw new MalformedException(
          "statement: it does not vouch for a guest image in a form that this peer knows ("
              + PREDICATE_TYPE
              + ")");
    }
    List<StrictJson> subjects = json.objects("subject");
    StrictJson predicate = json.object("predicate");
    json.end();
    if (subjects.size() != 1) {
      throw new MalformedException("statement: exactly one subject was expected");
    }
    StrictJson subject = subjects.getFirst();
    requireText(subject, "name", SUBJECT);
    StrictJson digest = subject.object("digest");
    Digest image = digest.value("sha256", Digest::ofHex);
    digest.end();
    subject.end();
    Instant signedAt = predicate.value("signedAt", ImageStatement::instant);
    Digest signerCertificate = predicate.value("signerCertSha256", Digest::ofHex);
    predicate.end();
    return new ImageStatement(image, signedAt, signerCertificate);
  }

  private static void requireText(StrictJson json, String field, String expected)
      throws MalformedException {
    if (!json.text(field).equals(expected)) {
      throw new MalformedException("statement: " + field + " is not " + expected);
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a time such as 2026-01-01T00:00:00Z was expected", e);
    }
  }
}
