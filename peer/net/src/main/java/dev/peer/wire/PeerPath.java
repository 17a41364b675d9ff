package dev.peer.wire;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The paths of a peer. */
public sealed interface PeerPath {

  /** The attestation of a run. */
  record Result(RunKey key) implements PeerPath {}

  /** The output of a run that goes on. */
  record RunOutput(RunKey key) implements PeerPath {}

  /** A bundle, by the digest of its bytes. */
  record Blob(Digest digest) implements PeerPath {}

  /** The list of the chunks of a bundle. */
  record Chunks(Digest bundle) implements PeerPath {}

  /**
   * A file of a guest image.
   *
   * @param image the image's digest
   * @param file {@code manifest.json}, a name that the manifest has, or {@value #ATTESTATION};
   *     letters, digits, and single dots and dashes between them, at most 64 characters
   */
  record ImageFile(Digest image, String file) implements PeerPath {

    /** The file with the image's attestation. */
    public static final String ATTESTATION = "attestation.json";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");

    /** Refuses other names. */
    public ImageFile {
      if (file.length() > 64 || !NAME.matcher(file).matches()) {
        throw new IllegalArgumentException(
            "not a file of an image (such as manifest.json): " + Printable.of(file));
      }
    }

    /** Whether it is the attestation, the one file of an image that may change. */
    public boolean isAttestation() {
      return file.equals(ATTESTATION);
    }
  }

  /** A file of Git LFS of a repository, by the digest of its content. */
  record LargeFile(RepoId repo, Digest content) implements PeerPath {}

  /** The attestations of the runtimes of a repository that were prepared with a guest image. */
  record Runtimes(RepoId repo, Digest image) implements PeerPath {}

  /** The content of one of these, by its digest. */
  record RuntimeContent(RepoId repo, Digest image, Digest content) implements PeerPath {}

  /** The list of the chunks of that. */
  record RuntimeChunks(RuntimeContent runtime) implements PeerPath {}

  /** What makes a runtime of a former one, by the digest of that one's content. */
  record RuntimeDelta(RuntimeContent runtime, Digest former) implements PeerPath {}

  /** How the peer is. */
  record Status() implements PeerPath {}

  /** The path of a request, as it goes over the wire. */
  default String text() {
    return switch (this) {
      case Result result -> "/v1/results/" + result.key().hex();
      case RunOutput output -> "/v1/runs/" + output.key().hex() + "/output";
      case Blob blob -> "/v1/blobs/sha256/" + blob.digest().hex();
      case Chunks(Digest bundle) -> "/v1/blobs/sha256/" + bundle.hex() + "/chunks";
      case ImageFile(Digest image, String file) -> "/v1/images/sha256/" + image.hex() + "/" + file;
      case LargeFile(RepoId repo, Digest content) ->
          "/v1/repos/" + PercentEncoding.encode(repo.text()) + "/lfs/sha256/" + content.hex();
      case Runtimes(RepoId repo, Digest image) ->
          "/v1/repos/" + PercentEncoding.encode(repo.text()) + "/runtimes/sha256/" + image.hex();
      case RuntimeContent(RepoId repo, Digest image, Digest content) ->
          new Runtimes(repo, image).text() + "/" + content.hex();
      case RuntimeChunks(RuntimeContent runtime) -> runtime.text() + "/chunks";
      case RuntimeDelta(RuntimeContent runtime, Digest former) ->
          runtime.text() + "/delta/" + former.hex();
      case Status _ -> "/v1/status";
    };
  }

  /** The path's template, as in the OpenAPI document, metrics and logs. */
  default String template() {
    return switch (this) {
      case Result _ -> "/v1/results/{runKey}";
      case RunOutput _ -> "/v1/runs/{runKey}/output";
      case Blob _ -> "/v1/blobs/sha256/{digest}";
      case Chunks _ -> "/v1/blobs/sha256/{digest}/chunks";
      case ImageFile _ -> "/v1/images/sha256/{digest}/{file}";
      case LargeFile _ -> "/v1/repos/{repo}/lfs/sha256/{digest}";
      case Runtimes _ -> "/v1/repos/{repo}/runtimes/sha256/{image}";
      case RuntimeContent _ -> "/v1/repos/{repo}/runtimes/sha256/{image}/{digest}";
      case RuntimeChunks _ -> "/v1/repos/{repo}/runtimes/sha256/{image}/{digest}/chunks";
      case RuntimeDelta _ -> "/v1/repos/{repo}/runtimes/sha256/{image}/{digest}/delta/{former}";
      case Status _ -> "/v1/status";
    };
  }

  /**
   * Reads the path of a request, still encoded and without its query. Empty: there is no such path.
   *
   * @throws MalformedException if a part of it is malformed
   */
  static Optional<PeerPath> parse(String raw) throws MalformedException {
    String[] parts = raw.split("/", -1);
    try {
      if (parts.length == 3 && raw.equals("/v1/status")) {
        return Optional.of(new Status());
      }
      if (parts.length == 4 && raw.startsWith("/v1/results/")) {
        return Optional.of(new Result(RunKey.ofHex(parts[3])));
      }
      if (parts.length == 5 && raw.startsWith("/v1/runs/") && parts[4].equals("output")) {
        return Optional.of(new RunOutput(RunKey.ofHex(parts[3])));
      }
      if (parts.length == 5 && raw.startsWith("/v1/blobs/sha256/")) {
        return Optional.of(new Blob(Digest.ofHex(parts[4])));
      }
      if (parts.length == 6 && raw.startsWith("/v1/blobs/sha256/") && parts[5].equals("chunks")) {
        return Optional.of(new Chunks(Digest.ofHex(parts[4])));
      }
      if (parts.length == 6 && raw.startsWith("/v1/images/sha256/")) {
        return Optional.of(new ImageFile(Digest.ofHex(parts[4]), parts[5]));
      }
      if (parts.length >= 7 && raw.startsWith("/v1/repos/") && parts[5].equals("sha256")) {
        return ofRepository(parts);
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
    return Optional.empty();
  }

  private static Optional<PeerPath> ofRepository(String[] parts) throws MalformedException {
    RepoId repo = new RepoId(PercentEncoding.decode(parts[3]));
    Digest digest = Digest.ofHex(parts[6]);
    if (parts.length > 7) {
      return parts[4].equals("runtimes") ? ofRuntime(repo, digest, parts) : Optional.empty();
    }
    return switch (parts[4]) {
      case "lfs" -> Optional.of(new LargeFile(repo, digest));
      case "runtimes" -> Optional.of(new Runtimes(repo, digest));
      default -> Optional.empty();
    };
  }

  private static Optional<PeerPath> ofRuntime(RepoId repo, Digest image, String[] parts) {
    RuntimeContent content = new RuntimeContent(repo, image, Digest.ofHex(parts[7]));
    if (parts.length == 8) {
      return Optional.of(content);
    }
    if (parts.length == 9 && parts[8].equals("chunks")) {
      return Optional.of(new RuntimeChunks(content));
    }
    return parts.length == 10 && parts[8].equals("delta")
        ? Optional.of(new RuntimeDelta(content, Digest.ofHex(parts[9])))
        : Optional.empty();
  }
}
