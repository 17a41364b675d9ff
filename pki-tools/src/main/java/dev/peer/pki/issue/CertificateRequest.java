package dev.peer.pki.issue;

import java.net.InetAddress;
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
   * @param addresses the IP addresses, without zones
   */
  public record Names(List<String> uris, List<String> dnsNames, List<InetAddress> addresses) {

    /** Copies the lists. */
    public Names {
      uris = List.copyOf(uris);
      dnsNames = List.copyOf(dnsNames);
      addresses = List.copyOf(addresses);
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
        new Names(List.of(), List.of(), List.of()),
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
    return with(new Names(and(names.uris(), uri), names.dnsNames(), names.addresses()));
  }

  /** With one more DNS name. */
  public CertificateRequest dns(String dnsName) {
    return with(new Names(names.uris(), and(names.dnsNames(), dnsName), names.addresses()));
  }

  /** With one more IP address. */
  public CertificateRequest ip(InetAddress address) {
    return with(new Names(names.uris(), names.dnsNames(), and(names.addresses(), address)));
  }

  private CertificateRequest with(Names others) {
    return new CertificateRequest(subject, others, purposes, keyType, validity);
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

  private static <T> List<T> and(List<T> names, T name) {
    return Stream.concat(names.stream(), Stream.of(name)).toList();
  }
}
