package dev.peer.tls;

import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A host that a certificate may be for: its DNS name or its address, as the subject alternative
 * names have it. No wildcards.
 */
public final class HostName {

  private static final Integer DNS = 2;
  private static final Integer ADDRESS = 7;

  private final String text;
  private final Optional<InetAddress> address;

  /** Takes a host as it is written in a URL, with or without the brackets of an address. */
  public HostName(String host) {
    text = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    address = literal(text);
  }

  /** The host, without brackets. */
  public String text() {
    return text;
  }

  /**
   * Sees that the certificate is for this host.
   *
   * @throws CertificateException if it is for others only
   */
  void requireIn(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null || names.stream().noneMatch(this::is)) {
      throw new CertificateException("its certificate is not for the host " + text);
    }
  }

  private boolean is(List<?> name) {
    String value = name.get(1).toString();
    if (address.isPresent()) {
      return name.get(0).equals(ADDRESS) && literal(value).equals(address);
    }
    return name.get(0).equals(DNS) && value.equalsIgnoreCase(text);
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
