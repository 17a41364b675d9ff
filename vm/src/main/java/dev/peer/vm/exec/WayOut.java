package dev.peer.vm.exec;

import dev.peer.core.network.ProxyRules;
import java.util.Optional;

/**
 * How preparations get out of the network of a company. It is neither counted nor recorded.
 *
 * @param plain the company's proxy for plain HTTP
 * @param secure its proxy for connections to others
 * @param certificates the CAs that a preparation trusts besides the usual ones, in PEM
 */
public record WayOut(ProxyRules plain, ProxyRules secure, Optional<String> certificates) {

  /** By itself, trusting the usual CAs. */
  public static final WayOut DIRECT =
      new WayOut(ProxyRules.DIRECT, ProxyRules.DIRECT, Optional.empty());

  boolean hasProxy() {
    return plain.proxy().isPresent() || secure.proxy().isPresent();
  }
}
