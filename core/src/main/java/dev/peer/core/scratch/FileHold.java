package dev.peer.core.scratch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A claim on a file, shared or alone, that all processes of this machine respect. The kernel gives
 * it back when the process ends in whatever way.
 *
 * <p>Locks belong to a process, and end when it closes the file anywhere: so this process opens
 * each file once and counts its holders.
 */
public final class FileHold implements AutoCloseable {

  private static final Map<Path, OpenFile> HELD = new HashMap<>();

  private final Path file;
  private boolean closed;

  private FileHold(Path file) {
    this.file = file;
  }

  private static final class OpenFile {

    private final FileChannel channel;
    private boolean alone;
    private final Thread first = Thread.currentThread();
    private int holders = 1;

    OpenFile(FileChannel channel, boolean alone) {
      this.channel = channel;
      this.alone = alone;
    }
  }

  /**
   * Holds a file together with others; waits while another holder has it alone.
   *
   * @throws NoSuchFileException if the file does not exist, or was just removed
   */
  public static FileHold shared(Path file) throws IOException {
    return await(nameOf(file), true);
  }

  /**
   * Holds a file alone; waits while anybody holds it.
   *
   * @throws NoSuchFileException if the file is not there, or was removed meanwhile
   */
  public static FileHold alone(Path file) throws IOException {
    return await(nameOf(file), false);
  }

  private static FileHold await(Path name, boolean shared) throws IOException {
    OpenFile claimed;
    synchronized (HELD) {
      OpenFile held = HELD.get(name);
      while (held != null && !(shared && !held.alone)) {
        awaitRelease(name, held);
        held = HELD.get(name);
      }
      if (held != null) {
        held.holders++;
        return new FileHold(name);
      }
      // Until the kernel has given it, other threads take it for held alone, and wait here.
      claimed = new OpenFile(open(name), true);
      HELD.put(name, claimed);
    }
    boolean given = false;
    try {
      claimed.channel.lock(0, Long.MAX_VALUE, shared);
      if (!Files.exists(name)) {
        throw new NoSuchFileException(name.toString());
      }
      given = true;
      return new FileHold(name);
    } finally {
      synchronized (HELD) {
        if (given) {
          claimed.alone = !shared;
        } else {
          HELD.remove(name);
          claimed.channel.close();
        }
        HELD.notifyAll();
      }
    }
  }

  private static FileChannel open(Path name) throws IOException {
    return FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void awaitRelease(Path name, OpenFile held) throws IOException {
    if (held.alone && held.first == Thread.currentThread()) {
      throw new IOException("this thread holds " + name + " alone");
    }
    try {
      HELD.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new FileLockInterruptionException().initCause(e);
    }
  }

  /**
   * Holds a file together with others, unless another holder has it alone.
   *
   * @throws NoSuchFileException if the file is not there
   */
  public static Optional<FileHold> tryShared(Path file) throws IOException {
    Path name = nameOf(file);
    synchronized (HELD) {
      OpenFile held = HELD.get(name);
      if (held != null) {
        held.holders += held.alone ? 0 : 1;
        return held.alone ? Optional.empty() : Optional.of(new FileHold(name));
      }
      return tryLock(name, true);
    }
  }

  /** Creates a new file and holds it alone; leaves none if it cannot. */
  public static FileHold create(Path file) throws IOException {
    Path name = nameOf(file);
    synchronized (HELD) {
      FileChannel channel = createLocked(name);
      HELD.put(name, new OpenFile(channel, true));
      return new FileHold(name);
    }
  }

  private static FileChannel createLocked(Path name) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(name, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        channel.lock();
        if (Files.exists(name)) {
          return channel;
        }
        // Somebody took it for left behind before it was locked, and removed it.
        channel.close();
      } catch (IOException | RuntimeException e) {
        channel.close();
        Files.deleteIfExists(name);
        throw e;
      }
    }
  }

  /**
   * Holds a file alone if nobody holds it.
   *
   * @throws NoSuchFileException if the file is not there
   */
  public static Optional<FileHold> tryAlone(Path file) throws IOException {
    Path name = nameOf(file);
    synchronized (HELD) {
      return HELD.containsKey(name) ? Optional.empty() : tryLock(name, false);
    }
  }

  private static Optional<FileHold> tryLock(Path name, boolean shared) throws IOException {
    FileChannel channel = open(name);
    FileLock lock = null;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, shared);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      return Optional.empty();
    }
    HELD.put(name, new OpenFile(channel, !shared));
    return Optional.of(new FileHold(name));
  }

  private static Path nameOf(Path file) {
    return file.toAbsolutePath().normalize();
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      OpenFile held = HELD.get(file);
      held.holders--;
      if (held.holders == 0) {
        HELD.remove(file);
        HELD.notifyAll();
        held.channel.close();
      }
    }
  }
}
