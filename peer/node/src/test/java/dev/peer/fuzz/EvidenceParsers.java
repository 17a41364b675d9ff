package dev.peer.fuzz;

import static dev.peer.fuzz.Parser.bytes;
import static dev.peer.fuzz.Parser.require;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.BundleFrames;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.DeltaReader;
import dev.peer.core.record.DeltaWriter;
import dev.peer.core.record.FrameStream;
import dev.peer.core.record.IncomingBundle;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.RunRecordJson;
import dev.peer.core.record.StrictJson;
import dev.peer.core.record.TestOutput;
import dev.peer.core.record.Timing;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.EnvelopeBytes;
import dev.peer.core.sign.ImageSigner;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.trust.Credentials;
import dev.peer.tls.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What holders send: attestations, records, bundles and what is in them. */
final class EvidenceParsers {

  private static final byte[] STDOUT = bytes("one\nthree");
  private static final byte[] STDERR = bytes("two\n");
  private static final byte[] REPORT = bytes("fine");

  /** What a former runtime holds: digits that cannot be compressed much. */
  private static final String FORMER = new BigInteger("7").pow(2000).toString();

  private EvidenceParsers() {}

  static List<Parser> all() throws Exception {
    Path directory = Scratch.directory();
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    RunRecord record = record(files);
    Path bundle = directory.resolve("bundle");
    Content content = BundleWriter.write(record, files, bundle).content();
    Credentials signer = new TestAuthority("team").issue("spiffe://team/signer");
    Attestation attestation = new RunSigner(signer).sign(record, content);
    Attestation imageAttestation =
        new ImageSigner(signer, InstantSource.system()).sign(record.inputs().image());
    return List.of(
        Parser.of(
            "attestation",
            MalformedException.class,
            bytes -> requireStable(bytes, EnvelopeBytes::rewriteEnvelope),
            List.of(attestation.bytes())),
        Parser.of(
            "statement",
            MalformedException.class,
            bytes -> requireStable(bytes, EnvelopeBytes::rewriteStatement),
            List.of(
                EnvelopeBytes.statementOf(attestation),
                statementV1(EnvelopeBytes.statementOf(attestation)))),
        Parser.of(
            "image statement",
            MalformedException.class,
            bytes -> requireStable(bytes, EnvelopeBytes::rewriteImageStatement),
            List.of(EnvelopeBytes.statementOf(imageAttestation))),
        Parser.of(
            "record of version 1",
            MalformedException.class,
            bytes -> requireStable(bytes, EvidenceParsers::rewriteV1),
            List.of(JsonTree.bytes(recordV1(RunRecordJson.write(record))))),
        Parser.of(
            "record of version 2",
            MalformedException.class,
            bytes -> requireStable(bytes, EvidenceParsers::rewriteV2),
            List.of(JsonTree.bytes(RunRecordJson.write(record)))),
        Parser.of(
            "bundle",
            MalformedException.class,
            bytes -> unpack(bytes, record),
            List.of(Files.readAllBytes(bundle))),
        Parser.of(
            "bundle's frames",
            MalformedException.class,
            EvidenceParsers::frames,
            List.of(Files.readAllBytes(bundle))),
        Parser.of(
            "list of chunks",
            IllegalArgumentException.class,
            EvidenceParsers::chunks,
            List.of(new ChunkList(List.of(new Chunk(0, 1000, Digest.of(new byte[0])))).bytes())),
        Parser.of(
            "delta of a runtime",
            MalformedException.class,
            EvidenceParsers::delta,
            List.of(delta())),
        Parser.of(
            "timing line",
            MalformedException.class,
            EvidenceParsers::timingLine,
            List.of(bytes("stdout 0 3"), bytes("stderr 999999999999999 65536"))),
        Parser.of(
            "timing",
            MalformedException.class,
            EvidenceParsers::replay,
            List.of(Files.readAllBytes(files.timing()))));
  }

  private static void frames(byte[] bytes) throws IOException, MalformedException {
    Path directory = Scratch.directory();
    try (FileChannel bundle = FileChannel.open(Files.write(directory.resolve("bundle"), bytes))) {
      require(BundleFrames.chunks(bundle).size() == bytes.length, "all of it is in a chunk");
    } finally {
      Scratch.delete(directory);
    }
  }

  private static void chunks(byte[] bytes) {
    ChunkList list = ChunkList.parse(bytes, 1000);
    require(list.size() == 1000, "the chunks are the content");
    require(Arrays.equals(list.bytes(), bytes), "one form");
  }

  private static byte[] delta() throws IOException, MalformedException {
    Path directory = Scratch.directory();
    try {
      Path after = frames(directory.resolve("after"), "x" + FORMER);
      return DeltaWriter.write(frames(directory.resolve("before"), FORMER), after).orElseThrow();
    } finally {
      Scratch.delete(directory);
    }
  }

  private static void delta(byte[] bytes) throws IOException, MalformedException {
    Path directory = Scratch.directory();
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try {
      DeltaReader.read(bytes, frames(directory.resolve("before"), FORMER), FORMER.length(), made);
      require(made.size() <= FORMER.length(), "no more than there is");
    } finally {
      Scratch.delete(directory);
    }
  }

  private static Path frames(Path file, String text) throws IOException {
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream frames = new FrameStream(plain)) {
      frames.write(bytes(text));
    }
    return file;
  }

  private interface Rewriter {

    byte[] apply(byte[] bytes) throws MalformedException;
  }

  /** What is written of what was read is read and written the same. */
  private static void requireStable(byte[] bytes, Rewriter rewriter) throws MalformedException {
    byte[] once = rewriter.apply(bytes);
    require(Arrays.equals(rewriter.apply(once), once), "one way to write it");
  }

  /** The statement as version 1 of the evidence has it. */
  private static byte[] statementV1(byte[] statement) throws IOException {
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(statement);
    ObjectNode predicate = (ObjectNode) json.path("predicate");
    ObjectNode run = (ObjectNode) predicate.remove("urn:peer:run:v2");
    recordV1((ObjectNode) run.path("record"));
    predicate.set("urn:peer:run:v1", run);
    return JsonTree.bytes(json);
  }

  private static ObjectNode recordV1(ObjectNode record) {
    return record.without("provenance");
  }

  private static byte[] rewriteV1(byte[] bytes) throws MalformedException {
    return JsonTree.bytes(
        RunRecordJson.write(RunRecordJson.readV1(StrictJson.parse("record", bytes))));
  }

  private static byte[] rewriteV2(byte[] bytes) throws MalformedException {
    return JsonTree.bytes(
        RunRecordJson.write(RunRecordJson.readV2(StrictJson.parse("record", bytes))));
  }

  private static void unpack(byte[] bytes, RunRecord record) throws Exception {
    Path directory = Scratch.directory();
    try {
      Path bundle = Files.write(directory.resolve("bundle"), bytes);
      Content content = new Content(bytes.length, Digest.of(bytes));
      Path into = Files.createDirectory(directory.resolve("into"));
      RunFiles files = IncomingBundle.unpack(bundle, content, record, into);
      require(Arrays.equals(Files.readAllBytes(files.output(OutputStreamName.STDOUT)), STDOUT), "");
      require(Arrays.equals(Files.readAllBytes(files.artifacts().resolve("report")), REPORT), "");
    } finally {
      Scratch.delete(directory);
    }
  }

  private static void timingLine(byte[] bytes) throws MalformedException {
    String line = new String(bytes, StandardCharsets.ISO_8859_1);
    require(Timing.parse(line).toString().equals(line), "one form of a line");
  }

  private static void replay(byte[] bytes) throws Exception {
    Path directory = Scratch.directory();
    try {
      RunFiles files = new RunFiles(directory);
      Files.write(files.output(OutputStreamName.STDOUT), STDOUT);
      Files.write(files.output(OutputStreamName.STDERR), STDERR);
      Files.write(files.timing(), bytes);
      long[] replayed = new long[1];
      files.replay((stream, buffer, offset, length) -> replayed[0] += length);
      require(replayed[0] == STDOUT.length + STDERR.length, "all of the output, once");
    } finally {
      Scratch.delete(directory);
    }
  }

  private static RunRecord record(RunFiles files) throws Exception {
    TestOutput output;
    try (OutputRecorder recorder = new OutputRecorder(files, () -> 0)) {
      recorder.write(OutputStreamName.STDOUT, STDOUT, 0, 4);
      recorder.write(OutputStreamName.STDERR, STDERR, 0, STDERR.length);
      recorder.write(OutputStreamName.STDOUT, STDOUT, 4, STDOUT.length - 4);
      output = recorder.finish();
    }
    Files.createDirectories(files.artifacts());
    Files.write(files.artifacts().resolve("report"), REPORT);
    return new RunRecord(
        new RunInputs(
            new RepoId("git.example.org/team/project"),
            new TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
            Optional.empty(),
            "test",
            List.of("LEVEL=2"),
            new TreeMap<>(Map.of("LANG", "C.UTF-8")),
            Digest.of(new byte[] {1}),
            Architecture.AMD64,
            NetworkMode.NONE),
        0,
        Instant.parse("2026-01-01T10:00:00Z"),
        Instant.parse("2026-01-01T10:01:00.5Z"),
        "localhost/ci-base",
        "f".repeat(64),
        List.of("TOKEN"),
        "tcg",
        2,
        2L << 30,
        SignedRuns.provenance(SignedRuns.STAGES),
        output,
        new Artifacts.Listed(
            List.of(Artifact.file("report", false, new Content(REPORT.length, Digest.of(REPORT))))),
        Optional.empty());
  }
}
