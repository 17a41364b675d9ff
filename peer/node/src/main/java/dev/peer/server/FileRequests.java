package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.sign.Attestation;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Problem;
import dev.peer.wire.RuntimeList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Answers with the files that a peer serves beside results, to callers who may have them. */
record FileRequests(HeldFiles files) {

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
        FixedFile.send(call, file, path.image() + "/" + path.file(), MediaTypes.BYTES);
      }
    } catch (NoSuchFileException e) {
      throw noSuchImage(path, "no longer holds");
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
    ProblemException absent =
        new ProblemException(
            Problem.Kind.NO_SUCH_FILE,
            "this peer does not hold the runtime " + path.content() + " of " + path.repo());
    HeldRuntimes.Name name = new HeldRuntimes.Name(path.repo(), path.image());
    try {
      Path file = files.runtimes().content(name, path.content()).orElseThrow(() -> absent);
      FixedFile.send(call, file, "" + path.content(), MediaTypes.BYTES);
    } catch (NoSuchFileException e) {
      throw absent;
    }
  }

  private static ProblemException noSuchImage(PeerPath.ImageFile path, String what) {
    return new ProblemException(
        Problem.Kind.NO_SUCH_IMAGE,
        "this peer " + what + " " + path.file() + " of the guest image " + path.image());
  }
}
