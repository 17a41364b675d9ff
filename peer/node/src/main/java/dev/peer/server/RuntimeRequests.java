package dev.peer.server;

import dev.peer.core.sign.Attestation;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Problem;
import dev.peer.wire.RuntimeList;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Answers requests for prepared runtimes; whoever calls may fetch from the repository. */
record RuntimeRequests(HeldRuntimes runtimes) {

  void list(HttpCall call, PeerPath.Runtimes path) throws ProblemException, IOException {
    List<Attestation> held =
        runtimes.attestations(new HeldRuntimes.Name(path.repo(), path.image())).stream()
            .filter(one -> one.bytes().length <= RuntimeList.LARGEST_ATTESTATION)
            .limit(RuntimeList.MOST)
            .toList();
    call.set("Cache-Control", "private, no-cache");
    call.answer(200, MediaTypes.JSON, new RuntimeList(held).json());
  }

  void content(HttpCall call, PeerPath.RuntimeContent path) throws ProblemException, IOException {
    ProblemException absent =
        new ProblemException(
            Problem.Kind.NO_SUCH_FILE,
            "this peer does not hold the runtime " + path.content() + " of " + path.repo());
    HeldRuntimes.Name name = new HeldRuntimes.Name(path.repo(), path.image());
    try {
      FixedFile.send(
          call,
          runtimes.content(name, path.content()).orElseThrow(() -> absent),
          "" + path.content(),
          MediaTypes.BYTES);
    } catch (NoSuchFileException e) {
      throw absent;
    }
  }
}
