package dev.peer.vm.exec;

import dev.peer.core.network.ProxyRules;
import dev.peer.core.network.Reach;
import dev.peer.core.pem.Pem;
import dev.peer.vm.network.GuestSubnet;
import dev.peer.vm.network.PreparationProxy;
import dev.peer.vm.network.ReachPolicy;
import dev.peer.vm.registry.RegistryMirror;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way out of one run's preparation, until it is closed.
 *
 * @param subnet the guest's
 * @param proxy the guest's, on this host; empty: the guest asks servers itself
 * @param mirror what the guest asks in the place of registries; empty: it asks them itself
 */
record OpenWayOut(
    WayOut way,
    GuestSubnet subnet,
    Optional<PreparationProxy> proxy,
    Optional<RegistryMirror> mirror)
    implements AutoCloseable {

  /** Of a guest that prepares nothing. */
  static final OpenWayOut NONE =
      new OpenWayOut(WayOut.DIRECT, GuestSubnet.USUAL, Optional.empty(), Optional.empty());

  private static final String PROXIES = "proxies";
  private static final String CERTIFICATES = "ca";
  private static final String REGISTRIES = "registries";

  /** What the guest asks itself, besides what its owner excepts. */
  private static final String NEVER = "localhost,127.0.0.1,::1,";

  /**
   * Opens it.
   *
   * @param notes told what a guest is refused
   */
  static OpenWayOut of(WayOut way, Reach reach, Consumer<String> notes)
      throws IOException, InterruptedException {
    GuestSubnet subnet = GuestSubnet.here(reach);
    if (reach instanceof Reach.None) {
      return new OpenWayOut(way, subnet, Optional.empty(), Optional.empty());
    }
    Optional<RegistryMirror> mirror =
        way.registries().isEmpty()
            ? Optional.empty()
            : Optional.of(
                RegistryMirror.open(way.registries().get(), ReachPolicy.of(reach), notes));
    Optional<PreparationProxy> proxy =
        way.hasProxy()
            ? Optional.of(PreparationProxy.start(way.plain(), way.secure(), reach, notes))
            : Optional.empty();
    return new OpenWayOut(way, subnet, proxy, mirror);
  }

  /** The ports of this host's loopback interface to which the guest has a way. */
  Set<Integer> ports() {
    return Stream.concat(
            proxy.map(PreparationProxy::port).stream(), mirror.map(RegistryMirror::port).stream())
        .collect(Collectors.toSet());
  }

  /** The files that the preparation gets, in memory. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    proxy.ifPresent(each -> files.put(PROXIES, variables(each)));
    if (!way.certificates().isEmpty()) {
      files.put(
          CERTIFICATES, way.certificates().stream().map(Pem::write).collect(Collectors.joining()));
    }
    mirror.ifPresent(each -> files.put(REGISTRIES, each.configuration(host())));
    return files;
  }

  /** The guest's name of this host. */
  private String host() {
    return subnet.host().getHostAddress();
  }

  private String variables(PreparationProxy ours) {
    String url = "http://" + ours.userInfo() + "@" + host() + ":" + ours.port();
    List<String> lines = new ArrayList<>();
    way.plain().proxy().ifPresent(_ -> lines.add(ProxyRules.PLAIN_PROXY + "=" + url));
    way.secure().proxy().ifPresent(_ -> lines.add(ProxyRules.PROXY + "=" + url));
    String exceptions =
        Stream.of(way.plain().exceptions(), way.secure().exceptions(), NEVER + host())
            .filter(text -> !text.isEmpty())
            .distinct()
            .collect(Collectors.joining(","));
    lines.add(ProxyRules.EXCEPT + "=" + exceptions);
    return lines.stream()
        .flatMap(line -> Stream.of(line, small(line)))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  /** Some tools know a variable in capitals, some in small letters. */
  private static String small(String variable) {
    int equals = variable.indexOf('=');
    return variable.substring(0, equals).toLowerCase(Locale.ROOT) + variable.substring(equals);
  }

  @Override
  public void close() {
    proxy.ifPresent(PreparationProxy::close);
    mirror.ifPresent(RegistryMirror::close);
  }
}
