package dev.peer.daemonhost;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.config.CacheSettings;
import dev.peer.config.ConfigException;
import dev.peer.config.HostPort;
import dev.peer.config.KeepSettings;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.id.RepoId;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemon.KeptResults;
import dev.peer.daemon.Mirror;
import dev.peer.daemon.PushIntake;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.socket.CommandHandler;
import dev.peer.daemon.socket.DaemonFile;
import dev.peer.daemon.socket.DaemonSocketServer;
import dev.peer.home.HomeLayout;
import dev.peer.http.RequestLog;
import dev.peer.identity.Identities;
import dev.peer.identity.Watch;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import dev.peer.report.RunOutput;
import dev.peer.report.Version;
import dev.peer.run.RuntimeMirror;
import dev.peer.run.VmExecutors;
import dev.peer.schedule.MadeCrontabs;
import dev.peer.schedule.Schedule;
import dev.peer.server.Intake;
import dev.peer.vm.exec.ReadyMachine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The daemon of a home: joins its parts, and runs them until a signal. */
public final class Daemon {

  /** For peers that were sent here just before a result is withdrawn. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** To interrupt runs, and to withdraw announcements. */
  private static final Duration CLEAN_UP = Duration.ofSeconds(30);

  /** How often watched repositories and the clock are looked at. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final DaemonPlan plan;
  private final Settings settings;
  private final PeerSettings peer;
  private final Retention retention;
  private final CacheSettings caches;
  private final boolean keepsReady;
  private final HomeLayout layout;
  private final CommandHandler commands;
  private final RunOutput output;
  private final Interruption interruption;
  private final Idleness idleness = new Idleness(InstantSource.system());
  private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  /**
   * For one home.
   *
   * @param commands does what callers have the daemon do besides runs
   */
  public Daemon(
      DaemonPlan plan,
      Settings settings,
      CommandHandler commands,
      RunOutput output,
      Interruption interruption)
      throws ConfigException, CommandException {
    this.commands = commands;
    this.plan = plan;
    this.settings = settings;
    this.peer = PeerSettings.of(settings);
    this.layout = new HomeLayout(peer.home());
    this.output = output;
    this.interruption = interruption;
    KeepSettings keep = KeepSettings.of(settings);
    this.keepsReady = PeerSettings.ready(settings);
    this.retention = new Retention(keep.most(), keep.longest(), keep.bytes());
    this.caches = CacheSettings.of(settings);
    plan.requireUsable(peer);
  }

  /**
   * Serves until a signal.
   *
   * @param log told of what others ask of it
   */
  public void serve(RequestLog log) throws Exception {
    ScratchDirectory.createPrivate(layout.daemon());
    DaemonFile.requireOurs(layout.daemon());
    try (PeerNetwork network =
        PeerNetwork.serving(
            peer, output, idleness.counting(log), CertificateRole.CLIENT, CertificateRole.SERVER)) {
      Store store = Store.open(layout.store(), retention);
      try (FileHold _ = takenOver(store)) {
        ScratchDirectory.reap(layout.runs());
        interruption.allow(CLEAN_UP);
        serve(network, store);
      }
    }
  }

  private FileHold takenOver(Store store) throws Exception {
    return store
        .removals()
        .takeOver()
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.INFRASTRUCTURE,
                    "another daemon keeps the results in " + peer.home(),
                    "end that one, or give this one a PEER_HOME of its own"));
  }

  private void serve(PeerNetwork network, Store store) throws Exception {
    Identities identities = network.identities();
    List<RepoId> repositories = plan.mirrored();
    try (KeptResults kept = new KeptResults(store, identities::verifier, FAREWELL, output);
        Mirror mirror =
            new Mirror(
                new Mirror.Sources(
                    identities.tls(), network.rendezvous(), repositories, Timeouts.DEFAULT),
                store,
                network.fetch(),
                identities::verifier,
                kept,
                output);
        IdentityReloader _ = new IdentityReloader(identities, interruption)) {
      DaemonPage page = new DaemonPage(plan.jobs(), layout, caches);
      Optional<Intake> intake =
          repositories.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new PushIntake(repositories, store, identities::verifier, kept, output));
      Optional<LeasedAnnouncer> announcer =
          peer.reach().rendezvous().isEmpty()
              ? Optional.empty()
              : Optional.of(network.leasedAnnouncer(intake, Optional.of(page)));
      interruption.serving();
      start(kept, announcer);
      mirror.start();
      sayWhere(identities, announcer);
      Optional<ReadyMachine> ready =
          keepsReady ? Optional.of(new ReadyMachine(output)) : Optional.empty();
      ready.ifPresent(machine -> identities.whenReloaded(machine::drop));
      DaemonParts parts = new DaemonParts(identities, announcer, store, kept, ready, page);
      try (RuntimeMirror _ = plan.runtimes() ? mirror(network, kept, announcer) : null) {
        run(parts, new MadeCrontabs());
      }
    }
  }

  private RuntimeMirror mirror(
      PeerNetwork network, KeptResults kept, Optional<LeasedAnnouncer> announcer) {
    RuntimeMirror mirror =
        RuntimeMirror.into(
            layout.home(),
            caches,
            new RuntimeMirror.Sources(plan.mirrored(), kept::images, network.awaitedRuntimes()),
            () -> announcer.ifPresent(LeasedAnnouncer::announceRuntimes),
            output);
    mirror.start();
    return mirror;
  }

  private static void start(KeptResults kept, Optional<LeasedAnnouncer> announcer)
      throws AnnounceException {
    if (announcer.isPresent()) {
      kept.start(announcer.get());
    } else {
      kept.start();
    }
  }

  /** Takes runs, and does them, until a signal. */
  private void run(DaemonParts parts, MadeCrontabs crontabs) throws Exception {
    DaemonRuns runs = new DaemonRuns(peer, parts, crontabs, output);
    try (RunQueue queue = new RunQueue(layout.queue(), plan.jobs(), runs, output)) {
      Schedule schedule =
          new Schedule(
              layout.watched(),
              plan.watched(),
              queue,
              crontabs,
              Clock.system(ZoneId.systemDefault()),
              output);
      Consumer<ObjectNode> all =
          json -> {
            describe(json, parts);
            parts.ready().ifPresent(machine -> DaemonStatus.put(json, machine.status()));
            DaemonStatus.put(json, schedule.status());
            describeEnd(json, queue);
          };
      parts.ready().ifPresent(machine -> queue.whenMachinesAreIdle(machine::prepare));
      try (DaemonSocketServer desk =
              DaemonSocketServer.open(
                  layout.daemon(),
                  VmExecutors.sockets(peer.home()),
                  Version.text(),
                  new DaemonSubmissions(settings, queue, runs, all),
                  idleness.counting(commands),
                  output);
          Watch looks =
              new Watch(
                  _ -> {
                    schedule.look();
                    endIfIdle(queue);
                  },
                  LOOK);
          ReadyMachine _ = parts.ready().orElse(null)) {
        queue.start();
        schedule.begin();
        parts.page().show(new DaemonPage.Parts(queue, schedule, parts.ready()));
        looks.start();
        desk.start();
        output.say("takes runs, " + plan.jobs() + " at once");
        interruption.await(Interruption.FOREVER);
      }
    }
  }

  private void endIfIdle(RunQueue queue) {
    Optional<Duration> most = plan.idle();
    if (most.isPresent() && idleness.time(queue.runs()).compareTo(most.get()) >= 0) {
      output.say("no work for " + most.get().toSeconds() + " s: the daemon ends");
      interruption.end();
    }
  }

  private void sayWhere(Identities identities, Optional<LeasedAnnouncer> announcer) {
    output.say(
        "daemon "
            + identities.tls().id()
            + address(announcer)
                .map(at -> " at https://" + at)
                .orElse(": runs and keeps results, and serves nobody: PEER_RENDEZVOUS is not set"));
    String what = plan.runtimes() ? " and its runtimes" : "";
    plan.mirrored().forEach(repo -> output.say("mirroring " + repo + what));
  }

  private static Optional<HostPort> address(Optional<LeasedAnnouncer> announcer) {
    return announcer
        .flatMap(LeasedAnnouncer::address)
        .map(at -> new HostPort(at.getAddress().getHostAddress(), at.getPort()));
  }

  private void describeEnd(ObjectNode json, RunQueue queue) {
    plan.idle()
        .ifPresent(
            most ->
                json.put("idleSeconds", idleness.time(queue.runs()).toSeconds())
                    .put("endsAfterIdleSeconds", most.toSeconds()));
  }

  /** Describes the daemon itself. */
  private void describe(ObjectNode json, DaemonParts parts) {
    json.put("running", true).put("pid", ProcessHandle.current().pid());
    json.put("since", since.toString()).put("version", Version.text());
    json.put("home", peer.home().toString()).put("id", parts.identities().tls().id().toString());
    address(parts.announcer()).ifPresent(at -> json.put("address", "https://" + at));
    ArrayNode rendezvous = json.putArray("rendezvous");
    peer.reach().rendezvous().forEach(address -> rendezvous.add(address.toString()));
    ArrayNode mirrors = json.putArray("mirrors");
    plan.mirrored().forEach(repo -> mirrors.add(repo.text()));
    json.put("mirrorsRuntimes", plan.runtimes());
    json.put("jobs", plan.jobs()).put("results", parts.kept().size());
  }
}
