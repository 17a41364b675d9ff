package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.sign.Attestation;
import dev.peer.core.store.ChunkLists;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.ContentCoding;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Problem;
import dev.peer.wire.RuntimeList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Answers with the files that a peer serves beside results, to callers who may have them. */
final class FileRequests {

  /** Files compressed at once, which takes memory. Others are sent as they are. */
  private static final int MOST_COMPRESSED = 8;

  private final HeldFiles files;
  private final ChunkLists chunkLists;
  private final Semaphore compressing = new Semaphore(MOST_COMPRESSED);

  FileRequests(HeldFiles files, ChunkLists chunkLists) {
    this.files = files;
    this.chunkLists = chunkLists;
  }

  void image(HttpCall call, PeerPath.ImageFile path) throws ProblemException, IOException {
    Path file =
        files
            .images()
            .file(path.image(), path.file())
            .orElseThrow(() -> noSuchImage(path, "does not hold"));
    try {
      if (path.isAttestation()) {
        // The image may be signed again.
        call.set("Cache-Control", "private, no-cache");
        call.answer(200, MediaTypes.ATTESTATION, Files.readAllBytes(file));
      } else {
        send(call, file, path.image() + "/" + path.file());
      }
    } catch (NoSuchFileException e) {
      throw noSuchImage(path, "no longer holds");
    }
  }

  /** Compressed, if the caller wants that and no part. */
  private void send(HttpCall call, Path file, String name) throws ProblemException, IOException {
    call.set("Vary", ContentCoding.ACCEPTED);
    boolean wanted =
        call.header("Range").isEmpty()
            && call.header(ContentCoding.ACCEPTED).filter(ContentCoding::isWanted).isPresent();
    if (!wanted || !compressing.tryAcquire()) {
      FixedFile.send(call, file, name, MediaTypes.BYTES);
      return;
    }
    try {
      FixedFile.sendCompressed(call, file, name, MediaTypes.BYTES);
    } finally {
      compressing.release();
    }
  }

  void largeFile(HttpCall call, RepoId repo, Digest content) throws ProblemException, IOException {
    ProblemException absent =
        new ProblemException(
            Problem.Kind.NO_SUCH_FILE,
            "this peer does not hold the file " + content + " of " + repo);
    try {
      Path file = files.largeFiles().file(repo, content).orElseThrow(() -> absent);
      FixedFile.send(call, file, "" + content, MediaTypes.BYTES);
    } catch (NoSuchFileException e) {
      throw absent;
    }
  }

  void runtimes(HttpCall call, PeerPath.Runtimes path) throws ProblemException, IOException {
    List<Attestation> held =
        files.runtimes().attestations(new HeldRuntimes.Name(path.repo(), path.image())).stream()
            .filter(one -> one.bytes().length <= RuntimeList.LARGEST_ATTESTATION)
            .limit(RuntimeList.MOST)
            .toList();
    call.set("Cache-Control", "private, no-cache");
    call.answer(200, MediaTypes.JSON, new RuntimeList(held).json());
  }

  void runtime(HttpCall call, PeerPath.RuntimeContent path) throws ProblemException, IOException {
    try (HeldRuntimes.Claim runtime = held(path)) {
      FixedFile.send(call, runtime.content(), "" + path.content(), MediaTypes.BYTES);
    }
  }

  void runtimeChunks(HttpCall call, PeerPath.RuntimeContent path)
      throws ProblemException, IOException {
    try (HeldRuntimes.Claim runtime = held(path)) {
      Path list =
          chunkLists
              .of(runtime.content(), runtime.chunks())
              .orElseThrow(
                  () ->
                      new ProblemException(
                          Problem.Kind.NO_SUCH_CHUNKS, path.content() + " is not made of chunks"));
      FixedFile.send(call, list, "chunks:" + path.content(), MediaTypes.CHUNKS);
    }
  }

  void runtimeDelta(HttpCall call, PeerPath.RuntimeDelta path)
      throws ProblemException, IOException {
    Digest content = path.runtime().content();
    try (HeldRuntimes.Claim runtime = held(path.runtime())) {
      FixedFile.send(
          call,
          runtime.deltas().apply(path.former()),
          "delta:" + content + ":" + path.former(),
          MediaTypes.DELTA);
    } catch (NoSuchFileException e) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_FILE,
          "this peer has nothing that makes " + content + " of " + path.former());
    }
  }

  /** Until it is closed, nothing removes the runtime. */
  private HeldRuntimes.Claim held(PeerPath.RuntimeContent path)
      throws ProblemException, IOException {
    return files
        .runtimes()
        .hold(new HeldRuntimes.Name(path.repo(), path.image()), path.content())
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.Kind.NO_SUCH_FILE,
                    "this peer does not hold the runtime "
                        + path.content()
                        + " of "
                        + path.repo()));
  }

  private static ProblemException noSuchImage(PeerPath.ImageFile path, String what) {
    return new ProblemException(
        Problem.Kind.NO_SUCH_IMAGE,
        "this peer " + what + " " + path.file() + " of the guest image " + path.image());
  }
}
