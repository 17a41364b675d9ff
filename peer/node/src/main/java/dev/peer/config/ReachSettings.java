package dev.peer.config;

import dev.peer.core.network.ProxyRules;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How this peer and others reach each other.
 *
 * @param rendezvous {@code https://HOST[:PORT]} without a path, each once, in the order given
 * @param listen where to serve; port 0 is any
 * @param advertise where others reach this peer
 * @param relays {@code https://HOST:PORT} of the relays through which others reach this peer, each
 *     once
 */
public record ReachSettings(
    List<URI> rendezvous, Optional<HostPort> listen, List<HostPort> advertise, List<URI> relays) {

  private static final String SERVER = "https://HOST:PORT without a path or a zone";

  /** Copies the lists. */
  public ReachSettings {
    rendezvous = List.copyOf(rendezvous);
    advertise = List.copyOf(advertise);
    relays = List.copyOf(relays);
  }

  /** Reads them. */
  static ReachSettings of(Settings settings) throws ConfigException {
    requireProxy(settings);
    return new ReachSettings(
        rendezvous(settings), listen(settings), advertise(settings), relays(settings));
  }

  /** Refuses the URL of a proxy that no connection could go through. */
  private static void requireProxy(Settings settings) throws ConfigException {
    requireProxy(settings, ProxyRules.PROXY, ProxyRules::of);
    requireProxy(settings, ProxyRules.PLAIN_PROXY, ProxyRules::ofPlain);
  }

  private static void requireProxy(
      Settings settings, String variable, Function<Map<String, String>, ProxyRules> reader)
      throws ConfigException {
    Map<String, String> named = new HashMap<>();
    for (String name : List.of(variable, variable.toLowerCase(Locale.ROOT))) {
      settings.ofEnvironment(name).ifPresent(value -> named.put(name, value));
    }
    try {
      var _ = reader.apply(named);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          variable + " is " + e.getMessage(),
          "peer asks HTTP proxies for connections, and speaks TLS through them; name one, or unset"
              + " it for peer");
    }
  }

  private static List<URI> rendezvous(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_RENDEZVOUS)
        .readEach(ValueForms::server, SERVER, "https://meet.example.org:8443")
        .stream()
        .distinct()
        .toList();
  }

  private static Optional<HostPort> listen(Settings settings) throws ConfigException {
    return settings.read(Setting.PEER_LISTEN, HostPort::parse, HostPort.EXPECTED, "0.0.0.0:8443");
  }

  private static List<HostPort> advertise(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_ADVERTISE)
        .readEach(
            ReachSettings::reachable, HostPort.EXPECTED + ", with a port above 0", "10.0.0.7:8443");
  }

  private static List<URI> relays(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_RELAY)
        .readEach(ReachSettings::relay, SERVER, "https://meet.example.org:7444")
        .stream()
        .distinct()
        .toList();
  }

  private static URI relay(String text) {
    URI relay = ValueForms.server(text);
    ValueForms.require(relay.getPort() > 0);
    return relay;
  }

  private static HostPort reachable(String text) {
    HostPort address = HostPort.parse(text);
    ValueForms.require(address.port() > 0 && !address.host().contains("_"));
    return address;
  }
}
