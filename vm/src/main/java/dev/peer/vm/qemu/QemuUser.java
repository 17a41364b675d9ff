package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The user that QEMU runs as when root starts it.
 *
 * @param uid never 0
 * @param gid its only group
 */
record QemuUser(int uid, int gid) {

  private static final Path KVM = Path.of("/dev/kvm");
  private static final List<String> NAMES = List.of("peer", "nobody");
  private static final QemuUser OVERFLOW = new QemuUser(65534, 65534);

  /** CAP_CHOWN, CAP_SETGID, CAP_SETUID and CAP_SETPCAP. */
  private static final long NEEDED = 1 << 0 | 1 << 6 | 1 << 7 | 1 << 8;

  private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
  private static final Pattern CAPABILITIES = Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]{16})$");
  private static final int GROUP_MAY_USE = 0060;
  private static final int OTHERS_MAY_USE = 0006;

  /**
   * The user {@code peer}, else {@code nobody}, of {@code /etc/passwd}; empty if this process is
   * not root, or is a root that cannot become another user.
   */
  static Optional<QemuUser> find() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    Path passwd = Path.of("/etc/passwd");
    return choose(
        status,
        Files.exists(passwd) ? Files.readAllLines(passwd) : List.of(),
        Files.readAllLines(Path.of("/proc/self/uid_map")),
        Files.readAllLines(Path.of("/proc/self/gid_map")));
  }

  /**
   * Chooses the user. Pure.
   *
   * @param status {@code /proc/self/status}
   * @param passwd the lines of {@code /etc/passwd}
   * @param uids the lines of {@code /proc/self/uid_map}: the users that there are here
   * @param gids the same of groups
   */
  static Optional<QemuUser> choose(
      String status, List<String> passwd, List<String> uids, List<String> gids) {
    Matcher uid = UID.matcher(status);
    Matcher capabilities = CAPABILITIES.matcher(status);
    if (!uid.find()
        || !uid.group(1).equals("0")
        || !capabilities.find()
        || (Long.parseUnsignedLong(capabilities.group(1), 16) & NEEDED) != NEEDED) {
      return Optional.empty();
    }
    QemuUser user =
        NAMES.stream()
            .flatMap(name -> passwd.stream().flatMap(line -> parse(name, line).stream()))
            .findFirst()
            .orElse(OVERFLOW);
    return Optional.of(user).filter(it -> isMapped(it.uid, uids) && isMapped(it.gid, gids));
  }

  private static Optional<QemuUser> parse(String name, String line) {
    Matcher fields =
        Pattern.compile(name + ":[^:]*:([1-9]\\d{0,8}):([1-9]\\d{0,8}):.*").matcher(line);
    return fields.matches()
        ? Optional.of(
            new QemuUser(Integer.parseInt(fields.group(1)), Integer.parseInt(fields.group(2))))
        : Optional.empty();
  }

  private static boolean isMapped(int id, List<String> map) {
    return map.stream()
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(
            range -> {
              long first = Long.parseLong(range[0]);
              return id >= first && id - first < Long.parseLong(range[2]);
            });
  }

  /** The same user, in the group that may use KVM where that is needed and is not root's. */
  QemuUser withKvm() throws IOException {
    Map<String, Object> device = Files.readAttributes(KVM, "unix:mode,gid");
    return withDevice((int) device.get("mode"), (int) device.get("gid"));
  }

  /** The same for a device of this mode and group. Pure. */
  QemuUser withDevice(int mode, int group) {
    boolean throughGroup =
        (mode & OTHERS_MAY_USE) != OTHERS_MAY_USE && (mode & GROUP_MAY_USE) == GROUP_MAY_USE;
    return throughGroup && group != 0 ? new QemuUser(uid, group) : this;
  }

  /** The arguments with which {@code setpriv} becomes this user without any capability. */
  List<String> setprivOptions() {
    return List.of(
        "--reuid=" + uid,
        "--regid=" + gid,
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all");
  }
}
