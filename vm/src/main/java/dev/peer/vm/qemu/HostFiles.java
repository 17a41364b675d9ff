package dev.peer.vm.qemu;

import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The files of one machine: QEMU's rights to them, and its names for them.
 *
 * <p>As another user, QEMU cannot follow the paths to them, which are in private directories. So it
 * is started with their directories open, names the files through {@code /proc/self/fd}, and
 * reaches nothing else in them: a file to read is made readable, one to write is made its own, and
 * all stay behind the private directories above. As our own user it uses the paths.
 */
final class HostFiles {

  private static final int FIRST_DESCRIPTOR = 3;

  /** The highest that a POSIX shell can open. */
  private static final int LAST_DESCRIPTOR = 9;

  private final Optional<QemuUser> user;
  private final Map<Path, Path> directories = new LinkedHashMap<>();

  HostFiles(Optional<QemuUser> user) {
    this.user = user;
  }

  Optional<QemuUser> user() {
    return user;
  }

  /** The directories that QEMU needs open, from descriptor 3 on. */
  List<Path> directories() {
    return List.copyOf(directories.keySet());
  }

  /** QEMU's name of a directory, through which it reaches its files there. */
  Path directory(Path directory) throws IOException {
    if (user.isEmpty()) {
      return directory;
    }
    if (!directories.containsKey(directory)) {
      int descriptor = FIRST_DESCRIPTOR + directories.size();
      if (descriptor > LAST_DESCRIPTOR) {
        throw new IOException("the machine's files are in too many directories");
      }
      allowOthers(directory, PosixFilePermission.OTHERS_EXECUTE);
      directories.put(directory, Path.of("/proc/self/fd", Integer.toString(descriptor)));
    }
    return directories.get(directory);
  }

  /** QEMU's name of a file that it reads. */
  Path read(Path file) throws IOException {
    if (user.isPresent()) {
      allowOthers(file, PosixFilePermission.OTHERS_READ);
    }
    return name(file);
  }

  /** QEMU's name of a file that it writes, which is made, empty, if it is missing. */
  Path write(Path file) throws IOException {
    if (user.isPresent()) {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.newByteChannel(
                file,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)))
            .close();
      }
      give(file);
    }
    return name(file);
  }

  /** Makes a directory in which QEMU may make files. */
  void makeDirectory(Path directory) throws IOException {
    ScratchDirectory.createPrivate(directory);
    give(directory);
  }

  /** Makes a file or socket in a directory of ours QEMU's own. */
  void give(Path file) throws IOException {
    if (user.isPresent()) {
      Integer uid = user.get().uid();
      // Only where it changes something: a template's file is known by its time of change.
      if (!uid.equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private Path name(Path file) throws IOException {
    return directory(file.getParent()).resolve(file.getFileName());
  }

  private static void allowOthers(Path file, PosixFilePermission permission) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    if (permissions.add(permission)) {
      Files.setPosixFilePermissions(file, permissions);
    }
  }

  /**
   * The shell's command line that opens the directories and becomes the rest of the arguments. It
   * ignores a terminal's signals, which are not for it until it has a session of its own.
   */
  List<String> openedFor(List<String> command) {
    StringBuilder script = new StringBuilder("trap '' HUP INT QUIT; umask 077; ulimit -c 0");
    for (int i = 0; i < directories.size(); i++) {
      script.append("; exec ").append(FIRST_DESCRIPTOR + i).append("<\"$1\"; shift");
    }
    script.append("; exec \"$@\"");
    List<String> whole = new ArrayList<>(List.of("/bin/sh", "-euc", script.toString(), "sh"));
    directories().forEach(directory -> whole.add(directory.toString()));
    whole.addAll(command);
    return whole;
  }
}
