package dev.peer.run;

import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.key.RunInputs;
import dev.peer.daemon.RunOptions;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.RunOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A run's wait for other peers to hold its result. */
public record CopyWait(RunOptions.Copies copies) {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** Whether there is anything to wait for. */
  public boolean isNeeded() {
    return copies.number() > 0;
  }

  /** Refuses an impossible request before anything runs. */
  void requireUsable(PeerNetwork network) throws CommandException {
    if (isNeeded() && network.lookup().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies needs PEER_RENDEZVOUS, which is not set: no peer would learn of the result",
          "set it to where the team meets, or leave --copies out");
    }
  }

  /** Waits, prints the outcome, and adds it to the report. */
  public void await(PeerNetwork network, RunInputs inputs, RunOutput output, RunReport report) {
    Instant until = Instant.now().plus(copies.longest());
    int number = copies.number();
    CopyCount seen = new CopyCount(0, Optional.empty());
    try {
      seen = look(network, inputs);
      while (seen.held() < number && Instant.now().isBefore(until)) {
        output.awaiting(seen.held() + " of " + number + " copies");
        Thread.sleep(BETWEEN_LOOKS);
        seen = look(network, inputs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    report.copies(number, seen.held());
    output.say(
        seen.held() >= number
            ? "leaving: " + seen.held() + " other peers hold the result"
            : "leaving, although only "
                + seen.held()
                + " of "
                + number
                + " other peers hold the result"
                + seen.why().map(why -> ": " + why).orElse(""));
  }

  /** The answer of a rendezvous, and why it may be incomplete. */
  private record CopyCount(int held, Optional<String> why) {}

  private static CopyCount look(PeerNetwork network, RunInputs inputs) throws InterruptedException {
    PeerId self = network.identities().tls().id();
    return switch (network.lookup().orElseThrow().find(inputs.repo(), inputs.key())) {
      case LookupResult.Found found ->
          new CopyCount(others(found.holders(), self), Optional.empty());
      case LookupResult.Absent absent -> new CopyCount(0, Optional.empty());
      case LookupResult.Unavailable unavailable -> new CopyCount(0, Optional.of(unavailable.why()));
    };
  }

  /** Several processes of one peer go together. */
  private static int others(List<Holder> holders, PeerId self) {
    return (int) holders.stream().map(Holder::id).filter(id -> !id.equals(self)).distinct().count();
  }
}
