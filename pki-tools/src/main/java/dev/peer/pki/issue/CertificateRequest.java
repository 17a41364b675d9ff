package dev.peer.pki.issue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The content of a requested certificate. Start with {@link #named} and add to it; each method
 * returns a new request.
 *
 * @param subject whose certificate it is
 * @param names the subject's alternative names
 * @param purposes the extended key usage; none: no such extension
 * @param keyType the kind of key to make
 * @param validity from when until when
 */
public record CertificateRequest(
    Subject subject, Names names, Set<Purpose> purposes, KeyType keyType, Validity validity) {

  /**
   * The subject.
   *
   * @param commonName the common name
   * @param organizationalUnit the organizational unit
   */
  public record Subject(String commonName, Optional<String> organizationalUnit) {}

  /**
   * Subject alternative names, in their order.
   *
   * @param uris the URIs
   * @param dnsNames the DNS names
   */
  public record Names(List<String> uris, List<String> dnsNames) {

    /** Copies the lists. */
    public Names {
      uris = List.copyOf(uris);
      dnsNames = List.copyOf(dnsNames);
    }
  }

  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(90);

  /** Copies the set. */
  public CertificateRequest {
    purposes = Set.copyOf(purposes);
  }

  /** A P-256 key, 90 days, for clients and servers, no name but this common name. */
  public static CertificateRequest named(String commonName) {
    return new CertificateRequest(
        new Subject(commonName, Optional.empty()),
        new Names(List.of(), List.of()),
        Set.of(Purpose.CLIENT_AUTH, Purpose.SERVER_AUTH),
        KeyType.P256,
        Validity.lasting(DEFAULT_VALIDITY));
  }

  /** As {@link #named}, with the URI that stands for a peer of this name: {@link #uriOf}. */
  public static CertificateRequest peer(String name) {
    return named(name).uri(uriOf(name));
  }

  /** The URI that names a peer where no other was asked for: {@code urn:peer:NAME}. */
  public static String uriOf(String name) {
    return "urn:peer:" + name;
  }

  /** With one more URI. */
  public CertificateRequest uri(String uri) {
    return new CertificateRequest(
        subject, new Names(and(names.uris(), uri), names.dnsNames()), purposes, keyType, validity);
  }

  /** With one more DNS name. */
  public CertificateRequest dns(String dnsName) {
    return new CertificateRequest(
        subject,
        new Names(names.uris(), and(names.dnsNames(), dnsName)),
        purposes,
        keyType,
        validity);
  }

  /** With this organizational unit. */
  public CertificateRequest ou(String unit) {
    return new CertificateRequest(
        new Subject(subject.commonName(), Optional.of(unit)), names, purposes, keyType, validity);
  }

  /** For these purposes only; none: without an extended key usage. */
  public CertificateRequest purposes(Purpose... only) {
    return new CertificateRequest(subject, names, Set.of(only), keyType, validity);
  }

  /** With a key of this kind. */
  public CertificateRequest keyType(KeyType type) {
    return new CertificateRequest(subject, names, purposes, type, validity);
  }

  /** Good from then until then. */
  public CertificateRequest validity(Validity when) {
    return new CertificateRequest(subject, names, purposes, keyType, when);
  }

  private static List<String> and(List<String> names, String name) {
    return Stream.concat(names.stream(), Stream.of(name)).toList();
  }
}
