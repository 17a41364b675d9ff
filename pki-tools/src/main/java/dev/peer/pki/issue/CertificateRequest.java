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
 * @param commonName the subject's common name
 * @param organizationalUnit the subject's organizational unit
 * @param uris the URI subject alternative names, in their order
 * @param dnsNames the DNS subject alternative names, in their order
 * @param purposes the extended key usage; none: no such extension
 * @param keyType the kind of key to make
 * @param validity from when until when
 */
public record CertificateRequest(
    String commonName,
    Optional<String> organizationalUnit,
    List<String> uris,
    List<String> dnsNames,
    Set<Purpose> purposes,
    KeyType keyType,
    Validity validity) {

  private static final Duration DEFAULT_VALIDITY = Duration.ofDays(90);

  /** Copies the collections. */
  public CertificateRequest {
    uris = List.copyOf(uris);
    dnsNames = List.copyOf(dnsNames);
    purposes = Set.copyOf(purposes);
  }

  /** A P-256 key, 90 days, for clients and servers, no name but this common name. */
  public static CertificateRequest named(String commonName) {
    return new CertificateRequest(
        commonName,
        Optional.empty(),
        List.of(),
        List.of(),
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
        commonName, organizationalUnit, and(uris, uri), dnsNames, purposes, keyType, validity);
  }

  /** With one more DNS name. */
  public CertificateRequest dns(String dnsName) {
    return new CertificateRequest(
        commonName, organizationalUnit, uris, and(dnsNames, dnsName), purposes, keyType, validity);
  }

  /** With this organizational unit. */
  public CertificateRequest ou(String unit) {
    return new CertificateRequest(
        commonName, Optional.of(unit), uris, dnsNames, purposes, keyType, validity);
  }

  /** For these purposes only; none: without an extended key usage. */
  public CertificateRequest purposes(Purpose... only) {
    return new CertificateRequest(
        commonName, organizationalUnit, uris, dnsNames, Set.of(only), keyType, validity);
  }

  /** With a key of this kind. */
  public CertificateRequest keyType(KeyType type) {
    return new CertificateRequest(
        commonName, organizationalUnit, uris, dnsNames, purposes, type, validity);
  }

  /** Good from then until then. */
  public CertificateRequest validity(Validity when) {
    return new CertificateRequest(
        commonName, organizationalUnit, uris, dnsNames, purposes, keyType, when);
  }

  private static List<String> and(List<String> names, String name) {
    return Stream.concat(names.stream(), Stream.of(name)).toList();
  }
}
