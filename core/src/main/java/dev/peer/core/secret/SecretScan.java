package dev.peer.core.secret;

import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.RunRecordJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks for secrets in everything that a result would publish, and in what a run keeps. */
public final class SecretScan {

  private SecretScan() {}

  /**
   * Says which file holds which secret, in a line with the file and the secret's name; empty if
   * none does.
   */
  public static Optional<String> leak(Secrets secrets, RunRecord record, RunFiles files)
      throws IOException {
    if (secrets.isEmpty()) {
      return Optional.empty();
    }
    for (Artifact artifact : files.listOwn(record.artifacts())) {
      Optional<String> leak = leak(secrets, artifact, files);
      if (leak.isPresent()) {
        return leak;
      }
    }
    for (OutputStreamName stream : OutputStreamName.values()) {
      Optional<String> leak = found(secrets, stream.toString(), files.output(stream));
      if (leak.isPresent()) {
        return leak;
      }
    }
    byte[] json = JsonTree.bytes(RunRecordJson.write(record));
    return found(secrets, "the record, with its counted variables and arguments,", json);
  }

  /** The name of a secret that the bytes of a file hold; empty if they hold none. */
  public static Optional<String> firstIn(Secrets secrets, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return secrets.firstIn(in);
    }
  }

  private static Optional<String> leak(Secrets secrets, Artifact artifact, RunFiles files)
      throws IOException {
    String shown = Printable.of(secrets.mask(artifact.path()));
    byte[] path = artifact.path().getBytes(StandardCharsets.UTF_8);
    Optional<String> leak = found(secrets, "the name of the artifact " + shown, path);
    if (leak.isPresent()) {
      return leak;
    }
    return switch (artifact) {
      case Artifact.File file -> found(secrets, "the artifact " + shown, files.artifact(file));
      case Artifact.Link link ->
          found(
              secrets,
              "the target of the link " + shown,
              link.target().getBytes(StandardCharsets.UTF_8));
      case Artifact.Directory _ -> Optional.empty();
    };
  }

  private static Optional<String> found(Secrets secrets, String what, Path file)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return found(secrets, what, in);
    }
  }

  private static Optional<String> found(Secrets secrets, String what, byte[] bytes)
      throws IOException {
    return found(secrets, what, new ByteArrayInputStream(bytes));
  }

  private static Optional<String> found(Secrets secrets, String what, InputStream in)
      throws IOException {
    return secrets.firstIn(in).map(name -> what + " holds the secret " + name);
  }
}
