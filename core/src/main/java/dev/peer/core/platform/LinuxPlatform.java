package dev.peer.core.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Linux, which shows a process to itself in {@code /proc}. */
final class LinuxPlatform implements Platform {

  private static final Path PROCESSES = Path.of("/proc");
  private static final Path SELF = PROCESSES.resolve("self");
  private static final Path STATUS = SELF.resolve("status");
  private static final Path HOST_NAME = PROCESSES.resolve("sys/kernel/hostname");
  private static final Path UPTIME = PROCESSES.resolve("uptime");

  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d{1,15}) kB$");
  private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s+([0-9a-f]{16})$");

  /** Fields of a process's {@code stat}, counted from the one after its name. */
  private static final int GROUP = 2;

  private static final int FOREGROUND_GROUP = 5;
  private static final int STARTED = 19;

  private static final long NANOS_PER_TICK = 10_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long KIBIBYTE = 1 << 10;

  private static final int TYPE = 0xf000;
  private static final int PIPE = 0x1000;
  private static final int CHARACTER_DEVICE = 0x2000;
  private static final int SOCKET = 0xc000;

  /** Lines of the kernel's, with the space before a value. {@code request.c} sends the same. */
  private static final List<String> CREDENTIALS =
      List.of("Umask:", "Uid:", "Gid:", "Groups:", "CapEff:", "NoNewPrivs:", "Seccomp:");

  private static final List<String> NAMESPACES = List.of("mnt", "net", "user", "pid");

  @Override
  public Optional<String> lackForMachines() {
    return Optional.empty();
  }

  @Override
  public int uid() throws IOException {
    return (int) Files.getAttribute(SELF, "unix:uid");
  }

  @Override
  public UserPrincipal user() throws IOException {
    return Files.getOwner(SELF);
  }

  @Override
  public String hostName() throws IOException {
    return Files.readString(HOST_NAME).strip();
  }

  /** To a hundredth of a second. */
  @Override
  public Optional<Duration> age() {
    try {
      double uptime = Double.parseDouble(Files.readString(UPTIME).split(" ")[0]);
      long started = Long.parseLong(stat(SELF)[STARTED]) * NANOS_PER_TICK;
      return Optional.of(
          Duration.ofNanos(Math.max(0, (long) (uptime * NANOS_PER_SECOND) - started)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong residentMemory() {
    try {
      Matcher resident = RESIDENT.matcher(Files.readString(STATUS));
      return resident.find()
          ? OptionalLong.of(Long.parseLong(resident.group(1)) * KIBIBYTE)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public StreamKind streamKind(int descriptor) {
    Path file = SELF.resolve("fd").resolve(Integer.toString(descriptor));
    try {
      return switch ((int) Files.getAttribute(file, "unix:mode") & TYPE) {
        case CHARACTER_DEVICE ->
            isTerminal(Files.readSymbolicLink(file).toString())
                ? StreamKind.TERMINAL
                : StreamKind.DEVICE;
        case PIPE, SOCKET -> StreamKind.PIPE;
        default -> StreamKind.FILE;
      };
    } catch (IOException e) {
      return StreamKind.CLOSED;
    }
  }

  private static boolean isTerminal(String device) {
    return device.startsWith("/dev/pts/")
        || device.startsWith("/dev/tty")
        || device.startsWith("/dev/console");
  }

  @Override
  public boolean isInForeground() {
    return isInForeground(SELF);
  }

  @Override
  public boolean isInForeground(long process) {
    return isInForeground(PROCESSES.resolve(Long.toString(process)));
  }

  private static boolean isInForeground(Path process) {
    try {
      String[] fields = stat(process);
      int foreground = Integer.parseInt(fields[FOREGROUND_GROUP]);
      return foreground <= 0 || foreground == Integer.parseInt(fields[GROUP]);
    } catch (IOException e) {
      return true;
    }
  }

  private static String[] stat(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  @Override
  public boolean restoreInterrupt() {
    try {
      Matcher mask = IGNORED.matcher(Files.readString(STATUS));
      boolean ignored =
          mask.find()
              && (Long.parseUnsignedLong(mask.group(1), 16) & 1L << (CLibrary.SIGINT - 1)) != 0;
      if (ignored) {
        CLibrary.restoreInterrupt();
      }
      return ignored;
    } catch (IOException e) {
      return false;
    }
  }

  /** In a session of its own. */
  @Override
  public List<String> detached(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("setsid"));
    whole.addAll(command);
    return whole;
  }

  @Override
  public Optional<String> surroundings() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line : Files.readAllLines(STATUS)) {
      if (CREDENTIALS.stream().anyMatch(line::startsWith)) {
        all.append(line).append('\n');
      }
    }
    for (String namespace : NAMESPACES) {
      all.append(Files.readSymbolicLink(SELF.resolve("ns").resolve(namespace))).append('\n');
    }
    return Optional.of(all.toString());
  }

  @Override
  public boolean isPlain(Path file) {
    return ExtendedAttributes.areNone(file);
  }
}
