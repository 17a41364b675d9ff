package dev.peer.tls;

import dev.peer.core.id.PeerId;
import java.security.cert.CertificateException;

/** At the address is a peer that we trust, but not the one that should be there. */
final class UnexpectedPeerException extends CertificateException {

  private static final long serialVersionUID = 1L;

  UnexpectedPeerException(PeerId expected, PeerId found) {
    super("it is " + found + ", not " + expected);
  }
}
