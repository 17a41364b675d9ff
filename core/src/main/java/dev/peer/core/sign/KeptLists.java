package dev.peer.core.sign;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.util.Collection;

/**
 * The revocation lists by which a result was judged when it was verified and kept. Their issuers
 * signed them, so it does not matter where they were stored.
 *
 * @param pem the lists in PEM; empty: none
 */
public record KeptLists(String pem) {

  /** The maximum length in characters; longer lists are not kept. */
  public static final int LARGEST = Pem.LARGEST_LIST;

  /** No list. */
  public static final KeptLists NONE = new KeptLists("");

  /** These lists, each once. */
  static KeptLists of(Collection<X509CRL> lists) {
    StringBuilder pem = new StringBuilder();
    try {
      for (X509CRL list : lists.stream().distinct().toList()) {
        pem.append(Pem.write("X509 CRL", list.getEncoded()));
      }
    } catch (CRLException e) {
      throw new IllegalStateException("a list that was parsed has its bytes", e);
    }
    return pem.length() > LARGEST ? NONE : new KeptLists(pem.toString());
  }

  /** The lists in them. */
  RevocationLists read() throws MalformedException {
    if (pem.isEmpty()) {
      return RevocationLists.none();
    }
    try {
      return RevocationLists.of(
          Pem.revocationLists("the kept lists", pem.getBytes(StandardCharsets.UTF_8)),
          RevocationMode.CURRENT);
    } catch (CredentialException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }
}
