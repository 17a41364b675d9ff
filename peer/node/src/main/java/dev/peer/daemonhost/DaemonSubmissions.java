package dev.peer.daemonhost;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.config.TrustFingerprint;
import dev.peer.core.json.JsonTree;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRefusedException;
import dev.peer.daemon.RunRequest;
import dev.peer.daemon.socket.Admission;
import dev.peer.daemon.socket.RequestedVariables;
import dev.peer.daemon.socket.RunSubmission;
import dev.peer.daemon.socket.SubmissionHandler;
import dev.peer.daemon.socket.Submitter;
import dev.peer.report.ExitCode;
import dev.peer.report.Failure;
import dev.peer.report.RunOutput;
import dev.peer.report.Version;
import dev.peer.run.RunReport;
import dev.peer.run.RunReporter;
import dev.peer.run.RunTarget;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Where a daemon takes runs from commands, and does them as they would. */
final class DaemonSubmissions implements SubmissionHandler {

  private final PeerSettings peer;
  private final SortedMap<String, String> trust;
  private final RunQueue queue;
  private final DaemonRuns runs;
  private final Consumer<ObjectNode> self;

  /**
   * For one daemon.
   *
   * @param self adds the daemon's own part of its status
   */
  DaemonSubmissions(Settings settings, RunQueue queue, DaemonRuns runs, Consumer<ObjectNode> self)
      throws ConfigException {
    this.peer = PeerSettings.of(settings);
    this.trust = TrustFingerprint.of(settings);
    this.queue = queue;
    this.runs = runs;
    this.self = self;
  }

  @Override
  public Admission admit(RunSubmission ask) {
    if (!ask.version().equals(Version.text())) {
      return new Admission.Declined("the daemon is of version " + Version.text());
    }
    List<String> others =
        trust.keySet().stream()
            .filter(name -> !trust.get(name).equals(ask.trust().get(name)))
            .toList();
    if (!others.isEmpty()) {
      return new Admission.Declined("the daemon has another " + String.join(", ", others));
    }
    if (!runs.canSign()) {
      return new Admission.Declined("the daemon's certificate is not good for signing now");
    }
    RunRequest request = ask.request();
    try (GitRepository git = GitRepository.open(request.directory())) {
      Revision revision = git.resolve(request.revision());
      Settings settings =
          RunTarget.settings(DaemonRuns.surroundings(request).environment(), git, revision);
      if (!PeerSettings.of(settings).reach().rendezvous().equals(peer.reach().rendezvous())) {
        return new Admission.Declined("the daemon has another PEER_RENDEZVOUS");
      }
      return new Admission.Taken(
          // A name can change its meaning while the run waits.
          request.withRevision(revision.commit().hex()),
          new RequestedVariables(
              List.copyOf(RunSettings.countedNames(settings)),
              List.copyOf(RunSettings.secretNames(settings))));
    } catch (SourceException | ConfigException e) {
      // The command itself gives the best message.
      return new Admission.Declined("");
    }
  }

  @Override
  public RunQueue.Ticket accept(
      RunSubmission ask, RunRequest request, Map<String, String> secrets, Submitter asker)
      throws RunRefusedException, IOException {
    return queue.submit(
        request,
        (accepted, machine) -> {
          asker.accepted(machine.id());
          return run(ask, accepted, secrets, machine, asker);
        });
  }

  private QueuedRunEnd run(
      RunSubmission ask,
      RunRequest request,
      Map<String, String> secrets,
      RunQueue.Machine machine,
      Submitter asker)
      throws InterruptedException {
    RunOutput output = new AskerOutput(asker, ask.age(), ask.display().progress());
    RunQueue.Turns slots =
        machine.slots(
            place -> {
              output.step("queue");
              output.awaiting("a machine of the daemon, place " + place + " in its queue");
              output.say("waiting for a machine of the daemon: place " + place + " in its queue");
            });
    AtomicReference<String> message = new AtomicReference<>("");
    try {
      ExitCode exitCode =
          new RunReporter(ask.display().timings(), ask.display().json(), ask.display().summary())
              .around(
                  output,
                  report -> {
                    ExitCode code = run(request, slots, secrets, output, report, asker);
                    message.set(report.message());
                    return code;
                  });
      return QueuedRunEnd.ofExit(exitCode.number(), message.get());
    } catch (Exception e) {
      Failure failure = Failure.of(e);
      output.error(failure.message(), failure.hint());
      failure.requireNoInterruption(e);
      return QueuedRunEnd.ofExit(failure.exitCode().number(), failure.message());
    }
  }

  private ExitCode run(
      RunRequest request,
      RunQueue.Turns slots,
      Map<String, String> secrets,
      RunOutput output,
      RunReport report,
      Submitter asker)
      throws Exception {
    try {
      return runs.run(request, slots, secrets, output, report);
    } catch (InterruptedException e) {
      if (!asker.isGone()) {
        // The daemon is about to end, and the run is not over.
        asker.leaveInDoubt();
      }
      throw e;
    }
  }

  @Override
  public byte[] status() {
    ObjectNode json = JsonTree.object();
    self.accept(json);
    return DaemonStatus.json(json, queue.runs());
  }
}
