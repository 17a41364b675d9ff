package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationJson;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * The statement that the maker of a prepared runtime signs: an in-toto statement (v1) with a
 * predicate of our own. Its subject is the content that moves.
 *
 * <p>Reading refuses other predicates, other versions of this one, and fields that are not known
 * here.
 *
 * @param signedAt when it was signed
 * @param signerCertificate the digest of the signer's certificate
 */
record RuntimeStatement(PreparedRuntime runtime, Instant signedAt, Digest signerCertificate) {

  static final String PREDICATE_TYPE = "urn:peer:runtime:v1";

  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String SUBJECT = "prepared-runtime";

  /** The bytes to be signed. */
  byte[] write() {
    ObjectNode json = StrictJson.object();
    json.put("_type", TYPE);
    ObjectNode subject = json.putArray("subject").addObject();
    subject.put("name", SUBJECT);
    subject.putObject("digest").put("sha256", runtime.content().digest().hex());
    json.put("predicateType", PREDICATE_TYPE);
    ObjectNode predicate = json.putObject("predicate");
    predicate.put("size", runtime.content().size());
    predicate.put("repo", runtime.disk().repo().text());
    predicate.put("image", runtime.disk().image().toString());
    predicate.put("diskBytes", runtime.disk().bytes());
    ArrayNode commits = predicate.putArray("commits");
    runtime.commits().forEach(commit -> commits.add(commit.hex()));
    predicate.put("begun", runtime.begun().toString());
    PreparationJson.write(predicate.putObject("preparation"), runtime.preparation());
    predicate.put("signedAt", signedAt.toString());
    predicate.put("signerCertSha256", signerCertificate.hex());
    return StrictJson.bytes(json);
  }

  /** Reads signed bytes. */
  static RuntimeStatement read(byte[] payload) throws MalformedException {
    StrictJson json = StrictJson.parse("statement", payload);
    requireText(json, "_type", TYPE);
    if (!json.text("predicateType").equals(PREDICATE_TYPE)) {
      throw new MalformedException(
          "statement: it does not vouch for a prepared runtime in a form that this peer knows ("
              + PREDICATE_TYPE
              + ")");
    }
    List<StrictJson> subjects = json.objects("subject");
    StrictJson predicate = json.object("predicate");
    json.end();
    if (subjects.size() != 1) {
      throw new MalformedException("statement: exactly one subject was expected");
    }
    Content content = new Content(size(predicate), digest(subjects.getFirst()));
    PreparedRuntime.Disk disk = disk(predicate);
    List<CommitId> commits = predicate.values("commits", CommitId::new);
    Instant begun = predicate.value("begun", RuntimeStatement::instant);
    Preparation preparation = PreparationJson.read(predicate.object("preparation"));
    Instant signedAt = predicate.value("signedAt", RuntimeStatement::instant);
    Digest signerCertificate = predicate.value("signerCertSha256", Digest::ofHex);
    predicate.end();
    try {
      return new RuntimeStatement(
          new PreparedRuntime(content, disk, commits, begun, preparation),
          signedAt,
          signerCertificate);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("statement: " + e.getMessage(), e);
    }
  }

  private static Digest digest(StrictJson subject) throws MalformedException {
    requireText(subject, "name", SUBJECT);
    StrictJson digest = subject.object("digest");
    Digest content = digest.value("sha256", Digest::ofHex);
    digest.end();
    subject.end();
    return content;
  }

  private static long size(StrictJson predicate) throws MalformedException {
    long size = predicate.number("size");
    if (size < 1) {
      throw new MalformedException("statement: a size of 1 or more was expected");
    }
    return size;
  }

  private static PreparedRuntime.Disk disk(StrictJson predicate) throws MalformedException {
    RepoId repo = predicate.value("repo", RepoId::new);
    Digest image = predicate.value("image", Digest::parse);
    long bytes = predicate.number("diskBytes");
    try {
      return new PreparedRuntime.Disk(repo, image, bytes);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("statement: " + e.getMessage(), e);
    }
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
