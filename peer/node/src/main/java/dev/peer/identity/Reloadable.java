package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.core.pem.CredentialException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Something that is read from files, whole or not at all, such as a certificate with its key.
 *
 * <p>A change is taken when two looks have seen the same of the files, so that one in the middle of
 * being written, or a pair of which one half is written, is seldom read. If it is, it is refused,
 * and tried again with each look until it can be used.
 */
public final class Reloadable<T> {

  private static final String ATTRIBUTES = "unix:isRegularFile,dev,ino,size,ctime,lastModifiedTime";

  private static final Map<String, Object> NOT_THERE = Map.of("there", false);

  private final List<Path> files;
  private final Reader<T> reader;
  private List<Map<String, Object>> taken;
  private List<Map<String, Object>> seen;
  private String refused = "";
  private volatile T value;

  /** Reads the files and reports their errors. */
  @FunctionalInterface
  public interface Reader<T> {

    /** Reads them; each is there, or its absence is an error. */
    T read() throws CredentialException, ConfigException;
  }

  private Reloadable(List<Path> files, Reader<T> reader, List<Map<String, Object>> taken, T value) {
    this.files = files;
    this.reader = reader;
    this.taken = taken;
    this.seen = taken;
    this.value = value;
  }

  /**
   * Reads for the first time.
   *
   * @param files the files of the reader; files that are not regular are not read again
   */
  public static <T> Reloadable<T> read(List<Path> files, Reader<T> reader)
      throws CredentialException, ConfigException {
    List<Map<String, Object>> before = stamps(files);
    return new Reloadable<>(List.copyOf(files), reader, before, reader.read());
  }

  /** The last usable content. */
  public T value() {
    return value;
  }

  /**
   * Reads again if the files have changed. Reports their errors once.
   *
   * @param whole whether the files are known to be written: then a change is taken, or refused, at
   *     once
   */
  public synchronized ReloadOutcome look(boolean whole) {
    List<Map<String, Object>> before = stamps(files);
    if (before.equals(taken)) {
      return new ReloadOutcome.Unchanged();
    }
    if (!whole && !before.equals(seen)) {
      seen = before;
      return new ReloadOutcome.Unchanged();
    }
    try {
      T read = reader.read();
      seen = stamps(files);
      if (!seen.equals(before)) {
        return new ReloadOutcome.Unchanged();
      }
      value = read;
      taken = before;
      refused = "";
      return new ReloadOutcome.Taken();
    } catch (CredentialException | ConfigException e) {
      boolean said = refused.equals(e.getMessage()) && !whole;
      refused = e.getMessage();
      return said ? new ReloadOutcome.Unchanged() : new ReloadOutcome.Refused(e);
    }
  }

  private static List<Map<String, Object>> stamps(List<Path> files) {
    return files.stream().map(Reloadable::stamp).toList();
  }

  /** A value that changes with a file, however it is replaced; links are followed. */
  private static Map<String, Object> stamp(Path file) {
    try {
      Map<String, Object> attributes = Files.readAttributes(file, ATTRIBUTES);
      // A pipe can be read only once.
      return attributes.get("isRegularFile").equals(true) ? attributes : Map.of();
    } catch (IOException e) {
      return NOT_THERE;
    }
  }
}
