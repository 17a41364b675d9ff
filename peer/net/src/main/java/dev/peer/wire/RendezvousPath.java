package dev.peer.wire;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import java.util.Optional;

/** The paths of a rendezvous. */
public sealed interface RendezvousPath {

  /** The caller's lease. */
  record Lease() implements RendezvousPath {}

  /** The holders of a run's result. */
  record Result(RepoId repo, RunKey key) implements RendezvousPath {}

  /** Of which runs the caller holds the results. */
  record Results(RepoId repo) implements RendezvousPath {}

  /** Reports about named holders of it. */
  record Reports(RepoId repo, RunKey key) implements RendezvousPath {}

  /** Hits: that it was taken instead of a run. */
  record Hits(RepoId repo, RunKey key) implements RendezvousPath {}

  /** The announcements of a repository, as they come. */
  record Events(RepoId repo) implements RendezvousPath {}

  /** The holders of a guest image. */
  record Image(Digest digest) implements RendezvousPath {}

  /** A timestamp, where the rendezvous gives any. */
  record Timestamp() implements RendezvousPath {}

  /** Whether the caller can be reached from the rendezvous. */
  record Reach() implements RendezvousPath {}

  /** How the rendezvous is. */
  record Status() implements RendezvousPath {}

  /** The path of a request, as it goes over the wire. */
  default String text() {
    return switch (this) {
      case Lease _ -> "/v1/lease";
      case Result(RepoId repo, RunKey key) ->
          "/v1/repos/" + PercentEncoding.encode(repo.text()) + "/results/" + key.hex();
      case Results(RepoId repo) -> "/v1/repos/" + PercentEncoding.encode(repo.text()) + "/results";
      case Reports(RepoId repo, RunKey key) -> new Result(repo, key).text() + "/reports";
      case Hits(RepoId repo, RunKey key) -> new Result(repo, key).text() + "/hits";
      case Events(RepoId repo) -> "/v1/repos/" + PercentEncoding.encode(repo.text()) + "/events";
      case Image(Digest digest) -> "/v1/images/sha256/" + digest.hex();
      case Timestamp _ -> "/v1/timestamp";
      case Reach _ -> "/v1/reach";
      case Status _ -> "/v1/status";
    };
  }

  /** The path's template, as in the OpenAPI document, metrics and logs. */
  default String template() {
    return switch (this) {
      case Lease _ -> "/v1/lease";
      case Result _ -> "/v1/repos/{repo}/results/{runKey}";
      case Results _ -> "/v1/repos/{repo}/results";
      case Reports _ -> "/v1/repos/{repo}/results/{runKey}/reports";
      case Hits _ -> "/v1/repos/{repo}/results/{runKey}/hits";
      case Events _ -> "/v1/repos/{repo}/events";
      case Image _ -> "/v1/images/sha256/{digest}";
      case Timestamp _ -> "/v1/timestamp";
      case Reach _ -> "/v1/reach";
      case Status _ -> "/v1/status";
    };
  }

  /**
   * Reads the path of a request, still encoded and without its query. Empty: there is no such path.
   *
   * @throws MalformedException if a part of it is malformed
   */
  static Optional<RendezvousPath> parse(String raw) throws MalformedException {
    return switch (raw) {
      case "/v1/lease" -> Optional.of(new Lease());
      case "/v1/timestamp" -> Optional.of(new Timestamp());
      case "/v1/reach" -> Optional.of(new Reach());
      case "/v1/status" -> Optional.of(new Status());
      default -> ofMany(raw);
    };
  }

  private static Optional<RendezvousPath> ofMany(String raw) throws MalformedException {
    String[] parts = raw.split("/", -1);
    if (parts.length == 5 && raw.startsWith("/v1/images/sha256/")) {
      return Optional.of(image(parts[4]));
    }
    return raw.startsWith("/v1/repos/") && parts.length > 4
        ? ofRepository(parts)
        : Optional.empty();
  }

  private static Optional<RendezvousPath> ofRepository(String[] parts) throws MalformedException {
    boolean results = parts[4].equals("results");
    return switch (parts.length) {
      case 5 -> ofRepository(parts[3], parts[4]);
      case 6 -> results ? Optional.of(result(parts[3], parts[5])) : Optional.empty();
      case 7 -> results ? ofResult(parts[3], parts[5], parts[6]) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<RendezvousPath> ofRepository(String encoded, String what)
      throws MalformedException {
    return switch (what) {
      case "events" -> Optional.of(new Events(repo(encoded)));
      case "results" -> Optional.of(new Results(repo(encoded)));
      default -> Optional.empty();
    };
  }

  private static Image image(String hex) throws MalformedException {
    try {
      return new Image(Digest.ofHex(hex));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
  }

  private static RepoId repo(String encoded) throws MalformedException {
    String decoded = PercentEncoding.decode(encoded);
    try {
      return new RepoId(decoded);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
  }

  private static Optional<RendezvousPath> ofResult(String repo, String key, String what)
      throws MalformedException {
    return switch (what) {
      case "reports" -> {
        Result about = result(repo, key);
        yield Optional.of(new Reports(about.repo(), about.key()));
      }
      case "hits" -> {
        Result about = result(repo, key);
        yield Optional.of(new Hits(about.repo(), about.key()));
      }
      default -> Optional.empty();
    };
  }

  private static Result result(String repo, String key) throws MalformedException {
    RepoId decoded = repo(repo);
    try {
      return new Result(decoded, RunKey.ofHex(key));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
  }
}
