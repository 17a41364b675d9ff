package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.LayersJson;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationJson;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.RuntimeIdJson;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.StrictJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The statement that the maker of a prepared runtime signs, about the content that moves. */
record RuntimeStatement(PreparedRuntime runtime, Vouching vouching) {

  private static final StatementKind KIND =
      new StatementKind("urn:peer:runtime:v1", "prepared-runtime", "a prepared runtime");

  /** The bytes to be signed. */
  byte[] write() {
    return KIND.write(
        runtime.content().digest(),
        predicate -> {
          predicate.put("size", runtime.content().size());
          predicate.put("repo", runtime.disk().repo().text());
          predicate.put("image", runtime.disk().image().toString());
          predicate.put("diskBytes", runtime.disk().bytes());
          ArrayNode commits = predicate.putArray("commits");
          runtime.made().commits().forEach(commit -> commits.add(commit.hex()));
          RuntimeIdJson.write(predicate, runtime.made().runtimes());
          LayersJson.write(predicate, runtime.made().layers());
          predicate.put("begun", runtime.begun().toString());
          PreparationJson.write(predicate.putObject("preparation"), runtime.preparation());
          runtime.caches().write(predicate);
          vouching.write(predicate);
        });
  }

  /** Reads signed bytes. */
  static RuntimeStatement read(byte[] payload) throws MalformedException {
    return KIND.read(payload, RuntimeStatement::read);
  }

  private static RuntimeStatement read(Digest digest, StrictJson predicate)
      throws MalformedException {
    Content content = new Content(size(predicate), digest);
    PreparedRuntime.Disk disk = disk(predicate);
    List<CommitId> commits = predicate.values("commits", CommitId::new);
    List<RuntimeId> runtimes = RuntimeIdJson.read(predicate);
    Optional<Digest> layers = LayersJson.read(predicate);
    Instant begun = predicate.instant("begun");
    Preparation preparation = PreparationJson.read(predicate.object("preparation"));
    SharedCaches caches = SharedCaches.read(predicate);
    Vouching vouching = Vouching.read(predicate);
    try {
      StartedFrom made = new StartedFrom(KeptOrigin.TRUNK, commits, runtimes, layers);
      return new RuntimeStatement(
          new PreparedRuntime(content, disk, made, begun, preparation, caches), vouching);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("statement: " + e.getMessage(), e);
    }
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
}
