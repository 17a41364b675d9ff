package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.TestOptions;
import dev.peer.vm.image.GuestImage;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of a run as the guest's stages read them; image/README.md describes them. */
final class GuestOptions {

  private static final String CONTAINERS = "containers";

  private GuestOptions() {}

  /** Refuses an image whose guests would pass over what the run asks for. */
  static void requireKnown(TestOptions options, GuestImage image) throws ExecutorException {
    if (options.containers() && !image.options().contains(CONTAINERS)) {
      throw new ExecutorException(
          "the guest image "
              + image.digest()
              + " is older than PEER_CONTAINERS=on: its guests give tests no containers",
          "build a newer one with `peer image build`, and name it in PEER_IMAGE if you pin one");
    }
  }

  /** The values by name; nothing for what is as usual. */
  static SortedMap<String, String> of(TestOptions options) {
    SortedMap<String, String> values = new TreeMap<>();
    ContainerLimits limits = options.limits();
    limits.sharedMemory().ifPresent(bytes -> values.put("shm", Long.toString(bytes)));
    if (!limits.capabilities().isEmpty()) {
      values.put("capabilities", String.join(" ", limits.capabilities()));
    }
    if (!limits.resources().isEmpty()) {
      values.put(
          "resources",
          limits.resources().entrySet().stream()
              .map(limit -> limit.getKey() + "=" + limit.getValue())
              .collect(Collectors.joining(" ")));
    }
    if (!limits.userNamespaces()) {
      values.put("userns", "off");
    }
    if (options.retries() > 0) {
      values.put("tries", Integer.toString(options.allowedTries()));
    }
    if (options.containers()) {
      values.put(CONTAINERS, "on");
    }
    return values;
  }
}
