package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The control groups of the kernel that bound the memory of this process and of what it starts, of
 * version 1 and 2: a container's, a pod's, a service's. The innermost comes first.
 */
public final class MemoryGroups {

  private static final Pattern MOUNT =
      Pattern.compile("\\d+ \\d+ \\S+ (\\S+) (\\S+) .* - (cgroup2?) \\S+ (\\S+)");
  private static final Pattern MEMBER = Pattern.compile("(\\d+):([^:]*):(/.*)");
  private static final Pattern KILLS = Pattern.compile("(?m)^oom_kill (\\d{1,18})$");
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
  private static final long MEBIBYTE = 1 << 20;
  private static final String CONTROLLER = "memory";
  private static final List<String> LIMITS = List.of("memory.max", "memory.limit_in_bytes");
  private static final List<String> EVENTS = List.of("memory.events", "memory.oom_control");

  /** Where the kernel counts what it killed in the root group of version 2, or without any. */
  private static final Path WHOLE_HOST = Path.of("/proc/vmstat");

  private final List<Path> groups;

  private MemoryGroups(List<Path> groups) {
    this.groups = List.copyOf(groups);
  }

  /**
   * A limit.
   *
   * @param file the file that says so
   */
  public record Limit(long bytes, Path file) {

    /** In whole MiB, and where it is said. */
    @Override
    public String toString() {
      return bytes / MEBIBYTE + "M (" + file + ")";
    }
  }

  /** Those of this process; none where the kernel shows none. */
  public static MemoryGroups ofThisProcess() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self.resolve("cgroup"))
        ? of(
            Files.readAllLines(self.resolve("cgroup")),
            Files.readAllLines(self.resolve("mountinfo")))
        : new MemoryGroups(List.of());
  }

  /**
   * Those of a process.
   *
   * @param memberships the lines of its {@code cgroup}
   * @param mounts the lines of its {@code mountinfo}
   */
  static MemoryGroups of(List<String> memberships, List<String> mounts) {
    List<Path> groups = new ArrayList<>();
    for (String line : mounts) {
      Matcher mount = MOUNT.matcher(line);
      if (mount.matches()) {
        boolean second = mount.group(3).equals("cgroup2");
        if (second || List.of(mount.group(4).split(",")).contains(CONTROLLER)) {
          Path root = path(mount.group(1));
          Path at = path(mount.group(2));
          memberships.forEach(
              member -> groupOf(member, second).ifPresent(own -> add(groups, root, at, own)));
        }
      }
    }
    return new MemoryGroups(groups);
  }

  private static Optional<Path> groupOf(String membership, boolean second) {
    Matcher member = MEMBER.matcher(membership);
    return member.matches()
            && (second
                ? member.group(1).equals("0") && member.group(2).isEmpty()
                : List.of(member.group(2).split(",")).contains(CONTROLLER))
        ? Optional.of(Path.of(member.group(3)).normalize())
        : Optional.empty();
  }

  /** Adds a group and those around it, as far as they are mounted. */
  private static void add(List<Path> groups, Path root, Path at, Path own) {
    // In a container the group may be named as outside of it, and mounted is that group alone.
    Path group = own.startsWith(root) ? at.resolve(root.relativize(own).toString()) : at;
    for (Path each = group; each.startsWith(at); each = each.getParent()) {
      if (Files.isDirectory(each)) {
        groups.add(each);
      }
    }
  }

  /** As mountinfo writes it: spaces, tabs, line ends and backslashes in octal. */
  private static Path path(String text) {
    return Path.of(
        ESCAPED
            .matcher(text)
            .replaceAll(
                octal ->
                    Matcher.quoteReplacement(
                        Character.toString(Integer.parseInt(octal.group(1), 8)))));
  }

  /** The lowest limit of all. */
  public Optional<Limit> lowest() throws IOException {
    List<Limit> limits = new ArrayList<>();
    for (Path group : groups) {
      for (String name : LIMITS) {
        Path file = group.resolve(name);
        // Without a limit version 2 says "max", and version 1 a number near the largest.
        if (Files.isReadable(file) && Files.readString(file).strip().matches("\\d{1,18}")) {
          limits.add(new Limit(Long.parseLong(Files.readString(file).strip()), file));
        }
      }
    }
    return limits.stream().min(Comparator.comparingLong(Limit::bytes));
  }

  /** Counts what the kernel has killed for want of memory, here and in these groups: it grows. */
  long kills() throws IOException {
    long kills = kills(WHOLE_HOST);
    for (Path group : groups) {
      for (String name : EVENTS) {
        kills += kills(group.resolve(name));
      }
    }
    return kills;
  }

  private static long kills(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      return 0;
    }
    Matcher counted = KILLS.matcher(Files.readString(file));
    return counted.find() ? Long.parseLong(counted.group(1)) : 0;
  }
}
