package dev.peer.core.scratch;

import dev.peer.core.platform.Platform;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An open directory. Operations through it act on that directory, even if its path later leads
 * elsewhere.
 */
public final class DirectoryHandle implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private static final Set<PosixFilePermission> OWNER_READS_AND_WRITES =
      PosixFilePermissions.fromString("rw-------");

  /** A smaller file is copied as fast as it is moved. */
  private static final long WORTH_MOVING = 1 << 20;

  private final Path path;
  private final SecureDirectoryStream<Path> stream;

  private DirectoryHandle(Path path, SecureDirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Opens a directory, wherever links lead to it. */
  @SuppressWarnings("StreamResourceLeak") // The handle closes it.
  public static DirectoryHandle of(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return new DirectoryHandle(directory, secure);
    }
    stream.close();
    throw new IOException("the file system of " + directory + " has no directory handles");
  }

  /**
   * Opens a directory of this user's, which is no link and which no other user may write to.
   *
   * @throws IOException if it is not such a one
   */
  public static DirectoryHandle ofOurs(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    try (DirectoryHandle parent = of(absolute.getParent())) {
      if (!parent.isDirectory(absolute.getFileName())) {
        throw new IOException(directory + " is a link, or no directory");
      }
      DirectoryHandle handle = parent.open(absolute.getFileName());
      if (!handle.isOurs()) {
        handle.close();
        throw new IOException(
            "the directory " + directory + " is another user's, or others may write to it");
      }
      return handle;
    }
  }

  private boolean isOurs() throws IOException {
    PosixFileAttributes attributes =
        stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    return attributes.owner().equals(Platform.current().user())
        && !attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Opens a directory in this one, which is no link. */
  public DirectoryHandle open(Path name) throws IOException {
    return new DirectoryHandle(
        path.resolve(name), stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
  }

  /** Its entries. Call it once. */
  public List<Path> names() {
    List<Path> names = new ArrayList<>();
    stream.forEach(child -> names.add(child.getFileName()));
    return names;
  }

  /**
   * Removes a file, or a directory with everything in it, if it is there. Links are removed and not
   * followed.
   */
  public void remove(Path name) throws IOException {
    try {
      if (!isDirectory(name)) {
        stream.deleteFile(name);
        return;
      }
      try (DirectoryHandle inside = open(name)) {
        for (Path child : inside.names()) {
          inside.remove(child);
        }
      }
      stream.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      // Another process has just removed it.
      return;
    }
  }

  /**
   * The entry with this name; for a link, the link itself.
   *
   * @return nothing if there is nothing
   */
  public Optional<BasicFileAttributes> find(Path name) throws IOException {
    try {
      return Optional.of(
          stream
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Opens a directory in this one, which is no link, and makes it first if there is nothing.
   *
   * <p>The JDK makes directories by path alone: where the path leads elsewhere by then, an empty
   * directory is made there, and none is opened.
   */
  public DirectoryHandle openOrMake(Path name) throws IOException {
    if (find(name).isEmpty()) {
      try {
        Files.createDirectory(path.resolve(name));
      } catch (FileAlreadyExistsException e) {
        // Another process has just made it: it is looked at like any other.
        return open(name);
      }
    }
    return open(name);
  }

  /**
   * Writes a file in one step and replaces an entry of its name. Replaces a link, and does not
   * follow it.
   */
  public <X extends Exception> void replace(
      Path name, Set<PosixFilePermission> permissions, ContentWriter<X> content)
      throws IOException, X {
    put(
        name,
        beside -> {
          try (FileChannel channel =
              (FileChannel) stream.newByteChannel(beside, NEW_FILE, PRIVATE_FILE)) {
            content.write(channel);
            channel.force(true);
          }
          view(beside).setPermissions(permissions);
        });
  }

  /**
   * Puts the content of a file here, in one step, and replaces an entry of its name, as {@link
   * #replace}; it may be lost with the machine. A large file is moved if it then is all that a copy
   * of it would be, else it is copied and stays.
   *
   * @param permissions as far as the user's umask allows them
   * @param source a file of ours that nothing uses afterwards
   */
  public void take(Path name, Set<PosixFilePermission> permissions, FileTime modified, Path source)
      throws IOException {
    Set<PosixFilePermission> writable = EnumSet.copyOf(OWNER_READS_AND_WRITES);
    writable.addAll(permissions);
    put(
        name,
        beside -> {
          FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(writable);
          if (!move(source, beside, mode)) {
            try (SeekableByteChannel made = stream.newByteChannel(beside, NEW_FILE, mode)) {
              Files.copy(source, Channels.newOutputStream(made));
            }
          }
          PosixFileAttributeView view = view(beside);
          view.setTimes(modified, null, null);
          if (!permissions.containsAll(OWNER_READS_AND_WRITES)) {
            Set<PosixFilePermission> allowed = view.readAttributes().permissions();
            allowed.retainAll(permissions);
            view.setPermissions(allowed);
          }
        });
  }

  /**
   * Moves a file here, if that is worth it, if it has no other name whose content it would be too,
   * and if it becomes what a new one is.
   */
  private boolean move(Path source, Path name, FileAttribute<?> mode) throws IOException {
    if (Files.size(source) < WORTH_MOVING
        || (int) Files.getAttribute(source, "unix:nlink") > 1
        || !Platform.current().isPlain(source)) {
      return false;
    }
    Optional<PosixFileAttributes> made = plain(mode);
    PosixFileAttributes moved = Files.readAttributes(source, PosixFileAttributes.class);
    if (made.isEmpty()
        || !moved.owner().equals(made.get().owner())
        || !moved.group().equals(made.get().group())) {
      return false;
    }
    // Here alone nobody else can put another file under the name.
    Files.setPosixFilePermissions(source, made.get().permissions());
    try (DirectoryHandle from = of(source.getParent())) {
      from.stream.move(source.getFileName(), stream, name);
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      // It is on another file system.
      return false;
    }
  }

  /**
   * What a new file here is, if it has nothing else: an empty one shows it, and is removed. It has
   * a name of its own: nobody may know the other before it is taken, and to move a file over
   * another would have ext4 write it to the disk first.
   */
  private Optional<PosixFileAttributes> plain(FileAttribute<?> mode) throws IOException {
    Path empty = newName();
    stream.newByteChannel(empty, NEW_FILE, mode).close();
    try {
      return Platform.current().isPlain(path.resolve(empty))
          ? Optional.of(view(empty).readAttributes())
          : Optional.empty();
    } finally {
      remove(empty);
    }
  }

  /**
   * Makes a link in one step and replaces an entry of its name.
   *
   * <p>The JDK makes links by path alone: where the path leads elsewhere by then, a link with a
   * random name is left there.
   */
  public void link(Path name, Path target, FileTime modified) throws IOException {
    put(
        name,
        beside -> {
          Path made = Files.createSymbolicLink(path.resolve(beside), target);
          Files.getFileAttributeView(made, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .setTimes(modified, null, null);
        });
  }

  /** Makes a directory, as {@link #openOrMake} does, with permissions that the umask allows. */
  public void make(Path name, Set<PosixFilePermission> permissions) throws IOException {
    Files.createDirectory(path.resolve(name), PosixFilePermissions.asFileAttribute(permissions));
  }

  /** Sets when this directory was last changed. */
  public void setModified(FileTime modified) throws IOException {
    stream.getFileAttributeView(BasicFileAttributeView.class).setTimes(modified, null, null);
  }

  /** Makes an entry under a name of its own, then moves it in place of one that is there. */
  private <X extends Exception> void put(Path name, EntryMaker<X> maker) throws IOException, X {
    Path beside = newName();
    boolean done = false;
    try {
      maker.make(beside);
      stream.move(beside, stream, name);
      done = true;
    } finally {
      if (!done) {
        remove(beside);
      }
    }
  }

  private static Path newName() {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return Path.of(".peer-" + HexFormat.of().formatHex(random));
  }

  private PosixFileAttributeView view(Path name) {
    return stream.getFileAttributeView(
        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes an entry of this directory. */
  @FunctionalInterface
  private interface EntryMaker<X extends Exception> {

    void make(Path name) throws IOException, X;
  }

  /** Writes a file's content. */
  @FunctionalInterface
  public interface ContentWriter<X extends Exception> {

    /** Writes all of it. */
    void write(FileChannel to) throws IOException, X;
  }

  private boolean isDirectory(Path name) throws IOException {
    return find(name).orElseThrow(() -> new NoSuchFileException(name.toString())).isDirectory();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
