package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.RunRecordJson;
import dev.peer.core.record.StrictJson;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The signed content: an in-toto statement (v1) with a test result (v0.1) about a git tree.
 *
 * <p>Everything but our own field, {@value #RUN} and the version of the evidence, repeats that
 * field in the terms of in-toto, for other tools. Reading refuses a statement in which the two
 * differ. It also refuses unknown fields, although in-toto allows a reader to ignore them: a
 * signature should cover nothing that its readers cannot judge.
 *
 * @param key the run
 * @param record the run
 * @param bundle the size and digest of its bundle
 * @param signerCertificate the digest of the signer's certificate: nothing else in an envelope
 *     binds a signature to one certificate among several for the same key
 */
record Statement(RunKey key, RunRecord record, Content bundle, Digest signerCertificate) {

  /** The prefix of our own field's name, a URI as in-toto requires for extensions. */
  private static final String RUN = "urn:peer:run:v";

  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1";
  private static final String PASSED = "PASSED";

  /** A version of the evidence, with what reads its record: none is written that cannot be read. */
  private enum Version {
    V1("1", RunRecordJson::readV1),
    V2("2", RunRecordJson::readV2);

    private final String number;
    private final RecordReader reader;

    Version(String number, RecordReader reader) {
      this.number = number;
      this.reader = reader;
    }

    static Version of(Provenance provenance) {
      return switch (provenance) {
        case Provenance.Unstated() -> V1;
        case Provenance.Stated _ -> V2;
      };
    }

    static Version read(String number) throws MalformedException {
      for (Version version : values()) {
        if (version.number.equals(number)) {
          return version;
        }
      }
      throw new MalformedException(
          "the evidence is of version "
              + Printable.of(number)
              + ", this peer reads "
              + Stream.of(values()).map(known -> known.number).collect(Collectors.joining(" and "))
              + ": use a newer peer");
    }

    String field() {
      return RUN + number;
    }
  }

  /** The bytes to be signed. */
  byte[] write() {
    ObjectNode json = JsonTree.object();
    json.put("_type", TYPE);
    ObjectNode subject = json.putArray("subject").addObject();
    subject.put("name", record.inputs().repo().text());
    subject.putObject("digest").put("gitTree", record.inputs().tree().hex());
    json.put("predicateType", PREDICATE_TYPE);
    ObjectNode predicate = json.putObject("predicate");
    predicate.put("result", PASSED);
    writeConfiguration(predicate.putArray("configuration"));
    predicate.putArray("passedTests").add(record.inputs().target());
    ObjectNode run = predicate.putObject(Version.of(record.provenance()).field());
    run.put("runKey", key.hex());
    run.set("record", RunRecordJson.write(record));
    run.putObject("bundle").put("size", bundle.size()).put("digest", bundle.digest().toString());
    run.put("signerCertSha256", signerCertificate.hex());
    return JsonTree.bytes(json);
  }

  /** The guest image, and the canonical JSON of the inputs, whose digest is the run key. */
  private void writeConfiguration(ArrayNode configuration) {
    configuration
        .addObject()
        .put("name", "guest-image")
        .putObject("digest")
        .put("sha256", record.inputs().image().hex());
    configuration
        .addObject()
        .put("name", "run-inputs")
        .put("mediaType", "application/json")
        .putObject("digest")
        .put("sha256", key.hex());
  }

  /** Reads signed bytes; refuses a statement that contradicts itself or is not about a pass. */
  static Statement read(byte[] payload) throws MalformedException {
    StrictJson json = StrictJson.parse("statement", payload);
    requireText(json, "_type", TYPE);
    requireText(json, "predicateType", PREDICATE_TYPE);
    List<StrictJson> subjects = json.objects("subject");
    StrictJson predicate = json.object("predicate");
    json.end();
    requireText(predicate, "result", PASSED);
    List<StrictJson> configuration = predicate.objects("configuration");
    List<String> passedTests = predicate.texts("passedTests");
    Statement statement = readRun(predicate);
    predicate.end();
    statement.requireSubject(subjects);
    statement.requireConfiguration(configuration);
    RunRecord record = statement.record();
    require(passedTests.equals(List.of(record.inputs().target())), "another target is named");
    require(record.passed(), "the run did not pass");
    require(record.inputs().key().equals(statement.key()), "the run key is not that of the inputs");
    return statement;
  }

  @FunctionalInterface
  private interface RecordReader {

    RunRecord read(StrictJson json) throws MalformedException;
  }

  private static Statement readRun(StrictJson predicate) throws MalformedException {
    String field =
        predicate.fields().stream()
            .filter(name -> name.startsWith(RUN))
            .findFirst()
            .orElseThrow(
                () ->
                    new MalformedException(
                        "statement: field " + Version.V2.field() + " is missing"));
    Version version = Version.read(field.substring(RUN.length()));
    return readRun(predicate.object(field), version.reader);
  }

  private static Statement readRun(StrictJson run, RecordReader reader) throws MalformedException {
    RunKey key = run.value("runKey", RunKey::ofHex);
    RunRecord record = reader.read(run.object("record"));
    Content bundle = readContent(run.object("bundle"));
    Digest signerCertificate = run.value("signerCertSha256", Digest::ofHex);
    run.end();
    return new Statement(key, record, bundle, signerCertificate);
  }

  private static Content readContent(StrictJson json) throws MalformedException {
    long size = json.number("size");
    Digest digest = json.value("digest", Digest::parse);
    json.end();
    require(size >= 0, "the bundle's size is negative");
    return new Content(size, digest);
  }

  private void requireSubject(List<StrictJson> subjects) throws MalformedException {
    require(subjects.size() == 1, "exactly one subject was expected");
    StrictJson subject = subjects.getFirst();
    RepoId repo = subject.value("name", RepoId::new);
    StrictJson digest = subject.object("digest");
    TreeId tree = digest.value("gitTree", TreeId::new);
    digest.end();
    subject.end();
    RunInputs inputs = record.inputs();
    require(
        repo.equals(inputs.repo()) && tree.equals(inputs.tree()),
        "the subject is not the tested tree");
  }

  private void requireConfiguration(List<StrictJson> configuration) throws MalformedException {
    require(configuration.size() == 2, "a guest image and run inputs were expected");
    StrictJson image = configuration.getFirst();
    requireText(image, "name", "guest-image");
    requireSha256(image, record.inputs().image());
    StrictJson inputs = configuration.getLast();
    requireText(inputs, "name", "run-inputs");
    requireText(inputs, "mediaType", "application/json");
    requireSha256(inputs, key.digest());
  }

  private static void requireSha256(StrictJson descriptor, Digest expected)
      throws MalformedException {
    StrictJson digest = descriptor.object("digest");
    requireText(digest, "sha256", expected.hex());
    digest.end();
    descriptor.end();
  }

  private static void requireText(StrictJson json, String field, String expected)
      throws MalformedException {
    require(json.text(field).equals(expected), field + " is not " + expected);
  }

  private static void require(boolean holds, String otherwise) throws MalformedException {
    if (!holds) {
      throw new MalformedException("statement: " + otherwise);
    }
  }
}
