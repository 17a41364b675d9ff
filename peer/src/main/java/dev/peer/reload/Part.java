package dev.peer.reload;

import dev.peer.config.ConfigException;
import dev.peer.core.trust.CredentialException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Something that is read from files, whole or not at all, such as a certificate with its key.
 *
 * <p>A change is taken when two looks have seen the same of the files, so that one in the middle of
 * being written, or a pair of which one half is written, is seldom read. If it is, it is refused,
 * and tried again with each look until it can be used.
 */
public final class Part<T> {

  private static final String ATTRIBUTES = "unix:isRegularFile,dev,ino,size,ctime,lastModifiedTime";

  private final List<Path> files;
  private final Reader<T> reader;
  private List<String> taken;
  private List<String> seen;
  private String refused = "";
  private volatile T value;

  /** Reads the files and says what is wrong with them. */
  @FunctionalInterface
  public interface Reader<T> {

    /** Reads them; each is there, or its absence is an error. */
    T read() throws CredentialException, ConfigException;
  }

  private Part(List<Path> files, Reader<T> reader, List<String> taken, T value) {
    this.files = files;
    this.reader = reader;
    this.taken = taken;
    this.seen = taken;
    this.value = value;
  }

  /**
   * Reads for the first time.
   *
   * @param files what the reader reads; those that are no regular files are not read again
   */
  public static <T> Part<T> read(List<Path> files, Reader<T> reader)
      throws CredentialException, ConfigException {
    List<String> before = stamps(files);
    return new Part<>(List.copyOf(files), reader, before, reader.read());
  }

  /** What was read last and could be used. */
  public T value() {
    return value;
  }

  /**
   * Reads again if the files have changed. What is wrong with them is said once.
   *
   * @param whole whether the files are known to be written: then a change is taken, or refused, at
   *     once
   */
  public synchronized Look look(boolean whole) {
    List<String> before = stamps(files);
    if (before.equals(taken)) {
      return new Look.Unchanged();
    }
    if (!whole && !before.equals(seen)) {
      seen = before;
      return new Look.Unchanged();
    }
    try {
      T read = reader.read();
      seen = stamps(files);
      if (!seen.equals(before)) {
        return new Look.Unchanged();
      }
      value = read;
      taken = before;
      refused = "";
      return new Look.Taken();
    } catch (CredentialException | ConfigException e) {
      boolean said = refused.equals(e.getMessage()) && !whole;
      refused = e.getMessage();
      return said ? new Look.Unchanged() : new Look.Refused(e);
    }
  }

  private static List<String> stamps(List<Path> files) {
    return files.stream().map(Part::stamp).toList();
  }

  /** What changes with a file, whatever way it is replaced; links are followed. */
  private static String stamp(Path file) {
    try {
      TreeMap<String, Object> attributes = new TreeMap<>(Files.readAttributes(file, ATTRIBUTES));
      return attributes.get("isRegularFile").equals(true)
          ? attributes.toString()
          : "a pipe can be read once";
    } catch (IOException e) {
      return "not there";
    }
  }
}
