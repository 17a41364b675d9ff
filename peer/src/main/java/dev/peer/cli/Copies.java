package dev.peer.cli;

import dev.peer.core.flow.Holder;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.key.RunInputs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which a run leaves once others hold its result. */
final class Copies {

  /** A lookup names no more holders than 16, ourselves among them. */
  private static final int MOST = 15;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "leave as soon as N other peers hold the result (see `peer daemon --mirror`)")
  private int copies;

  @Option(
      names = "--copies-wait",
      paramLabel = "DURATION",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "how long to wait for that, then leave (default: ${DEFAULT-VALUE})")
  private Duration wait;

  /** Whether the run is to wait for copies. */
  boolean wanted() {
    return copies != 0;
  }

  /** Refuses what can not come to pass, before anything is run. */
  void requireUsable(Network network) throws CommandException {
    if (copies < 0 || copies > MOST) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies: a number from 1 to " + MOST + " was expected, not " + copies,
          "as many as there are peers that mirror the repository");
    }
    if (wanted() && network.lookup().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies needs PEER_RENDEZVOUS, which is not set: nobody would know of the result",
          "set it to where the team meets, or leave --copies out");
    }
  }

  /** Waits, says what it came to, and gives it to the report. */
  void await(Network network, RunInputs inputs, Output output, RunReport report) {
    Instant until = Instant.now().plus(wait);
    Seen seen = new Seen(0, Optional.empty());
    try {
      seen = look(network, inputs);
      while (seen.held() < copies && Instant.now().isBefore(until)) {
        Thread.sleep(BETWEEN_LOOKS);
        seen = look(network, inputs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    report.copies(copies, seen.held());
    output.say(
        seen.held() >= copies
            ? "leaving: " + seen.held() + " other peers hold the result"
            : "leaving, although only "
                + seen.held()
                + " of "
                + copies
                + " other peers hold the result"
                + seen.why().map(why -> ": " + why).orElse(""));
  }

  /** What a look at a rendezvous showed; why it may not be all. */
  private record Seen(int held, Optional<String> why) {}

  private static Seen look(Network network, RunInputs inputs) throws InterruptedException {
    PeerId self = network.identities().tls().id();
    return switch (network.lookup().orElseThrow().find(inputs.repo(), inputs.key())) {
      case LookupResult.Found found -> new Seen(others(found.holders(), self), Optional.empty());
      case LookupResult.Absent absent -> new Seen(0, Optional.empty());
      case LookupResult.Unavailable unavailable -> new Seen(0, Optional.of(unavailable.why()));
    };
  }

  /** Several processes of one peer go together. */
  private static int others(List<Holder> holders, PeerId self) {
    return (int) holders.stream().map(Holder::id).filter(id -> !id.equals(self)).distinct().count();
  }
}
