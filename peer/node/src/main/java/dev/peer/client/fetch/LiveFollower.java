package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Follower;
import dev.peer.core.find.Holder;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.PeerPath;
import dev.peer.wire.RunEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Follows runs at their runners. */
public final class LiveFollower implements Follower, AutoCloseable {

  private final Supplier<AccessRules> rules;
  private final Timeouts patience;
  private final HolderConnections connections;

  /**
   * Opens no connection yet.
   *
   * @param rules supplies the current rules: who may not sign is not followed
   */
  public LiveFollower(TlsIdentity identity, Supplier<AccessRules> rules, Timeouts patience) {
    this.rules = rules;
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  @Override
  public FollowResult follow(Holder runner, RunInputs run, Duration most, ExecutionListener viewer)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + most.toNanos();
    try {
      HttpResponse<InputStream> answer =
          connections.open(runner, new PeerPath.RunOutput(run.key()));
      Optional<String> refused = refused(runner, run, answer);
      Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
      try (AnswerBody body = new AnswerBody(answer, patience.stall(), left)) {
        return refused.isPresent()
            ? new FollowResult.Ended(refused.get())
            : follow(body, until, viewer);
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
  private Optional<String> refused(Holder runner, RunInputs run, HttpResponse<InputStream> answer) {
    try {
      Identity signer = connections.identityOf(runner, answer, CertificateRole.SIGNER);
      if (!rules
          .get()
          .sign()
          .admits(signer, run.repo(), run.targets(), connections.servers(runner))) {
        return Optional.of("its results do not count here (PEER_ALLOW_SIGN)");
      }
    } catch (ConnectionException e) {
      return Optional.of(BoundedHttpClient.why(e));
    }
    return BoundedHttpClient.isOf(answer, MediaTypes.RUN_OUTPUT)
        ? Optional.empty()
        : Optional.of("it gives something else than a run's output");
  }

  private FollowResult follow(AnswerBody body, long until, ExecutionListener viewer)
      throws IOException, InterruptedException {
    OutputFrame.Reader frames = new OutputFrame.Reader(body::read);
    long toBegin = System.nanoTime() + patience.answer().toNanos();
    boolean begun = false;
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
