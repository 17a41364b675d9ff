package dev.peer.core.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The operating system of this process. */
public sealed interface Platform permits LinuxPlatform, OtherPlatform {

  /** The one that this process runs on. */
  static Platform current() {
    return CurrentPlatform.VALUE;
  }

  /** Why no tests can run here; empty: they can if QEMU is installed. */
  Optional<String> lackForMachines();

  /** The user whose files this process makes, by number. */
  int uid() throws IOException;

  /** The same user. */
  UserPrincipal user() throws IOException;

  /** This machine's name; empty if it has none. */
  String hostName() throws IOException;

  /** How long this process has run; empty if the system does not say. */
  Optional<Duration> age();

  /** The bytes of this process that are in memory; empty if the system does not say. */
  OptionalLong residentMemory();

  /** Where a descriptor of this process leads. */
  StreamKind streamKind(int descriptor);

  /** Whether the terminal at stderr is this process's, and not a shell's that waits for input. */
  boolean isInForeground();

  /** As {@link #isInForeground()}, of another process of this machine and its terminal. */
  boolean isInForeground(long process);

  /**
   * Restores the default action of SIGINT if it is ignored.
   *
   * @return whether it was; a system that cannot tell leaves it alone
   */
  boolean restoreInterrupt();

  /**
   * A command line that starts another one where no terminal ends it. The process stays the same.
   */
  List<String> detached(List<String> command);

  /**
   * Who this process is to the kernel, and what the kernel shows it: the same path, address and
   * file mode mean the same to two processes only where this is the same. Empty if the system does
   * not say all of it.
   */
  Optional<String> surroundings() throws IOException;

  /**
   * Whether owner, group and permissions say all about who may use a file: it has no access list,
   * no label, and no other extended attribute. False where the system does not say so.
   */
  boolean isPlain(Path file);
}
