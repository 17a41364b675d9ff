package dev.peer.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A repository and a result of it that a peer named {@code CN=signer} ran in a machine. It is made
 * once for all classes, since a run takes its time, and never changed: who needs a holder gets a
 * copy of the store.
 */
final class Sample {

  private static final String MKFILE =
      """
      prepare-runtime:VQ:
      \tprintf 'half done\\rwholly done\\r\\n'
      test:VQ:
      \tprintf 'first\\n'; printf 'complaint\\n' >&2; printf 'no line end \\0\\377'
      /var/run/ci/artifacts/deep/report.txt:
      \tmkdir -p /var/run/ci/artifacts/deep && echo report >$target
      """;

  private static Sample made;

  private final Authority authority;
  private final Repository repository;
  private final Path store;
  private final Run run;

  private Sample(Authority authority, Repository repository, Path store, Run run) {
    this.authority = authority;
    this.repository = repository;
    this.store = store;
    this.run = run;
  }

  static synchronized Sample get() throws IOException, InterruptedException {
    if (made == null) {
      Team team = Team.create();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(team.root())));
      Peer signer = team.peer("signer", Authority.Key.ED25519);
      Repository repository = team.repository("sample", MKFILE);
      Run run = signer.run(repository, "run").hasExitCode(0);
      made = new Sample(team.authority(), repository, signer.store(), run);
    }
    return made;
  }

  /** A new team of the same authority, so that it trusts the result. */
  Team team() throws IOException {
    return Team.of(authority);
  }

  Repository repository() {
    return repository;
  }

  /** The run that made the result. */
  Run run() {
    return run;
  }

  byte[] stdout() {
    return run.stdoutBytes();
  }

  /** Puts a copy of the result into a peer's store. */
  void copyTo(Peer peer) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.toList()) {
        Files.copy(file, peer.store().resolve(store.relativize(file).toString()));
      }
    }
  }

  /** Starts a peer that holds the result and serves it. */
  Run startHolder(Peer peer) throws IOException, InterruptedException {
    copyTo(peer);
    Run run = peer.withoutQemu().start(repository, "run");
    run.awaitLine("^peer: serving the result");
    return run;
  }

  private static void deleteQuietly(Path root) {
    try {
      Team.delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
