package dev.peer.pki.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.json.JsonTree;
import dev.peer.core.pem.KeyKind;
import dev.peer.core.trust.CertificateFacts;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The content of a certificate, for people.
 *
 * @param bearer the peer that it names, or why it names none
 * @param facts its subject, issuer and times
 * @param key the kind of its key
 * @param uses what it may be used for
 */
record Inspection(Bearer bearer, CertificateFacts facts, String key, Uses uses) {

  /** The peer that a certificate names. */
  private sealed interface Bearer {

    record Peer(Identity identity) implements Bearer {}

    record Nobody(String why) implements Bearer {}
  }

  /**
   * What a certificate may be used for.
   *
   * @param authority whether it may issue others
   * @param usages its key usage
   * @param purposes its extended key usage
   */
  private record Uses(boolean authority, List<String> usages, List<String> purposes) {}

  private static final List<String> USAGES =
      List.of(
          "digitalSignature",
          "nonRepudiation",
          "keyEncipherment",
          "dataEncipherment",
          "keyAgreement",
          "keyCertSign",
          "cRLSign",
          "encipherOnly",
          "decipherOnly");
  private static final Map<String, String> PURPOSES =
      Map.of(
          "1.3.6.1.5.5.7.3.1", "serverAuth",
          "1.3.6.1.5.5.7.3.2", "clientAuth",
          "1.3.6.1.5.5.7.3.3", "codeSigning",
          "1.3.6.1.5.5.7.3.4", "emailProtection",
          "1.3.6.1.5.5.7.3.8", "timeStamping",
          "2.5.29.37.0", "any");

  static Inspection of(X509Certificate certificate) throws CommandException {
    try {
      return new Inspection(
          bearer(certificate),
          CertificateFacts.of(certificate),
          KeyKind.describe(certificate.getPublicKey()),
          new Uses(
              certificate.getBasicConstraints() >= 0, usages(certificate), purposes(certificate)));
    } catch (CertificateParsingException e) {
      throw new CommandException(
          "the certificate is malformed", "have it issued again: " + e.getMessage());
    }
  }

  private static Bearer bearer(X509Certificate certificate) {
    try {
      return new Bearer.Peer(Identity.of(certificate));
    } catch (UntrustedCertificateException e) {
      return new Bearer.Nobody(e.getMessage());
    }
  }

  /** The terms of rules that match the certificate. */
  private List<String> terms() {
    return switch (bearer) {
      case Bearer.Peer(Identity identity) -> AccessRule.termsFor(identity);
      case Bearer.Nobody _ -> List.of();
    };
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "peer",
            switch (bearer) {
              case Bearer.Peer(Identity identity) -> identity.id().text();
              case Bearer.Nobody(String why) -> "- " + why;
            }));
    lines.add(line("subject", facts.subject()));
    lines.add(line("issuer", facts.issuer()));
    lines.add(line("serial", facts.serial()));
    lines.add(line("valid", facts.from() + " to " + facts.until()));
    lines.add(line("key", key));
    lines.add(line("authority", uses.authority() ? "yes" : "no"));
    lines.add(
        line("usage", uses.usages().isEmpty() ? "not limited" : String.join(", ", uses.usages())));
    lines.add(
        line(
            "purpose",
            uses.purposes().isEmpty() ? "not limited" : String.join(", ", uses.purposes())));
    lines.add(line("digest", facts.digest().toString()));
    terms().forEach(term -> lines.add(line("rule term", term)));
    return lines;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonTree.object();
    if (bearer instanceof Bearer.Peer(Identity identity)) {
      json.put("peer", identity.id().text());
    }
    json.put("subject", facts.subject());
    json.put("issuer", facts.issuer());
    json.put("serial", facts.serial());
    json.put("notBefore", facts.from().toString());
    json.put("notAfter", facts.until().toString());
    json.put("key", key);
    json.put("authority", uses.authority());
    uses.usages().forEach(json.putArray("keyUsage")::add);
    uses.purposes().forEach(json.putArray("extendedKeyUsage")::add);
    json.put("digest", facts.digest().toString());
    terms().forEach(json.putArray("ruleTerms")::add);
    return json;
  }

  static String line(String label, String value) {
    return String.format("%-10s %s", label, value);
  }

  private static List<String> usages(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return usage == null
        ? List.of()
        : IntStream.range(0, Math.min(usage.length, USAGES.size()))
            .filter(i -> usage[i])
            .mapToObj(USAGES::get)
            .toList();
  }

  private static List<String> purposes(X509Certificate certificate)
      throws CertificateParsingException {
    List<String> purposes = certificate.getExtendedKeyUsage();
    return purposes == null
        ? List.of()
        : purposes.stream().map(oid -> PURPOSES.getOrDefault(oid, oid)).toList();
  }
}
