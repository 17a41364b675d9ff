package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.NamedAddress;
import dev.peer.client.fetch.ResultPush;
import dev.peer.client.fetch.ResultPush.Outcome;
import dev.peer.config.CallContext;
import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.id.RunKey;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.ListedEntry;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.trust.CertificateRole;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** {@code peer push}. */
public final class PushCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Positional<HostPort> peer =
      Positional.at(0, "PEER", HostPort.class, "where the peer listens, HOST:PORT")
          .readBy(new HostPortConverter());

  private final Positional<String> prefix =
      Positional.at(
              1,
              "RUNKEY",
              String.class,
              "the first digits of the result's run key; without it the one kept or replayed last"
                  + " of the repository that the working directory is in")
          .optional();

  public PushCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "push",
            this,
            "Hand a result to a peer that keeps copies",
            "Sends a result of this store to a peer that mirrors its repository (`peer daemon"
                + " --mirror`). The peer verifies it.",
            "Exit code 0: the peer holds it; 3: the store has no such result; 4: the peer cannot be"
                + " reached; 5: it refuses the result.")
        .examples(
            "  peer push mirror.example.org:7443",
            "  peer push 10.1.2.3:7443 3fa9       # by the first digits of its run key")
        .takes(peer, prefix);
  }

  @Override
  public Integer call() throws Exception {
    output.showProgress();
    output.step("settings");
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings ours = PeerSettings.of(settings);
    try (PeerNetwork network = PeerNetwork.of(ours, output, CertificateRole.CLIENT)) {
      Store store = Results.openStore(ours.home());
      Map.Entry<RunKey, StoredEntry> found =
          prefix.given().isPresent() ? Results.find(store, prefix.value()) : last(store);
      StoredEntry entry = found.getValue();
      VerifiedAttestation attestation =
          network
              .identities()
              .verifier()
              .verify(entry.attestation(), found.getKey(), entry.lists());
      try (FileHold _ = Results.hold(store, found.getKey(), entry)) {
        return push(network, attestation, entry);
      }
    } catch (VerificationException e) {
      throw new CommandException(
          ExitCode.NOTHING_VERIFIED,
          "the result does not hold here, and would not there: " + e.getMessage(),
          "`peer verify` says more",
          e);
    }
  }

  private int push(PeerNetwork network, VerifiedAttestation attestation, StoredEntry entry)
      throws CommandException, InterruptedException {
    Holder holder = holder(network);
    output.step("push");
    output.awaiting("to " + holder.id());
    AtomicLong given = new AtomicLong();
    long size = attestation.bundle().size();
    try (ResultPush push = new ResultPush(network.identities().tls(), holder, Timeouts.DEFAULT)) {
      Outcome outcome =
          push.push(
              attestation.key(),
              entry.attestation(),
              attestation.bundle(),
              entry.bundleFile(),
              more -> output.moved(given.addAndGet(more), size));
      String what =
          "the result " + attestation.key() + " of " + attestation.record().inputs().repo();
      switch (outcome) {
        case Outcome.Taken _ -> output.say(holder.id() + " has verified and keeps " + what);
        case Outcome.Held _ ->
            output.say(holder.id() + " held a result of this run before: " + what);
        case Outcome.Refused(String why) ->
            throw new CommandException(
                ExitCode.NOTHING_VERIFIED,
                holder.id() + " does not take the result: " + why,
                "it takes those of the repositories it mirrors, from whom its PEER_ALLOW_ANNOUNCE"
                    + " admits, as long as they hold there");
      }
      return ExitCode.PASSED.number();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private Holder holder(PeerNetwork network) throws CommandException, InterruptedException {
    try {
      return NamedAddress.ask(network.identities().tls(), address(), Timeouts.DEFAULT);
    } catch (FetchException e) {
      throw unreachable(e);
    }
  }

  private URI address() throws CommandException {
    HostPort to = peer.value();
    if (to.port() == 0 || to.host().contains("_")) {
      throw new CommandException(
          ExitCode.USAGE, "not where a peer can listen: " + to, "give its host and port");
    }
    return URI.create("https://" + to);
  }

  private CommandException unreachable(Exception e) {
    return new CommandException(
        ExitCode.INFRASTRUCTURE,
        "the result could not be handed over to " + peer.value() + ": " + e.getMessage(),
        "see that a `peer daemon` listens there, with a certificate that PEER_CA vouches for",
        e);
  }

  private Map.Entry<RunKey, StoredEntry> last(Store store) throws Exception {
    List<ListedEntry> listed = store.entries().list(RunTarget.repo(call));
    if (listed.isEmpty()) {
      throw new CommandException(
          ExitCode.NO_RESULT,
          "no result of this repository is kept here",
          "`peer run` makes one, `peer replay` gets one where a peer holds it");
    }
    return Map.entry(listed.getFirst().key(), listed.getFirst().entry());
  }
}
