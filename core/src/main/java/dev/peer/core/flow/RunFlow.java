package dev.peer.core.flow;

import dev.peer.core.key.RunInputs;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretScan;
import dev.peer.core.secret.Secrets;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.timestamp.TimestampException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The one way: find, or else run, look for secrets in what is left, sign, verify the own signature,
 * have it stamped and keep.
 */
public final class RunFlow {

  private final Store store;
  private final Finder finder;
  private final Executor executor;
  private final RunSigner signer;
  private final RecordVerifier verifier;
  private final Optional<Stamper> stamper;
  private final Notices notices;

  /**
   * Joins the parts.
   *
   * @param stamper who stamps the own signature; nobody: it is not stamped
   */
  public RunFlow(
      Store store,
      Finder finder,
      Executor executor,
      RunSigner signer,
      RecordVerifier verifier,
      Optional<Stamper> stamper,
      Notices notices) {
    this.store = store;
    this.finder = finder;
    this.executor = executor;
    this.signer = signer;
    this.verifier = verifier;
    this.stamper = stamper;
    this.notices = notices;
  }

  /**
   * Takes a result that is there, or runs. Whatever goes wrong in the search leads to a run.
   *
   * @throws ExecutorException if the machinery failed
   * @throws SecretException if it has to run, and a secret has no value
   * @throws IOException if the result could not be kept
   */
  public RunOutcome findOrRun(
      RunInputs inputs,
      ExecutionRequest.SourceArchive source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    Optional<Replayable> hit = search(inputs);
    if (hit.isPresent()) {
      return new RunOutcome.Replayed(hit.get());
    }
    return run(inputs, source, caches, secrets, listener);
  }

  /** Runs, whatever results there are. */
  public RunOutcome run(
      RunInputs inputs,
      ExecutionRequest.SourceArchive source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    Secrets passed = secrets.get();
    ScratchDirectory staged = store.stage();
    try {
      RunFiles files = new RunFiles(Files.createDirectory(staged.path().resolve("result")));
      ExecutionResult result =
          executor.execute(new ExecutionRequest(inputs, source, files, caches, passed), listener);
      if (!(result instanceof ExecutionResult.Passed ran)) {
        staged.close();
        return new RunOutcome.NotPassed(result);
      }
      return signAndKeep(ran.record(), files, passed, staged);
    } catch (ExecutorException | IOException | InterruptedException | RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  private Optional<Replayable> search(RunInputs inputs) throws InterruptedException {
    try {
      return switch (finder.find(inputs.repo(), inputs.key())) {
        case FindResult.Hit hit -> Optional.of(hit.result());
        case FindResult.Miss miss -> Optional.empty();
        case FindResult.NoneVerified none -> Optional.empty();
      };
    } catch (IOException e) {
      notices.say("no result could be taken over: " + e.getMessage());
      return Optional.empty();
    }
  }

  private RunOutcome signAndKeep(
      RunRecord record, RunFiles files, Secrets secrets, ScratchDirectory staged)
      throws IOException, InterruptedException {
    Optional<String> leak = SecretScan.leak(secrets, record, files);
    if (leak.isPresent()) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, leak.get());
    }
    notices.step("sign");
    Path bundle = staged.path().resolve("bundle");
    Content content = BundleWriter.write(record, files, bundle);
    Attestation signed = signer.sign(record, content);
    notices.step("verify");
    try {
      VerifiedAttestation attestation = stamped(verifier.verify(signed, record.inputs().key()));
      Path unpacked = Files.createDirectory(staged.path().resolve("unpacked"));
      VerifiedRecord verified = verifier.verify(attestation, bundle, unpacked);
      notices.step("store");
      return new RunOutcome.Ran(
          new Replayable(verified, store.keep(verified), Optional.empty(), staged));
    } catch (VerificationException e) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, "others would refuse it: " + e.getMessage());
    }
  }

  /** A result without a timestamp is as good, for as long as the certificate is. */
  private VerifiedAttestation stamped(VerifiedAttestation attestation) throws InterruptedException {
    if (stamper.isEmpty()) {
      return attestation;
    }
    notices.step("timestamp");
    try {
      return verifier.stamp(attestation, stamper.get().stamp(attestation.signature()));
    } catch (TimestampException | VerificationException e) {
      notices.say("the result goes out without a timestamp: " + e.getMessage());
      return attestation;
    } finally {
      notices.step("verify");
    }
  }
}
