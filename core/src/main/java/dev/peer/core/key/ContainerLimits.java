package dev.peer.core.key;

import dev.peer.core.id.Printable;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the tests' container may use where it differs from the guest's own limits.
 *
 * @param capabilities the capabilities that it has besides the usual ones, without {@code CAP_}
 * @param sharedMemory the size of {@code /dev/shm} in bytes; empty: half of the guest's memory
 * @param resources limits of each process, by name
 * @param userNamespaces whether its processes may make user namespaces
 */
public record ContainerLimits(
    SortedSet<String> capabilities,
    OptionalLong sharedMemory,
    SortedMap<String, Long> resources,
    boolean userNamespaces) {

  /** The guest's own limits. */
  public static final ContainerLimits DEFAULT =
      new ContainerLimits(new TreeSet<>(), OptionalLong.empty(), new TreeMap<>(), true);

  /** The form that {@link #parse} takes. */
  public static final String FORM =
      "a list of shm=SIZE, cap=CAPABILITY, nofile=, nproc=, memlock=, stack= or core=NUMBER, and"
          + " userns=on or off";

  private static final Set<String> CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "DAC_READ_SEARCH",
          "IPC_LOCK",
          "IPC_OWNER",
          "LEASE",
          "MKNOD",
          "NET_ADMIN",
          "NET_BROADCAST",
          "NET_RAW",
          "SETFCAP",
          "SETPCAP",
          "SYS_ADMIN",
          "SYS_CHROOT",
          "SYS_NICE",
          "SYS_PTRACE",
          "SYS_RESOURCE",
          "SYS_TIME");

  private static final Map<String, Long> LARGEST =
      Map.of(
          // The kernel's fs.nr_open, which bounds it.
          "nofile", 1L << 20,
          "nproc", 1L << 22,
          "memlock", 1L << 40,
          "stack", 1L << 40,
          "core", 1L << 40);

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})([KMGT]?)");
  private static final String UNITS = "KMGT";

  /** Copies the collections. */
  public ContainerLimits {
    capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    resources = Collections.unmodifiableSortedMap(new TreeMap<>(resources));
  }

  /** Reads the parts of a list: {@code NAME=VALUE}, of which only {@code cap} may come twice. */
  public static ContainerLimits parse(List<String> parts) {
    SortedSet<String> capabilities = new TreeSet<>();
    SortedMap<String, Long> resources = new TreeMap<>();
    OptionalLong sharedMemory = OptionalLong.empty();
    boolean userNamespaces = true;
    Set<String> seen = new HashSet<>();
    for (String part : parts) {
      int at = part.indexOf('=');
      String name = part.substring(0, Math.max(0, at)).toLowerCase(Locale.ROOT);
      String value = part.substring(at + 1).toUpperCase(Locale.ROOT);
      require(name.equals("cap") || seen.add(name), part);
      switch (name) {
        case "cap" -> {
          String capability = value.startsWith("CAP_") ? value.substring("CAP_".length()) : value;
          require(CAPABILITIES.contains(capability), part);
          capabilities.add(capability);
        }
        case "shm" -> sharedMemory = OptionalLong.of(size(value, 1, Long.MAX_VALUE, part));
        case "userns" -> {
          require(value.equals("ON") || value.equals("OFF"), part);
          userNamespaces = value.equals("ON");
        }
        default -> {
          require(LARGEST.containsKey(name), part);
          resources.put(name, size(value, 0, LARGEST.get(name), part));
        }
      }
    }
    return new ContainerLimits(capabilities, sharedMemory, resources, userNamespaces);
  }

  /** Reads what {@link #toString} writes, and nothing that is written otherwise. */
  public static ContainerLimits parseExact(String text) {
    ContainerLimits limits = parse(List.of(text.split(",", -1)));
    if (!limits.toString().equals(text)) {
      throw new IllegalArgumentException(
          "not a container's limits in their one form: " + Printable.of(text));
    }
    return limits;
  }

  private static long size(String text, long least, long most, String part) {
    Matcher matcher = SIZE.matcher(text);
    require(matcher.matches(), part);
    int shift = matcher.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(matcher.group(2)) + 1);
    try {
      long size = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
      require(size >= least && size <= most, part);
      return size;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("too large: " + Printable.of(part), e);
    }
  }

  private static void require(boolean holds, String part) {
    if (!holds) {
      throw new IllegalArgumentException("not a limit of a container: " + Printable.of(part));
    }
  }

  /** The one form of these limits: sorted, sizes in bytes, defaults left out. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(",");
    capabilities.forEach(capability -> text.add("cap=" + capability));
    resources.forEach((name, limit) -> text.add(name + "=" + limit));
    sharedMemory.ifPresent(bytes -> text.add("shm=" + bytes));
    if (!userNamespaces) {
      text.add("userns=off");
    }
    return text.toString();
  }
}
