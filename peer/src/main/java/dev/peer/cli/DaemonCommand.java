package dev.peer.cli;

import dev.peer.client.LeasedAnnouncer;
import dev.peer.client.Patience;
import dev.peer.config.ConfigException;
import dev.peer.config.HostPort;
import dev.peer.config.KeepSettings;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemon.KeptResults;
import dev.peer.daemon.Mirror;
import dev.peer.daemon.PushIntake;
import dev.peer.server.Intake;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code peer daemon}. */
@Command(
    name = "daemon",
    description = {
      "Serves and announces all results that are kept here, until SIGINT or SIGTERM, and sees to"
          + " what is kept of each repository (PEER_KEEP, PEER_KEEP_FOR, PEER_KEEP_BYTES).",
      "With --mirror it also keeps copies of what others announce, and takes what they hand over"
          + " with `peer push`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer daemon", "  peer daemon --mirror github.com/team/x github.com/team/y"})
final class DaemonCommand implements Callable<Integer> {

  private static final Duration FOREVER = Duration.ofDays(3650);

  /** For those who were sent here just before a result is announced no more. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** Half of the streams that a rendezvous gives to one identity, so that it can start again. */
  private static final int MOST_MIRRORED = 32;

  private final Output output;
  private final Interruption interruption;

  @Option(
      names = "--mirror",
      paramLabel = "REPO",
      arity = "1..*",
      converter = RepoConverter.class,
      description = "keep copies of the results of these repositories, named as in PEER_REPO")
  private List<RepoId> mirrored = List.of();

  @Mixin private Logging logging;

  DaemonCommand(Output output, Interruption interruption) {
    this.output = output;
    this.interruption = interruption;
  }

  static final class RepoConverter implements ITypeConverter<RepoId> {
    @Override
    public RepoId convert(String text) {
      try {
        return new RepoId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = Settings.of(System.getenv());
    settings.warnings().forEach(warning -> output.say("warning: " + warning));
    PeerSettings peer = PeerSettings.of(settings);
    Retention retention = retention(KeepSettings.of(settings));
    List<RepoId> repositories = mirrored.stream().distinct().toList();
    requireUsable(peer, repositories);
    try (Logging.OpenLog log = logging.open(output);
        Network network =
            Network.serving(peer, output, log, CertificateRole.CLIENT, CertificateRole.SERVER)) {
      Store store = Store.open(Results.store(peer.home()), retention);
      try (FileHold _ = takenOver(store, peer)) {
        serve(network, store, repositories);
      }
    }
    return ExitCode.PASSED;
  }

  private void serve(Network network, Store store, List<RepoId> repositories) throws Exception {
    Identities identities = network.identities();
    try (KeptResults kept = new KeptResults(store, identities::verifier, FAREWELL, output);
        Mirror mirror =
            new Mirror(
                identities.tls(),
                repositories,
                network.rendezvous(),
                Patience.DEFAULT,
                store,
                network.fetch(),
                identities::verifier,
                kept,
                output);
        Watching _ = new Watching(identities, interruption)) {
      Optional<Intake> intake =
          repositories.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new PushIntake(repositories, store, identities::verifier, kept, output));
      LeasedAnnouncer announcer = network.leasedAnnouncer(intake);
      interruption.serving();
      kept.start(announcer);
      mirror.start();
      sayWhere(identities, announcer, repositories);
      interruption.await(FOREVER);
    }
  }

  private void sayWhere(
      Identities identities, LeasedAnnouncer announcer, List<RepoId> repositories) {
    InetSocketAddress address = announcer.address().orElseThrow();
    output.say(
        "daemon "
            + identities.tls().id()
            + " at https://"
            + new HostPort(address.getAddress().getHostAddress(), address.getPort()));
    repositories.forEach(repo -> output.say("mirroring " + repo));
  }

  private static Retention retention(KeepSettings settings) {
    return new Retention(settings.most(), settings.longest(), settings.bytes());
  }

  private static FileHold takenOver(Store store, PeerSettings peer) throws Exception {
    return store
        .takeOver()
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.INFRASTRUCTURE,
                    "another daemon keeps the results in " + peer.home(),
                    "end that one, or give this one a PEER_HOME of its own"));
  }

  private static void requireUsable(PeerSettings peer, List<RepoId> repositories)
      throws ConfigException, CommandException {
    if (peer.rendezvous().isEmpty()) {
      throw new ConfigException(
          "PEER_RENDEZVOUS is not set: nobody would know what is served here",
          "set it to where the team meets, such as https://meet.example.org:7443");
    }
    if (repositories.size() > MOST_MIRRORED) {
      throw new CommandException(
          ExitCode.USAGE,
          "--mirror: at most " + MOST_MIRRORED + " repositories",
          "start another daemon for the others, with a PEER_HOME of its own");
    }
  }
}
