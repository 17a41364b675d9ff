package dev.peer.core.sign;

import static dev.peer.core.sign.VerificationException.require;
import static dev.peer.core.trust.CertificateRole.SIGNER;

import dev.peer.core.access.AccessRules;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.UntrustedCertificateException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Verifies who made a prepared runtime: first the maker's certificate and the signature, then the
 * statement, and then the rule, which goes by the repository that is stated.
 *
 * <p>A runtime shapes the run of every target. So its maker must be admitted for all targets of its
 * repository.
 */
public final class RuntimeVerifier {

  private final CertificateValidator validator;
  private final AccessRules rules;
  private final InstantSource clock;

  /**
   * Creates a verifier with these rules.
   *
   * @param validator judges certificates
   * @param clock supplies the current time
   */
  public RuntimeVerifier(CertificateValidator validator, AccessRules rules, InstantSource clock) {
    this.validator = validator;
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * Verifies an attestation that has just come.
   *
   * @param untrusted the envelope as it was received
   * @param repo the repository that was asked for
   * @param servers the rendezvous and relays that led to it
   * @throws VerificationException if anything about it does not hold
   */
  public VerifiedRuntime verify(Attestation untrusted, RepoId repo, Collection<PeerId> servers)
      throws VerificationException {
    return verify(untrusted, Set.of(repo), servers, clock.instant());
  }

  /**
   * Verifies an attestation that this machine keeps. The maker's certificate must have been good
   * when it came, so that it outlasts the certificate; a revocation since then counts, and so do
   * the rules of now.
   *
   * @param repos the repositories of one of which it must be
   * @param since when it came; now, if that is earlier
   */
  public VerifiedRuntime verify(Attestation kept, Set<RepoId> repos, Instant since)
      throws VerificationException {
    return verify(kept, repos, List.of(), since);
  }

  private VerifiedRuntime verify(
      Attestation attestation, Set<RepoId> repos, Collection<PeerId> servers, Instant since)
      throws VerificationException {
    Instant now = clock.instant();
    Instant at = since.isAfter(now) ? now : since;
    try {
      Envelope envelope = Envelope.read(attestation);
      Identity maker =
          validator.validate(envelope.chain(), SIGNER, at, now, RevocationLists.none()).identity();
      Signatures.require(envelope);
      RuntimeStatement statement = RuntimeStatement.read(envelope.payload());
      RepoId stated = statement.runtime().disk().repo();
      require(repos.contains(stated), "it is a runtime of " + stated + ", not of " + text(repos));
      require(
          rules.prepareRules().admitsAllTargets(maker, stated, servers),
          maker.id()
              + " may not prepare runtimes for all targets of "
              + stated
              + " (the rule: "
              + rules.prepareRules()
              + ")");
      statement.vouching().requireFitting("maker", envelope.chain().getFirst(), at);
      require(
          !statement.runtime().begun().isAfter(statement.vouching().at()),
          "it was begun at " + statement.runtime().begun() + ", after it was signed");
      return new VerifiedRuntime(
          statement.runtime(), maker, statement.vouching().at(), attestation);
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    } catch (UntrustedCertificateException e) {
      throw new VerificationException("its maker is not trusted: " + e.getMessage(), e);
    }
  }

  private static String text(Set<RepoId> repos) {
    return repos.stream().map(RepoId::text).sorted().collect(Collectors.joining(" or "));
  }
}
