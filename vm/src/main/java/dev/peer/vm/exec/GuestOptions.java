package dev.peer.vm.exec;

import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.TestOptions;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of a run as the guest's stages read them; image/README.md describes them. */
final class GuestOptions {

  private GuestOptions() {}

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
    return values;
  }
}
