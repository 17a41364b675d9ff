package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Follower;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Response;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.PeerPath;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RuntimesKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Follows runs at their runners, and waits for runtimes at their makers. */
public final class LiveFollower implements Follower, AutoCloseable {

  private final Supplier<AccessRules> rules;
  private final Timeouts patience;
  private final HolderConnections connections;

  /**
   * Opens no connection yet.
   *
   * @param rules supplies the current rules: a peer that may not sign is not followed, one that may
   *     not prepare is not waited for
   */
  public LiveFollower(TlsIdentity identity, Supplier<AccessRules> rules, Timeouts patience) {
    this.rules = rules;
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  /**
   * What is followed.
   *
   * @param counts whether what that peer signs counts here
   * @param otherwise why it is not followed if that does not count
   * @param begins whether it is to begin soon; else it began when it was announced
   */
  private record Subject(
      RunKey key, Predicate<Identity> counts, String otherwise, boolean begins) {}

  @Override
  public FollowResult follow(Holder runner, RunInputs run, Duration most, ExecutionListener viewer)
      throws IOException, InterruptedException {
    Predicate<Identity> counts =
        signer ->
            rules
                .get()
                .sign()
                .admits(signer, run.repo(), run.targets(), connections.servers(runner));
    return follow(
        runner,
        new Subject(run.key(), counts, "its results do not count here (PEER_ALLOW_SIGN)", true),
        most,
        viewer);
  }

  /**
   * Waits until a peer has made a runtime of a repository and a guest image, or makes it no more.
   * Waits only for a peer whose runtimes would count here.
   *
   * @param maker the peer that says that it makes one
   * @param most how long
   */
  public FollowResult awaitRuntime(Holder maker, RepoId repo, Digest image, Duration most)
      throws IOException, InterruptedException {
    Predicate<Identity> counts =
        signer ->
            rules.get().prepareRules().admitsAllTargets(signer, repo, connections.servers(maker));
    return follow(
        maker,
        new Subject(
            RuntimesKey.of(repo, image),
            counts,
            "its runtimes do not count here (PEER_ALLOW_PREPARE)",
            false),
        most,
        _ -> {});
  }

  private FollowResult follow(
      Holder runner, Subject subject, Duration most, ExecutionListener viewer)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + most.toNanos();
    try {
      Response answer = connections.open(runner, new PeerPath.RunOutput(subject.key()));
      Optional<String> refused = refused(runner, subject, answer);
      Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
      try (AnswerBody body = new AnswerBody(answer, patience.stall(), left)) {
        return refused.isPresent()
            ? new FollowResult.Ended(refused.get())
            : follow(body, !subject.begins(), until, viewer);
      }
    } catch (FetchException e) {
      return new FollowResult.Ended(BoundedHttpClient.why(e));
    }
  }

  /** Call it before the process ends. Cuts off transfers in progress. */
  @Override
  public void close() {
    connections.close();
  }

  /** Why the answer is of no use, whatever it says. */
  private Optional<String> refused(Holder runner, Subject subject, Response answer) {
    try {
      Identity signer = connections.identityOf(runner, answer, CertificateRole.SIGNER);
      if (!subject.counts().test(signer)) {
        return Optional.of(subject.otherwise());
      }
    } catch (ConnectionException e) {
      return Optional.of(BoundedHttpClient.why(e));
    }
    return BoundedHttpClient.isOf(answer, MediaTypes.RUN_OUTPUT)
        ? Optional.empty()
        : Optional.of("it gives something else than a run's output");
  }

  private FollowResult follow(
      AnswerBody body, boolean hasBegun, long until, ExecutionListener viewer)
      throws IOException, InterruptedException {
    OutputFrame.Reader frames = new OutputFrame.Reader(body::read);
    long toBegin = System.nanoTime() + patience.answer().toNanos();
    boolean begun = hasBegun;
    String stage = "";
    while (System.nanoTime() < until) {
      Optional<Kind> kind;
      try {
        kind = frames.next();
        if (kind.isEmpty()) {
          return new FollowResult.Ended("it broke off");
        }
        switch (kind.get()) {
          case BEGUN -> begun = true;
          case STAGE -> {
            stage = stage(frames);
            viewer.stage(stage);
          }
          case END -> {
            return result(RunEnd.parse(Arrays.copyOf(frames.content(), frames.length())));
          }
          case ALIVE -> {
            if (!begun && System.nanoTime() > toBegin) {
              return new FollowResult.Ended("it does not begin");
            }
          }
          default -> {}
        }
      } catch (MalformedException e) {
        return new FollowResult.Ended("its output is malformed: " + BoundedHttpClient.why(e));
      } catch (IOException e) {
        return System.nanoTime() < until
            ? new FollowResult.Ended(BoundedHttpClient.why(e))
            : new FollowResult.TimeOver();
      }
      show(kind.get(), stage, frames, viewer);
    }
    return new FollowResult.TimeOver();
  }

  private static void show(
      Kind kind, String stage, OutputFrame.Reader frames, ExecutionListener viewer)
      throws IOException {
    switch (kind) {
      case STAGE_OUTPUT -> viewer.stageOutput(stage, frames.content(), 0, frames.length());
      case STDOUT -> viewer.write(OutputStreamName.STDOUT, frames.content(), 0, frames.length());
      case STDERR -> viewer.write(OutputStreamName.STDERR, frames.content(), 0, frames.length());
      case BEGUN, STAGE, ALIVE, END -> {}
    }
  }

  private static String stage(OutputFrame.Reader frames) throws MalformedException {
    try {
      return RunEnd.requireStage(
          new String(frames.content(), 0, frames.length(), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static FollowResult result(RunEnd end) {
    return switch (end) {
      case RunEnd.Passed _ -> new FollowResult.Passed();
      case RunEnd.Failed(String stage, Optional<Integer> exitCode, Instant at) ->
          new FollowResult.Failed(stage, exitCode, at);
      case RunEnd.BrokenOff _ -> new FollowResult.Ended("it was broken off");
    };
  }
}
