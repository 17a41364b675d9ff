package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.InputFile;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RunKey;
import dev.peer.core.json.JsonTree;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.KeptLists;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.Entries;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.identity.RuleReader;
import dev.peer.identity.Verifiers;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.result.VerifiedResult;
import dev.peer.run.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer verify}. */
public final class VerifyCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Positional<String> name =
      Positional.at(
          0,
          "FILE|RUNKEY",
          String.class,
          "an attestation as peers serve it, a directory of the store, or the first digits of the"
              + " run key of a result in the store");

  private final Option<Path> bundle =
      Option.of(
          "--bundle",
          "FILE",
          Path.class,
          "also verify every byte of this bundle; a result in the store has its own");

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public VerifyCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /**
   * What is to be verified.
   *
   * @param key the run that it should be about, if that is known
   * @param bundle the bundle that should belong to it, if there is one
   * @param lists the revocation lists that were kept with it
   * @param hold keeps it in the store during the command, if it is there
   */
  private record Evidence(
      Attestation attestation,
      Optional<RunKey> key,
      Optional<Path> bundle,
      KeptLists lists,
      Optional<FileHold> hold)
      implements AutoCloseable {

    @Override
    public void close() throws IOException {
      if (hold.isPresent()) {
        hold.get().close();
      }
    }
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "verify",
            this,
            "Verify a result; show who vouches for it, by which rule",
            "Shows who ran what, the certificates that prove it, and the rule that lets it count."
                + " Needs no network, and only PEER_CA; PEER_CRL, PEER_ALLOW_SIGN and"
                + " PEER_REQUIRE_KEPT apply as for a replay.",
            "Exit code 0: it holds and counts; 5: it does not; 3: the store has no such result.")
        .examples(
            "  peer verify 3fa9                   # a result in the store, by its run key",
            "  peer verify attestation.json --bundle bundle.tar.zst")
        .takes(name, bundle, json);
  }

  @Override
  public Integer call() throws Exception {
    Settings variables = call.settings();
    output.warn(variables);
    PeerSettings settings = PeerSettings.of(variables);
    SignRules signers = RuleReader.rules(settings).sign();
    RecordVerifier verifier = Verifiers.verifier(settings, output);
    try (Evidence evidence = evidence(settings)) {
      VerifiedAttestation verified =
          evidence.key().isPresent()
              ? verifier.verify(evidence.attestation(), evidence.key().get(), evidence.lists())
              : verifier.verifyAnyRun(evidence.attestation(), evidence.lists());
      if (evidence.bundle().isPresent()) {
        verifyBundle(settings, verifier, verified, evidence.bundle().get());
      }
      Optional<String> refusal = VerifiedResult.refusal(settings, verified);
      if (refusal.isPresent()) {
        throw said(VerifiedResult.doesNotCount(refusal.get()));
      }
      show(new VerifiedFacts(verified, signers, evidence.bundle().isPresent()));
      return ExitCode.PASSED.number();
    } catch (VerificationException e) {
      throw refused(e);
    }
  }

  private void show(VerifiedFacts facts) {
    if (json.value()) {
      output.print(Facts.text(facts.json()));
    } else {
      facts.lines().forEach(output::print);
    }
  }

  private CommandException refused(VerificationException e) {
    return said(
        new CommandException(
            ExitCode.NOTHING_VERIFIED,
            "the result is refused: " + e.getMessage(),
            "PEER_CA, PEER_CRL and PEER_ALLOW_SIGN say whose results count here; `peer"
                + " explain-cert` tells all that speaks against a certificate",
            e));
  }

  /** Says it to scripts, too. */
  private CommandException said(CommandException refusal) {
    if (json.value()) {
      ObjectNode answer = JsonTree.object();
      answer.put("outcome", "unverified");
      answer.put("exitCode", refusal.exitCode().number());
      answer.put("message", refusal.getMessage());
      output.print(Facts.text(answer));
    }
    return refusal;
  }

  private Evidence evidence(PeerSettings settings) throws IOException, CommandException {
    Path path = Path.of(name.value());
    if (Files.isDirectory(path)) {
      return ofDirectory(path);
    }
    if (!Files.exists(path) && Results.isKeyPrefix(name.value())) {
      return ofStore(settings);
    }
    byte[] bytes = InputFile.read(path, Attestation.LARGEST);
    return new Evidence(
        Attestation.of(bytes), Optional.empty(), bundle.given(), KeptLists.NONE, Optional.empty());
  }

  private Evidence ofDirectory(Path directory) throws IOException, CommandException {
    try {
      StoredEntry entry = Entries.read(directory);
      return new Evidence(
          entry.attestation(),
          Optional.empty(),
          Optional.of(bundleOf(entry)),
          entry.lists(),
          Optional.empty());
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.USAGE,
          Printable.of(name.value()) + " holds no attestation",
          "name a directory that lies in the store for a result, or an attestation's file",
          e);
    }
  }

  private Evidence ofStore(PeerSettings settings) throws IOException, CommandException {
    Store store = Results.openStore(settings.home());
    Map.Entry<RunKey, StoredEntry> found = Results.find(store, name.value());
    StoredEntry entry = found.getValue();
    return new Evidence(
        entry.attestation(),
        Optional.of(found.getKey()),
        Optional.of(bundleOf(entry)),
        entry.lists(),
        Optional.of(Results.hold(store, found.getKey(), entry)));
  }

  private Path bundleOf(StoredEntry entry) {
    return bundle.given().orElseGet(entry::bundleFile);
  }

  private static void verifyBundle(
      PeerSettings settings, RecordVerifier verifier, VerifiedAttestation attestation, Path bundle)
      throws VerificationException, IOException, CommandException {
    if (!Files.isRegularFile(bundle)) {
      throw new CommandException(
          ExitCode.USAGE,
          "the bundle " + Printable.of(bundle.toString()) + " is not there",
          "name it with --bundle, or verify the attestation's file alone");
    }
    try (ScratchDirectory unpacked = Results.openStore(settings.home()).stage()) {
      verifier.verify(attestation, bundle, unpacked.path());
    }
  }
}
