package dev.peer.core.access;

import dev.peer.core.id.RepoId;
import dev.peer.core.trust.CertificateFault;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The possible uses of a certificate, and what prevents each. */
public enum CertificateUse {
  /** Connect to a peer or a rendezvous. */
  CONNECT(CertificateRole.CLIENT),
  /** Be connected to. */
  SERVE(CertificateRole.SERVER),
  /** Look for results and fetch them. */
  FETCH(CertificateRole.CLIENT),
  /** Say at a rendezvous that it holds a result. */
  ANNOUNCE(CertificateRole.CLIENT),
  /** Sign results that others replay. */
  SIGN(CertificateRole.SIGNER),
  /** Vouch for guest images that others boot. */
  IMAGE(CertificateRole.SIGNER),
  /** Prepare runtimes that others' runs start from. */
  PREPARE(CertificateRole.SIGNER);

  private final CertificateRole role;

  CertificateUse(CertificateRole role) {
    this.role = role;
  }

  /** Whether a use is allowed. */
  public sealed interface Verdict {

    /**
     * It would.
     *
     * @param by the part of the rules that allows it, for each namespace in which one does; empty
     *     if no rule applies
     */
    record Admitted(List<String> by) implements Verdict {}

    /** It would not, for all of these faults. */
    record Refused(List<CertificateFault> faults) implements Verdict {}
  }

  /**
   * Judges by the same validator and rules as connections and signatures are.
   *
   * @param chain the certificate, then certificates that may lead to an anchor, in any order
   * @param repo the repository that it is about; without one, any will do
   * @param target the target that is signed; without one, any will do
   * @param at when
   */
  public Verdict judge(
      CertificateValidator validator,
      AccessRules rules,
      List<X509Certificate> chain,
      Optional<RepoId> repo,
      Optional<String> target,
      Instant at) {
    if (this == IMAGE && rules.image().isEmpty()) {
      return SIGN.judge(validator, rules, chain, Optional.empty(), Optional.empty(), at);
    }
    if (this == PREPARE && rules.prepare().isEmpty()) {
      return SIGN.judge(validator, rules, chain, repo, Optional.empty(), at);
    }
    List<CertificateFault> faults = new ArrayList<>(validator.faults(chain, role, at));
    List<String> by = List.of();
    try {
      Identity identity = Identity.of(chain.getFirst());
      List<NamespaceRules.Namespace> namespaces = namespaces(rules, repo, target);
      by = admitting(namespaces, identity);
      if (by.isEmpty() && asksARule()) {
        faults.addAll(ruleFaults(namespaces, identity, repo, target));
      }
    } catch (UntrustedCertificateException e) {
      // Among the faults already: without names there is nothing to hold against a rule.
      return new Verdict.Refused(List.copyOf(faults));
    }
    return faults.isEmpty() ? new Verdict.Admitted(by) : new Verdict.Refused(List.copyOf(faults));
  }

  private boolean asksARule() {
    return this != CONNECT && this != SERVE;
  }

  private List<NamespaceRules.Namespace> namespaces(
      AccessRules rules, Optional<RepoId> repo, Optional<String> target) {
    return switch (this) {
      case CONNECT, SERVE -> List.of();
      case FETCH -> namespaces(rules.fetch(), repo);
      case ANNOUNCE -> namespaces(rules.announce(), repo);
      case SIGN -> rules.sign().deciding(repo, target);
      case PREPARE -> rules.prepareRules().deciding(repo, Optional.empty());
      case IMAGE ->
          rules.image().map(rule -> NamespaceRules.everywhere(rule).namespaces()).orElse(List.of());
    };
  }

  private static List<NamespaceRules.Namespace> namespaces(
      NamespaceRules rules, Optional<RepoId> repo) {
    return repo.map(one -> rules.namespaceOf(one).stream().toList()).orElseGet(rules::namespaces);
  }

  private static List<String> admitting(
      List<NamespaceRules.Namespace> namespaces, Identity identity) {
    return namespaces.stream()
        .filter(namespace -> namespace.rule().admits(identity))
        .map(namespace -> namespace.admitting(identity))
        .toList();
  }

  private List<CertificateFault> ruleFaults(
      List<NamespaceRules.Namespace> namespaces,
      Identity identity,
      Optional<RepoId> repo,
      Optional<String> target) {
    if (namespaces.isEmpty()) {
      String name =
          repo.map(RepoId::text).orElse("*")
              + (this == SIGN ? target.map(one -> " " + one).orElse("") : "");
      return List.of(
          new CertificateFault(
              setting() + " has no namespace with " + name + ", and so admits nobody",
              "add one, such as " + name + " => " + AccessRule.termsFor(identity).getFirst()));
    }
    return namespaces.stream().map(namespace -> ruleFault(namespace, identity)).toList();
  }

  private CertificateFault ruleFault(NamespaceRules.Namespace namespace, Identity identity) {
    List<String> terms = AccessRule.termsFor(identity);
    List<String> lacking = namespace.rule().lacking(identity);
    String what =
        setting()
            + " is "
            + where(namespace)
            + namespace.rule()
            + ", and the certificate has "
            + String.join(", ", terms);
    String addition = "add one of the certificate's terms to the rule, such as " + terms.getFirst();
    return new CertificateFault(
        what,
        lacking.isEmpty()
            ? addition + ", or unset it to admit every certificate of PEER_CA"
            : "issue it with " + String.join(" and ", lacking) + ", or " + addition);
  }

  private static String where(NamespaceRules.Namespace namespace) {
    return namespace.isEverything() ? "" : namespace.scope() + " => ";
  }

  private String setting() {
    return "PEER_ALLOW_" + name();
  }
}
