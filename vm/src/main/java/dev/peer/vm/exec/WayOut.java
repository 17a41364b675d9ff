package dev.peer.vm.exec;

import dev.peer.core.network.ProxyRules;
import dev.peer.vm.registry.RegistryAccess;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * How preparations get further than this host. It is neither counted nor recorded.
 *
 * @param plain the company's proxy for plain HTTP
 * @param secure its proxy for connections to others
 * @param certificates the CAs that a preparation trusts besides the usual ones
 * @param registries how this host asks registries of container images for it; empty: it does not
 */
public record WayOut(
    ProxyRules plain,
    ProxyRules secure,
    List<X509Certificate> certificates,
    Optional<RegistryAccess> registries) {

  /** By itself, trusting the usual CAs. */
  public static final WayOut DIRECT =
      new WayOut(ProxyRules.DIRECT, ProxyRules.DIRECT, List.of(), Optional.empty());

  /** Copies the list. */
  public WayOut {
    certificates = List.copyOf(certificates);
  }

  boolean hasProxy() {
    return plain.proxy().isPresent() || secure.proxy().isPresent();
  }
}
